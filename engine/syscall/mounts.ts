import { CAP_SYS_ADMIN } from '../process/Capabilities.ts';
import { EINVAL, EPERM } from '../abi/errno.ts';
import { AT_FDCWD } from '../abi/open.ts';
import { isCapable } from '../process/Credentials.ts';
import type { Task } from '../process/Task.ts';
import type { FsContext } from '../vfs/FsContext.ts';
import { MS_BIND, MS_MOVE, MS_PRIVATE, MS_REC, MS_REMOUNT, MS_SHARED, MS_SLAVE, MS_UNBINDABLE } from '../vfs/Mount.ts';
import { bindMount, isMountRoot, mountAt, moveMount, pivotRoot, remount, unmount } from '../vfs/mounting.ts';
import type { Path } from '../vfs/Path.ts';
import { WALK_DIRECTORY, WALK_FOLLOW } from '../vfs/pathWalk.ts';
import { defineCalls } from './define.ts';
import { findAt, readPath } from './pathArguments.ts';

const PROPAGATION = MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE;
const MS_MAGIC = 0xc0ed0000;
const MS_MAGIC_MASK = 0xffff0000;

const MNT_FORCE = 1;
const MNT_DETACH = 2;
const UMOUNT_NOFOLLOW = 8;
const DATA_MAX = 4096;

function mount(
  task: Task,
  sourceAddress: number,
  targetAddress: number,
  typeAddress: number,
  rawFlags: number,
  dataAddress: number,
): number {
  // Programs of long ago put a magic number into the upper half.
  const flags = ((rawFlags & MS_MAGIC_MASK) >>> 0 === MS_MAGIC ? rawFlags & ~MS_MAGIC_MASK : rawFlags) | 0;
  const target = findAt(task, AT_FDCWD, targetAddress, WALK_FOLLOW);
  if (typeof target === 'number') return target;
  if (!isCapable(task.credentials, CAP_SYS_ADMIN)) return -EPERM;
  if ((flags & MS_REMOUNT) !== 0) return remount(target, flags, (flags & MS_BIND) !== 0);
  if ((flags & MS_BIND) !== 0) {
    const source = findAt(task, AT_FDCWD, sourceAddress, WALK_FOLLOW);
    if (typeof source === 'number') return source;
    return bindMount(task.kernel.vfs, source, target, (flags & MS_REC) !== 0);
  }
  if ((flags & PROPAGATION) !== 0) return setPropagation(target, flags);
  if ((flags & MS_MOVE) !== 0) {
    const source = findAt(task, AT_FDCWD, sourceAddress, WALK_FOLLOW);
    return typeof source === 'number' ? source : moveMount(source, target);
  }
  return mountNew(task, sourceAddress, target, typeAddress, flags, dataAddress);
}

/** Without other mount namespaces every mount is private, and so is a slave without a master. */
function setPropagation(target: Path, flags: number): number {
  if (!isMountRoot(target)) return -EINVAL;
  const wanted = flags & PROPAGATION;
  return wanted === MS_PRIVATE || wanted === MS_SLAVE ? 0 : -EINVAL;
}

function mountNew(
  task: Task,
  sourceAddress: number,
  target: Path,
  typeAddress: number,
  flags: number,
  dataAddress: number,
): number {
  const type = readPath(task, typeAddress);
  if (typeof type === 'number') return typeAddress === 0 ? -EINVAL : type;
  const source = sourceAddress === 0 ? 'none' : readPath(task, sourceAddress);
  if (typeof source === 'number') return source;
  const data = dataAddress === 0 ? '' : task.memory.readString(dataAddress, DATA_MAX);
  if (typeof data === 'number') return data;
  const { vfs } = task.kernel;
  const fs = vfs.createFileSystem(task, type, source, data);
  if (typeof fs === 'number') return fs;
  const made = mountAt(vfs, fs, target, source, flags);
  return typeof made === 'number' ? made : 0;
}

/** Roots, working directories and open files of all tasks: what keeps a mount busy. */
function* placesInUse(task: Task): Generator<Path> {
  for (const process of task.kernel.processes.processes.values()) {
    const program = process.executable?.path ?? null;
    if (program !== null) yield program;
    for (const thread of process.threads) {
      yield thread.fs.root;
      yield thread.fs.cwd;
      for (const fd of thread.files.descriptors()) {
        const path = thread.files.getAny(fd)?.path ?? null;
        if (path !== null) yield path;
      }
    }
  }
}

function* contexts(task: Task): Generator<FsContext> {
  for (const process of task.kernel.processes.processes.values()) for (const thread of process.threads) yield thread.fs;
}

function umount2(task: Task, targetAddress: number, flags: number): number {
  if ((flags & ~(MNT_FORCE | MNT_DETACH | UMOUNT_NOFOLLOW)) !== 0) return -EINVAL;
  const place = findAt(task, AT_FDCWD, targetAddress, (flags & UMOUNT_NOFOLLOW) !== 0 ? 0 : WALK_FOLLOW);
  if (typeof place === 'number') return place;
  if (!isCapable(task.credentials, CAP_SYS_ADMIN)) return -EPERM;
  return unmount(place, task.kernel.vfs.rootMount, placesInUse(task), (flags & MNT_DETACH) !== 0);
}

function pivot(task: Task, newAddress: number, oldAddress: number): number {
  if (!isCapable(task.credentials, CAP_SYS_ADMIN)) return -EPERM;
  const newRoot = findAt(task, AT_FDCWD, newAddress, WALK_FOLLOW | WALK_DIRECTORY);
  if (typeof newRoot === 'number') return newRoot;
  const putOld = findAt(task, AT_FDCWD, oldAddress, WALK_FOLLOW | WALK_DIRECTORY);
  if (typeof putOld === 'number') return putOld;
  const { vfs } = task.kernel;
  const old = task.fs.root;
  const result = pivotRoot(old, newRoot, putOld, contexts(task));
  if (result >= 0 && vfs.rootMount === old.mount) vfs.rootMount = newRoot.mount;
  return result;
}

export const mountCalls = defineCalls({
  mount: {
    args: ['string', 'path', 'string', 'mount-flags', 'pointer'],
    run: mount,
    partial: 'one mount namespace, in which every mount is private',
  },
  umount2: { args: ['path', 'hex'], run: umount2 },
  pivot_root: { args: ['path', 'path'], run: pivot },
});
