import { EAGAIN, ERESTARTSYS } from '../abi/errno.ts';
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP, POLLRDNORM, POLLWRNORM } from '../abi/poll.ts';
import { BLOCKED } from '../process/CallState.ts';
import type { Task } from '../process/Task.ts';
import type { File } from '../vfs/File.ts';

/** What a reader waits for; an end or an error of the other side is something to read, too. */
export const READABLE = POLLIN | POLLRDNORM | POLLRDHUP | POLLHUP | POLLERR;
export const WRITABLE = POLLOUT | POLLWRNORM | POLLHUP | POLLERR;

/**
 * After an operation on `file` answered -EAGAIN: parks the task until `events` may hold, when the description waits at
 * all. Returns BLOCKED (the call is run again on wake-up), -EAGAIN, or -ERESTARTSYS when a signal is due.
 */
export function blockOnFile(task: Task, file: File, events: number): number {
  if (file.isNonblocking || file.waitQueue === null) return -EAGAIN;
  if (task.signalPending) return -ERESTARTSYS;
  task.sleepOn(file.waitQueue, events);
  return BLOCKED;
}
