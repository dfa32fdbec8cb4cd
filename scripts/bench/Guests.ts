import type { EngineEvent } from '../../engine/api/engine.ts';
import type { NetworkInterface } from '../../engine/api/lab/model.ts';
import { LocalEngine } from '../../engine/boot/LocalEngine.ts';
import type { LocalObserver } from '../../engine/boot/LocalEngine.ts';
import { GUEST_PROGRAMS, programs } from './workSides.ts';

const MEMORY_BYTES = 128 << 20;
/** A machine that does not get on within this time has failed. */
const LIMIT_MS = 60_000;

interface Guest {
  output: string;
  exitCode: number | null;
  failure: string | null;
  isRunning: boolean;
}

/** An engine in this process, and what its machines print. */
export class Guests implements LocalObserver {
  readonly engine = new LocalEngine(this);
  private readonly guests = new Map<string, Guest>();
  private readonly waiters = new Set<() => void>();
  private readonly decoder = new TextDecoder();

  /** Resolves when the machine has its network. Without a command it is a machine with a shell on its console. */
  async start(name: string, interfaces: readonly NetworkInterface[], command?: readonly string[]): Promise<void> {
    const guest: Guest = { output: '', exitCode: null, failure: null, isRunning: false };
    this.guests.set(name, guest);
    await this.engine.startMachineWith({
      name,
      memoryBytes: MEMORY_BYTES,
      cpus: 1,
      root: { kind: 'standard' },
      interfaces,
      routes: [],
      forwarding: false,
      environment: {},
      ...(command !== undefined && {
        command,
        stdio: 'streams' as const,
        mounts: [{ hostDirectory: programs, guestDirectory: GUEST_PROGRAMS, readOnly: true }],
      }),
    });
    await this.until(name, ({ isRunning }) => isRunning);
  }

  /** What the command has printed when it ends. */
  async output(name: string): Promise<string> {
    const guest = await this.until(name, ({ exitCode }) => exitCode !== null);
    if (guest.exitCode !== 0) throw new Error(`${name} ended with ${String(guest.exitCode)}: ${guest.output}`);
    return guest.output;
  }

  async untilPrinted(name: string, text: string): Promise<void> {
    await this.until(name, ({ output }) => output.includes(text));
  }

  private async until(name: string, holds: (guest: Guest) => boolean): Promise<Guest> {
    const guest = this.guests.get(name);
    if (guest === undefined) throw new Error(`there is no ${name}`);
    if (holds(guest)) return guest;
    return await new Promise((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(limit);
        this.waiters.delete(look);
      };
      const look = (): void => {
        if (holds(guest)) {
          finish();
          resolve(guest);
        } else if (guest.failure !== null || guest.exitCode !== null) {
          finish();
          reject(new Error(`${name}: ${guest.failure ?? `ended with ${String(guest.exitCode)}`}: ${guest.output}`));
        }
      };
      const limit = setTimeout(() => {
        finish();
        reject(new Error(`${name} does not get on: ${guest.output}`));
      }, LIMIT_MS);
      this.waiters.add(look);
      look();
    });
  }

  private changed(): void {
    for (const look of [...this.waiters]) look();
  }

  event(event: EngineEvent): void {
    if (event.event !== 'machineState') return;
    const guest = this.guests.get(event.machine);
    if (guest === undefined) return;
    if (event.status.state === 'running') guest.isRunning = true;
    else if (event.status.state === 'crashed') guest.failure = event.status.reason;
    this.changed();
  }

  exited(machine: string, code: number): void {
    const guest = this.guests.get(machine);
    if (guest !== undefined) guest.exitCode = code;
    this.changed();
  }

  streamOutput(machine: string, _fd: 1 | 2, bytes: Uint8Array, done: () => void): void {
    const guest = this.guests.get(machine);
    if (guest !== undefined) guest.output += this.decoder.decode(bytes);
    done();
    this.changed();
  }

  consoleOutput(): void {
    // Nobody looks at the consoles.
  }

  consoleInputTaken(): void {
    // Nobody types.
  }

  async dispose(): Promise<void> {
    await this.engine.dispose();
  }
}
