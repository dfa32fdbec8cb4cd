import { describe, expect, it } from 'vitest';
import { EAGAIN } from '../abi/errno.ts';
import { LockList, LockWaits } from './LockList.ts';
import type { LockKind, RecordLock } from './LockList.ts';

const [a, b, c] = [{}, {}, {}];

function lock(owner: object, kind: LockKind, start: number, end: number): RecordLock {
  return { owner, pid: 1, kind, start, end };
}

/** Sets a lock as fcntl(2) does; whether it could. */
function set(list: LockList, wanted: RecordLock): boolean {
  if (list.findConflict(wanted) !== null) return false;
  list.lockRange(wanted);
  return true;
}

describe('record locks', () => {
  it('shared ones go together, exclusive ones with nobody', () => {
    const list = new LockList();
    expect(set(list, lock(a, 'shared', 0, 10))).toBe(true);
    expect(set(list, lock(b, 'shared', 5, 15))).toBe(true);
    expect(set(list, lock(c, 'exclusive', 9, 10))).toBe(false);
    expect(set(list, lock(c, 'exclusive', 15, Infinity))).toBe(true);
    expect(set(list, lock(a, 'exclusive', 0, 5))).toBe(true);
    expect(list.findConflict(lock(b, 'shared', 4, 5))).toMatchObject({ owner: a, start: 0, end: 5 });
  });

  it('are split by unlocking and changing a part', () => {
    const list = new LockList();
    set(list, lock(a, 'exclusive', 0, 100));
    list.unlockRange(a, 40, 60);
    expect(set(list, lock(b, 'exclusive', 40, 60))).toBe(true);
    expect(set(list, lock(b, 'exclusive', 39, 40))).toBe(false);
    expect(set(list, lock(b, 'exclusive', 60, 61))).toBe(false);
    expect(set(list, lock(a, 'shared', 10, 20))).toBe(true);
    expect(list.findConflict(lock(b, 'shared', 10, 20))).toBeNull();
    expect(list.findConflict(lock(b, 'shared', 9, 20))).toMatchObject({ start: 0, end: 10 });
  });

  it('are joined when they touch', () => {
    const list = new LockList();
    set(list, lock(a, 'exclusive', 0, 10));
    set(list, lock(a, 'exclusive', 20, 30));
    set(list, lock(a, 'exclusive', 10, 20));
    expect(list.findConflict(lock(b, 'shared', 15, 16))).toMatchObject({ start: 0, end: 30 });
  });

  it('go with their owner, and wake who waits', () => {
    const list = new LockList();
    set(list, lock(a, 'exclusive', 0, 10));
    list.releaseOwner(a);
    expect(list.findConflict(lock(b, 'exclusive', 0, 10))).toBeNull();
  });
});

it('whole-file locks are lost when a change of kind must wait', () => {
  const list = new LockList();
  expect(list.lockWhole(a, 'shared')).toBe(0);
  expect(list.lockWhole(b, 'shared')).toBe(0);
  expect(list.lockWhole(a, 'exclusive')).toBe(-EAGAIN);
  expect(list.lockWhole(b, 'exclusive')).toBe(0);
});

it('a circle of waiters is seen by who would close it', () => {
  const waits = new LockWaits();
  expect(waits.begin(a, b)).toBe(true);
  expect(waits.begin(b, c)).toBe(true);
  expect(waits.begin(c, a)).toBe(false);
  waits.end(b);
  expect(waits.begin(c, a)).toBe(true);
});
