import type { Frames } from './Frames.ts';
import type { PageCache } from './PageCache.ts';

/**
 * All page caches of a machine, least recently opened first: where clean pages are taken from when frames run out. The
 * order is kept by file, not by page: moving an entry on every read would cost more than it decides.
 */
export class PageCachePool {
  readonly frames: Frames;
  private readonly caches = new Set<PageCache>();

  constructor(frames: Frames) {
    this.frames = frames;
  }

  /** `cache` has pages, or was used: it moves to the end. */
  note(cache: PageCache): void {
    this.caches.delete(cache);
    this.caches.add(cache);
  }

  forget(cache: PageCache): void {
    this.caches.delete(cache);
  }

  /** Pages held, for /proc/meminfo. */
  get residentPages(): number {
    let total = 0;
    for (const cache of this.caches) total += cache.residentPages;
    return total;
  }

  /** Frees up to `wanted` frames; returns how many. */
  shrink(wanted: number): number {
    let freed = 0;
    for (const cache of [...this.caches]) {
      if (freed >= wanted) break;
      if (cache.hasDirtyPages) cache.writeBackAll();
      freed += cache.shrink(wanted - freed);
    }
    return freed;
  }
}
