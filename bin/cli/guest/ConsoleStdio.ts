import type { Readable } from 'node:stream';
import type { HostTerminal } from '../host/HostTerminal.ts';
import type { OutputSink } from '../host/OutputSink.ts';
import type { GuestPort, GuestStdio } from './GuestPort.ts';

const MAIN_CONSOLE = 0;
/** Bytes typed ahead that the machine has not taken; further input waits where it comes from. */
const INPUT_WINDOW = 4096;
/** Output that waits for our own reader before the guest has to. */
const OUTPUT_HIGH = 256 * 1024;
const OUTPUT_LOW = 64 * 1024;

/** `^]` so often within a second is the plug, as with other containers: every other key belongs to the guest. */
const ESCAPE = 0x1d;
const ESCAPE_COUNT = 3;
const ESCAPE_WITHIN_MS = 1000;

/** Counts escapes in what is typed. */
export class EscapeWatch {
  private times: number[] = [];

  /** Whether these bytes complete the sequence; anything between breaks it. */
  type(bytes: Uint8Array, nowMs: number): boolean {
    for (const byte of bytes) {
      this.times = byte === ESCAPE ? [...this.times.filter((time) => nowMs - time <= ESCAPE_WITHIN_MS), nowMs] : [];
      if (this.times.length >= ESCAPE_COUNT) return true;
    }
    return false;
  }
}

export interface ConsoleEnds {
  readonly input: Readable;
  readonly output: OutputSink;
  readonly errors: OutputSink;
  /** Null when input or output is no terminal: then the bytes pass as they are. */
  readonly terminal: HostTerminal | null;
  readonly onEscape: () => void;
}

/** The machine's main console on the terminal of this process. */
export class ConsoleStdio implements GuestStdio {
  readonly kind = 'console';
  private readonly machine: string;
  private readonly ends: ConsoleEnds;
  private readonly escape = new EscapeWatch();
  private engine: GuestPort | null = null;
  private untaken = 0;
  private isHeld = false;
  private readonly typed = (bytes: Uint8Array): void => this.type(bytes);

  constructor(machine: string, ends: ConsoleEnds) {
    this.machine = machine;
    this.ends = ends;
  }

  begin(engine: GuestPort): void {
    this.engine = engine;
    const { input, terminal } = this.ends;
    if (terminal !== null) {
      const resize = ({ columns, rows }: { columns: number; rows: number }): void =>
        engine.resizeConsole(this.machine, MAIN_CONSOLE, columns, rows);
      resize(terminal.size);
      terminal.lend(resize);
    }
    input.on('data', this.typed);
    // A reader that is gone, or a file that cannot be read, is no more input than one at its end.
    input.on('error', () => {});
  }

  private type(bytes: Uint8Array): void {
    if (this.ends.terminal !== null && this.escape.type(bytes, Date.now())) {
      this.ends.onEscape();
      return;
    }
    this.untaken += bytes.length;
    if (this.untaken > INPUT_WINDOW) this.ends.input.pause();
    this.engine?.consoleInput(this.machine, MAIN_CONSOLE, bytes);
  }

  consoleInputTaken(byteCount: number): void {
    this.untaken -= byteCount;
    if (this.untaken <= INPUT_WINDOW && this.engine !== null) this.ends.input.resume();
  }

  consoleOutput(bytes: Uint8Array): void {
    const { output } = this.ends;
    output.write(bytes, () => {
      if (this.isHeld && output.waitingBytes < OUTPUT_LOW) {
        this.isHeld = false;
        this.engine?.releaseConsole(this.machine, MAIN_CONSOLE);
      }
    });
    if (!this.isHeld && output.waitingBytes > OUTPUT_HIGH) {
      this.isHeld = true;
      this.engine?.holdConsole(this.machine, MAIN_CONSOLE);
    }
  }

  /** A machine on its console has no streams. */
  streamOutput(_fd: 1 | 2, _bytes: Uint8Array, done: () => void): void {
    done();
  }

  async end(): Promise<void> {
    this.engine = null;
    this.ends.input.off('data', this.typed);
    this.ends.input.pause();
    await this.ends.output.drained();
    this.ends.terminal?.release();
    await this.ends.errors.drained();
  }

  note(line: string): void {
    this.ends.errors.write(`${line}${this.ends.terminal?.lineEnd ?? '\n'}`);
  }
}
