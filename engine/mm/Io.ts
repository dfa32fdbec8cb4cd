/**
 * Where the bytes of a transfer come from or go to. File operations see only these, so the same `read` serves a guest's
 * buffer, an iovec, and the kernel itself (exec, sendfile). Positions advance as bytes move.
 */
export interface IoTarget {
  /** Room left in bytes. */
  readonly remaining: number;
  /** Moves `length` (≤ remaining) bytes of `source` from `start`; bytes moved, or -EFAULT when not even one could be. */
  put(source: Uint8Array, start: number, length: number): number;
}

export interface IoSource {
  /** Bytes left. */
  readonly remaining: number;
  /** Moves `length` (≤ remaining) bytes to `target` at `start`; bytes moved, or -EFAULT when not even one could be. */
  take(target: Uint8Array, start: number, length: number): number;
}

/** A piece of the kernel's own memory as target or source. */
export class KernelIo implements IoTarget, IoSource {
  private readonly bytes: Uint8Array;
  position: number;
  private readonly end: number;

  constructor(bytes: Uint8Array, start = 0, length = bytes.length - start) {
    this.bytes = bytes;
    this.position = start;
    this.end = start + length;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  put(source: Uint8Array, start: number, length: number): number {
    this.bytes.set(source.subarray(start, start + length), this.position);
    this.position += length;
    return length;
  }

  take(target: Uint8Array, start: number, length: number): number {
    target.set(this.bytes.subarray(this.position, this.position + length), start);
    this.position += length;
    return length;
  }
}
