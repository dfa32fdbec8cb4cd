const FIRST_BYTES = 256;

/** Bytes on their way, first in first out, up to a limit. Holds no memory while it is empty and small while it is used little. */
export class ByteQueue {
  readonly limit: number;
  private bytes: Uint8Array | null = null;
  private head = 0;
  private count = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get length(): number {
    return this.count;
  }

  get room(): number {
    return this.limit - this.count;
  }

  /** Appends what fits of `length` bytes; how many. */
  push(source: Uint8Array, start: number, length: number): number {
    const moved = Math.min(length, this.room);
    if (moved <= 0) return 0;
    const ring = this.reserve(this.count + moved);
    const at = (this.head + this.count) % ring.length;
    const first = Math.min(moved, ring.length - at);
    ring.set(source.subarray(start, start + first), at);
    ring.set(source.subarray(start + first, start + moved), 0);
    this.count += moved;
    return moved;
  }

  /** The oldest bytes that lie in one piece, for reading only; valid until the next change. */
  peek(): Uint8Array {
    if (this.bytes === null) return new Uint8Array(0);
    return this.bytes.subarray(this.head, this.head + Math.min(this.count, this.bytes.length - this.head));
  }

  /** Takes the oldest `length` bytes away. */
  drop(length: number): void {
    if (this.bytes === null || length <= 0) return;
    this.count -= Math.min(length, this.count);
    if (this.count === 0) this.clear();
    else this.head = (this.head + length) % this.bytes.length;
  }

  clear(): void {
    this.bytes = null;
    this.head = 0;
    this.count = 0;
  }

  private reserve(bytes: number): Uint8Array {
    const old = this.bytes;
    if (old !== null && old.length >= bytes) return old;
    let size = old === null ? FIRST_BYTES : old.length * 2;
    while (size < bytes) size *= 2;
    const ring = new Uint8Array(size);
    if (old !== null) {
      const first = Math.min(this.count, old.length - this.head);
      ring.set(old.subarray(this.head, this.head + first));
      ring.set(old.subarray(0, this.count - first), first);
    }
    this.bytes = ring;
    this.head = 0;
    return ring;
  }
}
