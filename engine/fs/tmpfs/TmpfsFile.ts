import { EINVAL, EOPNOTSUPP, ENXIO } from '../../abi/errno.ts';
import { FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE } from '../../abi/fallocate.ts';
import type { IoSource } from '../../mm/Io.ts';
import { PAGE_SIZE } from '../../vfs/Frames.ts';
import type { NewAttributes } from '../../vfs/Inode.ts';
import type { Tmpfs } from './Tmpfs.ts';
import { TmpfsNode } from './TmpfsNode.ts';
import { TmpfsPages } from './TmpfsPages.ts';

/** A regular file of a tmpfs. */
export class TmpfsFile extends TmpfsNode {
  private readonly storage: TmpfsPages;

  constructor(fs: Tmpfs, attributes: NewAttributes) {
    super(fs, attributes);
    this.storage = new TmpfsPages(this, fs.frames, fs.quota);
  }

  override get pages(): TmpfsPages {
    return this.storage;
  }

  override get blocks(): number {
    return this.storage.count * 8;
  }

  override dispose(): void {
    super.dispose();
    this.storage.drop(0, Infinity);
  }

  override writeBytes(source: IoSource, position: number, length: number): number {
    const { bytes } = this.fs.frames;
    let done = 0;
    let error = 0;
    while (done < length) {
      const start = (position + done) % PAGE_SIZE;
      const part = Math.min(PAGE_SIZE - start, length - done);
      const index = (position + done - start) / PAGE_SIZE;
      const present = this.storage.frameForRead(index);
      const frame = present >= 0 ? present : this.storage.add(index);
      if (frame < 0) {
        error = frame;
        break;
      }
      const moved = source.take(bytes, frame * PAGE_SIZE + start, part);
      if (moved < 0) {
        error = moved;
        break;
      }
      done += moved;
      if (moved < part) break;
    }
    if (done === 0) return error;
    if (position + done > this.size) this.size = position + done;
    this.mtime = this.fs.now();
    this.ctime = this.mtime;
    return done;
  }

  override truncate(size: number): number {
    if (size < 0) return -EINVAL;
    if (size < this.size) {
      this.storage.drop(Math.ceil(size / PAGE_SIZE), Infinity);
      if (size % PAGE_SIZE !== 0) this.storage.clear(Math.floor(size / PAGE_SIZE), size % PAGE_SIZE, PAGE_SIZE);
    }
    this.size = size;
    this.mtime = this.fs.now();
    this.ctime = this.mtime;
    return 0;
  }

  override allocate(mode: number, offset: number, length: number): number {
    const end = offset + length;
    if (mode === (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE)) this.punchHole(offset, Math.min(end, this.size));
    else if ((mode & ~FALLOC_FL_KEEP_SIZE) !== 0) return -EOPNOTSUPP;
    else {
      const added: number[] = [];
      for (let index = Math.floor(offset / PAGE_SIZE); index * PAGE_SIZE < end; index++) {
        if (this.storage.has(index)) continue;
        const frame = this.storage.add(index);
        if (frame < 0) {
          for (const undone of added) this.storage.drop(undone, undone + 1);
          return frame;
        }
        added.push(index);
      }
      if ((mode & FALLOC_FL_KEEP_SIZE) === 0 && end > this.size) this.size = end;
    }
    this.mtime = this.fs.now();
    this.ctime = this.mtime;
    return 0;
  }

  override nextData(offset: number): number {
    const index = this.storage.nextResident(Math.floor(offset / PAGE_SIZE));
    const start = Math.max(offset, index * PAGE_SIZE);
    return start >= this.size ? -ENXIO : start;
  }

  override nextHole(offset: number): number {
    let index = Math.floor(offset / PAGE_SIZE);
    if (!this.storage.has(index)) return offset;
    while (this.storage.has(index)) index++;
    return Math.min(index * PAGE_SIZE, this.size);
  }

  private punchHole(start: number, end: number): void {
    if (end <= start) return;
    const first = Math.ceil(start / PAGE_SIZE);
    const last = Math.floor(end / PAGE_SIZE);
    if (first > last) {
      this.storage.clear(last, start % PAGE_SIZE, end % PAGE_SIZE);
      return;
    }
    if (start % PAGE_SIZE !== 0) this.storage.clear(first - 1, start % PAGE_SIZE, PAGE_SIZE);
    if (end % PAGE_SIZE !== 0) this.storage.clear(last, 0, end % PAGE_SIZE);
    this.storage.drop(first, last);
  }
}
