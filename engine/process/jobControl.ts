import { CLD_STOPPED, SIGCONT, SIGHUP } from '../abi/signals.ts';
import type { Process } from './Process.ts';
import type { ProcessGroup } from './Session.ts';
import { sendSignalToGroup, tellParent, wakeForSignal } from './signalSend.ts';

/** Every thread of the process comes to rest (SIGSTOP and friends), and the parent hears of it. */
export function stopProcess(process: Process, signal: number): void {
  if (process.isStopped) return;
  process.isStopped = true;
  process.stopSignal = signal;
  process.stopReported = false;
  process.continueReported = true;
  for (const task of process.threads) wakeForSignal(task);
  tellParent(process, CLD_STOPPED, signal);
}

/** A group that has just become orphaned with stopped members would hang for ever: hang it up (setpgid(2), exit(3)). */
export function hangUpOrphanedGroup(group: ProcessGroup): void {
  if (!group.isOrphaned) return;
  if (![...group.members].some((member) => member.isStopped)) return;
  sendSignalToGroup(group, SIGHUP);
  sendSignalToGroup(group, SIGCONT);
}
