// Hot code: large payloads are kept by reference to the frame that brought them.

import type { IoTarget } from '../../../mm/Io.ts';
import { advance, after, before, distance } from './sequence.ts';

interface Chunk {
  readonly bytes: Uint8Array;
  start: number;
  end: number;
  /** The bytes are this queue's own: more can be added while there is room. */
  readonly isOwn: boolean;
}

interface EarlyPiece {
  sequence: number;
  readonly bytes: Uint8Array;
  start: number;
  end: number;
}

/** Payloads up to this size are copied together: a one-byte segment must not hold a whole frame in memory. */
const COPY_LIMIT = 2048;
const OWN_CHUNK_SIZE = 16384;

/** The received stream: what is in order and can be read, and what came early and waits for the gap before it to close. */
export class ReceiveQueue {
  #chunks: Chunk[] = [];
  #head = 0;
  /** Bytes that can be read. */
  available = 0;
  /** Early pieces by sequence number; they neither overlap nor touch the readable bytes. */
  #early: EarlyPiece[] = [];
  earlyBytes = 0;

  get hasEarly(): boolean {
    return this.#early.length > 0;
  }

  /** Adds the next bytes of the stream. */
  append(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length === 0) return;
    this.available += length;
    if (length > COPY_LIMIT) {
      this.#chunks.push({ bytes, start, end, isOwn: false });
      return;
    }
    let tail = this.#chunks.at(-1);
    if (this.#head === this.#chunks.length || tail?.isOwn !== true || tail.bytes.length - tail.end < length) {
      tail = {
        bytes: new Uint8Array(this.available > length ? OWN_CHUNK_SIZE : COPY_LIMIT),
        start: 0,
        end: 0,
        isOwn: true,
      };
      this.#chunks.push(tail);
    }
    tail.bytes.set(bytes.subarray(start, end), tail.end);
    tail.end += length;
  }

  /** Keeps a piece that lies behind a gap, less what is there already. */
  addEarly(sequence: number, bytes: Uint8Array, start: number, end: number): void {
    let from = sequence;
    let at = start;
    const stop = advance(sequence, end - start);
    for (let place = 0; ; place++) {
      const next = this.#early.at(place);
      if (next !== undefined && !before(from, advance(next.sequence, next.end - next.start))) continue;
      // Everything of [from, stop) up to the next piece is new.
      const newEnd = next === undefined || before(stop, next.sequence) ? stop : next.sequence;
      const length = distance(from, newEnd);
      if (length > 0) {
        const isSmall = length <= COPY_LIMIT;
        const kept = isSmall ? bytes.slice(at, at + length) : bytes;
        const keptStart = isSmall ? 0 : at;
        this.#early.splice(place, 0, { sequence: from, bytes: kept, start: keptStart, end: keptStart + length });
        this.earlyBytes += length;
        place++;
      }
      if (next === undefined) return;
      const nextEnd = advance(next.sequence, next.end - next.start);
      if (!after(stop, nextEnd)) return;
      at += distance(from, nextEnd);
      from = nextEnd;
    }
  }

  /** Moves what is no longer early to the readable bytes; returns the sequence number now expected. */
  takeEarly(expected: number): number {
    let next = expected;
    let taken = 0;
    while (taken < this.#early.length) {
      const piece = this.#early[taken];
      if (after(piece.sequence, next)) break;
      const skip = distance(piece.sequence, next);
      const length = piece.end - piece.start;
      if (skip < length) {
        this.append(piece.bytes, piece.start + skip, piece.end);
        next = advance(next, length - skip);
      }
      this.earlyBytes -= length;
      taken++;
    }
    if (taken > 0) this.#early.splice(0, taken);
    return next;
  }

  /** Writes up to `limit` ranges of early bytes as (left, right) edges, the one holding `latest` first (RFC 2018 section 4). */
  sackRanges(latest: number, limit: number, into: Uint32Array): number {
    const ranges: { left: number; right: number }[] = [];
    for (const piece of this.#early) {
      const right = advance(piece.sequence, piece.end - piece.start);
      const last = ranges.at(-1);
      if (last?.right === piece.sequence) last.right = right;
      else ranges.push({ left: piece.sequence, right });
    }
    const first = ranges.findIndex(({ left, right }) => !before(latest, left) && before(latest, right));
    if (first > 0) ranges.unshift(...ranges.splice(first, 1));
    const count = Math.min(limit, ranges.length);
    for (let at = 0; at < count; at++) {
      into[2 * at] = ranges[at].left;
      into[2 * at + 1] = ranges[at].right;
    }
    return count;
  }

  /** Moves up to `limit` bytes to `target`; the count, or the target's negative errno when it took none. */
  read(target: IoTarget, limit: number): number {
    let moved = 0;
    while (moved < limit && this.available > 0) {
      const chunk = this.#chunks[this.#head];
      const length = Math.min(chunk.end - chunk.start, limit - moved);
      const put = target.put(chunk.bytes, chunk.start, length);
      if (put < 0) return moved > 0 ? moved : put;
      moved += put;
      this.#consume(chunk, put);
      if (put < length) break;
    }
    return moved;
  }

  /** As `read`, leaving the bytes in the queue (MSG_PEEK), from `offset` on. */
  peek(target: IoTarget, limit: number, offset = 0): number {
    let moved = 0;
    let skip = offset;
    for (let at = this.#head; at < this.#chunks.length && moved < limit; at++) {
      const chunk = this.#chunks[at];
      const size = chunk.end - chunk.start;
      if (skip >= size) {
        skip -= size;
        continue;
      }
      const length = Math.min(size - skip, limit - moved);
      const put = target.put(chunk.bytes, chunk.start + skip, length);
      skip = 0;
      if (put < 0) return moved > 0 ? moved : put;
      moved += put;
      if (put < length) break;
    }
    return moved;
  }

  /** Throws up to `limit` readable bytes away (MSG_TRUNC of tcp(7)). */
  discard(limit: number): number {
    let dropped = 0;
    while (dropped < limit && this.available > 0) {
      const chunk = this.#chunks[this.#head];
      const length = Math.min(chunk.end - chunk.start, limit - dropped);
      dropped += length;
      this.#consume(chunk, length);
    }
    return dropped;
  }

  clear(): void {
    this.#chunks = [];
    this.#head = 0;
    this.available = 0;
    this.#early = [];
    this.earlyBytes = 0;
  }

  #consume(chunk: Chunk, length: number): void {
    chunk.start += length;
    this.available -= length;
    if (chunk.start < chunk.end) return;
    this.#head++;
    if (this.#head === this.#chunks.length) {
      this.#chunks = [];
      this.#head = 0;
    } else if (this.#head > 64) {
      this.#chunks.splice(0, this.#head);
      this.#head = 0;
    }
  }
}
