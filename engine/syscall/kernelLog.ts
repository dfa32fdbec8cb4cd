/** syslog(2): reading and clearing the kernel's log. The console's log level is not the guest's to set here. */
import { CAP_SYSLOG, CAP_SYS_ADMIN } from '../process/Capabilities.ts';
import { isCapable } from '../process/Credentials.ts';
import { EFAULT, EINVAL, EPERM, ERESTARTSYS } from '../abi/errno.ts';
import { POLLIN } from '../abi/poll.ts';
import { bytesOf } from '../lib/bytes.ts';
import { BLOCKED } from '../process/CallState.ts';
import { syslogLine } from '../process/KernelLog.ts';
import type { Task } from '../process/Task.ts';
import { defineCalls } from './define.ts';

const CLOSE = 0;
const OPEN = 1;
const READ = 2;
const READ_ALL = 3;
const READ_CLEAR = 4;
const CLEAR = 5;
const SIZE_UNREAD = 9;
const SIZE_BUFFER = 10;

/** What the buffer of Linux holds by default; ours is counted in lines. */
const BUFFER_BYTES = 1 << 18;

/** Waits for lines, and takes as many whole ones as fit. */
function readNext(task: Task, address: number, size: number): number {
  const { messages: log } = task.kernel;
  log.unreadFrom = Math.max(log.unreadFrom, log.start);
  if (log.unreadFrom === log.end) {
    if (task.signalPending) return -ERESTARTSYS;
    task.sleepOn(log.queue, POLLIN);
    return BLOCKED;
  }
  let done = 0;
  for (const record of log.from(log.unreadFrom)) {
    const line = bytesOf(syslogLine(record));
    if (done + line.length > size) break;
    if (task.memory.copyOut(address + done, line, 0, line.length) < 0) return done > 0 ? done : -EFAULT;
    done += line.length;
    log.unreadFrom = record.sequence + 1;
  }
  return done;
}

/** The newest lines that fit, oldest first. */
function readAll(task: Task, address: number, size: number): number {
  const { messages: log } = task.kernel;
  const lines: string[] = [];
  let length = 0;
  for (const record of log.from(log.clearedBefore).toReversed()) {
    const line = syslogLine(record);
    if (length + line.length > size) break;
    length += line.length;
    lines.push(line);
  }
  const bytes = bytesOf(lines.reverse().join(''));
  return task.memory.copyOut(address, bytes, 0, bytes.length) < 0 ? -EFAULT : bytes.length;
}

function syslog(task: Task, type: number, address: number, sizeArgument: number): number {
  const { credentials } = task;
  const { messages: log } = task.kernel;
  const size = sizeArgument | 0;
  // Everybody may read what is there, as with dmesg_restrict 0; the rest is for the administrator.
  const isOpen = type === READ_ALL || type === SIZE_BUFFER;
  if (!isOpen && !isCapable(credentials, CAP_SYSLOG) && !isCapable(credentials, CAP_SYS_ADMIN)) return -EPERM;
  switch (type) {
    case CLOSE:
    case OPEN:
      return 0;
    case READ:
    case READ_ALL:
    case READ_CLEAR: {
      if (address === 0 || size < 0) return -EINVAL;
      if (size === 0) return 0;
      if (type === READ) return readNext(task, address, size);
      const count = readAll(task, address, size);
      if (type === READ_CLEAR && count >= 0) log.clearedBefore = log.end;
      return count;
    }
    case CLEAR:
      log.clearedBefore = log.end;
      return 0;
    case SIZE_UNREAD:
      return log.from(log.unreadFrom).reduce((sum, record) => sum + syslogLine(record).length, 0);
    case SIZE_BUFFER:
      return BUFFER_BYTES;
    default:
      return -EINVAL;
  }
}

export const kernelLogCalls = defineCalls({
  syslog: { args: ['int', 'pointer', 'int'], run: syslog, partial: 'the log level of the console' },
});
