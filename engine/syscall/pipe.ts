import { EINVAL } from '../abi/errno.ts';
import { O_CLOEXEC, O_DIRECT, O_NONBLOCK } from '../abi/open.ts';
import type { Task } from '../process/Task.ts';
import type { File } from '../vfs/File.ts';
import { defineCalls } from './define.ts';
import { openFileLimit } from './limits.ts';

const FD_BYTES = 4;

/** pipe2(2). When `pipefd` cannot be written, no descriptor stays. */
function pipe2(task: Task, pipefd: number, flags: number): number {
  if ((flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT)) !== 0) return -EINVAL;
  const [reader, writer] = task.kernel.pipes.create(task.credentials, flags & (O_NONBLOCK | O_DIRECT));
  const readFd = install(task, reader, flags);
  const writeFd = readFd < 0 ? readFd : install(task, writer, flags);
  let error = Math.min(writeFd, 0);
  if (error === 0) error = task.memory.writeU32(pipefd, readFd);
  if (error === 0) error = task.memory.writeU32(pipefd + FD_BYTES, writeFd);
  if (error === 0) return 0;
  if (readFd >= 0) task.files.close(task, readFd);
  else reader.close();
  if (writeFd >= 0) task.files.close(task, writeFd);
  else writer.close();
  return error;
}

function install(task: Task, file: File, flags: number): number {
  return task.files.install(file, 0, openFileLimit(task), (flags & O_CLOEXEC) !== 0);
}

export const pipeCalls = defineCalls({
  pipe: { args: ['fd-pair-out'], run: (task, pipefd) => pipe2(task, pipefd, 0) },
  pipe2: { args: ['fd-pair-out', 'descriptor-flags'], run: pipe2 },
});
