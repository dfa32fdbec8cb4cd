import { EFAULT, ENOMEM } from '../abi/errno.ts';
import type { MappingHolder } from '../mm/PageSource.ts';
import { PAGE_SIZE } from './Frames.ts';
import type { Frames } from './Frames.ts';
import type { FilePages } from './Inode.ts';
import type { PageCachePool } from './PageCachePool.ts';

/** The file behind a page cache. */
export interface PagedFile {
  readonly size: number;
  retain(): void;
  release(): void;
  /**
   * Reads page `index` and, where that is cheap, its successors: for each page it has, asks `cache.insert` for a frame and
   * fills all of it (zeros after the end of the file). 0 or a negative errno.
   */
  loadPages(index: number, cache: PageCache): number;
  /** Writes `length` bytes of a page back to storage; 0 or a negative errno. */
  storePage(index: number, frame: number, length: number): number;
}

/**
 * Pages of a file that lives elsewhere, kept in frames of the physical memory: read(2) and mmap(2) see the same bytes.
 * write(2) goes through to the file and updates pages that are here (`update`); what shared mappings write is found by
 * `writeBack`. Clean pages that nobody maps are given up when memory runs out (`shrink`).
 */
export class PageCache implements FilePages {
  readonly mappings = new Set<MappingHolder>();
  readonly frames: Frames;
  private readonly file: PagedFile;
  private readonly pool: PageCachePool;
  /** Frame by page index; the cache holds one reference to each. */
  private readonly resident = new Map<number, number>();
  /** Pages that a shared mapping may have written. */
  private readonly dirty = new Set<number>();

  constructor(file: PagedFile, pool: PageCachePool) {
    this.file = file;
    this.pool = pool;
    this.frames = pool.frames;
  }

  get residentPages(): number {
    return this.resident.size;
  }

  get hasDirtyPages(): boolean {
    return this.dirty.size > 0;
  }

  getPage(index: number, forWrite: 0 | 1): number {
    const frame = this.frameForRead(index);
    if (frame < 0) return frame;
    if (forWrite === 1) this.dirty.add(index);
    this.frames.retain(frame);
    return frame;
  }

  frameForRead(index: number): number {
    const frame = this.resident.get(index);
    if (frame !== undefined) return frame;
    if (index * PAGE_SIZE >= this.file.size) return -EFAULT;
    if (this.resident.size === 0) this.pool.note(this);
    const error = this.file.loadPages(index, this);
    if (error < 0) return error;
    return this.resident.get(index) ?? -EFAULT;
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

  /** A frame for page `index`, to be filled by the caller right away; -ENOMEM. */
  insert(index: number): number {
    const frame = this.frames.allocate();
    if (frame < 0) return -ENOMEM;
    const old = this.resident.get(index);
    if (old !== undefined) throw new Error('page is in the cache already');
    this.resident.set(index, frame);
    return frame;
  }

  /** Bytes that went to the file at `position` go into the pages that are here. */
  update(bytes: Uint8Array, length: number, position: number): void {
    if (this.resident.size === 0) return;
    let done = 0;
    while (done < length) {
      const offset = (position + done) % PAGE_SIZE;
      const part = Math.min(PAGE_SIZE - offset, length - done);
      const frame = this.resident.get(Math.floor((position + done) / PAGE_SIZE));
      if (frame !== undefined) this.frames.bytes.set(bytes.subarray(done, done + part), frame * PAGE_SIZE + offset);
      done += part;
    }
  }

  writeBack(first: number, count: number): number {
    let result = 0;
    for (const index of [...this.dirty]) {
      if (index < first || index >= first + count) continue;
      const frame = this.resident.get(index);
      if (frame === undefined) {
        this.dirty.delete(index);
        continue;
      }
      const length = Math.min(PAGE_SIZE, this.file.size - index * PAGE_SIZE);
      const error = length <= 0 ? 0 : this.file.storePage(index, frame, length);
      if (error < 0) result = error;
      // A page that is still mapped writable may change again without a fault: it stays on the list.
      else if (this.frames.references(frame) === 1) this.dirty.delete(index);
    }
    return result;
  }

  writeBackAll(): number {
    return this.dirty.size === 0 ? 0 : this.writeBack(0, Infinity);
  }

  /** The file got shorter or longer: pages past the end go, the rest of the last page becomes zero. */
  resize(oldSize: number, newSize: number): void {
    if (newSize < oldSize) {
      const firstGone = Math.ceil(newSize / PAGE_SIZE);
      for (const holder of this.mappings) holder.dropPages(this, firstGone, Infinity, 'truncated');
      for (const index of [...this.resident.keys()]) if (index >= firstGone) this.drop(index);
    }
    const edge = Math.min(oldSize, newSize);
    const frame = this.resident.get(Math.floor(edge / PAGE_SIZE));
    if (edge % PAGE_SIZE !== 0 && frame !== undefined) {
      this.frames.bytes.fill(0, frame * PAGE_SIZE + (edge % PAGE_SIZE), (frame + 1) * PAGE_SIZE);
    }
  }

  /** The file changed behind our back, or is gone: everything is read anew. */
  invalidate(): void {
    for (const holder of this.mappings) holder.dropPages(this, 0, Infinity, 'changed');
    for (const index of [...this.resident.keys()]) this.drop(index);
  }

  /** Gives up clean pages that only the cache holds; returns how many. */
  shrink(wanted: number): number {
    let freed = 0;
    for (const [index, frame] of this.resident) {
      if (freed >= wanted) break;
      if (this.dirty.has(index) || this.frames.references(frame) !== 1) continue;
      this.drop(index);
      freed++;
    }
    return freed;
  }

  retain(): void {
    this.file.retain();
  }

  release(): void {
    this.file.release();
  }

  private drop(index: number): void {
    const frame = this.resident.get(index);
    if (frame === undefined) return;
    this.resident.delete(index);
    this.dirty.delete(index);
    this.frames.release(frame);
    if (this.resident.size === 0) this.pool.forget(this);
  }
}
