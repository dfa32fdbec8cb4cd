import { CAP_SYS_CHROOT } from '../process/Capabilities.ts';
import { EBADF, EFAULT, EINVAL, ENAMETOOLONG, ENOENT, ENOTDIR, EPERM, ERANGE } from '../abi/errno.ts';
import { dirent64Length, direntLength, encodeDirent, encodeDirent64 } from '../abi/dirent.ts';
import { AT_FDCWD } from '../abi/open.ts';
import type { Task } from '../process/Task.ts';
import { isCapable } from '../process/Credentials.ts';
import { pathString } from '../vfs/pathString.ts';
import type { Path } from '../vfs/Path.ts';
import { WALK_DIRECTORY, WALK_FOLLOW } from '../vfs/pathWalk.ts';
import { MAY_EXECUTE, checkAccess } from '../vfs/permissions.ts';
import { defineCalls } from './define.ts';
import { findAt } from './pathArguments.ts';

const PATH_MAX = 4096;

type EntryLength = (nameLength: number) => number;
type EntryEncoder = typeof encodeDirent64;

function listDirectory(
  task: Task,
  fd: number,
  target: number,
  size: number,
  lengthOf: EntryLength,
  encode: EntryEncoder,
): number {
  const file = task.files.get(fd | 0);
  if (file === null) return -EBADF;
  const { scratch, scratchView } = task.kernel.vfs;
  const room = Math.min(size >>> 0, scratch.length);
  let used = 0;
  let hasMore = false as boolean;
  const { position } = file;
  const error = file.readDirectory(task, (name, ino, type, next) => {
    const length = lengthOf(name.length);
    if (used + length > room) {
      hasMore = true;
      return false;
    }
    encode(scratchView, used, length, name, ino, type, next);
    used += length;
    return true;
  });
  if (error < 0) return error;
  // Not even one entry fits.
  if (used === 0) return hasMore ? -EINVAL : 0;
  const fault = task.memory.copyOut(target, scratch, 0, used);
  if (fault >= 0) return used;
  file.position = position;
  return -EFAULT;
}

function getdents64(task: Task, fd: number, target: number, size: number): number {
  return listDirectory(task, fd, target, size, dirent64Length, encodeDirent64);
}

function getdents(task: Task, fd: number, target: number, size: number): number {
  return listDirectory(task, fd, target, size, direntLength, encodeDirent);
}

function getcwd(task: Task, target: number, size: number): number {
  const { cwd } = task.fs;
  if (cwd.dentry.isUnlinked) return -ENOENT;
  const text = pathString(cwd, task.fs);
  if (text.length >= PATH_MAX) return -ENAMETOOLONG;
  if (text.length + 1 > size) return -ERANGE;
  const { scratch } = task.kernel.vfs;
  for (let index = 0; index < text.length; index++) scratch[index] = text.charCodeAt(index);
  scratch[text.length] = 0;
  const error = task.memory.copyOut(target, scratch, 0, text.length + 1);
  return error < 0 ? error : text.length + 1;
}

function enter(task: Task, place: Path): number {
  const denied = checkAccess(place.inode, task.credentials, MAY_EXECUTE);
  if (denied < 0) return denied;
  task.fs.cwd = place;
  return 0;
}

function chdir(task: Task, path: number): number {
  const place = findAt(task, AT_FDCWD, path, WALK_FOLLOW | WALK_DIRECTORY);
  return typeof place === 'number' ? place : enter(task, place);
}

function fchdir(task: Task, fd: number): number {
  const file = task.files.getAny(fd | 0);
  if (file === null) return -EBADF;
  if (file.path === null || !file.path.inode.isDirectory) return -ENOTDIR;
  return enter(task, file.path);
}

/** chroot(2) changes the root only: the working directory stays where it is, even outside. */
function chroot(task: Task, path: number): number {
  const place = findAt(task, AT_FDCWD, path, WALK_FOLLOW | WALK_DIRECTORY);
  if (typeof place === 'number') return place;
  const denied = checkAccess(place.inode, task.credentials, MAY_EXECUTE);
  if (denied < 0) return denied;
  if (!isCapable(task.credentials, CAP_SYS_CHROOT)) return -EPERM;
  task.fs.root = place;
  return 0;
}

function umask(task: Task, mask: number): number {
  const old = task.fs.umask;
  task.fs.umask = mask & 0o777;
  return old;
}

export const directoryCalls = defineCalls({
  getdents: { args: ['fd', 'pointer', 'size'], run: getdents },
  getdents64: { args: ['fd', 'entries-out', 'size'], run: getdents64 },
  getcwd: { args: ['string-out', 'size'], run: getcwd },
  chdir: { args: ['path'], run: chdir },
  fchdir: { args: ['fd'], run: fchdir },
  chroot: { args: ['path'], run: chroot },
  umask: { args: ['octal'], result: 'octal', run: umask },
});
