import { beforeEach, describe, expect, it } from 'vitest';
import { EAGAIN, EDEADLK, EFAULT, EINVAL, ENOSYS, EPERM, ERESTARTSYS, ESRCH, ETIMEDOUT } from '../abi/errno.ts';
import {
  FUTEX_CLOCK_REALTIME,
  FUTEX_CMP_REQUEUE,
  FUTEX_LOCK_PI,
  FUTEX_OWNER_DIED,
  FUTEX_PRIVATE_FLAG,
  FUTEX_REQUEUE,
  FUTEX_TID_MASK,
  FUTEX_TRYLOCK_PI,
  FUTEX_UNLOCK_PI,
  FUTEX_WAIT,
  FUTEX_WAIT_BITSET,
  FUTEX_WAITERS,
  FUTEX_WAKE,
  FUTEX_WAKE_BITSET,
  FUTEX_WAKE_OP,
} from '../abi/futex.ts';
import { SIGUSR1 } from '../abi/signals.ts';
import { Vma } from '../mm/Vma.ts';
import { BLOCKED } from '../process/CallState.ts';
import { endFutexes } from '../process/futex/exitFutexes.ts';
import { signalInfo } from '../process/signals.ts';
import { sendSignalToTask } from '../process/signalSend.ts';
import type { Task } from '../process/Task.ts';
import { BAD_ADDRESS, runCall, TestKernel } from './kernel.testing.ts';
import { futexCalls } from './futex.ts';

const WORD = 0x1000;
const OTHER = 0x1008;
const TIMEOUT = 0x2000;
const HEAD = 0x3000;
const MS = 1e6;
const PRIVATE = FUTEX_PRIVATE_FLAG;

let kernel: TestKernel;
let task: Task;
let threads: Task[];

beforeEach(() => {
  kernel = new TestKernel();
  task = kernel.createProcess();
  threads = [1, 2, 3].map(() => kernel.addThread(task.process));
});

function futex(caller: Task, address: number, operation: number, ...rest: number[]): number {
  const [value = 0, timeout = 0, address2 = 0, value3 = 0] = rest;
  return runCall(caller, () => futexCalls.futex!.run(caller, address, operation, value, timeout, address2, value3));
}

function setTime(seconds: number, nanoseconds: number): void {
  task.memory.writeU64(TIMEOUT, seconds);
  task.memory.writeU64(TIMEOUT + 8, nanoseconds);
}

function word(address = WORD): number {
  return task.memory.readU32(address);
}

describe('FUTEX_WAIT and FUTEX_WAKE', () => {
  it('waits while the word is as expected', () => {
    task.memory.writeU32(WORD, 7);
    expect(futex(threads[0], WORD, FUTEX_WAIT | PRIVATE, 8)).toBe(-EAGAIN);
    expect(futex(threads[0], WORD, FUTEX_WAIT | PRIVATE, 7)).toBe(BLOCKED);
    expect(futex(task, WORD, FUTEX_WAKE | PRIVATE, 1)).toBe(1);
    expect([threads[0].state, futex(threads[0], WORD, FUTEX_WAIT | PRIVATE, 7)]).toEqual(['runnable', 0]);
    expect(futex(task, WORD, FUTEX_WAKE | PRIVATE, 1)).toBe(0);
  });

  it.each<[string, number, () => number]>([
    ['relative', FUTEX_WAIT, () => 0],
    ['by the monotonic clock', FUTEX_WAIT_BITSET, () => kernel.clock.monotonicNs()],
    ['by the wall clock', FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, () => 1_700_000_000.5 * 1e9],
  ])('times out, %s', (_name, operation, startNs) => {
    const spanNs = 20 * MS;
    setTime(Math.floor(startNs() / 1e9), (startNs() % 1e9) + spanNs);
    const waitOnce = (): number => futex(task, WORD, operation | PRIVATE, 0, TIMEOUT, 0, -1);
    expect(waitOnce()).toBe(BLOCKED);
    kernel.advance(spanNs - 1);
    expect(task.state).toBe('blocked');
    kernel.advance(1);
    expect([task.state, waitOnce()]).toEqual(['runnable', -ETIMEDOUT]);
    expect(futex(threads[0], WORD, FUTEX_WAKE | PRIVATE, 1)).toBe(0);
  });

  it('counts a waiter as woken even when a signal came, too', () => {
    task.process.actions[SIGUSR1].handler = 1234;
    futex(threads[0], WORD, FUTEX_WAIT | PRIVATE, 0);
    futex(task, WORD, FUTEX_WAKE | PRIVATE, 1);
    sendSignalToTask(threads[0], signalInfo(SIGUSR1, 0));
    expect(futex(threads[0], WORD, FUTEX_WAIT | PRIVATE, 0)).toBe(0);
  });

  it('leaves the queue at a signal', () => {
    task.process.actions[SIGUSR1].handler = 1234;
    futex(threads[0], WORD, FUTEX_WAIT | PRIVATE, 0);
    sendSignalToTask(threads[0], signalInfo(SIGUSR1, 0));
    expect(futex(threads[0], WORD, FUTEX_WAIT | PRIVATE, 0)).toBe(-ERESTARTSYS);
    expect(futex(task, WORD, FUTEX_WAKE | PRIVATE, 1)).toBe(0);
  });

  it.each<[string, number, number, number[], number]>([
    ['an odd address', WORD + 2, FUTEX_WAIT, [], -EINVAL],
    ['an address without memory', BAD_ADDRESS, FUTEX_WAIT | PRIVATE, [], -EFAULT],
    ['a wake where nothing is mapped, shared', BAD_ADDRESS, FUTEX_WAKE, [1], -EFAULT],
    ['no bits to wait for', WORD, FUTEX_WAIT_BITSET | PRIVATE, [0, 0, 0, 0], -EINVAL],
    ['no bits to wake', WORD, FUTEX_WAKE_BITSET | PRIVATE, [1, 0, 0, 0], -EINVAL],
    ['an unknown operation', WORD, 99, [], -ENOSYS],
    ['a clock for an operation without', WORD, FUTEX_WAKE | FUTEX_CLOCK_REALTIME, [1], -ENOSYS],
    ['a negative count', WORD, FUTEX_REQUEUE | PRIVATE, [-1, 0, OTHER], -EINVAL],
  ])('refuses %s', (_name, address, operation, rest, result) => {
    expect(futex(task, address, operation, ...rest)).toBe(result);
  });

  it('knows a word in shared memory by its object, wherever it is mapped', () => {
    const other = kernel.createProcess();
    const source = { mappings: new Set() } as never;
    task.memory.vmas.insert(new Vma(0x1000, 0x2000, 3, true, source, 5));
    other.memory.vmas.insert(new Vma(0x4000, 0x6000, 3, true, source, 4));
    futex(task, WORD + 0x10, FUTEX_WAIT, 0);
    expect(futex(other, 0x5010, FUTEX_WAKE | PRIVATE, 1)).toBe(0);
    expect(futex(other, 0x5010, FUTEX_WAKE, 1)).toBe(1);
  });
});

describe('requeueing', () => {
  it('wakes some and moves others, if the word is as expected', () => {
    for (const thread of threads) futex(thread, WORD, FUTEX_WAIT | PRIVATE, 0);
    expect(futex(task, WORD, FUTEX_CMP_REQUEUE | PRIVATE, 1, 1, OTHER, 9)).toBe(-EAGAIN);
    expect(futex(task, WORD, FUTEX_CMP_REQUEUE | PRIVATE, 1, 1, OTHER, 0)).toBe(2);
    expect(futex(task, OTHER, FUTEX_WAKE | PRIVATE, 9)).toBe(1);
    expect(threads.map(({ state }) => state)).toEqual(['runnable', 'runnable', 'blocked']);
  });
});

describe('FUTEX_WAKE_OP', () => {
  const encode = (operation: number, argument: number, comparison: number, against: number): number =>
    (operation << 28) | (comparison << 24) | ((argument & 0xfff) << 12) | (against & 0xfff);

  it.each<[string, number, number, number, number]>([
    ['sets', encode(0, 5, 0, 6), 6, 5, 2],
    ['adds', encode(1, -1, 4, 10), 6, 5, 1],
    ['ors', encode(2, 9, 1, 6), 6, 15, 1],
    ['clears', encode(3, 2, 5, 6), 6, 4, 2],
    ['flips', encode(4, 3, 3, 5), 6, 5, 1],
    ['sets a bit by its number', encode(8, 4, 2, 7), 6, 16, 2],
  ])('%s, and wakes at the second word when its old value passes', (_name, encoded, before, after, woken) => {
    futex(threads[0], WORD, FUTEX_WAIT | PRIVATE, 0);
    task.memory.writeU32(OTHER, before);
    futex(threads[1], OTHER, FUTEX_WAIT | PRIVATE, before);
    expect([futex(task, WORD, FUTEX_WAKE_OP | PRIVATE, 1, 1, OTHER, encoded), word(OTHER)]).toEqual([woken, after]);
  });
});

describe('locks with an owner', () => {
  it('hands the lock over in the order of waiting', () => {
    expect([futex(threads[0], WORD, FUTEX_LOCK_PI | PRIVATE), word()]).toEqual([0, threads[0].tid]);
    expect(futex(threads[1], WORD, FUTEX_LOCK_PI | PRIVATE)).toBe(BLOCKED);
    expect(futex(threads[2], WORD, FUTEX_LOCK_PI | PRIVATE)).toBe(BLOCKED);
    expect(word()).toBe(FUTEX_WAITERS + threads[0].tid);
    expect(futex(task, WORD, FUTEX_UNLOCK_PI | PRIVATE)).toBe(-EPERM);
    expect(futex(threads[0], WORD, FUTEX_UNLOCK_PI | PRIVATE)).toBe(0);
    expect([word() & FUTEX_TID_MASK, threads[1].state, threads[2].state]).toEqual([
      threads[1].tid,
      'runnable',
      'blocked',
    ]);
    expect(futex(threads[1], WORD, FUTEX_LOCK_PI | PRIVATE)).toBe(0);
  });

  it('refuses what cannot end well', () => {
    task.memory.writeU32(WORD, task.tid);
    expect(futex(task, WORD, FUTEX_LOCK_PI | PRIVATE)).toBe(-EDEADLK);
    expect(futex(threads[0], WORD, FUTEX_TRYLOCK_PI | PRIVATE)).toBe(-EAGAIN);
    task.memory.writeU32(WORD, 29999);
    expect(futex(task, WORD, FUTEX_LOCK_PI | PRIVATE)).toBe(-ESRCH);
    expect(futex(task, WORD, FUTEX_WAKE | PRIVATE, 1)).toBe(0);
  });

  it('cannot be woken like an event', () => {
    task.memory.writeU32(WORD, threads[0].tid);
    futex(threads[1], WORD, FUTEX_LOCK_PI | PRIVATE);
    expect(futex(task, WORD, FUTEX_WAKE | PRIVATE, 1)).toBe(-EINVAL);
  });

  it('goes to a waiter when its owner ends', () => {
    task.memory.vmas.insert(new Vma(0x1000, 0x2000, 3, false, null, 0));
    task.memory.writeU32(WORD, threads[0].tid);
    futex(threads[1], WORD, FUTEX_LOCK_PI);
    endFutexes(threads[0]);
    expect(word()).toBe(FUTEX_WAITERS + FUTEX_OWNER_DIED + threads[1].tid);
    expect(futex(threads[1], WORD, FUTEX_LOCK_PI)).toBe(0);
  });
});

describe('the end of a thread', () => {
  beforeEach(() => {
    task.memory.vmas.insert(new Vma(0x1000, 0x4000, 3, false, null, 0));
  });

  /** A robust list with the given entries, whose words lie 16 bytes behind them. */
  function makeList(entries: number[], pending = 0): void {
    const next = (index: number): number => entries[index] ?? HEAD;
    task.memory.writeU64(HEAD, next(0));
    entries.forEach((entry, index) => task.memory.writeU64(entry, next(index + 1)));
    task.memory.writeU64(HEAD + 8, 16);
    task.memory.writeU64(HEAD + 16, pending);
    expect(runCall(threads[0], () => futexCalls.set_robust_list!.run(threads[0], HEAD, 24, 0, 0, 0, 0))).toBe(0);
  }

  it('gives up its robust locks, and only its own', () => {
    makeList([0x1100, 0x1200, 0x1300]);
    task.memory.writeU32(0x1110, FUTEX_WAITERS + threads[0].tid);
    task.memory.writeU32(0x1210, threads[1].tid);
    task.memory.writeU32(0x1310, threads[0].tid);
    futex(threads[1], 0x1110, FUTEX_WAIT, FUTEX_WAITERS + threads[0].tid);
    endFutexes(threads[0]);
    expect([word(0x1110), word(0x1210), word(0x1310)]).toEqual([
      FUTEX_WAITERS + FUTEX_OWNER_DIED,
      threads[1].tid,
      FUTEX_OWNER_DIED,
    ]);
    expect(threads[1].state).toBe('runnable');
  });

  it('wakes for a lock that it was just setting free', () => {
    makeList([], 0x1100);
    task.memory.writeU32(0x1110, 0);
    futex(threads[1], 0x1110, FUTEX_WAIT, 0);
    endFutexes(threads[0]);
    expect(threads[1].state).toBe('runnable');
  });

  it('survives lists without an end and lists that lead nowhere', () => {
    makeList([0x1100, 0x1200]);
    task.memory.writeU64(0x1200, 0x1100);
    endFutexes(threads[0]);
    makeList([BAD_ADDRESS]);
    endFutexes(threads[0]);
    expect(threads[0].robustList).toBe(0);
  });

  it('clears its word and wakes who joins it', () => {
    task.memory.writeU32(WORD, threads[0].tid);
    threads[0].clearChildTid = WORD;
    futex(task, WORD, FUTEX_WAIT, threads[0].tid);
    endFutexes(threads[0]);
    expect([word(), task.state]).toEqual([0, 'runnable']);
  });

  it('waits no more', () => {
    futex(threads[0], WORD, FUTEX_WAIT | PRIVATE, 0);
    endFutexes(threads[0]);
    expect(futex(task, WORD, FUTEX_WAKE | PRIVATE, 1)).toBe(0);
  });
});
