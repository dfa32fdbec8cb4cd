import {
  FUTEX_BITSET_MATCH_ANY,
  FUTEX_OWNER_DIED,
  FUTEX_TID_MASK,
  FUTEX_WAITERS,
  ROBUST_LIST_LIMIT,
} from '../../abi/futex.ts';
import type { AddressSpace } from '../../mm/AddressSpace.ts';
import type { Task } from '../Task.ts';
import { futexObject, futexOffset, futexWordIndex } from './futexKey.ts';
import { handOver } from './ownedLocks.ts';

/** `struct robust_list_head`: the list, where the word lies from an entry, the entry that is being (un)locked. */
const OFFSET_FIELD = 8;
const PENDING_FIELD = 16;
/** An entry's address with this bit is a priority-inheritance lock. */
const PI_BIT = 1;

/** What a task leaves behind when it ends, or when execve(2) takes its memory away, which is still there. */
export function endFutexes(task: Task): void {
  if (task.futexWaiter !== null) task.kernel.futexes.remove(task.futexWaiter);
  endRobustList(task);
  endOwnedLocks(task);
  clearChildTid(task);
}

/** CLONE_CHILD_CLEARTID (clone(2)): whoever joins the thread waits for this word, if there is anyone left to see it. */
function clearChildTid(task: Task): void {
  const { process, memory, clearChildTid: address } = task;
  task.clearChildTid = 0;
  if (address === 0 || (process.threads.length <= 1 && memory.references <= 1)) return;
  if (memory.writeU32(address, 0) === 0) futexWake(task, memory, address, 1);
}

/** Locks with an owner that are in no robust list: their waiters get them all the same, and are told. */
function endOwnedLocks(task: Task): void {
  for (const { memory, address } of task.kernel.futexes.lockWaiters()) {
    if (memory === null) continue;
    const index = futexWordIndex(memory, address);
    if (index < 0 || (Atomics.load(memory.physical.words, index) & FUTEX_TID_MASK) !== task.tid) continue;
    handOver(task, memory, address, 'shared', FUTEX_OWNER_DIED);
  }
}

/** Wakes up to `count` waiters of the futex at `address` (shared key, as the kernel itself wakes); how many. */
function futexWake(task: Task, memory: AddressSpace, address: number, count: number): number {
  const object = futexObject(memory, address, 'shared');
  if (object === null) return 0;
  const offset = futexOffset(memory, address, 'shared');
  return task.kernel.futexes.wake(object, offset, count, FUTEX_BITSET_MATCH_ANY);
}

/**
 * A thread ends: every lock in its robust list (set_robust_list(2)) that it still owns is marked, and a waiter woken. The
 * list is the guest's: it may be broken, circular, or point anywhere.
 */
function endRobustList(task: Task): void {
  const { memory, robustList: head } = task;
  if (head === 0) return;
  task.robustList = 0;
  const offset = memory.readI64(head + OFFSET_FIELD);
  const pending = memory.readU64(head + PENDING_FIELD);
  let entry = memory.readU64(head);
  if (Number.isNaN(offset) || pending < 0 || entry < 0) return;
  for (let count = 0; count < ROBUST_LIST_LIMIT; count++) {
    const address = entry - (entry % 2);
    if (address === head) break;
    // Before its lock is let go: the wake-up may end the memory that holds it.
    const next = memory.readU64(address);
    if (entry !== pending && !abandonLock(task, address + offset, entry % 2 === PI_BIT, 'listed')) return;
    if (next < 0) return;
    entry = next;
  }
  if (pending !== 0) abandonLock(task, pending - (pending % 2) + offset, pending % 2 === PI_BIT, 'pending');
}

/** Marks the lock at `address` as abandoned when `task` owns it; false when there is no such word. */
function abandonLock(task: Task, address: number, isPi: boolean, kind: 'listed' | 'pending'): boolean {
  const { memory } = task;
  if (address % 4 !== 0 || !memory.isUserRange(address, 4)) return false;
  const index = futexWordIndex(memory, address);
  if (index < 0) return false;
  const { words } = memory.physical;
  for (;;) {
    const word = Atomics.load(words, index);
    const owner = word & FUTEX_TID_MASK;
    if (kind === 'pending' && !isPi && owner === 0) {
      // It died after it set the lock free and before it woke somebody.
      futexWake(task, memory, address, 1);
      return true;
    }
    if (owner !== task.tid) return true;
    if (isPi) {
      handOver(task, memory, address, 'shared', FUTEX_OWNER_DIED);
      return true;
    }
    const abandoned = (word & FUTEX_WAITERS) | FUTEX_OWNER_DIED;
    if (Atomics.compareExchange(words, index, word, abandoned) !== word) continue;
    if ((word & FUTEX_WAITERS) !== 0) futexWake(task, memory, address, 1);
    return true;
  }
}
