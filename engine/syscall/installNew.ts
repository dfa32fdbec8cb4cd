import { O_CLOEXEC } from '../abi/open.ts';
import type { Task } from '../process/Task.ts';
import type { File } from '../vfs/File.ts';
import { openFileLimit } from './limits.ts';

/** Gives a new description the lowest descriptor; -EMFILE lets it go again. Of `flags`, O_CLOEXEC counts. */
export function installNew(task: Task, file: File, flags: number): number {
  const fd = task.files.install(file, 0, openFileLimit(task), (flags & O_CLOEXEC) !== 0);
  if (fd < 0) file.close();
  return fd;
}
