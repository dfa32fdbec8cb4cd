import { rlimit } from '../abi/limits.ts';
import type { Task } from '../process/Task.ts';

/** One more than the highest descriptor that the task may have (RLIMIT_NOFILE). */
export function openFileLimit(task: Task): number {
  return task.process.limit(rlimit.openFiles);
}
