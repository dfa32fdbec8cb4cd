import { describe, expect, it } from 'vitest';
import { BufferPool } from './BufferPool.ts';

describe('BufferPool', () => {
  it.each([
    [1, 1],
    [2, 2],
    [3, 4],
    [4096, 4096],
    [4097, 8192],
    [65536, 65536],
  ])('hands out %i bytes as a buffer of %i', (size, expected) => {
    expect(new BufferPool(1 << 20).take(size)?.length).toBe(expected);
  });

  it('hands out what was given back, and nothing over its limit', () => {
    const pool = new BufferPool(8192);
    const first = pool.take(8192)!;
    expect(pool.take(1)).toBeNull();
    pool.give(first);
    expect(pool.take(5000)).toBe(first);
    expect(pool.usedBytes).toBe(8192);
  });

  it('keeps no more than it was told to keep', () => {
    const pool = new BufferPool(1 << 20, 4096);
    const buffers = [pool.take(4096)!, pool.take(4096)!];
    for (const buffer of buffers) pool.give(buffer);
    const again = [pool.take(4096)!, pool.take(4096)!];
    expect(again.filter((buffer) => buffers.includes(buffer))).toHaveLength(1);
  });
});
