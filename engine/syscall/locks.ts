import { EAGAIN, EBADF, EDEADLK, EFAULT, EINVAL, ERESTARTSYS, EWOULDBLOCK } from '../abi/errno.ts';
import {
  F_GETLK,
  F_OFD_GETLK,
  F_OFD_SETLK,
  F_OFD_SETLKW,
  F_RDLCK,
  F_SETLKW,
  F_UNLCK,
  F_WRLCK,
  LOCK_EX,
  LOCK_NB,
  LOCK_SH,
  LOCK_UN,
} from '../abi/fcntl.ts';
import { SEEK_CUR, SEEK_END, SEEK_SET } from '../abi/open.ts';
import { POLLIN } from '../abi/poll.ts';
import { BLOCKED } from '../process/CallState.ts';
import type { Task } from '../process/Task.ts';
import type { File } from '../vfs/File.ts';
import type { Inode } from '../vfs/Inode.ts';
import { LockList } from '../vfs/LockList.ts';
import type { RecordLock } from '../vfs/LockList.ts';

function locksOf(inode: Inode): LockList {
  inode.locks ??= new LockList();
  return inode.locks;
}

export function flock(task: Task, fd: number, operation: number): number {
  const file = task.files.get(fd | 0);
  if (file === null) return -EBADF;
  const { inode } = file;
  const kind = operation & ~LOCK_NB;
  if (inode === null || (kind !== LOCK_SH && kind !== LOCK_EX && kind !== LOCK_UN)) return -EINVAL;
  const locks = locksOf(inode);
  if (kind === LOCK_UN) {
    locks.unlockWhole(file);
    return 0;
  }
  if (locks.lockWhole(file, kind === LOCK_EX ? 'exclusive' : 'shared') >= 0) return 0;
  if ((operation & LOCK_NB) !== 0) return -EWOULDBLOCK;
  return waitForLock(task, locks);
}

function waitForLock(task: Task, locks: LockList): number {
  if (task.signalPending) return -ERESTARTSYS;
  task.sleepOn(locks.waitQueue, POLLIN);
  return BLOCKED;
}

function isOfDescription(command: number): boolean {
  return command === F_OFD_GETLK || command === F_OFD_SETLK || command === F_OFD_SETLKW;
}

/** `struct flock` in user memory as bytes [start, end): `type` comes apart, since unlocking is no kind of lock. */
function readLock(
  task: Task,
  file: File,
  inode: Inode,
  command: number,
  address: number,
): { type: number; lock: RecordLock } | number {
  const { memory } = task;
  const type = memory.readU16(address);
  const whence = memory.readU16(address + 2);
  const offset = memory.readI64(address + 8);
  const length = memory.readI64(address + 16);
  const pid = memory.readU32(address + 24);
  if (type < 0 || whence < 0 || Number.isNaN(offset) || Number.isNaN(length) || pid < 0) return -EFAULT;
  if (type !== F_RDLCK && type !== F_WRLCK && type !== F_UNLCK) return -EINVAL;
  let base: number;
  if (whence === SEEK_SET) base = 0;
  else if (whence === SEEK_CUR) base = file.position;
  else if (whence === SEEK_END) base = inode.size;
  else return -EINVAL;
  let start = base + offset;
  let end = start + length;
  if (length === 0) end = Infinity;
  else if (length < 0) [start, end] = [end, start];
  if (start < 0) return -EINVAL;
  const ofDescription = isOfDescription(command);
  if (ofDescription && pid !== 0) return -EINVAL;
  const owner = ofDescription ? file : task.files;
  const kind = type === F_RDLCK ? 'shared' : 'exclusive';
  return { type, lock: { owner, pid: ofDescription ? -1 : task.process.pid, kind, start, end } };
}

/** F_GETLK: the first lock in the way, or F_UNLCK and the rest as it was. */
export function getRecordLock(task: Task, file: File, command: number, address: number): number {
  const { inode } = file;
  if (inode === null) return -EINVAL;
  const wanted = readLock(task, file, inode, command, address);
  if (typeof wanted === 'number') return wanted;
  if (wanted.type === F_UNLCK && command === F_GETLK) return -EINVAL;
  const conflict = inode.locks?.findConflict(wanted.lock) ?? null;
  if (conflict === null) return task.memory.writeU16(address, F_UNLCK);
  const { memory } = task;
  const length = conflict.end === Infinity ? 0 : conflict.end - conflict.start;
  const errors = [
    memory.writeU16(address, conflict.kind === 'shared' ? F_RDLCK : F_WRLCK),
    memory.writeU16(address + 2, SEEK_SET),
    memory.writeU64(address + 8, conflict.start),
    memory.writeU64(address + 16, length),
    memory.writeU32(address + 24, conflict.pid),
  ];
  return errors.some((error) => error < 0) ? -EFAULT : 0;
}

/** F_SETLK and F_SETLKW, for processes and for descriptions. */
export function setRecordLock(task: Task, file: File, command: number, address: number): number {
  const { inode } = file;
  if (inode === null) return -EINVAL;
  const wanted = readLock(task, file, inode, command, address);
  if (typeof wanted === 'number') return wanted;
  const { lock, type } = wanted;
  const { lockWaits } = task.kernel.vfs;
  lockWaits.end(lock.owner);
  if (type === F_UNLCK) {
    inode.locks?.unlockRange(lock.owner, lock.start, lock.end);
    return 0;
  }
  if (type === F_RDLCK ? !file.canRead : !file.canWrite) return -EBADF;
  const locks = locksOf(inode);
  const conflict = locks.findConflict(lock);
  if (conflict === null) {
    locks.lockRange(lock);
    return 0;
  }
  if (command !== F_SETLKW && command !== F_OFD_SETLKW) return -EAGAIN;
  if (!lockWaits.begin(lock.owner, conflict.owner)) return -EDEADLK;
  const outcome = waitForLock(task, locks);
  if (outcome !== BLOCKED) lockWaits.end(lock.owner);
  return outcome;
}
