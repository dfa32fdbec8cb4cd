import { describe, expect, it } from 'vitest';
import { FUTEX_BITSET_MATCH_ANY } from '../../abi/futex.ts';
import { FutexTable, FutexWaiter } from './FutexTable.ts';

const memory = {};
const otherMemory = {};
const ANY = FUTEX_BITSET_MATCH_ANY | 0;

function waitAt(table: FutexTable, tid: number, offset: number, object: object = memory, bitset = ANY): FutexWaiter {
  const waiter = new FutexWaiter();
  waiter.tid = tid;
  table.add(waiter, object, offset, bitset);
  return waiter;
}

function woken(waiters: FutexWaiter[]): number[] {
  return waiters.filter((waiter) => waiter.isWoken).map((waiter) => waiter.tid);
}

describe('FutexTable', () => {
  it('wakes in the order of waiting, as many as asked', () => {
    const table = new FutexTable();
    const waiters = [1, 2, 3].map((tid) => waitAt(table, tid, 0x7f00_0000_1000));
    expect(table.wake(memory, 0x7f00_0000_1000, 2, ANY)).toBe(2);
    expect(woken(waiters)).toEqual([1, 2]);
    expect(table.wake(memory, 0x7f00_0000_1000, 9, ANY)).toBe(1);
    expect(table.wake(memory, 0x7f00_0000_1000, 9, ANY)).toBe(0);
  });

  it('wakes one even when asked for none, as Linux does', () => {
    const table = new FutexTable();
    const waiters = [1, 2].map((tid) => waitAt(table, tid, 64));
    expect(table.wake(memory, 64, 0, ANY)).toBe(1);
    expect(woken(waiters)).toEqual([1]);
  });

  it('keeps objects and offsets apart, also within a bucket', () => {
    const table = new FutexTable();
    const waiters = [waitAt(table, 1, 64), waitAt(table, 2, 64, otherMemory), waitAt(table, 3, 64 + 2 ** 32)];
    expect(table.wake(otherMemory, 64, 9, ANY)).toBe(1);
    expect(woken(waiters)).toEqual([2]);
    expect(table.wake(memory, 64 + 2 ** 32, 9, ANY)).toBe(1);
    expect(woken(waiters)).toEqual([2, 3]);
  });

  it('wakes only waiters whose bits match', () => {
    const table = new FutexTable();
    const waiters = [waitAt(table, 1, 8, memory, 1), waitAt(table, 2, 8, memory, 2), waitAt(table, 3, 8, memory, 3)];
    expect(table.wake(memory, 8, 9, 2)).toBe(2);
    expect(woken(waiters)).toEqual([2, 3]);
  });

  it('forgets a waiter that gave up', () => {
    const table = new FutexTable();
    const waiters = [1, 2, 3].map((tid) => waitAt(table, tid, 8));
    table.remove(waiters[1]);
    table.remove(waiters[1]);
    expect(table.wake(memory, 8, 9, ANY)).toBe(2);
    expect(woken(waiters)).toEqual([1, 3]);
  });

  it.each([
    ['to another bucket', 4096 + 32],
    ['within the bucket', 8 + 2 ** 32],
  ])('requeues %s', (_name, target) => {
    const table = new FutexTable();
    const waiters = [1, 2, 3, 4].map((tid) => waitAt(table, tid, 8));
    expect(table.requeue(memory, 8, memory, target, 1, 2)).toBe(3);
    expect(woken(waiters)).toEqual([1]);
    expect(table.wake(memory, target, 9, ANY)).toBe(2);
    expect(woken(waiters)).toEqual([1, 2, 3]);
    expect(table.first(memory, 8)?.tid).toBe(4);
  });

  it('requeues onto the same futex without end', () => {
    const table = new FutexTable();
    for (const tid of [1, 2, 3]) waitAt(table, tid, 8);
    expect(table.requeue(memory, 8, memory, 8, 0, 100)).toBe(3);
    expect(table.wake(memory, 8, 9, ANY)).toBe(3);
  });
});
