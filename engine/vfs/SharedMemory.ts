import { EFAULT } from '../abi/errno.ts';
import type { MappingHolder, PageSource } from '../mm/PageSource.ts';
import type { Frames } from './Frames.ts';
import { PAGE_SIZE } from './Frames.ts';

/** Shared anonymous memory (mmap(2), MAP_SHARED | MAP_ANONYMOUS): lives as long as a mapping of it does. */
export class SharedMemory implements PageSource {
  private readonly frames: Frames;
  private readonly pages = new Map<number, number>();
  private readonly count: number;
  private references = 1;
  readonly mappings = new Set<MappingHolder>();

  constructor(frames: Frames, size: number) {
    this.frames = frames;
    this.count = Math.ceil(size / PAGE_SIZE);
  }

  getPage(index: number): number {
    // A mapping that mremap(2) has grown past the object gets SIGBUS there, as on Linux.
    if (index < 0 || index >= this.count) return -EFAULT;
    let frame = this.pages.get(index);
    if (frame === undefined) {
      frame = this.frames.allocateZeroed();
      if (frame < 0) return frame;
      this.pages.set(index, frame);
    }
    this.frames.retain(frame);
    return frame;
  }

  cachedPage(index: number): number {
    const frame = this.pages.get(index);
    if (frame === undefined) return -1;
    this.frames.retain(frame);
    return frame;
  }

  writeBack(): number {
    return 0;
  }

  retain(): void {
    this.references++;
  }

  release(): void {
    if (--this.references > 0) return;
    for (const frame of this.pages.values()) this.frames.release(frame);
    this.pages.clear();
  }
}
