import { beforeEach, describe, expect, it } from 'vitest';
import { EFAULT, ENOMEM } from '../abi/errno.ts';
import { PhysicalMemory } from '../mm/PhysicalMemory.ts';
import { PageCache } from './PageCache.ts';
import { PageCachePool } from './PageCachePool.ts';

const PAGE = 4096;

/** A file on some storage, every byte of page n being n + 1. */
class StoredFile {
  bytes = new Uint8Array(3 * PAGE + 10);
  loads = 0;
  references = 0;
  readonly cache: PageCache;

  constructor(pool: PageCachePool) {
    for (let page = 0; page < 4; page++) this.bytes.fill(page + 1, page * PAGE, (page + 1) * PAGE);
    this.cache = new PageCache(this, pool);
  }

  get size(): number {
    return this.bytes.length;
  }

  retain(): void {
    this.references++;
  }

  release(): void {
    this.references--;
  }

  loadPages(index: number, cache: PageCache): number {
    this.loads++;
    const frame = cache.insert(index);
    if (frame < 0) return frame;
    const page = new Uint8Array(PAGE);
    page.set(this.bytes.subarray(index * PAGE, (index + 1) * PAGE));
    cache.frames.bytes.set(page, frame * PAGE);
    return 0;
  }

  storePage(index: number, frame: number, length: number): number {
    this.bytes.set(this.cache.frames.bytes.subarray(frame * PAGE, frame * PAGE + length), index * PAGE);
    return 0;
  }
}

let memory: PhysicalMemory;
let pool: PageCachePool;
let file: StoredFile;

beforeEach(() => {
  memory = new PhysicalMemory(new Uint8Array(8 * PAGE));
  pool = new PageCachePool(memory);
  memory.addShrinker(pool);
  file = new StoredFile(pool);
});

describe('PageCache', () => {
  it('loads a page once, and none past the end', () => {
    const frame = file.cache.getPage(1, 0);
    expect(memory.bytes[frame * PAGE]).toBe(2);
    expect(file.cache.getPage(1, 0)).toBe(frame);
    expect(file.loads).toBe(1);
    expect(memory.references(frame)).toBe(3);
    expect(file.cache.getPage(4, 0)).toBe(-EFAULT);
  });

  it('shows bytes that were written through', () => {
    const first = file.cache.frameForRead(0);
    const second = file.cache.frameForRead(1);
    file.cache.update(Uint8Array.of(7, 8, 9), 3, PAGE - 1);
    expect([memory.bytes[first * PAGE + PAGE - 1], memory.bytes[second * PAGE]]).toEqual([7, 8]);
  });

  it('writes back what a mapping may have changed, as long as it is mapped', () => {
    const frame = file.cache.getPage(3, 1);
    memory.bytes.fill(9, frame * PAGE, (frame + 1) * PAGE);
    file.cache.writeBackAll();
    expect(file.bytes.length).toBe(3 * PAGE + 10);
    expect(file.bytes[3 * PAGE + 9]).toBe(9);
    expect(file.cache.hasDirtyPages).toBe(true);
    memory.release(frame);
    file.cache.writeBackAll();
    expect(file.cache.hasDirtyPages).toBe(false);
  });

  it('gives clean pages up when memory runs out, oldest file first, and no mapped or dirty ones', () => {
    const other = new StoredFile(pool);
    const mapped = file.cache.getPage(0, 0);
    file.cache.frameForRead(1);
    file.cache.frameForRead(2);
    other.cache.frameForRead(0);
    const frames = Array.from({ length: 4 }, () => memory.allocate());
    expect(frames).not.toContain(-ENOMEM);
    expect(memory.allocate()).toBeGreaterThanOrEqual(0);
    expect(file.cache.has(0)).toBe(true);
    expect(file.cache.has(1)).toBe(false);
    expect(memory.references(mapped)).toBe(2);
    while (memory.allocate() >= 0);
    expect(file.cache.residentPages + other.cache.residentPages).toBe(1);
  });

  it('takes pages from mappings when the file gets shorter', () => {
    const dropped: [number, number][] = [];
    file.cache.mappings.add({
      dropPages: (_source, first, last) => dropped.push([first, last]),
      mayWriteTo: () => false,
    });
    const frame = file.cache.frameForRead(0);
    file.cache.frameForRead(2);
    file.cache.resize(file.size, 100);
    expect(dropped).toEqual([[1, Infinity]]);
    expect(file.cache.residentPages).toBe(1);
    expect([memory.bytes[frame * PAGE + 99], memory.bytes[frame * PAGE + 100]]).toEqual([1, 0]);
  });
});
