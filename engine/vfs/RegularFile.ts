// Hot: read(2) and write(2) of cached pages; no allocation.
import { CAP_FSETID } from '../process/Capabilities.ts';
import { isCapable } from '../process/Credentials.ts';
import { EFBIG, EINVAL, ENXIO } from '../abi/errno.ts';
import { S_ISGID, S_ISUID, S_IXGRP } from '../abi/mode.ts';
import { O_APPEND, O_NOATIME, SEEK_CUR, SEEK_DATA, SEEK_END, SEEK_HOLE, SEEK_SET } from '../abi/open.ts';
import type { IoSource, IoTarget } from '../mm/Io.ts';
import type { Task } from '../process/Task.ts';
import { File } from './File.ts';
import { MAX_FILE_SIZE, PAGE_SIZE } from './Frames.ts';
import type { Frames } from './Frames.ts';
import { fileSizeLimit } from './limits.ts';
import { HOLE } from './Inode.ts';
import type { FilePages, Inode } from './Inode.ts';
import type { Path } from './Path.ts';
import { MS_NOATIME } from './Mount.ts';

const zeroPage = new Uint8Array(PAGE_SIZE);

/** An open regular file: bytes come from the inode's pages, writes go to the inode. */
export class RegularFile extends File {
  override inode: Inode;
  private readonly frames: Frames;
  private readonly touchesAccess: boolean;

  /** Takes a reference to the inode; a writable description also counts as a writer of it (-ETXTBSY). */
  constructor(flags: number, inode: Inode, path: Path, frames: Frames) {
    super(flags);
    this.inode = inode;
    this.path = path;
    this.frames = frames;
    this.touchesAccess = (flags & O_NOATIME) === 0 && (path.mount.flags & MS_NOATIME) === 0 && !path.mount.isReadOnly;
    inode.retain();
    if (this.canWrite) inode.writers++;
  }

  override read(task: Task, target: IoTarget): number {
    const count = this.readAt(task, target, this.position);
    if (count > 0) this.position += count;
    return count;
  }

  override readAt(_task: Task, target: IoTarget, offset: number): number {
    const { inode } = this;
    const { pages } = inode;
    if (pages === null) return -EINVAL;
    if (this.touchesAccess) inode.touchAccess();
    return readPages(pages, inode.size, this.frames, target, offset);
  }

  override write(task: Task, source: IoSource): number {
    if ((this.flags & O_APPEND) !== 0) {
      const error = this.inode.refresh();
      if (error < 0) return error;
      this.position = this.inode.size;
    }
    const count = this.writeAt(task, source, this.position);
    if (count > 0) this.position += count;
    return count;
  }

  override writeAt(task: Task, source: IoSource, offset: number): number {
    // pwrite(2), BUGS: O_APPEND appends whatever the offset says.
    const position = (this.flags & O_APPEND) === 0 ? offset : this.inode.size;
    const limit = Math.min(fileSizeLimit(task), MAX_FILE_SIZE);
    let length = source.remaining;
    if (length === 0) return 0;
    if (position + length > limit) {
      if (position >= limit) return -EFBIG;
      length = limit - position;
    }
    if ((this.inode.mode & (S_ISUID | S_ISGID)) !== 0) this.dropPrivileges(task);
    return this.inode.writeBytes(source, position, length);
  }

  override seek(offset: number, whence: number): number {
    const position = seekPosition(this, offset, whence);
    if (position >= 0) this.position = position;
    return position;
  }

  override truncate(task: Task, size: number): number {
    if (size > Math.min(fileSizeLimit(task), MAX_FILE_SIZE)) return -EFBIG;
    return this.inode.truncate(size);
  }

  override sync(): number {
    return this.inode.sync();
  }

  override ioctl(task: Task, request: number, argument: number): number {
    return this.inode.ioctl(task, request, argument);
  }

  override get pages(): FilePages | null {
    return this.inode.pages;
  }

  /** Content that an ordinary user changed no longer runs with someone else's rights (write(2)). */
  private dropPrivileges(task: Task): void {
    const { inode } = this;
    if (isCapable(task.credentials, CAP_FSETID)) return;
    const kept = (inode.mode & S_IXGRP) === 0 ? inode.mode & ~S_ISUID : inode.mode & ~(S_ISUID | S_ISGID);
    if (kept !== inode.mode) inode.setAttributes({ mode: kept });
  }

  protected override release(): void {
    if (this.canWrite) this.inode.writers--;
    this.inode.locks?.releaseOwner(this);
    this.inode.release();
  }
}

/** Moves bytes of `pages` from `offset` on into `target`, up to `size`; the count, or an errno when there was none. */
export function readPages(pages: FilePages, size: number, frames: Frames, target: IoTarget, offset: number): number {
  let position = offset;
  const end = Math.min(size, offset + target.remaining);
  while (position < end) {
    const start = position % PAGE_SIZE;
    const length = Math.min(PAGE_SIZE - start, end - position);
    const frame = pages.frameForRead((position - start) / PAGE_SIZE);
    let moved: number;
    if (frame >= 0) moved = target.put(frames.pageBytes(frame), frames.pageOffset(frame) + start, length);
    else if (frame === HOLE) moved = target.put(zeroPage, 0, length);
    else moved = frame;
    if (moved < 0) return position > offset ? position - offset : moved;
    position += moved;
    if (moved < length) break;
  }
  return position > offset ? position - offset : 0;
}

/** lseek(2) for files with a size. */
function seekPosition(file: RegularFile, offset: number, whence: number): number {
  const { inode } = file;
  let position: number;
  switch (whence) {
    case SEEK_SET:
      position = offset;
      break;
    case SEEK_CUR:
      position = file.position + offset;
      break;
    case SEEK_END:
      inode.refresh();
      position = inode.size + offset;
      break;
    case SEEK_DATA:
      return offset < 0 || offset >= inode.size ? -ENXIO : inode.nextData(offset);
    case SEEK_HOLE:
      return offset < 0 || offset >= inode.size ? -ENXIO : inode.nextHole(offset);
    default:
      return -EINVAL;
  }
  return position < 0 || position > MAX_FILE_SIZE ? -EINVAL : position;
}
