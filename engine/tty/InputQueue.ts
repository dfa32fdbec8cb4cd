/** N_TTY_BUF_SIZE: what a terminal keeps of unread input; a line has at most this many bytes, its end included. */
const INPUT_BYTES = 4096;
/** Stands in the queue for the end-of-file character: it ends a line and is never read. */
export const END_OF_FILE = 0;

/**
 * Unread input of a terminal: a ring of bytes, some of which end a line. Positions only grow; they are taken modulo the
 * size. [tail, canonHead) are finished lines, [canonHead, head) is the line that is being edited.
 */
export class InputQueue {
  private readonly bytes = new Uint8Array(INPUT_BYTES);
  private readonly ends = new Uint8Array(INPUT_BYTES);
  head = 0;
  tail = 0;
  canonHead = 0;

  get length(): number {
    return this.head - this.tail;
  }

  get room(): number {
    return INPUT_BYTES - this.length;
  }

  at(position: number): number {
    return this.bytes[position % INPUT_BYTES];
  }

  push(byte: number): void {
    this.bytes[this.head % INPUT_BYTES] = byte;
    this.ends[this.head % INPUT_BYTES] = 0;
    this.head++;
  }

  /** Ends the line that is being edited with `byte`. */
  pushLineEnd(byte: number): void {
    this.bytes[this.head % INPUT_BYTES] = byte;
    this.ends[this.head % INPUT_BYTES] = 1;
    this.head++;
    this.canonHead = this.head;
  }

  /** The position after the first finished line of [tail, limit), or `limit` when no line ends there. */
  endOfLine(limit: number): number {
    for (let position = this.tail; position < limit; position++) {
      if (this.ends[position % INPUT_BYTES] === 1) return position + 1;
    }
    return limit;
  }

  isLineEnd(position: number): boolean {
    return this.ends[position % INPUT_BYTES] === 1;
  }

  isEndOfFile(position: number): boolean {
    return this.isLineEnd(position) && this.at(position) === END_OF_FILE;
  }

  /** Bytes that reads of finished lines will give: without end-of-file marks. */
  get canonicalLength(): number {
    let count = this.canonHead - this.tail;
    for (let position = this.tail; position < this.canonHead; position++) if (this.isEndOfFile(position)) count--;
    return count;
  }

  /** The longest piece from `position` to `end` that lies in one piece: its place in `storage`, and its length. */
  offsetOf(position: number): number {
    return position % INPUT_BYTES;
  }

  contiguous(position: number, end: number): number {
    return Math.min(end - position, INPUT_BYTES - (position % INPUT_BYTES));
  }

  get storage(): Uint8Array {
    return this.bytes;
  }

  /**
   * ICANON changed. What was typed raw becomes one finished line (when there is any); going raw, everything is just bytes.
   */
  restart(canonical: 0 | 1): void {
    this.ends.fill(0);
    if (canonical === 0 || this.length === 0) {
      this.canonHead = this.tail;
      return;
    }
    this.ends[(this.head - 1) % INPUT_BYTES] = 1;
    this.canonHead = this.head;
  }

  clear(): void {
    this.head = 0;
    this.tail = 0;
    this.canonHead = 0;
    this.ends.fill(0);
  }
}
