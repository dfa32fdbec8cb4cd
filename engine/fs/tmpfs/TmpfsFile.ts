import { EBUSY, EINVAL, EOPNOTSUPP, ENXIO, EPERM } from '../../abi/errno.ts';
import {
  F_ALL_SEALS,
  F_SEAL_EXEC,
  F_SEAL_FUTURE_WRITE,
  F_SEAL_GROW,
  F_SEAL_SEAL,
  F_SEAL_SHRINK,
  F_SEAL_WRITE,
} from '../../abi/fcntl.ts';
import { FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE } from '../../abi/fallocate.ts';
import type { IoSource } from '../../mm/Io.ts';
import { PAGE_SIZE } from '../../vfs/Frames.ts';
import type { AttributeChange, NewAttributes } from '../../vfs/Inode.ts';
import type { Tmpfs } from './Tmpfs.ts';
import { TmpfsNode } from './TmpfsNode.ts';
import { TmpfsPages } from './TmpfsPages.ts';

const EXECUTE_BITS = 0o111;
const NO_WRITING = F_SEAL_WRITE | F_SEAL_FUTURE_WRITE;

/** A regular file of a tmpfs. */
export class TmpfsFile extends TmpfsNode {
  /** F_SEAL_* bits. Only memfd_create(2) makes files that can be sealed. */
  seals: number = F_SEAL_SEAL;
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

  /** F_ADD_SEALS of fcntl(2). */
  addSeals(seals: number): number {
    if ((seals & ~F_ALL_SEALS) !== 0) return -EINVAL;
    if ((this.seals & F_SEAL_SEAL) !== 0) return -EPERM;
    const added = seals & ~this.seals;
    if ((added & F_SEAL_WRITE) !== 0 && this.storage.isMappedForWriting) return -EBUSY;
    // A program that can no longer be made one, or be no longer one, must not change either.
    const implied =
      (added & F_SEAL_EXEC) !== 0 && (this.mode & EXECUTE_BITS) !== 0 ? NO_WRITING | F_SEAL_SHRINK | F_SEAL_GROW : 0;
    this.seals |= seals | implied;
    this.storage.isWriteSealed = (this.seals & NO_WRITING) !== 0;
    return 0;
  }

  override setAttributes(change: AttributeChange): number {
    const { mode } = change;
    if ((this.seals & F_SEAL_EXEC) !== 0 && mode !== undefined && ((mode ^ this.mode) & EXECUTE_BITS) !== 0)
      return -EPERM;
    return super.setAttributes(change);
  }

  override writeBytes(source: IoSource, position: number, length: number): number {
    const { bytes } = this.fs.frames;
    if ((this.seals & NO_WRITING) !== 0) return -EPERM;
    let done = 0;
    let error = 0;
    while (done < length) {
      const start = (position + done) % PAGE_SIZE;
      const part = Math.min(PAGE_SIZE - start, length - done);
      if ((this.seals & F_SEAL_GROW) !== 0 && position + done + part > this.size) {
        error = -EPERM;
        break;
      }
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
    if (size < this.size && (this.seals & F_SEAL_SHRINK) !== 0) return -EPERM;
    if (size > this.size && (this.seals & F_SEAL_GROW) !== 0) return -EPERM;
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
    if (mode === (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE)) {
      if ((this.seals & NO_WRITING) !== 0) return -EPERM;
      this.punchHole(offset, Math.min(end, this.size));
    } else if ((mode & ~FALLOC_FL_KEEP_SIZE) !== 0) return -EOPNOTSUPP;
    else {
      if ((this.seals & F_SEAL_GROW) !== 0 && end > this.size) return -EPERM;
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
