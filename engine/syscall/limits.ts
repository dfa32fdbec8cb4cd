import { EFBIG } from '../abi/errno.ts';
import { rlimit } from '../abi/limits.ts';
import { SIGXFSZ, SI_KERNEL } from '../abi/signals.ts';
import { sendSignalToTask } from '../process/signalSend.ts';
import { signalInfo } from '../process/signals.ts';
import type { Task } from '../process/Task.ts';
import { fileSizeLimit } from '../vfs/limits.ts';

/** One more than the highest descriptor that the task may have (RLIMIT_NOFILE). */
export function openFileLimit(task: Task): number {
  return task.process.limit(rlimit.openFiles);
}

/** Answer of a call that would make a file too large: a process with a limit also gets SIGXFSZ (getrlimit(2)). */
export function fileTooLarge(task: Task): number {
  if (fileSizeLimit(task) !== Infinity) sendSignalToTask(task, signalInfo(SIGXFSZ, SI_KERNEL));
  return -EFBIG;
}
