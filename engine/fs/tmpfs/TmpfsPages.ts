import { EFAULT, ENOSPC } from '../../abi/errno.ts';
import type { MappingHolder } from '../../mm/PageSource.ts';
import { PAGE_SIZE } from '../../vfs/Frames.ts';
import type { Frames } from '../../vfs/Frames.ts';
import { HOLE } from '../../vfs/Inode.ts';
import type { FilePages } from '../../vfs/Inode.ts';
import type { PageQuota } from './PageQuota.ts';

interface Owner {
  readonly size: number;
  retain(): void;
  release(): void;
}

/** Content of a tmpfs file: frames are the storage itself, absent ones are holes. */
export class TmpfsPages implements FilePages {
  readonly mappings = new Set<MappingHolder>();
  isWriteSealed = false;
  private readonly owner: Owner;
  private readonly frames: Frames;
  private readonly quota: PageQuota;
  private readonly resident = new Map<number, number>();

  constructor(owner: Owner, frames: Frames, quota: PageQuota) {
    this.owner = owner;
    this.frames = frames;
    this.quota = quota;
  }

  /** Whether a mapping could change the content without a call. */
  get isMappedForWriting(): boolean {
    for (const holder of this.mappings) if (holder.mayWriteTo(this)) return true;
    return false;
  }

  get count(): number {
    return this.resident.size;
  }

  frameForRead(index: number): number {
    return this.resident.get(index) ?? HOLE;
  }

  /** A mapping gives a hole its page already on reading, so that a later write through it needs no second fault. */
  getPage(index: number, _forWrite: 0 | 1): number {
    if (index * PAGE_SIZE >= this.owner.size) return -EFAULT;
    const frame = this.resident.get(index) ?? this.add(index);
    if (frame >= 0) this.frames.retain(frame);
    return frame;
  }

  cachedPage(index: number): number {
    const frame = this.resident.get(index);
    if (frame === undefined) return -1;
    this.frames.retain(frame);
    return frame;
  }

  has(index: number): boolean {
    return this.resident.has(index);
  }

  /** A zeroed page at `index`, which was a hole; -ENOSPC over the size of the file system, -ENOMEM. */
  add(index: number): number {
    if (!this.quota.take()) return -ENOSPC;
    const frame = this.frames.allocateZeroed();
    if (frame < 0) this.quota.give();
    else this.resident.set(index, frame);
    return frame;
  }

  /** Pages [first, last) become holes. */
  drop(first: number, last: number): void {
    for (const holder of this.mappings) holder.dropPages(this, first, last, 'truncated');
    if (last - first < this.resident.size) {
      for (let index = first; index < last; index++) this.dropOne(index);
    } else {
      for (const index of [...this.resident.keys()]) if (index >= first && index < last) this.dropOne(index);
    }
  }

  /** Zeroes bytes [start, end) of page `index`, if it is there. */
  clear(index: number, start: number, end: number): void {
    const frame = this.resident.get(index);
    if (frame !== undefined) this.frames.bytes.fill(0, frame * PAGE_SIZE + start, frame * PAGE_SIZE + end);
  }

  /** Lowest page ≥ `index` that is there, or Infinity. */
  nextResident(index: number): number {
    let next = Infinity;
    for (const key of this.resident.keys()) if (key >= index && key < next) next = key;
    return next;
  }

  writeBack(): number {
    return 0;
  }

  retain(): void {
    this.owner.retain();
  }

  release(): void {
    this.owner.release();
  }

  private dropOne(index: number): void {
    const frame = this.resident.get(index);
    if (frame === undefined) return;
    this.resident.delete(index);
    this.frames.release(frame);
    this.quota.give();
  }
}
