import { EBADF, EFAULT, EINVAL } from '../abi/errno.ts';
import {
  CLOCK_BOOTTIME,
  CLOCK_BOOTTIME_ALARM,
  CLOCK_MONOTONIC,
  CLOCK_REALTIME,
  CLOCK_REALTIME_ALARM,
} from '../abi/clocks.ts';
import { TFD_TIMER_ABSTIME, TFD_TIMER_CANCEL_ON_SET } from '../abi/itimer.ts';
import { O_CLOEXEC, O_NONBLOCK } from '../abi/open.ts';
import { NS_PER_SECOND } from '../abi/time.ts';
import type { Task } from '../process/Task.ts';
import { timerClock } from '../process/timers/TimerClock.ts';
import { EventFile } from '../vfs/event/EventFile.ts';
import { SignalFile } from '../vfs/event/SignalFile.ts';
import { TimerFile } from '../vfs/event/TimerFile.ts';
import { defineCalls } from './define.ts';
import { installNew } from './installNew.ts';
import { readTimespec, readTimespecNs, writeTimespecNs } from './timeouts.ts';

const EFD_SEMAPHORE = 1;
const SIGSET_BYTES = 8;
/** `struct itimerspec`: the interval, then the value. */
const VALUE_FIELD = 16;

const TIMERFD_CLOCKS = [CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME, CLOCK_REALTIME_ALARM, CLOCK_BOOTTIME_ALARM];

function eventfd2(task: Task, initial: number, flags: number): number {
  if ((flags & ~(O_CLOEXEC | O_NONBLOCK | EFD_SEMAPHORE)) !== 0) return -EINVAL;
  const mode = (flags & EFD_SEMAPHORE) !== 0 ? 'semaphore' : 'counter';
  return installNew(task, new EventFile(initial >>> 0, mode, flags), flags);
}

function timerfdCreate(task: Task, clockId: number, flags: number): number {
  if ((flags & ~(O_CLOEXEC | O_NONBLOCK)) !== 0 || !TIMERFD_CLOCKS.includes(clockId | 0)) return -EINVAL;
  const clock = timerClock(task, clockId | 0);
  if (clock === null) return -EINVAL;
  return installNew(task, new TimerFile(task.kernel.timers, clock, flags), flags);
}

function findTimer(task: Task, fd: number): TimerFile | number {
  const file = task.files.get(fd | 0);
  if (file === null) return -EBADF;
  return file instanceof TimerFile ? file : -EINVAL;
}

function writeSetting(task: Task, address: number, intervalNs: number, remainingNs: number): number {
  const error = writeTimespecNs(task, address, intervalNs);
  return error < 0 ? error : writeTimespecNs(task, address + VALUE_FIELD, remainingNs);
}

function timerfdSettime(task: Task, fd: number, flags: number, value: number, old: number): number {
  if ((flags & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)) !== 0) return -EINVAL;
  const intervalNs = readTimespecNs(task, value);
  const first = readTimespec(task, value + VALUE_FIELD);
  if (intervalNs < 0) return intervalNs;
  if (typeof first === 'number') return first;
  const file = findTimer(task, fd);
  if (typeof file === 'number') return file;
  const oldRemaining = file.remainingNs();
  const oldInterval = file.intervalNs;
  const spanNs = first.seconds * NS_PER_SECOND + first.nanoseconds;
  if (spanNs === 0) file.disarm();
  else if ((flags & TFD_TIMER_ABSTIME) === 0) file.armIn(spanNs, intervalNs);
  else file.armAt(first, intervalNs, (flags & TFD_TIMER_CANCEL_ON_SET) !== 0 ? 'cancel' : 'follow');
  return old === 0 ? 0 : writeSetting(task, old, oldInterval, oldRemaining);
}

function timerfdGettime(task: Task, fd: number, address: number): number {
  const file = findTimer(task, fd);
  if (typeof file === 'number') return file;
  const remainingNs = file.remainingNs();
  return writeSetting(task, address, file.intervalNs, remainingNs) < 0 ? -EFAULT : 0;
}

/** signalfd4(2): a new descriptor, or another mask for `fd`. */
function signalfd4(task: Task, fd: number, mask: number, maskBytes: number, flags: number): number {
  if ((flags & ~(O_CLOEXEC | O_NONBLOCK)) !== 0 || maskBytes !== SIGSET_BYTES) return -EINVAL;
  const low = task.memory.readU32(mask);
  const high = task.memory.readU32(mask + 4);
  if (low < 0 || high < 0) return -EFAULT;
  if ((fd | 0) === -1) return installNew(task, new SignalFile(task, low, high, flags), flags);
  const file = task.files.get(fd | 0);
  if (file === null) return -EBADF;
  if (!(file instanceof SignalFile)) return -EINVAL;
  file.setMask(low, high);
  return fd | 0;
}

export const eventCalls = defineCalls({
  eventfd: { args: ['unsigned'], run: (task, initial) => eventfd2(task, initial, 0) },
  eventfd2: { args: ['unsigned', 'eventfd-flags'], run: eventfd2 },
  signalfd: {
    args: ['fd', 'pointer', 'size'],
    run: (task, fd, mask, maskBytes) => signalfd4(task, fd, mask, maskBytes, 0),
  },
  signalfd4: { args: ['fd', 'pointer', 'size', 'hex'], run: signalfd4 },
  timerfd_create: { args: ['clock', 'timerfd-flags'], run: timerfdCreate },
  timerfd_settime: { args: ['fd', 'hex', 'itimerspec-in', 'itimerspec-out'], run: timerfdSettime },
  timerfd_gettime: { args: ['fd', 'itimerspec-out'], run: timerfdGettime },
});
