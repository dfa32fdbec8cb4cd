import { EBADF, EFAULT, EINTR, EINVAL } from '../abi/errno.ts';
import { EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD, EPOLL_EVENT_BYTES } from '../abi/epoll.ts';
import { O_CLOEXEC, O_RDWR } from '../abi/open.ts';
import { POLLIN } from '../abi/poll.ts';
import { NS_PER_MS } from '../abi/time.ts';
import { BLOCKED } from '../process/CallState.ts';
import type { Task } from '../process/Task.ts';
import { EpollFile } from '../vfs/epoll/EpollFile.ts';
import { defineCalls } from './define.ts';
import { installNew } from './installNew.ts';
import { restoreSignalMask, setCallSignalMask } from './signalMask.ts';
import { callDeadline, readTimespecNs } from './timeouts.ts';

/** So many events that their size still is an int (EP_MAX_EVENTS). */
const MOST_EVENTS = Math.floor(0x7fffffff / EPOLL_EVENT_BYTES);

function epollCreate1(task: Task, flags: number): number {
  if ((flags & ~O_CLOEXEC) !== 0) return -EINVAL;
  return installNew(task, new EpollFile(O_RDWR), flags);
}

function epollCtl(task: Task, epfd: number, operation: number, fd: number, event: number): number {
  const { memory, files } = task;
  let events = 0;
  let dataLow = 0;
  let dataHigh = 0;
  if ((operation | 0) !== EPOLL_CTL_DEL) {
    events = memory.readU32(event);
    dataLow = memory.readU32(event + 4);
    dataHigh = memory.readU32(event + 8);
    if (events < 0 || dataLow < 0 || dataHigh < 0) return -EFAULT;
  }
  const epoll = files.get(epfd | 0);
  const file = files.get(fd | 0);
  if (epoll === null || file === null) return -EBADF;
  if (!(epoll instanceof EpollFile)) return -EINVAL;
  switch (operation | 0) {
    case EPOLL_CTL_ADD:
      return epoll.add(task, file, fd | 0, events | 0, dataLow, dataHigh);
    case EPOLL_CTL_MOD:
      return epoll.modify(task, file, fd | 0, events | 0, dataLow, dataHigh);
    case EPOLL_CTL_DEL:
      return epoll.delete(file, fd | 0);
    default:
      return -EINVAL;
  }
}

/** Waits until `deadlineNs` (Infinity: for ever; not after now: only a look). A signal always ends it (signal(7)). */
function waitUntil(task: Task, epfd: number, events: number, most: number, deadlineNs: number): number {
  const count = most | 0;
  if (count <= 0 || count > MOST_EVENTS) return -EINVAL;
  if (!task.memory.isUserRange(events, count * EPOLL_EVENT_BYTES)) return -EFAULT;
  const epoll = task.files.get(epfd | 0);
  if (epoll === null) return -EBADF;
  if (!(epoll instanceof EpollFile)) return -EINVAL;
  const collected = epoll.collect(task, events, count);
  if (collected !== 0) return collected;
  if (task.kernel.clock.monotonicNs() >= deadlineNs) return 0;
  if (task.signalPending) return -EINTR;
  task.sleepOn(epoll.waitQueue, POLLIN);
  if (deadlineNs !== Infinity) task.sleepUntil(deadlineNs);
  return BLOCKED;
}

function millisecondDeadline(task: Task, timeoutMs: number): number {
  const timeout = timeoutMs | 0;
  return timeout < 0 ? Infinity : timeout === 0 ? 0 : callDeadline(task, timeout * NS_PER_MS);
}

function epollWait(task: Task, epfd: number, events: number, most: number, timeoutMs: number): number {
  return waitUntil(task, epfd, events, most, millisecondDeadline(task, timeoutMs));
}

function waitMasked(
  task: Task,
  epfd: number,
  events: number,
  most: number,
  deadlineNs: number,
  mask: number,
  maskBytes: number,
): number {
  const error = setCallSignalMask(task, mask, maskBytes);
  if (error < 0) return error;
  const result = waitUntil(task, epfd, events, most, deadlineNs);
  if (result !== BLOCKED) restoreSignalMask(task, result);
  return result;
}

function epollPwait2(
  task: Task,
  epfd: number,
  events: number,
  most: number,
  timeout: number,
  mask: number,
  maskBytes: number,
): number {
  let deadlineNs = Infinity;
  if (timeout !== 0) {
    const spanNs = readTimespecNs(task, timeout);
    if (spanNs < 0) return spanNs;
    deadlineNs = spanNs === 0 ? 0 : callDeadline(task, spanNs);
  }
  return waitMasked(task, epfd, events, most, deadlineNs, mask, maskBytes);
}

export const epollCalls = defineCalls({
  epoll_create: { args: ['int'], run: (task, size) => ((size | 0) <= 0 ? -EINVAL : epollCreate1(task, 0)) },
  epoll_create1: { args: ['epoll-flags'], run: epollCreate1 },
  epoll_ctl: { args: ['fd', 'epoll-operation', 'fd', 'epoll-event'], run: epollCtl },
  epoll_wait: { args: ['fd', 'epoll-events-out', 'int', 'int'], run: epollWait },
  epoll_pwait: {
    args: ['fd', 'epoll-events-out', 'int', 'int', 'signal-set-in', 'size'],
    run: (task, epfd, events, most, timeoutMs, mask, maskBytes) =>
      waitMasked(task, epfd, events, most, millisecondDeadline(task, timeoutMs), mask, maskBytes),
  },
  epoll_pwait2: { args: ['fd', 'epoll-events-out', 'int', 'timespec', 'signal-set-in', 'size'], run: epollPwait2 },
});
