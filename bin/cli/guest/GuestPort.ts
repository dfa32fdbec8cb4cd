import type { LocalEngine } from '../../../engine/boot/LocalEngine.ts';

/** The orders of the engine that are about what a guest reads and writes. */
export type GuestPort = Pick<
  LocalEngine,
  'consoleInput' | 'resizeConsole' | 'holdConsole' | 'releaseConsole' | 'streamInput'
>;

/** What this process has become for one machine: its terminal, or its standard streams. */
export interface GuestStdio {
  readonly kind: 'console' | 'streams';
  consoleOutput(bytes: Uint8Array): void;
  consoleInputTaken(byteCount: number): void;
  streamOutput(fd: 1 | 2, bytes: Uint8Array, done: () => void): void;
  /** The machine is being started: input may go in. */
  begin(engine: GuestPort): void;
  /** The machine has ended: nothing is read any more, and the terminal is put back when all output has been shown. */
  end(): Promise<void>;
  /** A line of ours between the output of the guest. */
  note(line: string): void;
}
