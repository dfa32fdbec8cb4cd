// Hot code: payload bytes are copied in once, and leave by reference.

import type { IoSource } from '../../../mm/Io.ts';
import { advance, distance } from './sequence.ts';

/** Room in front of a segment's payload for all headers. */
export const SEGMENT_HEADROOM = 144;
/** Short writes get some room for the next one to join while they wait to be sent. */
const MINIMUM_CAPACITY = 512;

/** A run of bytes of the stream that is sent as one packet, possibly a large one; or a SYN or FIN, which take a number too. */
export class SendSegment {
  sequence: number;
  /** Payload: `bytes[start, end)`. Not changed once sent. */
  readonly bytes: Uint8Array;
  start: number;
  end: number;
  /** TCP_SYN, TCP_FIN, TCP_PSH. */
  flags: number;
  /** 1 for SYN and FIN. */
  controlLength: number;
  next: SendSegment | null = null;
  /** Headers may be written right before `start`: nobody else has these bytes. */
  ownsHeadroom: boolean;
  sentNs = 0;
  isSent = false;
  transmissions = 0;
  isSacked = false;
  isLost = false;
  /** Retransmitted since it was marked lost. */
  isRetransmitted = false;
  /** SND.NXT when it was last retransmitted. */
  retransmittedAt = 0;

  constructor(sequence: number, bytes: Uint8Array, start: number, end: number, ownsHeadroom: boolean) {
    this.sequence = sequence;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.flags = 0;
    this.controlLength = 0;
    this.ownsHeadroom = ownsHeadroom;
  }

  get payloadLength(): number {
    return this.end - this.start;
  }

  /** How many sequence numbers it takes. */
  get length(): number {
    return this.end - this.start + this.controlLength;
  }

  get endSequence(): number {
    return advance(this.sequence, this.length);
  }
}

/** What was written and not yet acknowledged, in order: first what was sent, then, from `unsent` on, what was not. */
export class SendQueue {
  head: SendSegment | null = null;
  tail: SendSegment | null = null;
  unsent: SendSegment | null = null;
  /** Payload bytes held. */
  bytes = 0;

  get isEmpty(): boolean {
    return this.head === null;
  }

  /**
   * Takes up to `length` bytes of `source` at `sequence`, in segments of at most `maximumPayload`. Returns the bytes taken,
   * or the source's negative errno when it gave none.
   */
  append(sequence: number, source: IoSource, length: number, maximumPayload: number): number {
    let taken = 0;
    while (taken < length) {
      const segment = this.#writableTail(advance(sequence, taken), length - taken, maximumPayload);
      const room = Math.min(segment.bytes.length - segment.end, maximumPayload - segment.payloadLength, length - taken);
      const got = source.take(segment.bytes, segment.end, room);
      if (got > 0) {
        segment.end += got;
        taken += got;
        this.bytes += got;
      }
      if (segment.payloadLength > 0 && segment !== this.tail) this.#push(segment);
      if (got < 0) return taken > 0 ? taken : got;
      if (got < room) return taken;
    }
    return taken;
  }

  /** Adds a SYN or FIN. */
  appendControl(sequence: number, flag: number): SendSegment {
    const segment = new SendSegment(
      sequence,
      new Uint8Array(SEGMENT_HEADROOM),
      SEGMENT_HEADROOM,
      SEGMENT_HEADROOM,
      true,
    );
    segment.flags = flag;
    segment.controlLength = 1;
    this.#push(segment);
    return segment;
  }

  /** Cuts a segment so that it holds `payload` bytes; the rest becomes the next one. */
  split(segment: SendSegment, payload: number): void {
    const at = segment.start + payload;
    const rest = new SendSegment(advance(segment.sequence, payload), segment.bytes, at, segment.end, false);
    segment.end = at;
    rest.flags = segment.flags;
    rest.controlLength = segment.controlLength;
    segment.flags = 0;
    segment.controlLength = 0;
    rest.sentNs = segment.sentNs;
    rest.isSent = segment.isSent;
    rest.transmissions = segment.transmissions;
    rest.isSacked = segment.isSacked;
    rest.isLost = segment.isLost;
    rest.isRetransmitted = segment.isRetransmitted;
    rest.retransmittedAt = segment.retransmittedAt;
    rest.next = segment.next;
    segment.next = rest;
    if (this.tail === segment) this.tail = rest;
  }

  /** Forgets the first segment. */
  shift(): void {
    const { head } = this;
    if (head === null) return;
    this.bytes -= head.payloadLength;
    if (this.unsent === head) this.unsent = head.next;
    this.head = head.next;
    if (this.head === null) this.tail = null;
    head.next = null;
  }

  /** Forgets the first `count` sequence numbers of the first segment, which has more. */
  trimHead(count: number): void {
    const { head } = this;
    if (head === null) return;
    head.sequence = advance(head.sequence, count);
    head.start += count;
    head.ownsHeadroom = false;
    this.bytes -= count;
  }

  noteSent(segment: SendSegment): void {
    segment.isSent = true;
    if (this.unsent === segment) this.unsent = segment.next;
  }

  clear(): void {
    this.head = null;
    this.tail = null;
    this.unsent = null;
    this.bytes = 0;
  }

  /** Unsent payload bytes from `unsent` on, given the sequence number after the last byte written. */
  unsentBytes(writeSequence: number): number {
    return this.unsent === null ? 0 : distance(this.unsent.sequence, writeSequence);
  }

  #writableTail(sequence: number, wanted: number, maximumPayload: number): SendSegment {
    const { tail } = this;
    if (tail !== null && !tail.isSent && tail.controlLength === 0 && tail.ownsHeadroom) {
      if (tail.end < tail.bytes.length && tail.payloadLength < maximumPayload) return tail;
    }
    const capacity = Math.min(maximumPayload, Math.max(wanted, MINIMUM_CAPACITY));
    const bytes = new Uint8Array(SEGMENT_HEADROOM + capacity);
    return new SendSegment(sequence, bytes, SEGMENT_HEADROOM, SEGMENT_HEADROOM, true);
  }

  #push(segment: SendSegment): void {
    if (this.tail === null) this.head = segment;
    else this.tail.next = segment;
    this.tail = segment;
    this.unsent ??= segment;
  }
}
