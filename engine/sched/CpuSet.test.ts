import { expect, it } from 'vitest';
import { CpuSet } from './CpuSet.ts';

it.each([
  [1, 0x1, 0],
  [31, 0x7fffffff, 0],
  [32, 0xffffffff, 0],
  [33, 0xffffffff, 1],
  [64, 0xffffffff, 0xffffffff],
])('the first %i CPUs are the bits %i and %i', (count, low, high) => {
  const set = CpuSet.first(count);
  expect([set.word(0), set.word(1), set.has(count - 1), set.has(count % 64)]).toEqual([low, high, true, count === 64]);
});

it('sets meet in what both have', () => {
  const met = new CpuSet(0b110, 0b1).and(new CpuSet(0b011, 0b1));
  expect([met.equals(new CpuSet(0b010, 0b1)), met.isEmpty, met.and(CpuSet.first(1)).isEmpty]).toEqual([
    true,
    false,
    true,
  ]);
});

it.each([
  [1, 0b1, 0, '1', '0'],
  [6, 0b101111, 0, '2f', '0-3,5'],
  [32, 0b101111, 0, '0000002f', '0-3,5'],
  [36, 0x80000001, 0b11, '3,80000001', '0,31-33'],
  [64, -1, -1, 'ffffffff,ffffffff', '0-63'],
])('of %i CPUs, prints the bits %i and %i as masks and lists', (count, low, high, mask, list) => {
  const set = new CpuSet(low, high);
  expect([set.mask(count), set.list()]).toEqual([mask, list]);
});
