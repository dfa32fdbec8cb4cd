import { POLLIN } from '../abi/poll.ts';
import { CLD_CONTINUED, CLD_STOPPED, SA_NOCLDSTOP, SIGCHLD, SIGCONT, SIGHUP } from '../abi/signals.ts';
import type { Process } from './Process.ts';
import type { ProcessGroup } from './Session.ts';
import { sendSignalToGroup, sendSignalToProcess, wakeForSignal } from './signalSend.ts';

/** Every thread of the process comes to rest (SIGSTOP and friends), and the parent hears of it. */
export function stopProcess(process: Process, signal: number): void {
  if (process.isStopped) return;
  process.isStopped = true;
  process.stopSignal = signal;
  process.stopReported = false;
  process.continueReported = true;
  for (const task of process.threads) wakeForSignal(task);
  notifyParent(process, CLD_STOPPED, signal);
}

/** SIGCONT was sent: whoever is stopped goes on, whether the signal is handled, ignored or blocked. */
export function continueProcess(process: Process): void {
  if (!process.isStopped) return;
  process.isStopped = false;
  process.stopReported = true;
  process.continueReported = false;
  for (const task of process.threads) if (task.state === 'stopped') task.kernel.scheduler.wake(task);
  notifyParent(process, CLD_CONTINUED, SIGCONT);
}

function notifyParent(process: Process, code: number, status: number): void {
  const { parent } = process;
  if (parent === null) return;
  if ((parent.actions[SIGCHLD].flags & SA_NOCLDSTOP) === 0) {
    sendSignalToProcess(parent, {
      signal: SIGCHLD,
      code,
      pid: process.pid,
      uid: process.threads.length > 0 ? process.leader.credentials.uid : 0,
      status,
    });
  }
  parent.childQueue.wake(POLLIN);
}

/** A group that has just become orphaned with stopped members would hang for ever: hang it up (setpgid(2), exit(3)). */
export function hangUpOrphanedGroup(group: ProcessGroup): void {
  if (!group.isOrphaned) return;
  if (![...group.members].some((member) => member.isStopped)) return;
  sendSignalToGroup(group, SIGHUP);
  sendSignalToGroup(group, SIGCONT);
}
