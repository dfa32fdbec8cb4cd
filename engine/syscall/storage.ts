/** Sizes, space and write-back of files: ftruncate(2), fallocate(2), fsync(2) and their kin. */
import { EBADF, EFBIG, EINVAL, ENODEV, EOPNOTSUPP, ESPIPE } from '../abi/errno.ts';
import { FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE } from '../abi/fallocate.ts';
import { S_IFIFO, S_IFMT } from '../abi/mode.ts';
import { AT_FDCWD } from '../abi/open.ts';
import type { Task } from '../process/Task.ts';
import { truncatePath } from '../vfs/attributes.ts';
import { MAX_FILE_SIZE } from '../vfs/Frames.ts';
import { fileSizeLimit } from '../vfs/limits.ts';
import { mountsUnder } from '../vfs/Mount.ts';
import { WALK_FOLLOW } from '../vfs/pathWalk.ts';
import { defineCalls } from './define.ts';
import { fileTooLarge } from './limits.ts';
import { findAt } from './pathArguments.ts';

function truncate(task: Task, path: number, size: number): number {
  if (size < 0) return -EINVAL;
  const place = findAt(task, AT_FDCWD, path, WALK_FOLLOW);
  if (typeof place === 'number') return place;
  if (size > Math.min(MAX_FILE_SIZE, fileSizeLimit(task))) return fileTooLarge(task);
  return truncatePath(task, place, size);
}

function ftruncate(task: Task, fd: number, size: number): number {
  if (size < 0) return -EINVAL;
  const file = task.files.get(fd | 0);
  if (file === null) return -EBADF;
  if (!file.canWrite) return -EINVAL;
  const result = file.truncate(task, size);
  return result === -EFBIG ? fileTooLarge(task) : result;
}

function fallocate(task: Task, fd: number, mode: number, offset: number, length: number): number {
  if (offset < 0 || length <= 0) return -EINVAL;
  if ((mode & ~0x7f) !== 0) return -EOPNOTSUPP;
  const punches = (mode & FALLOC_FL_PUNCH_HOLE) !== 0;
  if (punches && (mode & FALLOC_FL_KEEP_SIZE) === 0) return -EOPNOTSUPP;
  const file = task.files.get(fd | 0);
  if (file === null || !file.canWrite) return -EBADF;
  const { inode } = file;
  if (inode === null) return -ENODEV;
  if ((inode.mode & S_IFMT) === S_IFIFO) return -ESPIPE;
  if (!inode.isRegular) return -ENODEV;
  const end = offset + length;
  if (end > MAX_FILE_SIZE || (end > inode.size && end > fileSizeLimit(task))) return fileTooLarge(task);
  return inode.allocate(mode, offset, length);
}

function fsync(task: Task, fd: number): number {
  const file = task.files.get(fd | 0);
  return file === null ? -EBADF : file.sync();
}

function syncFileRange(task: Task, fd: number, offset: number, length: number, flags: number): number {
  const file = task.files.get(fd | 0);
  if (file === null) return -EBADF;
  if (offset < 0 || length < 0 || (flags & ~7) !== 0) return -EINVAL;
  const type = file.inode === null ? 0 : file.inode.mode & S_IFMT;
  if (file.inode === null || type === S_IFIFO) return -ESPIPE;
  return flags === 0 ? 0 : file.sync();
}

function sync(task: Task): number {
  for (const mount of mountsUnder(task.kernel.vfs.rootMount)) mount.fs.sync();
  return 0;
}

function syncfs(task: Task, fd: number): number {
  const file = task.files.get(fd | 0);
  if (file === null) return -EBADF;
  return file.inode?.fs.sync() ?? 0;
}

/** posix_fadvise(2): advice, which may be ignored once it makes sense. */
function fadvise64(task: Task, fd: number, _offset: number, length: number, advice: number): number {
  const file = task.files.get(fd | 0);
  if (file === null) return -EBADF;
  if (file.inode === null || (file.inode.mode & S_IFMT) === S_IFIFO) return -ESPIPE;
  return length < 0 || advice < 0 || advice > 5 ? -EINVAL : 0;
}

function readahead(task: Task, fd: number): number {
  const file = task.files.get(fd | 0);
  if (file === null || !file.canRead) return -EBADF;
  return file.inode?.isRegular === true ? 0 : -EINVAL;
}

export const storageCalls = defineCalls({
  truncate: { args: ['path', 'offset'], run: truncate },
  ftruncate: { args: ['fd', 'offset'], run: ftruncate },
  fallocate: { args: ['fd', 'hex', 'offset', 'offset'], run: fallocate },
  fsync: { args: ['fd'], run: fsync },
  fdatasync: { args: ['fd'], run: fsync },
  sync_file_range: { args: ['fd', 'offset', 'offset', 'hex'], run: syncFileRange },
  sync: { args: [], run: sync },
  syncfs: { args: ['fd'], run: syncfs },
  fadvise64: { args: ['fd', 'offset', 'offset', 'int'], run: fadvise64 },
  readahead: { args: ['fd', 'offset', 'size'], run: readahead },
});
