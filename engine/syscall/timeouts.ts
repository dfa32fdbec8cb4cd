import { EFAULT, EINVAL } from '../abi/errno.ts';
import { NS_PER_SECOND, NS_PER_US } from '../abi/time.ts';
import type { Timespec } from '../abi/time.ts';
import type { Task } from '../process/Task.ts';

const TIMESPEC_NANOSECONDS = 8;
const US_PER_SECOND = 1e6;

/** The span of the `struct timespec` at `address` in nanoseconds; -EFAULT, or -EINVAL when it is no span. */
export function readTimespecNs(task: Task, address: number): number {
  const seconds = task.memory.readI64(address);
  const nanoseconds = task.memory.readI64(address + TIMESPEC_NANOSECONDS);
  if (Number.isNaN(seconds) || Number.isNaN(nanoseconds)) return -EFAULT;
  if (seconds < 0 || nanoseconds < 0 || nanoseconds >= NS_PER_SECOND) return -EINVAL;
  return seconds * NS_PER_SECOND + nanoseconds;
}

/** The `struct timespec` at `address`, exact; -EFAULT, or -EINVAL when it is no point in time after 1970. */
export function readTimespec(task: Task, address: number): Timespec | number {
  const seconds = task.memory.readI64(address);
  const nanoseconds = task.memory.readI64(address + TIMESPEC_NANOSECONDS);
  if (Number.isNaN(seconds) || Number.isNaN(nanoseconds)) return -EFAULT;
  if (seconds < 0 || nanoseconds < 0 || nanoseconds >= NS_PER_SECOND) return -EINVAL;
  return { seconds, nanoseconds };
}

export function writeTimespecNs(task: Task, address: number, ns: number): number {
  const seconds = Math.floor(ns / NS_PER_SECOND);
  if (task.memory.writeU64(address, seconds) < 0) return -EFAULT;
  return task.memory.writeU64(address + TIMESPEC_NANOSECONDS, Math.floor(ns - seconds * NS_PER_SECOND));
}

/** As `readTimespecNs` for a `struct timeval`; whole seconds in the microseconds are carried where `carry` says so. */
export function readTimevalNs(task: Task, address: number, overflow: 'carry' | 'refuse'): number {
  const seconds = task.memory.readI64(address);
  const microseconds = task.memory.readI64(address + TIMESPEC_NANOSECONDS);
  if (Number.isNaN(seconds) || Number.isNaN(microseconds)) return -EFAULT;
  if (seconds < 0 || microseconds < 0 || (overflow === 'refuse' && microseconds >= US_PER_SECOND)) return -EINVAL;
  return seconds * NS_PER_SECOND + microseconds * NS_PER_US;
}

export function writeTimevalNs(task: Task, address: number, ns: number): number {
  const seconds = Math.floor(ns / NS_PER_SECOND);
  if (task.memory.writeU64(address, seconds) < 0) return -EFAULT;
  return task.memory.writeU64(address + TIMESPEC_NANOSECONDS, Math.floor((ns - seconds * NS_PER_SECOND) / NS_PER_US));
}

/** The instant at which the present call gives up, `spanNs` after it began; kept over its runs. */
export function callDeadline(task: Task, spanNs: number): number {
  const { call } = task;
  if (Number.isNaN(call.deadlineNs)) call.deadlineNs = task.kernel.clock.monotonicNs() + spanNs;
  return call.deadlineNs;
}
