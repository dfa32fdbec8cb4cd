import { EIO, ERESTARTSYS } from '../abi/errno.ts';
import { SIG_IGN, SIGTTIN } from '../abi/signals.ts';
import { sendSignalToGroup } from '../process/signalSend.ts';
import type { Task } from '../process/Task.ts';
import type { Tty } from './Tty.ts';

/**
 * A process in the background wants to read (SIGTTIN) or change (SIGTTOU) its terminal: its whole group is stopped, and the
 * call starts again later. Who ignores the signal may change things but not read; an orphaned group, which nobody could
 * continue, gets -EIO (credentials(7), termios(3) TOSTOP).
 */
export function checkForeground(task: Task, tty: Tty, signal: number): number {
  const { process } = task;
  if (!tty.controls(process)) return 0;
  if (tty.foreground === null || tty.foreground === process.group) return 0;
  if (task.mask.has(signal) || process.actions[signal].handler === SIG_IGN) return signal === SIGTTIN ? -EIO : 0;
  if (process.group.isOrphaned) return -EIO;
  sendSignalToGroup(process.group, signal);
  return -ERESTARTSYS;
}
