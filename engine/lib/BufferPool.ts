/**
 * Byte buffers of one machine that come and go with traffic (pipes, terminals): a power of two each, kept for the next
 * user instead of being collected, so that an idle pipe holds nothing and a busy one allocates nothing. `limit` bounds
 * what is handed out at a time, so that a guest that fills pipes harms only itself.
 */
export class BufferPool {
  private readonly free: Uint8Array[][] = [];
  private readonly limit: number;
  private readonly keep: number;
  private keptBytes = 0;
  private handedOut = 0;

  /** @param limit bytes that may be out at one time; @param keep bytes that may lie unused. */
  constructor(limit: number, keep = 1 << 20) {
    this.limit = limit;
    this.keep = keep;
  }

  get usedBytes(): number {
    return this.handedOut;
  }

  /** A buffer of at least `size` bytes with any content, or null over the limit. */
  take(size: number): Uint8Array | null {
    const order = orderOf(size);
    const bytes = 2 ** order;
    if (this.handedOut + bytes > this.limit) return null;
    this.handedOut += bytes;
    const kept = this.free[order]?.pop();
    if (kept === undefined) return new Uint8Array(bytes);
    this.keptBytes -= bytes;
    return kept;
  }

  /** Gives back what `take` handed out. */
  give(buffer: Uint8Array): void {
    this.handedOut -= buffer.length;
    if (this.keptBytes + buffer.length > this.keep) return;
    this.keptBytes += buffer.length;
    (this.free[orderOf(buffer.length)] ??= []).push(buffer);
  }
}

function orderOf(size: number): number {
  return size <= 1 ? 0 : 32 - Math.clz32(size - 1);
}
