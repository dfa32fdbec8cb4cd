import { ENOMEM } from '../abi/errno.ts';
import { PAGE_SHIFT, PAGE_SIZE } from '../trap/layout.ts';

/** Frames from here on are pages of the read-only image: shared by all, never counted, never written. */
export const IMAGE_FRAME_BASE = 0x80_0000;

const TRIM_RUN = 16;

/** A cache that can give frames back when memory runs out. */
export interface Shrinker {
  /** Frees up to `wanted` frames; how many it freed. */
  shrink(wanted: number): number;
}

/**
 * The physical memory of one machine: page frames with reference counts, in one array that is mapped into guests frame
 * by frame. Frame f is `bytes[f * 4096 …]`. A frame is free when nobody refers to it.
 */
export class PhysicalMemory {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  /** Pages of the image as frames IMAGE_FRAME_BASE + index; empty without an image. */
  readonly image: Uint8Array;
  readonly frameCount: number;
  private readonly references_: Int32Array;
  private cursor = 0;
  /** 1 for frames that were handed out since the host gave them to us: they hold old bytes, the others are zero. */
  private readonly used: Uint8Array;
  private isFresh = false;
  /** Frames that became free since `trim` last looked. */
  freedSinceTrim = 0;
  private free: number;
  private readonly shrinkers: Shrinker[] = [];

  constructor(bytes: Uint8Array, image: Uint8Array = new Uint8Array(0)) {
    this.bytes = bytes;
    this.words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
    this.image = image;
    this.frameCount = bytes.length >> PAGE_SHIFT;
    this.references_ = new Int32Array(this.frameCount);
    this.used = new Uint8Array(this.frameCount);
    this.free = this.frameCount;
  }

  get freeFrames(): number {
    return this.free;
  }

  addShrinker(shrinker: Shrinker): void {
    this.shrinkers.push(shrinker);
  }

  /** A frame with one reference and undefined content, or -ENOMEM. Consecutive calls mostly give consecutive frames. */
  allocate(): number {
    if (this.free === 0 && !this.reclaim(64)) return -ENOMEM;
    const { references_, frameCount } = this;
    let frame = this.cursor;
    while (references_[frame] !== 0) if (++frame === frameCount) frame = 0;
    references_[frame] = 1;
    this.free--;
    this.cursor = frame + 1 === frameCount ? 0 : frame + 1;
    this.isFresh = this.used[frame] === 0;
    this.used[frame] = 1;
    return frame;
  }

  /** The same, full of zeros. */
  allocateZeroed(): number {
    const frame = this.allocate();
    if (frame >= 0 && !this.isFresh) this.zero(frame);
    return frame;
  }

  /** A frame with the content of `source`. */
  allocateCopy(source: number): number {
    const frame = this.allocate();
    if (frame < 0) return frame;
    const page = this.pageBytes(source);
    const offset = this.pageOffset(source);
    if (page === this.bytes) this.bytes.copyWithin(frame * PAGE_SIZE, offset, offset + PAGE_SIZE);
    else this.bytes.set(page.subarray(offset, offset + PAGE_SIZE), frame * PAGE_SIZE);
    return frame;
  }

  zero(frame: number): void {
    const start = frame << (PAGE_SHIFT - 2);
    this.words.fill(0, start, start + (PAGE_SIZE >> 2));
  }

  retain(frame: number): void {
    if (frame < IMAGE_FRAME_BASE) this.references_[frame]++;
  }

  release(frame: number): void {
    if (frame >= IMAGE_FRAME_BASE) return;
    const count = --this.references_[frame];
    if (count === 0) {
      this.free++;
      this.freedSinceTrim++;
    } else if (count < 0) throw new Error(`frame ${frame} released too often`);
  }

  /** Image frames are shared by everybody: they count as referred to by many. */
  references(frame: number): number {
    return frame >= IMAGE_FRAME_BASE ? 0x7fffffff : this.references_[frame];
  }

  pageBytes(frame: number): Uint8Array {
    return frame >= IMAGE_FRAME_BASE ? this.image : this.bytes;
  }

  pageOffset(frame: number): number {
    return (frame >= IMAGE_FRAME_BASE ? frame - IMAGE_FRAME_BASE : frame) * PAGE_SIZE;
  }

  /** Gives free frames back to the host, in runs of at least TRIM_RUN: `discard` makes them read as zeros. */
  trim(discard: (firstFrame: number, count: number) => void): void {
    this.freedSinceTrim = 0;
    let start = -1;
    for (let frame = 0; frame <= this.frameCount; frame++) {
      const isIdle = frame < this.frameCount && this.references_[frame] === 0 && this.used[frame] === 1;
      if (isIdle) {
        if (start < 0) start = frame;
        continue;
      }
      if (start >= 0 && frame - start >= TRIM_RUN) {
        discard(start, frame - start);
        this.used.fill(0, start, frame);
      }
      start = -1;
    }
  }

  /** Asks the caches for frames; whether there is one now. */
  private reclaim(wanted: number): boolean {
    for (const shrinker of this.shrinkers) {
      if (this.free >= wanted) break;
      shrinker.shrink(wanted - this.free);
    }
    return this.free > 0;
  }
}
