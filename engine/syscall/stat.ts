import { realIdentity } from '../process/Credentials.ts';
import { EACCES, EBADF, EINVAL, EROFS } from '../abi/errno.ts';
import { AT_EACCESS, AT_EMPTY_PATH, AT_FDCWD, AT_NO_AUTOMOUNT, AT_SYMLINK_NOFOLLOW } from '../abi/open.ts';
import { STATFS_SIZE, STATX_SIZE, STAT_SIZE, encodeStat, encodeStatfs, encodeStatx } from '../abi/stat.ts';
import type { StatFields } from '../abi/stat.ts';
import type { Task } from '../process/Task.ts';
import type { File } from '../vfs/File.ts';
import type { Inode } from '../vfs/Inode.ts';
import type { Mount } from '../vfs/Mount.ts';
import { MS_NOEXEC } from '../vfs/Mount.ts';
import { WALK_FOLLOW, walkPath } from '../vfs/pathWalk.ts';
import { MAY_EXECUTE, MAY_WRITE, checkAccess } from '../vfs/permissions.ts';
import { defineCalls } from './define.ts';
import { baseOf, findAt, readPathOrEmpty, walkFlagsOf } from './pathArguments.ts';

const START = { seconds: 0, nanoseconds: 0 };
/** What fstat(2) shows of descriptions that share the anonymous inode (eventfd, epoll …): no file type. */
const ANONYMOUS: StatFields = {
  ino: 1,
  mode: 0o600,
  nlink: 1,
  uid: 0,
  gid: 0,
  rdev: 0,
  size: 0,
  blocks: 0,
  atime: START,
  mtime: START,
  ctime: START,
  btime: START,
};

const STAT_FLAGS = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH;
/** AT_STATX_FORCE_SYNC and AT_STATX_DONT_SYNC. */
const STATX_SYNC = 0x6000;

function copyStat(task: Task, inode: Inode | null, target: number): number {
  const { vfs } = task.kernel;
  if (inode !== null) {
    const error = inode.refresh();
    if (error < 0) return error;
  }
  encodeStat(vfs.scratchView, inode ?? ANONYMOUS, inode?.fs.device ?? 0);
  return task.memory.copyOut(target, vfs.scratch, 0, STAT_SIZE);
}

function copyStatx(task: Task, inode: Inode | null, mount: Mount | null, target: number): number {
  const { vfs } = task.kernel;
  if (inode !== null) {
    const error = inode.refresh();
    if (error < 0) return error;
  }
  const isRoot = inode !== null && mount?.root.inode === inode ? 1 : 0;
  encodeStatx(vfs.scratchView, inode ?? ANONYMOUS, inode?.fs.device ?? 0, mount?.id ?? 0, isRoot);
  return task.memory.copyOut(target, vfs.scratch, 0, STATX_SIZE);
}

function stat(task: Task, path: number, target: number): number {
  task.kernel.vfs.trimEntries();
  const place = findAt(task, AT_FDCWD, path, WALK_FOLLOW);
  return typeof place === 'number' ? place : copyStat(task, place.inode, target);
}

function lstat(task: Task, path: number, target: number): number {
  task.kernel.vfs.trimEntries();
  const place = findAt(task, AT_FDCWD, path, 0);
  return typeof place === 'number' ? place : copyStat(task, place.inode, target);
}

function fstat(task: Task, fd: number, target: number): number {
  const file = task.files.getAny(fd | 0);
  return file === null ? -EBADF : copyStat(task, file.inode, target);
}

/** The description that AT_EMPTY_PATH with an empty path means, or null when a walk must find the place. */
function emptyPathFile(task: Task, dirfd: number, path: string, flags: number): File | number | null {
  if (path !== '' || (flags & AT_EMPTY_PATH) === 0 || (dirfd | 0) === AT_FDCWD) return null;
  return task.files.getAny(dirfd | 0) ?? -EBADF;
}

function newfstatat(task: Task, dirfd: number, address: number, target: number, flags: number): number {
  if ((flags & ~STAT_FLAGS) !== 0) return -EINVAL;
  task.kernel.vfs.trimEntries();
  const path = readPathOrEmpty(task, address, flags);
  if (typeof path === 'number') return path;
  const file = emptyPathFile(task, dirfd, path, flags);
  if (typeof file === 'number') return file;
  if (file !== null) return copyStat(task, file.inode, target);
  const base = baseOf(task, dirfd, path);
  if (typeof base === 'number') return base;
  const place = walkPath(task, base, path, walkFlagsOf(flags));
  return typeof place === 'number' ? place : copyStat(task, place.inode, target);
}

function statx(task: Task, dirfd: number, address: number, flags: number, mask: number, target: number): number {
  if ((flags & ~(STAT_FLAGS | STATX_SYNC)) !== 0 || (flags & STATX_SYNC) === STATX_SYNC) return -EINVAL;
  // STATX__RESERVED.
  if ((mask | 0) < 0) return -EINVAL;
  task.kernel.vfs.trimEntries();
  const path = readPathOrEmpty(task, address, flags);
  if (typeof path === 'number') return path;
  const file = emptyPathFile(task, dirfd, path, flags);
  if (typeof file === 'number') return file;
  if (file !== null) return copyStatx(task, file.inode, file.path?.mount ?? null, target);
  const base = baseOf(task, dirfd, path);
  if (typeof base === 'number') return base;
  const place = walkPath(task, base, path, walkFlagsOf(flags));
  return typeof place === 'number' ? place : copyStatx(task, place.inode, place.mount, target);
}

function faccessat2(task: Task, dirfd: number, address: number, mode: number, flags: number): number {
  if ((mode & ~7) !== 0 || (flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) !== 0) return -EINVAL;
  const path = readPathOrEmpty(task, address, flags);
  if (typeof path === 'number') return path;
  const { credentials } = task;
  // access(2) answers for the real identity: "could the user who runs this set-user-ID program?"
  const asked = (flags & AT_EACCESS) !== 0 ? credentials : realIdentity(credentials);
  const file = emptyPathFile(task, dirfd, path, flags);
  if (typeof file === 'number') return file;
  if (file !== null) return file.inode === null ? 0 : checkAccess(file.inode, asked, mode);
  const base = baseOf(task, dirfd, path);
  if (typeof base === 'number') return base;
  const actor = { fs: task.fs, credentials: asked, process: task.process, tid: task.tid };
  const place = walkPath(actor, base, path, walkFlagsOf(flags));
  if (typeof place === 'number') return place;
  const { inode, mount } = place;
  const error = inode.refresh();
  if (error < 0) return error;
  if ((mode & MAY_EXECUTE) !== 0 && inode.isRegular && (mount.flags & MS_NOEXEC) !== 0) return -EACCES;
  const denied = checkAccess(inode, asked, mode);
  if (denied < 0) return denied;
  const isContent = inode.isDirectory || inode.isSymlink || inode.isRegular;
  return (mode & MAY_WRITE) !== 0 && isContent && mount.isReadOnly ? -EROFS : 0;
}

function faccessat(task: Task, dirfd: number, path: number, mode: number): number {
  return faccessat2(task, dirfd, path, mode, 0);
}

function access(task: Task, path: number, mode: number): number {
  return faccessat2(task, AT_FDCWD, path, mode, 0);
}

function copyStatfs(task: Task, mount: Mount | null, inode: Inode, target: number): number {
  const { vfs } = task.kernel;
  const { fs } = inode;
  encodeStatfs(vfs.scratchView, fs.magic, fs.device, mount === null ? 0 : mount.statfsFlags, fs.statistics());
  return task.memory.copyOut(target, vfs.scratch, 0, STATFS_SIZE);
}

function statfs(task: Task, path: number, target: number): number {
  const place = findAt(task, AT_FDCWD, path, WALK_FOLLOW);
  return typeof place === 'number' ? place : copyStatfs(task, place.mount, place.inode, target);
}

function fstatfs(task: Task, fd: number, target: number): number {
  const file = task.files.getAny(fd | 0);
  if (file === null) return -EBADF;
  if (file.inode !== null) return copyStatfs(task, file.path?.mount ?? null, file.inode, target);
  const { vfs } = task.kernel;
  encodeStatfs(vfs.scratchView, ANON_INODE_FS_MAGIC, 0, 0, EMPTY_STATISTICS);
  return task.memory.copyOut(target, vfs.scratch, 0, STATFS_SIZE);
}

const ANON_INODE_FS_MAGIC = 0x09041934;
const EMPTY_STATISTICS = {
  blockSize: 4096,
  blocks: 0,
  blocksFree: 0,
  blocksAvailable: 0,
  files: 0,
  filesFree: 0,
  nameLength: 255,
};

export const statCalls = defineCalls({
  stat: { args: ['path', 'stat-out'], run: stat },
  lstat: { args: ['path', 'stat-out'], run: lstat },
  fstat: { args: ['fd', 'stat-out'], run: fstat },
  newfstatat: { args: ['dirfd', 'path', 'stat-out', 'at-flags'], run: newfstatat },
  statx: { args: ['dirfd', 'path', 'at-flags', 'hex', 'statx-out'], run: statx },
  access: { args: ['path', 'access-mode'], run: access },
  faccessat: { args: ['dirfd', 'path', 'access-mode'], run: faccessat },
  faccessat2: { args: ['dirfd', 'path', 'access-mode', 'access-flags'], run: faccessat2 },
  statfs: { args: ['path', 'pointer'], run: statfs },
  fstatfs: { args: ['fd', 'pointer'], run: fstatfs },
});
