/**
 * The consoles of an engine and the terminals that look at them. Output is kept for terminals that come later; a
 * terminal gets as much as it granted; and a guest that writes faster than every terminal draws is held back.
 */
import type { Engine } from '../engine.ts';
import type { ConsoleToTerminal } from './messages.ts';
import { CONSOLE_SCROLLBACK_BYTES, CONSOLE_WINDOW_BYTES, terminalToConsoleSchema } from './messages.ts';
import { Scrollback } from './scrollback.ts';

type ConsoleDevice = Pick<Engine, 'consoleInput' | 'resizeConsole' | 'holdConsole' | 'releaseConsole'>;

/** One end of a message channel, however it is made. */
export interface TerminalPort {
  send(message: ConsoleToTerminal): void;
}

export interface AttachedTerminal {
  /** Everything that the port receives. What is not a message of a terminal is ignored. */
  receive(message: unknown): void;
  detach(): void;
}

interface Terminal {
  readonly port: TerminalPort;
  /** Number of the next byte to send. */
  position: number;
  credit: number;
}

interface Console {
  readonly machine: string;
  readonly index: number;
  readonly scrollback: Scrollback;
  readonly terminals: Set<Terminal>;
  /** Input that the device was given and has not taken yet, in its order, with whom it came from. */
  readonly input: { readonly terminal: Terminal; waiting: number }[];
  isHeld: boolean;
}

/** A console is held when a terminal lags so far behind, and released at half of it: the scrollback never overruns it. */
const MOST_LAG_BYTES = CONSOLE_SCROLLBACK_BYTES / 2;

export class ConsoleHub {
  readonly #device: ConsoleDevice;
  readonly #consoles = new Map<string, Console>();

  constructor(device: ConsoleDevice) {
    this.#device = device;
  }

  /** To be called with all output of all consoles. */
  output(machine: string, index: number, bytes: Uint8Array): void {
    const console = this.#console(machine, index);
    console.scrollback.append(bytes);
    this.#pump(console);
  }

  /** To be called when a console's device has taken so many bytes of input. Who typed them may type as many more. */
  inputTaken(machine: string, index: number, byteCount: number): void {
    const { input, terminals } = this.#console(machine, index);
    let left = byteCount;
    for (let first = input.at(0); first !== undefined && left > 0; first = input.at(0)) {
      const taken = Math.min(left, first.waiting);
      first.waiting -= taken;
      left -= taken;
      if (terminals.has(first.terminal)) first.terminal.port.send({ type: 'credit', bytes: taken });
      if (first.waiting === 0) input.shift();
    }
  }

  /** The machine starts anew: what it said before is no part of this run. */
  begin(machine: string): void {
    for (const [key, console] of this.#consoles) {
      if (console.machine !== machine) continue;
      const fresh: Console = { ...console, scrollback: new Scrollback(CONSOLE_SCROLLBACK_BYTES) };
      this.#consoles.set(key, fresh);
      for (const terminal of fresh.terminals) {
        terminal.position = 0;
        terminal.port.send({ type: 'begin' });
      }
      this.#regulate(fresh);
    }
  }

  attach(machine: string, index: number, port: TerminalPort): AttachedTerminal {
    const console = this.#console(machine, index);
    const terminal: Terminal = { port, position: console.scrollback.start, credit: CONSOLE_WINDOW_BYTES };
    console.terminals.add(terminal);
    port.send({ type: 'begin' });
    this.#pump(console);
    return {
      receive: (message) => {
        const parsed = terminalToConsoleSchema.safeParse(message);
        if (parsed.success) this.#receive(machine, index, terminal, parsed.data);
      },
      detach: () => {
        const current = this.#console(machine, index);
        current.terminals.delete(terminal);
        this.#regulate(current);
      },
    };
  }

  #receive(
    machine: string,
    index: number,
    terminal: Terminal,
    message: ReturnType<typeof terminalToConsoleSchema.parse>,
  ): void {
    if (message.type === 'input') {
      const waiting = message.bytes.byteLength;
      if (waiting === 0) return;
      this.#console(machine, index).input.push({ terminal, waiting });
      this.#device.consoleInput(machine, index, message.bytes);
    } else if (message.type === 'resize') {
      this.#device.resizeConsole(machine, index, message.columns, message.rows);
    } else {
      terminal.credit = Math.min(CONSOLE_WINDOW_BYTES, terminal.credit + message.bytes);
      this.#pump(this.#console(machine, index));
    }
  }

  #console(machine: string, index: number): Console {
    const key = `${machine}:${index}`;
    const found = this.#consoles.get(key);
    if (found !== undefined) return found;
    const scrollback = new Scrollback(CONSOLE_SCROLLBACK_BYTES);
    const made: Console = { machine, index, scrollback, terminals: new Set(), input: [], isHeld: false };
    this.#consoles.set(key, made);
    return made;
  }

  #pump(console: Console): void {
    const { scrollback } = console;
    for (const terminal of console.terminals) {
      // What the ring has lost is lost to this terminal; holding the guest keeps this from happening.
      terminal.position = Math.max(terminal.position, scrollback.start);
      const count = Math.min(terminal.credit, scrollback.end - terminal.position);
      if (count === 0) continue;
      terminal.port.send({ type: 'output', bytes: scrollback.read(terminal.position, count) });
      terminal.position += count;
      terminal.credit -= count;
    }
    this.#regulate(console);
  }

  #regulate(console: Console): void {
    const lags = [...console.terminals].map((terminal) => console.scrollback.end - terminal.position);
    const lag = Math.max(0, ...lags);
    if (!console.isHeld && lag > MOST_LAG_BYTES) {
      console.isHeld = true;
      this.#device.holdConsole(console.machine, console.index);
    } else if (console.isHeld && lag <= MOST_LAG_BYTES / 2) {
      console.isHeld = false;
      this.#device.releaseConsole(console.machine, console.index);
    }
  }
}
