import { EBADF, ENOTDIR } from '../abi/errno.ts';
import { AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_FOLLOW, AT_SYMLINK_NOFOLLOW } from '../abi/open.ts';
import type { Task } from '../process/Task.ts';
import type { Path } from '../vfs/Path.ts';
import { WALK_EMPTY, WALK_FOLLOW, walkPath } from '../vfs/pathWalk.ts';

const PATH_MAX = 4096;

/** A path argument as byte string, or -EFAULT, -ENAMETOOLONG. */
export function readPath(task: Task, address: number): string | number {
  return task.memory.readString(address, PATH_MAX);
}

/** As `readPath`; a null pointer is the empty path where AT_EMPTY_PATH allows that. */
export function readPathOrEmpty(task: Task, address: number, flags: number): string | number {
  return address === 0 && (flags & AT_EMPTY_PATH) !== 0 ? '' : readPath(task, address);
}

/** Where a relative `path` starts: null for the working directory, or -EBADF, -ENOTDIR. */
export function baseOf(task: Task, dirfd: number, path: string): Path | null | number {
  if (path.charCodeAt(0) === 0x2f) return null;
  const fd = dirfd | 0;
  if (fd === AT_FDCWD) return null;
  const file = task.files.getAny(fd);
  if (file === null) return -EBADF;
  return file.path ?? -ENOTDIR;
}

/** Walks a path argument to what is there; `walkFlags` are WALK_*. */
export function findAt(task: Task, dirfd: number, address: number, walkFlags: number): Path | number {
  const path = readPath(task, address);
  if (typeof path === 'number') return path;
  const base = baseOf(task, dirfd, path);
  return typeof base === 'number' ? base : walkPath(task, base, path, walkFlags);
}

/** WALK_* for AT_* flags of calls that follow links unless told not to. */
export function walkFlagsOf(atFlags: number): number {
  return ((atFlags & AT_SYMLINK_NOFOLLOW) === 0 ? WALK_FOLLOW : 0) | ((atFlags & AT_EMPTY_PATH) === 0 ? 0 : WALK_EMPTY);
}

/** WALK_* for linkat(2), which follows only when told to. */
export function linkWalkFlagsOf(atFlags: number): number {
  return ((atFlags & AT_SYMLINK_FOLLOW) === 0 ? 0 : WALK_FOLLOW) | ((atFlags & AT_EMPTY_PATH) === 0 ? 0 : WALK_EMPTY);
}
