import { EINVAL } from '../abi/errno.ts';
import { AT_EMPTY_PATH, AT_FDCWD, AT_REMOVEDIR, AT_SYMLINK_FOLLOW } from '../abi/open.ts';
import type { Task } from '../process/Task.ts';
import type { Path } from '../vfs/Path.ts';
import * as operations from '../vfs/pathOperations.ts';
import { walkPath } from '../vfs/pathWalk.ts';
import { defineCalls } from './define.ts';
import { baseOf, linkWalkFlagsOf, readPath, readPathOrEmpty } from './pathArguments.ts';

function mkdirat(task: Task, dirfd: number, address: number, mode: number): number {
  const path = readPath(task, address);
  if (typeof path === 'number') return path;
  const base = baseOf(task, dirfd, path);
  return typeof base === 'number' ? base : operations.mkdir(task, base, path, mode);
}

function mknodat(task: Task, dirfd: number, address: number, mode: number, device: number): number {
  const path = readPath(task, address);
  if (typeof path === 'number') return path;
  const base = baseOf(task, dirfd, path);
  return typeof base === 'number' ? base : operations.mknod(task, base, path, mode & 0o177777, device >>> 0);
}

function unlinkat(task: Task, dirfd: number, address: number, flags: number): number {
  if ((flags & ~AT_REMOVEDIR) !== 0) return -EINVAL;
  const path = readPath(task, address);
  if (typeof path === 'number') return path;
  const base = baseOf(task, dirfd, path);
  if (typeof base === 'number') return base;
  return (flags & AT_REMOVEDIR) !== 0 ? operations.rmdir(task, base, path) : operations.unlink(task, base, path);
}

function symlinkat(task: Task, targetAddress: number, dirfd: number, address: number): number {
  const target = readPath(task, targetAddress);
  if (typeof target === 'number') return target;
  const path = readPath(task, address);
  if (typeof path === 'number') return path;
  const base = baseOf(task, dirfd, path);
  return typeof base === 'number' ? base : operations.symlink(task, target, base, path);
}

function linkat(
  task: Task,
  oldDirfd: number,
  oldAddress: number,
  newDirfd: number,
  newAddress: number,
  flags: number,
): number {
  if ((flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH)) !== 0) return -EINVAL;
  const source = findLinkSource(task, oldDirfd, oldAddress, flags);
  if (typeof source === 'number') return source;
  const path = readPath(task, newAddress);
  if (typeof path === 'number') return path;
  const base = baseOf(task, newDirfd, path);
  return typeof base === 'number' ? base : operations.link(task, source, base, path);
}

function findLinkSource(task: Task, dirfd: number, address: number, flags: number): Path | number {
  const path = readPathOrEmpty(task, address, flags);
  if (typeof path === 'number') return path;
  const base = baseOf(task, dirfd, path);
  return typeof base === 'number' ? base : walkPath(task, base, path, linkWalkFlagsOf(flags));
}

function renameat2(
  task: Task,
  oldDirfd: number,
  oldAddress: number,
  newDirfd: number,
  newAddress: number,
  flags: number,
): number {
  const oldPath = readPath(task, oldAddress);
  if (typeof oldPath === 'number') return oldPath;
  const newPath = readPath(task, newAddress);
  if (typeof newPath === 'number') return newPath;
  const oldBase = baseOf(task, oldDirfd, oldPath);
  if (typeof oldBase === 'number') return oldBase;
  const newBase = baseOf(task, newDirfd, newPath);
  if (typeof newBase === 'number') return newBase;
  return operations.rename(task, oldBase, oldPath, newBase, newPath, flags | 0);
}

function readlinkat(task: Task, dirfd: number, address: number, target: number, size: number): number {
  if ((size | 0) <= 0) return -EINVAL;
  const path = readPath(task, address);
  if (typeof path === 'number') return path;
  // An empty path with an O_PATH descriptor of the link itself (readlink(2)).
  const base = baseOf(task, dirfd, path);
  if (typeof base === 'number') return base;
  const place = path === '' && base !== null ? base : walkPath(task, base, path, 0);
  if (typeof place === 'number') return place;
  const { inode } = place;
  if (!inode.isSymlink) return -EINVAL;
  const text = inode.readlink(task);
  if (typeof text === 'number') return text;
  const { scratch } = task.kernel.vfs;
  const length = Math.min(text.length, size | 0, scratch.length);
  for (let index = 0; index < length; index++) scratch[index] = text.charCodeAt(index);
  const error = task.memory.copyOut(target, scratch, 0, length);
  return error < 0 ? error : length;
}

export const nameCalls = defineCalls({
  mkdir: { args: ['path', 'mode'], run: (task, path, mode) => mkdirat(task, AT_FDCWD, path, mode) },
  mkdirat: { args: ['dirfd', 'path', 'mode'], run: mkdirat },
  mknod: {
    args: ['path', 'mode', 'unsigned'],
    run: (task, path, mode, device) => mknodat(task, AT_FDCWD, path, mode, device),
  },
  mknodat: { args: ['dirfd', 'path', 'mode', 'unsigned'], run: mknodat },
  rmdir: { args: ['path'], run: (task, path) => unlinkat(task, AT_FDCWD, path, AT_REMOVEDIR) },
  unlink: { args: ['path'], run: (task, path) => unlinkat(task, AT_FDCWD, path, 0) },
  unlinkat: { args: ['dirfd', 'path', 'at-flags'], run: unlinkat },
  symlink: { args: ['string', 'path'], run: (task, target, path) => symlinkat(task, target, AT_FDCWD, path) },
  symlinkat: { args: ['string', 'dirfd', 'path'], run: symlinkat },
  link: { args: ['path', 'path'], run: (task, from, to) => linkat(task, AT_FDCWD, from, AT_FDCWD, to, 0) },
  linkat: { args: ['dirfd', 'path', 'dirfd', 'path', 'at-flags'], run: linkat },
  rename: { args: ['path', 'path'], run: (task, from, to) => renameat2(task, AT_FDCWD, from, AT_FDCWD, to, 0) },
  renameat: {
    args: ['dirfd', 'path', 'dirfd', 'path'],
    run: (task, fromFd, from, toFd, to) => renameat2(task, fromFd, from, toFd, to, 0),
  },
  renameat2: { args: ['dirfd', 'path', 'dirfd', 'path', 'rename-flags'], run: renameat2 },
  readlink: {
    args: ['path', 'buffer-out', 'size'],
    run: (task, path, target, size) => readlinkat(task, AT_FDCWD, path, target, size),
  },
  readlinkat: { args: ['dirfd', 'path', 'buffer-out', 'size'], run: readlinkat },
});
