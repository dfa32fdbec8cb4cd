import { E2BIG, EAGAIN, EINVAL } from '../abi/errno.ts';
import { CLOSE_RANGE_CLOEXEC, CLOSE_RANGE_UNSHARE } from '../abi/fcntl.ts';
import {
  AT_FDCWD,
  O_ACCMODE,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_LARGEFILE,
  O_NOFOLLOW,
  O_PATH,
  O_TMPFILE,
  O_TRUNC,
  O_WRONLY,
} from '../abi/open.ts';
import type { Task } from '../process/Task.ts';
import { openFile } from '../vfs/open.ts';
import { WALK_BENEATH, WALK_IN_ROOT, WALK_NO_LINKS, WALK_NO_MAGIC, WALK_NO_MOUNTS } from '../vfs/pathWalk.ts';
import { defineCalls } from './define.ts';
import { openFileLimit } from './limits.ts';
import { baseOf, readPath } from './pathArguments.ts';

/** Flags of open(2) that a kernel of this age knows; others are ignored by open(2) and refused by openat2(2). */
const KNOWN_FLAGS = 0o37777703;
const TMPFILE_BIT = O_TMPFILE & ~O_DIRECTORY;

/** `resolve` bits of openat2(2), each with its walk restriction. */
const RESOLVE_FLAGS: readonly (readonly [number, number])[] = [
  [0x01, WALK_NO_MOUNTS],
  [0x02, WALK_NO_MAGIC],
  [0x04, WALK_NO_LINKS | WALK_NO_MAGIC],
  [0x08, WALK_BENEATH],
  [0x10, WALK_IN_ROOT],
];
const RESOLVE_CACHED = 0x20;
const OPEN_HOW_SIZE = 24;

function openPath(task: Task, dirfd: number, address: number, flags: number, mode: number, walkFlags: number): number {
  const path = readPath(task, address);
  if (typeof path === 'number') return path;
  task.kernel.vfs.trimEntries();
  const base = baseOf(task, dirfd, path);
  if (typeof base === 'number') return base;
  // With O_PATH, all flags but these are ignored (open(2)); a 64-bit program always may open large files.
  const used = (flags & O_PATH) === 0 ? flags | O_LARGEFILE : flags & (O_PATH | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW);
  const file = openFile(task.kernel.vfs, task, base, path, used, mode, walkFlags);
  if (typeof file === 'number') return file;
  const fd = task.files.install(file, 0, openFileLimit(task), (flags & O_CLOEXEC) !== 0);
  if (fd < 0) file.close();
  return fd;
}

function openat(task: Task, dirfd: number, path: number, flags: number, mode: number): number {
  const known = flags & KNOWN_FLAGS;
  const makes = (known & (O_CREAT | TMPFILE_BIT)) !== 0;
  return openPath(task, dirfd, path, known, makes ? mode & 0o7777 : 0, 0);
}

function open(task: Task, path: number, flags: number, mode: number): number {
  return openat(task, AT_FDCWD, path, flags, mode);
}

function creat(task: Task, path: number, mode: number): number {
  return openat(task, AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

/** openat2(2) checks what open(2) lets pass. `struct open_how`: flags, mode, resolve, each 64 bits. */
function openat2(task: Task, dirfd: number, path: number, how: number, size: number): number {
  if (size < OPEN_HOW_SIZE) return -EINVAL;
  if (size > 4096) return -E2BIG;
  const { memory } = task;
  for (let offset = OPEN_HOW_SIZE; offset < size; offset++) {
    const byte = memory.readU8(how + offset);
    if (byte < 0) return byte;
    if (byte !== 0) return -E2BIG;
  }
  const flags = memory.readU64(how);
  if (flags < 0) return flags;
  const mode = memory.readU64(how + 8);
  if (mode < 0) return mode;
  const resolve = memory.readU64(how + 16);
  if (resolve < 0) return resolve;
  if (flags > 0x7fffffff || (flags & ~KNOWN_FLAGS) !== 0) return -EINVAL;
  const makes = (flags & (O_CREAT | TMPFILE_BIT)) !== 0;
  if (mode > 0o7777 || (mode !== 0 && !makes)) return -EINVAL;
  if ((flags & O_PATH) !== 0 && (flags & ~(O_PATH | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW)) !== 0) return -EINVAL;
  if ((flags & O_ACCMODE) === O_ACCMODE && (flags & TMPFILE_BIT) !== 0) return -EINVAL;
  if (resolve > 0x3f || (resolve & 0x18) === 0x18) return -EINVAL;
  // Whether all of the walk would come from the cache is not known: the caller tries again without the bit.
  if ((resolve & RESOLVE_CACHED) !== 0) return -EAGAIN;
  let walkFlags = 0;
  for (const [bit, restriction] of RESOLVE_FLAGS) if ((resolve & bit) !== 0) walkFlags |= restriction;
  return openPath(task, dirfd, path, flags, mode, walkFlags);
}

function close(task: Task, fd: number): number {
  return task.files.close(task, fd | 0);
}

function closeRange(task: Task, first: number, last: number, flags: number): number {
  const [low, high] = [first >>> 0, last >>> 0];
  if ((flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC)) !== 0 || low > high) return -EINVAL;
  if ((flags & CLOSE_RANGE_UNSHARE) !== 0 && task.files.references > 1) {
    const shared = task.files;
    task.files = shared.clone();
    shared.release(task);
  }
  const { files } = task;
  for (let fd = low; fd <= high && fd < files.capacity; fd++) {
    if ((flags & CLOSE_RANGE_CLOEXEC) !== 0) files.setCloseOnExec(fd, true);
    else if (files.getAny(fd) !== null) files.close(task, fd);
  }
  return 0;
}

export const openCalls = defineCalls({
  open: { args: ['path', 'open-flags', 'mode'], run: open },
  openat: { args: ['dirfd', 'path', 'open-flags', 'mode'], run: openat },
  openat2: { args: ['dirfd', 'path', 'pointer', 'size'], run: openat2 },
  creat: { args: ['path', 'mode'], run: creat },
  close: { args: ['fd'], run: close },
  close_range: { args: ['unsigned', 'unsigned', 'close-range-flags'], run: closeRange },
});
