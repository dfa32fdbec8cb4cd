import { CAP_SYS_ADMIN } from '../process/Capabilities.ts';
import { EFAULT, EINVAL, EIO, ENOTTY, EPERM, ESRCH } from '../abi/errno.ts';
import { TIOCGPGRP, TIOCGSID, TIOCNOTTY, TIOCSCTTY, TIOCSPGRP } from '../abi/ioctls.ts';
import { SIGCONT, SIGHUP, SIGTTOU } from '../abi/signals.ts';
import { isCapable } from '../process/Credentials.ts';
import { sendSignalToGroup } from '../process/signalSend.ts';
import type { Task } from '../process/Task.ts';
import { checkForeground } from './jobControl.ts';
import type { Tty } from './Tty.ts';

/** From which side of a terminal a request comes: a pty's master is nobody's controlling terminal and may always look. */
export type TtySide = 'terminal' | 'master';

/** TIOCSCTTY: a session leader takes a terminal; with 1 as argument root takes it even from another session. */
function takeControl(task: Task, tty: Tty, argument: number, canRead: boolean): number {
  const { process } = task;
  const { session } = process;
  const isLeader = session.leader === process;
  if (isLeader && tty.session === session) return 0;
  if (!isLeader || session.controllingTty !== null) return -EPERM;
  const isRoot = isCapable(task.credentials, CAP_SYS_ADMIN);
  if (tty.session !== null) {
    if (argument !== 1 || !isRoot) return -EPERM;
    tty.dropSession();
  }
  if (!canRead && !isRoot) return -EPERM;
  tty.takeSession(process);
  return 0;
}

/** TIOCNOTTY: a leader gives the terminal up for its whole session, which is told. */
function giveUp(task: Task, tty: Tty): number {
  const { process } = task;
  if (!tty.controls(process)) return -ENOTTY;
  if (process.session.leader !== process) {
    tty.detach(process);
    return 0;
  }
  const { foreground } = tty;
  tty.dropSession();
  if (foreground !== null) {
    sendSignalToGroup(foreground, SIGHUP);
    sendSignalToGroup(foreground, SIGCONT);
  }
  return 0;
}

/** tcsetpgrp(3). */
function setForeground(task: Task, tty: Tty, address: number): number {
  const stopped = checkForeground(task, tty, SIGTTOU);
  if (stopped < 0) return stopped === -EIO ? -ENOTTY : stopped;
  const { process, kernel } = task;
  if (!tty.controls(process) || tty.session !== process.session) return -ENOTTY;
  const id = task.memory.readU32(address);
  if (id < 0) return -EFAULT;
  if ((id | 0) < 0) return -EINVAL;
  const group = kernel.processes.groups.get(id);
  if (group === undefined) return -ESRCH;
  if (group.session !== process.session) return -EPERM;
  tty.foreground = group;
  return 0;
}

/** Requests about sessions and job control (ioctl_tty(2)); -ENOTTY for others. */
export function sessionIoctl(
  task: Task,
  tty: Tty,
  side: TtySide,
  request: number,
  argument: number,
  canRead: boolean,
): number {
  const mayAsk = side === 'master' || tty.controls(task.process);
  switch (request) {
    case TIOCSCTTY:
      return takeControl(task, tty, argument | 0, canRead);
    case TIOCNOTTY:
      return side === 'master' ? -ENOTTY : giveUp(task, tty);
    case TIOCGPGRP:
      return mayAsk ? task.memory.writeU32(argument, tty.foreground?.id ?? 0) : -ENOTTY;
    case TIOCSPGRP:
      return setForeground(task, tty, argument);
    case TIOCGSID:
      return mayAsk && tty.session !== null ? task.memory.writeU32(argument, tty.session.id) : -ENOTTY;
    default:
      return -ENOTTY;
  }
}
