import { EDEADLK, EFAULT, EAGAIN, EPERM, ESRCH } from '../../abi/errno.ts';
import { FUTEX_OWNER_DIED, FUTEX_TID_MASK, FUTEX_WAITERS } from '../../abi/futex.ts';
import type { AddressSpace } from '../../mm/AddressSpace.ts';
import type { Task } from '../Task.ts';
import type { FutexScope } from './futexKey.ts';
import { futexObject, futexOffset, futexWordIndex } from './futexKey.ts';

/**
 * Locks whose word names the owner (FUTEX_LOCK_PI and friends, futex(2)). The word is the truth, and guest threads change
 * it without asking; the kernel is called when there is contention. Priorities are not inherited, since this kernel has
 * none: what remains is hand-over in order of waiting, and the checks.
 */

/** What a try to take the lock came to: taken, or the caller has to wait. */
export const MUST_WAIT = 1;

/** Tries to take the lock for `task`: 0, MUST_WAIT after noting that there are waiters, or a negative errno. */
export function tryOwnedLock(task: Task, address: number, scope: FutexScope): number {
  const { memory, kernel } = task;
  const index = futexWordIndex(memory, address);
  if (index < 0) return index;
  const object = futexObject(memory, address, scope);
  if (object === null) return -EFAULT;
  const { words } = memory.physical;
  for (;;) {
    const word = Atomics.load(words, index);
    const owner = word & FUTEX_TID_MASK;
    if (owner === task.tid) return -EDEADLK;
    if (owner === 0) {
      const hasWaiters = kernel.futexes.first(object, futexOffset(memory, address, scope)) !== null;
      const taken = task.tid | (word & FUTEX_OWNER_DIED) | (hasWaiters ? FUTEX_WAITERS : 0);
      if (Atomics.compareExchange(words, index, word, taken) === word) return 0;
    } else {
      if (!kernel.processes.tasks.has(owner)) return -ESRCH;
      if (Atomics.compareExchange(words, index, word, word | FUTEX_WAITERS) === word) return MUST_WAIT;
    }
  }
}

/** FUTEX_TRYLOCK_PI. */
export function tryOwnedLockOnce(task: Task, address: number, scope: FutexScope): number {
  const result = tryOwnedLock(task, address, scope);
  return result === MUST_WAIT ? -EAGAIN : result;
}

/** FUTEX_UNLOCK_PI: the lock goes to who waits longest, or is free. */
export function unlockOwned(task: Task, address: number, scope: FutexScope): number {
  const { memory } = task;
  const index = futexWordIndex(memory, address);
  if (index < 0) return index;
  if ((Atomics.load(memory.physical.words, index) & FUTEX_TID_MASK) !== task.tid) return -EPERM;
  return handOver(task, memory, address, scope, 0);
}

/** Gives the lock at `address` to its longest waiter with `bits` in its word, or sets it free. */
export function handOver(task: Task, memory: AddressSpace, address: number, scope: FutexScope, bits: number): number {
  const index = futexWordIndex(memory, address);
  const object = futexObject(memory, address, scope);
  if (index < 0 || object === null) return -EFAULT;
  const { futexes } = task.kernel;
  const waiter = futexes.first(object, futexOffset(memory, address, scope));
  if (waiter === null || !waiter.isForLock) {
    Atomics.store(memory.physical.words, index, bits);
    return 0;
  }
  Atomics.store(memory.physical.words, index, waiter.tid | FUTEX_WAITERS | bits);
  futexes.release(waiter);
  return 0;
}
