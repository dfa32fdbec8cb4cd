// Hot: poll(2) and select(2) are asked before most reads of interactive programs. No allocation in the loops.
import { EBADF, EFAULT, EINTR, EINVAL, ERESTARTNOHAND } from '../abi/errno.ts';
import {
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLNVAL,
  POLLOUT,
  POLLPRI,
  POLLRDBAND,
  POLLRDNORM,
  POLLWRBAND,
  POLLWRNORM,
} from '../abi/poll.ts';
import { NS_PER_MS } from '../abi/time.ts';
import { BLOCKED } from '../process/CallState.ts';
import type { Task } from '../process/Task.ts';
import { defineCalls } from './define.ts';
import { openFileLimit } from './limits.ts';
import { restoreSignalMask, setCallSignalMask } from './signalMask.ts';
import { callDeadline, readTimespecNs, readTimevalNs, writeTimespecNs, writeTimevalNs } from './timeouts.ts';

const POLLFD_BYTES = 8;
const ALWAYS = POLLERR | POLLHUP | POLLNVAL;
/** What makes a descriptor readable, writable, exceptional for select(2). */
const SELECT_READ = POLLNVAL | POLLRDNORM | POLLRDBAND | POLLIN | POLLHUP | POLLERR;
const SELECT_WRITE = POLLNVAL | POLLWRBAND | POLLWRNORM | POLLOUT | POLLERR;
const SELECT_EXCEPT = POLLNVAL | POLLPRI;
const SMALLEST_TABLE = 64;

/** Looks once at all of `fds` and writes `revents`; the number of those with events, or -EFAULT. */
function scanPoll(task: Task, fds: number, count: number): number {
  const { memory, files } = task;
  let ready = 0;
  for (let index = 0; index < count; index++) {
    const entry = fds + index * POLLFD_BYTES;
    const fd = memory.readU32(entry);
    const events = memory.readU16(entry + 4);
    if (fd < 0 || events < 0) return -EFAULT;
    let found = 0;
    if (fd < 0x8000_0000) {
      const file = files.get(fd);
      found = file === null ? POLLNVAL : file.poll(task) & (events | ALWAYS);
    }
    if (found !== 0) ready++;
    if (memory.writeU16(entry + 6, found) < 0) return -EFAULT;
  }
  return ready;
}

function sleepOnPoll(task: Task, fds: number, count: number): void {
  for (let index = 0; index < count; index++) {
    const entry = fds + index * POLLFD_BYTES;
    const fd = task.memory.readU32(entry);
    if (fd < 0 || fd >= 0x8000_0000) continue;
    const queue = task.files.get(fd)?.waitQueue ?? null;
    if (queue !== null) task.sleepOn(queue, task.memory.readU16(entry + 4) | ALWAYS);
  }
}

/** poll(2) until `deadlineNs` (Infinity: for ever; not after now: only a look). */
function pollUntil(task: Task, fds: number, count: number, deadlineNs: number): number {
  if (count > openFileLimit(task)) return -EINVAL;
  const ready = scanPoll(task, fds, count);
  if (ready !== 0) return ready;
  if (task.kernel.clock.monotonicNs() >= deadlineNs) return 0;
  if (task.signalPending) return -ERESTARTNOHAND;
  sleepOnPoll(task, fds, count);
  if (deadlineNs !== Infinity) task.sleepUntil(deadlineNs);
  return BLOCKED;
}

function poll(task: Task, fds: number, count: number, timeoutMs: number): number {
  const timeout = timeoutMs | 0;
  const deadlineNs = timeout < 0 ? Infinity : timeout === 0 ? 0 : callDeadline(task, timeout * NS_PER_MS);
  return pollUntil(task, fds, count >>> 0, deadlineNs);
}

function ppoll(task: Task, fds: number, count: number, timeout: number, mask: number, maskBytes: number): number {
  const deadlineNs = timespecDeadline(task, timeout);
  if (deadlineNs < 0) return deadlineNs;
  const error = setCallSignalMask(task, mask, maskBytes);
  if (error < 0) return error;
  const result = pollUntil(task, fds, count >>> 0, deadlineNs);
  if (result === BLOCKED) return result;
  restoreSignalMask(task, result);
  return finishTimeout(task, result, timeout, deadlineNs, writeTimespecNs);
}

/** The deadline by a pointer to a relative timespec: Infinity for a null pointer, or a negative errno. */
function timespecDeadline(task: Task, timeout: number): number {
  if (timeout === 0) return Infinity;
  if (!Number.isNaN(task.call.deadlineNs)) return task.call.deadlineNs;
  const spanNs = readTimespecNs(task, timeout);
  if (spanNs <= 0) return spanNs;
  return callDeadline(task, spanNs);
}

/**
 * Linux writes back what is left of the time (select(2)). A timeout that cannot be written does no harm, but the call is
 * then not restarted, which would wait the whole time again.
 */
function finishTimeout(
  task: Task,
  result: number,
  timeout: number,
  deadlineNs: number,
  write: (task: Task, address: number, ns: number) => number,
): number {
  if (timeout === 0) return result;
  const leftNs = Math.max(0, deadlineNs - task.kernel.clock.monotonicNs());
  if (write(task, timeout, leftNs) < 0 && result === -ERESTARTNOHAND) return -EINTR;
  return result;
}

/** Reads the `index`th 32 bits of the set at `set` (a null pointer is an empty set), or -EFAULT. */
function setWord(task: Task, set: number, index: number): number {
  return set === 0 ? 0 : task.memory.readU32(set + index * 4);
}

/**
 * Looks once at the descriptors of three sets: how many are ready, or a negative errno. Results go to the scratch buffer,
 * three words for each 32 descriptors.
 */
function scanSelect(task: Task, count: number, inputs: number, outputs: number, excepts: number): number {
  const { scratchView } = task.kernel.vfs;
  let ready = 0;
  for (let first = 0; first < count; first += 32) {
    const index = first >>> 5;
    const wantsIn = setWord(task, inputs, index);
    const wantsOut = setWord(task, outputs, index);
    const wantsExcept = setWord(task, excepts, index);
    if (wantsIn < 0 || wantsOut < 0 || wantsExcept < 0) return -EFAULT;
    let isIn = 0;
    let isOut = 0;
    let isExcept = 0;
    let left = wantsIn | wantsOut | wantsExcept;
    if (count - first < 32) left &= (1 << (count - first)) - 1;
    while (left !== 0) {
      const flag = left & -left;
      left &= ~flag;
      const file = task.files.get(first + 31 - Math.clz32(flag));
      if (file === null) return -EBADF;
      const events = file.poll(task);
      if ((events & SELECT_READ) !== 0 && (wantsIn & flag) !== 0) {
        isIn |= flag;
        ready++;
      }
      if ((events & SELECT_WRITE) !== 0 && (wantsOut & flag) !== 0) {
        isOut |= flag;
        ready++;
      }
      if ((events & SELECT_EXCEPT) !== 0 && (wantsExcept & flag) !== 0) {
        isExcept |= flag;
        ready++;
      }
    }
    scratchView.setInt32(index * 12, isIn, true);
    scratchView.setInt32(index * 12 + 4, isOut, true);
    scratchView.setInt32(index * 12 + 8, isExcept, true);
  }
  return ready;
}

function sleepOnSelect(task: Task, count: number, inputs: number, outputs: number, excepts: number): void {
  for (let first = 0; first < count; first += 32) {
    const index = first >>> 5;
    const wantsIn = setWord(task, inputs, index);
    const wantsOut = setWord(task, outputs, index);
    const wantsExcept = setWord(task, excepts, index);
    let left = wantsIn | wantsOut | wantsExcept;
    if (count - first < 32) left &= (1 << (count - first)) - 1;
    while (left !== 0) {
      const flag = left & -left;
      left &= ~flag;
      const queue = task.files.get(first + 31 - Math.clz32(flag))?.waitQueue ?? null;
      if (queue === null) continue;
      const events =
        ((wantsIn & flag) !== 0 ? SELECT_READ : 0) |
        ((wantsOut & flag) !== 0 ? SELECT_WRITE : 0) |
        ((wantsExcept & flag) !== 0 ? SELECT_EXCEPT : 0);
      task.sleepOn(queue, events);
    }
  }
}

/** Writes the results of `scanSelect` over the sets, in whole 64-bit words as Linux does. */
function writeSets(task: Task, count: number, inputs: number, outputs: number, excepts: number): number {
  const { scratchView } = task.kernel.vfs;
  for (let index = 0; index < Math.ceil(count / 64) * 2; index++) {
    const isKnown = index * 32 < count;
    for (let set = 0; set < 3; set++) {
      const address = set === 0 ? inputs : set === 1 ? outputs : excepts;
      const word = isKnown ? scratchView.getUint32(index * 12 + set * 4, true) : 0;
      if (address !== 0 && task.memory.writeU32(address + index * 4, word) < 0) return -EFAULT;
    }
  }
  return 0;
}

/** select(2) until `deadlineNs`. */
function selectUntil(
  task: Task,
  highest: number,
  inputs: number,
  outputs: number,
  excepts: number,
  deadlineNs: number,
): number {
  if (highest < 0) return -EINVAL;
  const count = Math.min(highest, tableSize(task));
  const ready = scanSelect(task, count, inputs, outputs, excepts);
  if (ready < 0) return ready;
  if (ready > 0 || task.kernel.clock.monotonicNs() >= deadlineNs) {
    const error = writeSets(task, count, inputs, outputs, excepts);
    return error < 0 ? error : ready;
  }
  if (task.signalPending) return -ERESTARTNOHAND;
  sleepOnSelect(task, count, inputs, outputs, excepts);
  if (deadlineNs !== Infinity) task.sleepUntil(deadlineNs);
  return BLOCKED;
}

/** Descriptors from here on are not looked at, open or not: Linux's table has 64 places or a higher power of two. */
function tableSize(task: Task): number {
  const size = 2 ** Math.ceil(Math.log2(Math.max(task.files.capacity, SMALLEST_TABLE)));
  return Math.min(size, Math.floor(task.kernel.vfs.scratch.length / 12) * 32);
}

function select(
  task: Task,
  highest: number,
  inputs: number,
  outputs: number,
  excepts: number,
  timeout: number,
): number {
  let deadlineNs = Infinity;
  if (timeout !== 0) {
    const spanNs = Number.isNaN(task.call.deadlineNs) ? readTimevalNs(task, timeout, 'carry') : 0;
    if (spanNs < 0) return spanNs;
    deadlineNs = callDeadline(task, spanNs);
  }
  const result = selectUntil(task, highest | 0, inputs, outputs, excepts, deadlineNs);
  return result === BLOCKED ? result : finishTimeout(task, result, timeout, deadlineNs, writeTimevalNs);
}

/** The sixth argument points to a pair: the signal mask and its size. */
function pselect6(
  task: Task,
  highest: number,
  inputs: number,
  outputs: number,
  excepts: number,
  timeout: number,
  maskPair: number,
): number {
  const mask = maskPair === 0 ? 0 : task.memory.readU64(maskPair);
  const maskBytes = maskPair === 0 ? 0 : task.memory.readU64(maskPair + 8);
  if (mask < 0 || maskBytes < 0) return -EFAULT;
  const deadlineNs = timespecDeadline(task, timeout);
  if (deadlineNs < 0) return deadlineNs;
  const error = setCallSignalMask(task, mask, maskBytes);
  if (error < 0) return error;
  const result = selectUntil(task, highest | 0, inputs, outputs, excepts, deadlineNs);
  if (result === BLOCKED) return result;
  restoreSignalMask(task, result);
  return finishTimeout(task, result, timeout, deadlineNs, writeTimespecNs);
}

export const pollCalls = defineCalls({
  poll: { args: ['poll-list', 'unsigned', 'int'], result: 'poll', run: poll },
  ppoll: { args: ['poll-list', 'unsigned', 'timespec', 'signal-set-in', 'size'], result: 'poll', run: ppoll },
  select: { args: ['int', 'fd-set', 'fd-set', 'fd-set', 'timeval-in'], result: 'select', run: select },
  pselect6: { args: ['int', 'fd-set', 'fd-set', 'fd-set', 'timespec', 'pointer'], result: 'select', run: pselect6 },
});
