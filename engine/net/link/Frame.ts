// Hot code: one small object a frame, its bytes by reference.

/**
 * An Ethernet frame on its way. Whoever sends one gives it away: neither side changes `bytes[start, end)` any more, because
 * a switch may have handed the same bytes to several receivers.
 */
export class Frame {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /**
   * The role of TSO/GRO: when above zero, this is one large TCP segment that real hardware would cut into segments with
   * this many bytes of payload. `segmentFrame` does so for a link that leads outside.
   */
  readonly gsoSize: number;
  /** The role of CHECKSUM_PARTIAL: the transport checksum was left out, as nothing on the way can damage the bytes. */
  readonly lacksChecksum: boolean;

  constructor(bytes: Uint8Array, start: number, end: number, gsoSize = 0, lacksChecksum = false) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.gsoSize = gsoSize;
    this.lacksChecksum = lacksChecksum;
  }

  get length(): number {
    return this.end - this.start;
  }
}
