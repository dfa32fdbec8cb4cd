// Hot: contended locks. No allocation on FUTEX_WAKE; FUTEX_WAIT allocates once a task.
import { CAP_SYS_PTRACE } from '../process/Capabilities.ts';
import { isCapable } from '../process/Credentials.ts';
import {
  EAGAIN,
  EFAULT,
  EINVAL,
  ENOSYS,
  EPERM,
  ERESTARTSYS,
  ERESTART_RESTARTBLOCK,
  ESRCH,
  ETIMEDOUT,
} from '../abi/errno.ts';
import {
  FUTEX_BITSET_MATCH_ANY,
  FUTEX_CLOCK_REALTIME,
  FUTEX_CMP_REQUEUE,
  FUTEX_LOCK_PI,
  FUTEX_LOCK_PI2,
  FUTEX_PRIVATE_FLAG,
  FUTEX_REQUEUE,
  FUTEX_TRYLOCK_PI,
  FUTEX_UNLOCK_PI,
  FUTEX_WAIT,
  FUTEX_WAIT_BITSET,
  FUTEX_WAKE,
  FUTEX_WAKE_BITSET,
  FUTEX_WAKE_OP,
} from '../abi/futex.ts';
import { POLL_ANY } from '../abi/poll.ts';
import { BLOCKED } from '../process/CallState.ts';
import {
  checkFutexAddress,
  futexObject,
  futexOffset,
  futexWordIndex,
  readFutexWord,
} from '../process/futex/futexKey.ts';
import type { FutexScope } from '../process/futex/futexKey.ts';
import { FutexWaiter } from '../process/futex/FutexTable.ts';
import { MUST_WAIT, tryOwnedLock, tryOwnedLockOnce, unlockOwned } from '../process/futex/ownedLocks.ts';
import type { Task } from '../process/Task.ts';
import { defineCalls } from './define.ts';
import { readTimespec, readTimespecNs } from './timeouts.ts';

const ROBUST_LIST_HEAD_BYTES = 24;
const ANY = FUTEX_BITSET_MATCH_ANY | 0;

function futex(
  task: Task,
  address: number,
  operation: number,
  value: number,
  timeout: number,
  address2: number,
  value3: number,
): number {
  const command = operation & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
  const scope: FutexScope = (operation & FUTEX_PRIVATE_FLAG) !== 0 ? 'private' : 'shared';
  const isRealtime = (operation & FUTEX_CLOCK_REALTIME) !== 0;
  if (isRealtime && command !== FUTEX_WAIT_BITSET && command !== FUTEX_LOCK_PI2) return -ENOSYS;
  const error = checkFutexAddress(task.memory, address);
  if (error < 0) return error;
  switch (command) {
    case FUTEX_WAIT:
      return wait(task, address, scope, value | 0, ANY, timeout, 'relative');
    case FUTEX_WAIT_BITSET:
      return wait(task, address, scope, value | 0, value3 | 0, timeout, isRealtime ? 'realtime' : 'monotonic');
    case FUTEX_WAKE:
      return wake(task, address, scope, value | 0, ANY);
    case FUTEX_WAKE_BITSET:
      return wake(task, address, scope, value | 0, value3 | 0);
    case FUTEX_REQUEUE:
      return requeue(task, address, scope, value | 0, timeout | 0, address2, NaN);
    case FUTEX_CMP_REQUEUE:
      return requeue(task, address, scope, value | 0, timeout | 0, address2, value3 | 0);
    case FUTEX_WAKE_OP:
      return wakeOperation(task, address, scope, value | 0, timeout | 0, address2, value3 | 0);
    case FUTEX_LOCK_PI:
      return lockOwned(task, address, scope, timeout, 'realtime');
    case FUTEX_LOCK_PI2:
      return lockOwned(task, address, scope, timeout, isRealtime ? 'realtime' : 'monotonic');
    case FUTEX_TRYLOCK_PI:
      return tryOwnedLockOnce(task, address, scope);
    case FUTEX_UNLOCK_PI:
      return unlockOwned(task, address, scope);
    default:
      return -ENOSYS;
  }
}

/** What a timeout is measured by: from now, or up to a point on a clock. */
type TimeoutKind = 'relative' | 'monotonic' | 'realtime';

/** Notes the deadline of a first run in `task.call`; 0, or a negative errno. */
function noteDeadline(task: Task, timeout: number, kind: TimeoutKind): number {
  // A restarted call keeps the deadline that it began with.
  if (timeout === 0 || !Number.isNaN(task.call.deadlineNs)) return 0;
  const { clock } = task.kernel;
  if (kind === 'realtime') {
    const at = readTimespec(task, timeout);
    if (typeof at === 'number') return at;
    task.call.deadlineNs = clock.monotonicOf(at);
    return 0;
  }
  const ns = readTimespecNs(task, timeout);
  if (ns < 0) return ns;
  task.call.deadlineNs = kind === 'relative' ? clock.monotonicNs() + ns : ns;
  return 0;
}

function wait(
  task: Task,
  address: number,
  scope: FutexScope,
  expected: number,
  bitset: number,
  timeout: number,
  kind: TimeoutKind,
): number {
  const waiting = task.call.data;
  if (waiting instanceof FutexWaiter) return goOnWaiting(task, waiting);
  if (bitset === 0) return -EINVAL;
  const error = noteDeadline(task, timeout, kind);
  if (error < 0) return error;
  const object = futexObject(task.memory, address, scope);
  const word = object === null ? NaN : readFutexWord(task.memory, address);
  if (object === null || Number.isNaN(word)) return -EFAULT;
  if (word !== expected) return -EAGAIN;
  const offset = futexOffset(task.memory, address, scope);
  return startWaiting(task, 'event', object, offset, bitset);
}

function startWaiting(task: Task, purpose: 'event' | 'lock', object: object, offset: number, bitset: number): number {
  task.futexWaiter ??= new FutexWaiter();
  const waiter = task.futexWaiter;
  waiter.tid = task.tid;
  waiter.isForLock = purpose === 'lock';
  task.kernel.futexes.add(waiter, object, offset, bitset);
  task.call.data = waiter;
  return goOnWaiting(task, waiter);
}

/** Woken, timed out, interrupted, or still to wait. */
function goOnWaiting(task: Task, waiter: FutexWaiter): number {
  if (waiter.isWoken) return 0;
  const { deadlineNs } = task.call;
  if (task.kernel.clock.monotonicNs() >= deadlineNs) {
    task.kernel.futexes.remove(waiter);
    return -ETIMEDOUT;
  }
  if (task.signalPending) {
    task.kernel.futexes.remove(waiter);
    task.call.data = null;
    // With a limit a handler ends the wait, whatever SA_RESTART says (signal(7)).
    return Number.isNaN(deadlineNs) ? -ERESTARTSYS : -ERESTART_RESTARTBLOCK;
  }
  task.sleepOn(waiter.queue, POLL_ANY);
  if (!Number.isNaN(deadlineNs)) task.sleepUntil(deadlineNs);
  return BLOCKED;
}

function wake(task: Task, address: number, scope: FutexScope, count: number, bitset: number): number {
  if (bitset === 0) return -EINVAL;
  const object = futexObject(task.memory, address, scope);
  if (object === null) return -EFAULT;
  const offset = futexOffset(task.memory, address, scope);
  if (task.kernel.futexes.first(object, offset)?.isForLock === true) return -EINVAL;
  return task.kernel.futexes.wake(object, offset, count, bitset);
}

function requeue(
  task: Task,
  address: number,
  scope: FutexScope,
  wakeCount: number,
  requeueCount: number,
  target: number,
  expected: number,
): number {
  const { memory } = task;
  if (wakeCount < 0 || requeueCount < 0) return -EINVAL;
  const error = checkFutexAddress(memory, target);
  if (error < 0) return error;
  const from = futexObject(memory, address, scope);
  const to = futexObject(memory, target, scope);
  if (from === null || to === null) return -EFAULT;
  if (!Number.isNaN(expected)) {
    const word = readFutexWord(memory, address);
    if (Number.isNaN(word)) return -EFAULT;
    if (word !== expected) return -EAGAIN;
  }
  const fromOffset = futexOffset(memory, address, scope);
  const toOffset = futexOffset(memory, target, scope);
  return task.kernel.futexes.requeue(from, fromOffset, to, toOffset, wakeCount, requeueCount);
}

/** FUTEX_WAKE_OP: changes the second word, wakes at the first, and at the second when its old value passed the test. */
function wakeOperation(
  task: Task,
  address: number,
  scope: FutexScope,
  count: number,
  count2: number,
  address2: number,
  encoded: number,
): number {
  const { memory } = task;
  const error = checkFutexAddress(memory, address2);
  if (error < 0) return error;
  const first = futexObject(memory, address, scope);
  const second = futexObject(memory, address2, scope);
  if (first === null || second === null) return -EFAULT;
  const index = futexWordIndex(memory, address2);
  if (index < 0) return index;
  const comparison = (encoded >>> 24) & 15;
  const operation = (encoded >>> 28) & 7;
  if (operation > 4 || comparison > 5) return -ENOSYS;
  const shifts = encoded < 0;
  const argument = (encoded << 8) >> 20;
  const old = applyOperation(memory.physical.words, index, operation, shifts ? 1 << (argument & 31) : argument);
  let woken = task.kernel.futexes.wake(first, futexOffset(memory, address, scope), count, ANY);
  if (passes(old, comparison, (encoded << 20) >> 20)) {
    woken += task.kernel.futexes.wake(second, futexOffset(memory, address2, scope), count2, ANY);
  }
  return woken;
}

function applyOperation(words: Int32Array, index: number, operation: number, argument: number): number {
  switch (operation) {
    case 0:
      return Atomics.exchange(words, index, argument);
    case 1:
      return Atomics.add(words, index, argument);
    case 2:
      return Atomics.or(words, index, argument);
    case 3:
      return Atomics.and(words, index, ~argument);
    default:
      return Atomics.xor(words, index, argument);
  }
}

function passes(old: number, comparison: number, argument: number): boolean {
  switch (comparison) {
    case 0:
      return old === argument;
    case 1:
      return old !== argument;
    case 2:
      return old < argument;
    case 3:
      return old <= argument;
    case 4:
      return old > argument;
    default:
      return old >= argument;
  }
}

function lockOwned(task: Task, address: number, scope: FutexScope, timeout: number, kind: TimeoutKind): number {
  const waiting = task.call.data;
  if (waiting instanceof FutexWaiter) return goOnWaiting(task, waiting);
  const error = noteDeadline(task, timeout, kind);
  if (error < 0) return error;
  const result = tryOwnedLock(task, address, scope);
  if (result !== MUST_WAIT) return result;
  const object = futexObject(task.memory, address, scope);
  if (object === null) return -EFAULT;
  task.futexWaiter ??= new FutexWaiter();
  task.futexWaiter.memory = task.memory;
  task.futexWaiter.address = address;
  return startWaiting(task, 'lock', object, futexOffset(task.memory, address, scope), ANY);
}

function setRobustList(task: Task, head: number, size: number): number {
  if (size !== ROBUST_LIST_HEAD_BYTES) return -EINVAL;
  task.robustList = head;
  return 0;
}

function getRobustList(task: Task, tid: number, headAddress: number, sizeAddress: number): number {
  const of = (tid | 0) === 0 ? task : task.kernel.processes.tasks.get(tid | 0);
  if (of === undefined) return -ESRCH;
  if (
    of.process !== task.process &&
    of.credentials.uid !== task.credentials.euid &&
    !isCapable(task.credentials, CAP_SYS_PTRACE)
  ) {
    return -EPERM;
  }
  const error = task.memory.writeU64(sizeAddress, ROBUST_LIST_HEAD_BYTES);
  return error < 0 ? error : task.memory.writeU64(headAddress, of.robustList);
}

export const futexCalls = defineCalls({
  futex: {
    args: ['pointer', 'futex-operation', 'unsigned', 'futex-timeout', 'futex-second', 'futex-third'],
    run: futex,
    partial: 'FUTEX_WAIT_REQUEUE_PI and FUTEX_CMP_REQUEUE_PI answer ENOSYS; no priority inheritance',
  },
  set_robust_list: { args: ['pointer', 'size'], run: setRobustList },
  get_robust_list: { args: ['pid', 'pointer', 'pointer'], run: getRobustList },
});
