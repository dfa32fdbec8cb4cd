import type { MappingHolder } from '../../mm/PageSource.ts';
import type { Frames } from '../../vfs/Frames.ts';
import { HOLE } from '../../vfs/Inode.ts';
import type { FilePages } from '../../vfs/Inode.ts';

/** What a mapping of /dev/zero sees: a fresh page of zeros for each that is touched. */
export class ZeroPages implements FilePages {
  readonly mappings = new Set<MappingHolder>();
  private readonly frames: Frames;

  constructor(frames: Frames) {
    this.frames = frames;
  }

  frameForRead(): number {
    return HOLE;
  }

  getPage(): number {
    return this.frames.allocateZeroed();
  }

  writeBack(): number {
    return 0;
  }

  retain(): void {
    // lives as long as the device
  }

  release(): void {
    // lives as long as the device
  }
}
