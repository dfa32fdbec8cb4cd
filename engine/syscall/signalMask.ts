import { EFAULT, EINTR, EINVAL, ERESTARTNOHAND, ERESTARTSYS } from '../abi/errno.ts';
import { SIGKILL, SIGSTOP } from '../abi/signals.ts';
import type { Task } from '../process/Task.ts';

const SIGSET_BYTES = 8;

/**
 * The signal mask that ppoll(2), pselect(2) and epoll_pwait(2) bring along, for the time of the call. A null pointer changes
 * nothing. Runs of the call after the first find it set. 0, or a negative errno.
 */
export function setCallSignalMask(task: Task, mask: number, size: number): number {
  if (mask === 0 || task.savedMask !== null) return 0;
  if (size !== SIGSET_BYTES) return -EINVAL;
  const low = task.memory.readU32(mask);
  const high = task.memory.readU32(mask + 4);
  if (low < 0 || high < 0) return -EFAULT;
  task.savedMask = task.mask.clone();
  task.mask.set(low, high);
  task.mask.delete(SIGKILL);
  task.mask.delete(SIGSTOP);
  return 0;
}

/**
 * The call ends with `result`. When a signal ended it, its handler still runs under the call's mask, and delivery puts the
 * old one back.
 */
export function restoreSignalMask(task: Task, result: number): void {
  if (task.savedMask === null) return;
  if (result === -EINTR || result === -ERESTARTNOHAND || result === -ERESTARTSYS) return;
  task.mask.copyFrom(task.savedMask);
  task.savedMask = null;
}
