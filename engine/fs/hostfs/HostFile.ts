import { EINVAL, EROFS, ESTALE } from '../../abi/errno.ts';
import { O_ACCMODE, O_RDONLY, O_TRUNC, SEEK_DATA, SEEK_HOLE } from '../../abi/open.ts';
import type { IoSource } from '../../mm/Io.ts';
import { PAGE_SIZE } from '../../vfs/Frames.ts';
import { PageCache } from '../../vfs/PageCache.ts';
import { HostNode } from './HostNode.ts';

/** Pages that one host call reads when a page is missing. */
const READ_AHEAD_PAGES = 16;
const BLOCK_SIZE = READ_AHEAD_PAGES * PAGE_SIZE;

/** A regular file of a host file system: cached in pages, written through. */
export class HostFile extends HostNode {
  private cache: PageCache | null = null;
  private handle = -1;
  private handleWrites = false;
  /** Size and modification time that the cached pages belong to. */
  private cachedSize = 0;
  private cachedSeconds = 0;
  private cachedNanoseconds = 0;

  override get pages(): PageCache {
    this.cache ??= new PageCache(this, this.fs.pageCaches);
    return this.cache;
  }

  override prepareOpen(flags: number): number {
    const writes = (flags & O_ACCMODE) !== O_RDONLY || (flags & O_TRUNC) !== 0;
    if (writes && this.fs.isReadOnly) return -EROFS;
    const handle = this.openHandle(writes);
    if (handle < 0) return handle;
    return this.revalidate();
  }

  override refresh(): number {
    if (this.handle < 0 || !this.isNameless) return super.refresh();
    return this.revalidate();
  }

  protected override acceptSize(size: number): void {
    // Size and pages change together: a reader must not see the new size with old pages.
    const { cache } = this;
    const old = this.size;
    this.size = size;
    if (cache === null) return;
    if (size !== this.cachedSize || !this.isCachedTime()) {
      cache.writeBackAll();
      if (old !== size || !this.isCachedTime()) cache.invalidate();
    }
    this.noteCached();
  }

  override writeBytes(source: IoSource, position: number, length: number): number {
    const handle = this.openHandle(true);
    if (handle < 0) return handle;
    const block = new Uint8Array(Math.min(length, BLOCK_SIZE));
    let done = 0;
    let error = 0;
    while (done < length) {
      const taken = source.take(block, 0, Math.min(block.length, length - done));
      if (taken <= 0) {
        error = taken;
        break;
      }
      const written = this.fs.host.write(handle, block, 0, taken, position + done);
      if (written < 0) {
        error = written;
        break;
      }
      const end = position + done + written;
      const oldSize = this.size;
      if (end > oldSize) {
        this.cache?.resize(oldSize, end);
        this.size = end;
      }
      this.cache?.update(block, written, position + done);
      done += written;
      if (written < taken) break;
    }
    if (done > 0) this.noteOwnChange(handle);
    return done > 0 ? done : error;
  }

  override truncate(size: number): number {
    if (size < 0) return -EINVAL;
    const handle = this.openHandle(true);
    if (handle < 0) return handle;
    const error = this.fs.host.truncate(handle, size);
    if (error < 0) return error;
    this.cache?.resize(this.size, size);
    this.size = size;
    this.noteOwnChange(handle);
    return 0;
  }

  override allocate(mode: number, offset: number, length: number): number {
    const handle = this.openHandle(true);
    if (handle < 0) return handle;
    const error = this.fs.host.allocate(handle, mode, offset, length);
    if (error < 0) return error;
    this.cache?.writeBackAll();
    this.cache?.invalidate();
    const attributes = this.fs.host.statHandle(handle);
    if (typeof attributes !== 'number') this.accept(attributes);
    return 0;
  }

  override nextData(offset: number): number {
    const handle = this.openHandle(false);
    return handle < 0 ? handle : this.fs.host.seek(handle, offset, SEEK_DATA);
  }

  override nextHole(offset: number): number {
    const handle = this.openHandle(false);
    return handle < 0 ? handle : this.fs.host.seek(handle, offset, SEEK_HOLE);
  }

  override sync(): number {
    const error = this.flushPages();
    if (error < 0 || this.fs.isReadOnly) return error;
    const handle = this.openHandle(false);
    return handle < 0 ? handle : this.fs.host.sync(handle);
  }

  override flushPages(): number {
    return this.cache?.writeBackAll() ?? 0;
  }

  override dropPages(): void {
    this.flushPages();
    this.cache?.invalidate();
    this.dropHandle();
  }

  /** The file was made without a name: `handle` is the only way to it. */
  adopt(handle: number): void {
    this.handle = handle;
    this.handleWrites = true;
    this.fs.handles.add(this);
  }

  /** Gives a file without a name its first. */
  override linkUnnamed(directory: string, name: string): number {
    return this.handle < 0 ? -ESTALE : this.fs.host.linkHandle(this.handle, directory, name);
  }

  dropHandle(): void {
    if (this.handle < 0) return;
    this.fs.handles.close(this, this.handle);
    this.handle = -1;
  }

  /** The last name may go while the file is in use: a handle keeps it. */
  override beforeUnlink(): number {
    if (this.nlink > 1 || this.handle >= 0) return 0;
    const handle = this.openHandle(!this.fs.isReadOnly);
    return handle < 0 ? 0 : handle;
  }

  /** For the page cache: fills page `index` and those that follow it, with one read of the host. */
  loadPages(index: number, cache: PageCache): number {
    const handle = this.openHandle(false);
    if (handle < 0) return handle;
    let count = 1;
    const last = Math.ceil(this.size / PAGE_SIZE);
    while (count < READ_AHEAD_PAGES && index + count < last && !cache.has(index + count)) count++;
    const { bytes } = cache.frames;
    if (count === 1) {
      const frame = cache.insert(index);
      if (frame < 0) return frame;
      return this.fill(handle, bytes, frame * PAGE_SIZE, index * PAGE_SIZE);
    }
    const block = new Uint8Array(count * PAGE_SIZE);
    const got = this.fs.host.read(handle, block, 0, block.length, index * PAGE_SIZE);
    if (got < 0) return got;
    for (let page = 0; page < count; page++) {
      const frame = cache.insert(index + page);
      // Pages read ahead are a gift; only the first one is owed.
      if (frame < 0) return page === 0 ? frame : 0;
      bytes.set(block.subarray(page * PAGE_SIZE, (page + 1) * PAGE_SIZE), frame * PAGE_SIZE);
    }
    return 0;
  }

  storePage(index: number, frame: number, length: number): number {
    const handle = this.openHandle(true);
    if (handle < 0) return handle;
    const { bytes } = this.fs.pageCaches.frames;
    const written = this.fs.host.write(handle, bytes, frame * PAGE_SIZE, length, index * PAGE_SIZE);
    if (written < 0) return written;
    this.noteOwnChange(handle);
    return 0;
  }

  private fill(handle: number, bytes: Uint8Array, start: number, position: number): number {
    const got = this.fs.host.read(handle, bytes, start, PAGE_SIZE, position);
    bytes.fill(0, start + Math.max(0, got), start + PAGE_SIZE);
    return Math.min(got, 0);
  }

  private openHandle(writes: boolean): number {
    if (this.handle >= 0 && (this.handleWrites || !writes)) return this.handle;
    const path = this.hostPath;
    if (path === null) return this.handle >= 0 ? -EROFS : -ESTALE;
    const handle = this.fs.host.open(path, writes ? 'write' : 'read', 0);
    if (handle < 0) return handle;
    this.dropHandle();
    this.handle = handle;
    this.handleWrites = writes;
    this.fs.handles.add(this);
    return handle;
  }

  /** Asks the open handle for size and time, and drops pages of an older content. */
  private revalidate(): number {
    const attributes = this.fs.host.statHandle(this.handle);
    if (typeof attributes === 'number') return attributes;
    if (`${attributes.device}:${attributes.ino}` !== this.key) return -ESTALE;
    this.accept(attributes);
    if (this.cache !== null) this.fs.pageCaches.note(this.cache);
    return 0;
  }

  /** What we wrote ourselves does not make our pages old. */
  private noteOwnChange(handle: number): void {
    const attributes = this.fs.host.statHandle(handle);
    if (typeof attributes === 'number') return;
    this.mtime = attributes.mtime;
    this.ctime = attributes.ctime;
    this.noteCached();
  }

  private isCachedTime(): boolean {
    return this.mtime.seconds === this.cachedSeconds && this.mtime.nanoseconds === this.cachedNanoseconds;
  }

  private noteCached(): void {
    this.cachedSize = this.size;
    this.cachedSeconds = this.mtime.seconds;
    this.cachedNanoseconds = this.mtime.nanoseconds;
  }
}
