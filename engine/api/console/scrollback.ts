/** The last bytes of a stream, numbered from its beginning, so that several readers may follow at their own pace. */
export class Scrollback {
  readonly #ring: Uint8Array;
  /** Number of the byte after the last one written. */
  #end = 0;

  constructor(capacity: number) {
    this.#ring = new Uint8Array(capacity);
  }

  /** Number of the oldest byte that is still kept. */
  get start(): number {
    return Math.max(0, this.#end - this.#ring.length);
  }

  get end(): number {
    return this.#end;
  }

  append(bytes: Uint8Array): void {
    const capacity = this.#ring.length;
    const kept = bytes.subarray(Math.max(0, bytes.length - capacity));
    const place = (this.#end + bytes.length - kept.length) % capacity;
    const untilWrap = Math.min(kept.length, capacity - place);
    this.#ring.set(kept.subarray(0, untilWrap), place);
    this.#ring.set(kept.subarray(untilWrap), 0);
    this.#end += bytes.length;
  }

  /** A copy of at most `count` bytes from number `from` on, which must not lie before `start`. */
  read(from: number, count: number): Uint8Array<ArrayBuffer> {
    const length = Math.max(0, Math.min(count, this.#end - from));
    const result = new Uint8Array(length);
    const place = from % this.#ring.length;
    const untilWrap = Math.min(length, this.#ring.length - place);
    result.set(this.#ring.subarray(place, place + untilWrap), 0);
    result.set(this.#ring.subarray(0, length - untilWrap), untilWrap);
    return result;
  }
}
