import { EBADF, EFAULT, EINVAL, EOPNOTSUPP } from '../abi/errno.ts';
import { UTIME_NOW, UTIME_OMIT } from '../abi/fcntl.ts';
import { AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_NOFOLLOW } from '../abi/open.ts';
import { NS_PER_SECOND } from '../abi/time.ts';
import type { Timespec } from '../abi/time.ts';
import type { Task } from '../process/Task.ts';
import { changeMode, changeOwner, changeTimes } from '../vfs/attributes.ts';
import type { Path } from '../vfs/Path.ts';
import { WALK_FOLLOW, walkPath } from '../vfs/pathWalk.ts';
import { defineCalls } from './define.ts';
import { baseOf, findAt, readPathOrEmpty, walkFlagsOf } from './pathArguments.ts';

const AT_FLAGS = AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH;

/** The place of a descriptor; what has none (pipes) cannot be changed by these calls: -EINVAL. */
function placeOf(task: Task, fd: number): Path | number {
  const file = task.files.get(fd | 0);
  if (file === null) return -EBADF;
  return file.path ?? -EINVAL;
}

function findWithFlags(task: Task, dirfd: number, address: number, flags: number): Path | number {
  if ((flags & ~AT_FLAGS) !== 0) return -EINVAL;
  const path = readPathOrEmpty(task, address, flags);
  if (typeof path === 'number') return path;
  const base = baseOf(task, dirfd, path);
  return typeof base === 'number' ? base : walkPath(task, base, path, walkFlagsOf(flags));
}

function fchmodat2(task: Task, dirfd: number, path: number, mode: number, flags: number): number {
  const place = findWithFlags(task, dirfd, path, flags);
  if (typeof place === 'number') return place;
  // Linux gives no mode to symbolic links (chmod(2), EOPNOTSUPP).
  return place.inode.isSymlink ? -EOPNOTSUPP : changeMode(task, place, mode);
}

function fchmod(task: Task, fd: number, mode: number): number {
  const place = placeOf(task, fd);
  return typeof place === 'number' ? place : changeMode(task, place, mode);
}

function fchownat(task: Task, dirfd: number, path: number, uid: number, gid: number, flags: number): number {
  const place = findWithFlags(task, dirfd, path, flags);
  return typeof place === 'number' ? place : changeOwner(task, place, uid | 0, gid | 0);
}

function fchown(task: Task, fd: number, uid: number, gid: number): number {
  const place = placeOf(task, fd);
  return typeof place === 'number' ? place : changeOwner(task, place, uid | 0, gid | 0);
}

/** A time of utimensat(2): null to leave it, `now`, or -EFAULT, -EINVAL. */
function readTime(task: Task, address: number, now: Timespec): Timespec | number | null {
  const seconds = task.memory.readI64(address);
  const nanoseconds = task.memory.readI64(address + 8);
  if (Number.isNaN(seconds) || Number.isNaN(nanoseconds)) return -EFAULT;
  if (nanoseconds === UTIME_NOW) return now;
  if (nanoseconds === UTIME_OMIT) return null;
  if (nanoseconds < 0 || nanoseconds >= NS_PER_SECOND) return -EINVAL;
  return { seconds, nanoseconds };
}

function utimensat(task: Task, dirfd: number, address: number, times: number, flags: number): number {
  const now = task.kernel.clock.realtime();
  let atime: Timespec | null = now;
  let mtime: Timespec | null = now;
  if (times !== 0) {
    const first = readTime(task, times, now);
    if (typeof first === 'number') return first;
    const second = readTime(task, times + 16, now);
    if (typeof second === 'number') return second;
    if (first === null && second === null) return 0;
    atime = first;
    mtime = second;
  }
  // futimens(3) passes a null path.
  const place =
    address === 0 && (dirfd | 0) !== AT_FDCWD ? placeOf(task, dirfd) : findWithFlags(task, dirfd, address, flags);
  if (typeof place === 'number') return place;
  return changeTimes(task, place, atime, mtime, atime === now && mtime === now);
}

/** `struct timeval` of utimes(2). */
function readTimeval(task: Task, address: number): Timespec | number {
  const seconds = task.memory.readI64(address);
  const microseconds = task.memory.readI64(address + 8);
  if (Number.isNaN(seconds) || Number.isNaN(microseconds)) return -EFAULT;
  if (microseconds < 0 || microseconds >= 1e6) return -EINVAL;
  return { seconds, nanoseconds: microseconds * 1000 };
}

function futimesat(task: Task, dirfd: number, address: number, times: number): number {
  if (times === 0) return utimensat(task, dirfd, address, 0, 0);
  const atime = readTimeval(task, times);
  if (typeof atime === 'number') return atime;
  const mtime = readTimeval(task, times + 16);
  if (typeof mtime === 'number') return mtime;
  const place = address === 0 ? placeOf(task, dirfd) : findAt(task, dirfd, address, WALK_FOLLOW);
  return typeof place === 'number' ? place : changeTimes(task, place, atime, mtime, false);
}

/** utime(2) with its `struct utimbuf` of whole seconds. */
function utime(task: Task, address: number, times: number): number {
  if (times === 0) return utimensat(task, AT_FDCWD, address, 0, 0);
  const access = task.memory.readI64(times);
  const change = task.memory.readI64(times + 8);
  if (Number.isNaN(access) || Number.isNaN(change)) return -EFAULT;
  const place = findAt(task, AT_FDCWD, address, WALK_FOLLOW);
  if (typeof place === 'number') return place;
  const atime = { seconds: access, nanoseconds: 0 };
  return changeTimes(task, place, atime, { seconds: change, nanoseconds: 0 }, false);
}

export const attributeCalls = defineCalls({
  chmod: { args: ['path', 'mode'], run: (task, path, mode) => fchmodat2(task, AT_FDCWD, path, mode, 0) },
  fchmod: { args: ['fd', 'mode'], run: fchmod },
  fchmodat: {
    args: ['dirfd', 'path', 'mode'],
    run: (task, dirfd, path, mode) => fchmodat2(task, dirfd, path, mode, 0),
  },
  fchmodat2: { args: ['dirfd', 'path', 'mode', 'at-flags'], run: fchmodat2 },
  chown: { args: ['path', 'int', 'int'], run: (task, path, uid, gid) => fchownat(task, AT_FDCWD, path, uid, gid, 0) },
  lchown: {
    args: ['path', 'int', 'int'],
    run: (task, path, uid, gid) => fchownat(task, AT_FDCWD, path, uid, gid, AT_SYMLINK_NOFOLLOW),
  },
  fchown: { args: ['fd', 'int', 'int'], run: fchown },
  fchownat: { args: ['dirfd', 'path', 'int', 'int', 'at-flags'], run: fchownat },
  utime: { args: ['path', 'pointer'], run: utime },
  utimes: { args: ['path', 'pointer'], run: (task, path, times) => futimesat(task, AT_FDCWD, path, times) },
  futimesat: { args: ['dirfd', 'path', 'pointer'], run: futimesat },
  utimensat: { args: ['dirfd', 'path', 'pointer', 'at-flags'], run: utimensat },
});
