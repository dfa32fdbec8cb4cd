import { rlimit } from '../abi/limits.ts';
import type { Task } from '../process/Task.ts';

/** Largest size that the task may give a file (RLIMIT_FSIZE). */
export function fileSizeLimit(task: Task): number {
  return task.process.limit(rlimit.fileSize);
}
