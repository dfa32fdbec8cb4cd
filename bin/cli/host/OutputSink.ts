import type { Writable } from 'node:stream';

/** An output of this process that tells when what was written has gone on, and when nobody reads it any more. */
export class OutputSink {
  private readonly stream: Writable;
  private waiting = 0;
  private closed = false;
  private readonly drainWaiters: (() => void)[] = [];
  /** The reader has gone away (EPIPE); further output is dropped. */
  onClosed: () => void = () => {};

  constructor(stream: Writable) {
    this.stream = stream;
    stream.on('error', () => {
      if (this.closed) return;
      this.closed = true;
      this.settle();
      this.onClosed();
    });
  }

  /** Bytes that have been written and have not gone on. */
  get waitingBytes(): number {
    return this.waiting;
  }

  write(bytes: Uint8Array | string, done?: () => void): void {
    if (this.closed) {
      done?.();
      return;
    }
    const { length } = bytes;
    this.waiting += length;
    this.stream.write(bytes, () => {
      this.waiting -= length;
      done?.();
      if (this.waiting === 0) this.settle();
    });
  }

  private settle(): void {
    for (const settle of this.drainWaiters.splice(0)) settle();
  }

  /** Resolves when everything has gone on, or never will. */
  drained(): Promise<void> {
    if (this.waiting === 0 || this.closed) return Promise.resolve();
    return new Promise((resolve) => this.drainWaiters.push(resolve));
  }
}
