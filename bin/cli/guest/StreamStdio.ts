import type { Readable } from 'node:stream';
import type { OutputSink } from '../host/OutputSink.ts';
import type { GuestPort, GuestStdio } from './GuestPort.ts';

export interface StreamEnds {
  readonly input: Readable;
  readonly output: OutputSink;
  readonly errors: OutputSink;
}

/** Descriptors 0, 1 and 2 of the guest's command are those of this process: bytes, with backpressure both ways. */
export class StreamStdio implements GuestStdio {
  readonly kind = 'streams';
  private readonly machine: string;
  private readonly ends: StreamEnds;
  private hasEnded = false;

  constructor(machine: string, ends: StreamEnds) {
    this.machine = machine;
    this.ends = ends;
  }

  begin(engine: GuestPort): void {
    void this.pump(engine);
  }

  private async pump(engine: GuestPort): Promise<void> {
    try {
      for await (const bytes of this.ends.input) {
        if (this.hasEnded) return;
        await engine.streamInput(this.machine, bytes as Uint8Array);
      }
    } catch {
      // What cannot be read (a directory, a terminal of somebody else) is at its end for the guest.
    }
    if (!this.hasEnded) await engine.streamInput(this.machine, null);
  }

  streamOutput(fd: 1 | 2, bytes: Uint8Array, done: () => void): void {
    (fd === 1 ? this.ends.output : this.ends.errors).write(bytes, done);
  }

  /** Nobody sees the console of a machine that serves a pipe. */
  consoleOutput(): void {}

  consoleInputTaken(): void {}

  async end(): Promise<void> {
    this.hasEnded = true;
    await this.ends.output.drained();
    await this.ends.errors.drained();
  }

  note(line: string): void {
    this.ends.errors.write(`${line}\n`);
  }
}
