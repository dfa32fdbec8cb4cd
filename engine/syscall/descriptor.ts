import { CAP_SYS_RESOURCE } from '../process/Capabilities.ts';
import { isCapable } from '../process/Credentials.ts';
import { EBADF, EFAULT, EINVAL, EPERM } from '../abi/errno.ts';
import {
  FD_CLOEXEC,
  F_ADD_SEALS,
  F_DUPFD,
  F_DUPFD_CLOEXEC,
  F_GETFD,
  F_GETFL,
  F_GETLK,
  F_GETPIPE_SZ,
  F_GET_SEALS,
  F_OFD_GETLK,
  F_OFD_SETLK,
  F_OFD_SETLKW,
  F_SETFD,
  F_SETFL,
  F_SETLK,
  F_SETLKW,
  F_SETPIPE_SZ,
} from '../abi/fcntl.ts';
import { FIOASYNC, FIOCLEX, FIONBIO, FIONCLEX, FIONREAD, FIOQSIZE } from '../abi/ioctls.ts';
import { O_APPEND, O_ASYNC, O_CLOEXEC, O_DIRECT, O_NOATIME, O_NONBLOCK } from '../abi/open.ts';
import type { Task } from '../process/Task.ts';
import type { File } from '../vfs/File.ts';
import { PIPE_MAX_BYTES } from '../vfs/pipe/Pipe.ts';
import { PipeFile } from '../vfs/pipe/PipeFile.ts';
import { isOwner } from '../vfs/permissions.ts';
import { defineCalls } from './define.ts';
import { openFileLimit } from './limits.ts';
import { getRecordLock, setRecordLock, flock } from './locks.ts';
import { addSeals, getSeals } from './memoryFiles.ts';

/** Status flags that F_SETFL may change. */
const CHANGEABLE = O_APPEND | O_ASYNC | O_DIRECT | O_NOATIME | O_NONBLOCK;

function duplicate(task: Task, file: File, minimum: number, closeOnExec: boolean): number {
  const fd = task.files.install(file.retain(), minimum, openFileLimit(task), closeOnExec);
  if (fd < 0) file.close();
  return fd;
}

function dup(task: Task, fd: number): number {
  const file = task.files.getAny(fd | 0);
  return file === null ? -EBADF : duplicate(task, file, 0, false);
}

function replace(task: Task, oldFd: number, newFd: number, closeOnExec: boolean): number {
  const file = task.files.getAny(oldFd | 0);
  const target = newFd | 0;
  if (target < 0 || target >= openFileLimit(task) || file === null) return -EBADF;
  task.files.replace(task, target, file.retain(), closeOnExec);
  return target;
}

function dup2(task: Task, oldFd: number, newFd: number): number {
  if ((oldFd | 0) === (newFd | 0)) return task.files.getAny(oldFd | 0) === null ? -EBADF : newFd | 0;
  return replace(task, oldFd, newFd, false);
}

function dup3(task: Task, oldFd: number, newFd: number, flags: number): number {
  if ((flags & ~O_CLOEXEC) !== 0 || (oldFd | 0) === (newFd | 0)) return -EINVAL;
  return replace(task, oldFd, newFd, (flags & O_CLOEXEC) !== 0);
}

function fcntl(task: Task, fd: number, command: number, argument: number): number {
  const any = task.files.getAny(fd | 0);
  if (any === null) return -EBADF;
  switch (command | 0) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC: {
      const minimum = argument | 0;
      if (minimum < 0 || minimum >= openFileLimit(task)) return -EINVAL;
      return duplicate(task, any, minimum, (command | 0) === F_DUPFD_CLOEXEC);
    }
    case F_GETFD:
      return task.files.getCloseOnExec(fd | 0) ? FD_CLOEXEC : 0;
    case F_SETFD:
      task.files.setCloseOnExec(fd | 0, (argument & FD_CLOEXEC) !== 0);
      return 0;
    case F_GETFL:
      return any.flags;
    default:
  }
  const file = task.files.get(fd | 0);
  if (file === null) return -EBADF;
  switch (command | 0) {
    case F_SETFL:
      return setStatusFlags(task, file, argument);
    case F_GETLK:
    case F_OFD_GETLK:
      return getRecordLock(task, file, command | 0, argument);
    case F_SETLK:
    case F_SETLKW:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
      return setRecordLock(task, file, command | 0, argument);
    case F_GETPIPE_SZ:
      return file instanceof PipeFile ? file.pipe.capacity : -EBADF;
    case F_SETPIPE_SZ:
      if (!(file instanceof PipeFile)) return -EBADF;
      return file.pipe.resize(
        argument >>> 0,
        isCapable(task.credentials, CAP_SYS_RESOURCE) ? Infinity : PIPE_MAX_BYTES,
      );
    case F_ADD_SEALS:
      return addSeals(file, argument | 0);
    case F_GET_SEALS:
      return getSeals(file);
    default:
      return -EINVAL;
  }
}

function setStatusFlags(task: Task, file: File, flags: number): number {
  const { inode } = file;
  const startsNoatime = (flags & O_NOATIME) !== 0 && (file.flags & O_NOATIME) === 0;
  if (startsNoatime && inode !== null && !isOwner(inode, task.credentials)) return -EPERM;
  file.flags = (file.flags & ~CHANGEABLE) | (flags & CHANGEABLE);
  return 0;
}

/** ioctl(2): requests that concern the descriptor are answered here, the rest by the file. */
function ioctl(task: Task, fd: number, request: number, argument: number): number {
  const file = task.files.get(fd | 0);
  if (file === null) return -EBADF;
  switch (request >>> 0) {
    case FIOCLEX:
      task.files.setCloseOnExec(fd | 0, true);
      return 0;
    case FIONCLEX:
      task.files.setCloseOnExec(fd | 0, false);
      return 0;
    case FIONBIO: {
      const value = task.memory.readU32(argument);
      if (value < 0) return -EFAULT;
      file.flags = value === 0 ? file.flags & ~O_NONBLOCK : file.flags | O_NONBLOCK;
      return 0;
    }
    case FIOASYNC: {
      const value = task.memory.readU32(argument);
      if (value < 0) return -EFAULT;
      file.flags = value === 0 ? file.flags & ~O_ASYNC : file.flags | O_ASYNC;
      return 0;
    }
    case FIONREAD:
      if (file.inode?.isRegular !== true) break;
      return task.memory.writeU32(argument, Math.max(0, file.inode.size - file.position));
    case FIOQSIZE:
      if (file.inode?.isRegular !== true) break;
      return task.memory.writeU64(argument, file.inode.size);
    default:
  }
  return file.ioctl(task, request >>> 0, argument);
}

export const descriptorCalls = defineCalls({
  dup: { args: ['fd'], run: dup },
  dup2: { args: ['fd', 'fd'], run: dup2 },
  dup3: { args: ['fd', 'fd', 'descriptor-flags'], run: dup3 },
  fcntl: {
    args: ['fd', 'fcntl-command', 'fcntl-argument'],
    result: 'fcntl',
    run: fcntl,
    partial: 'no owners and signals, leases and notifications',
  },
  ioctl: { args: ['fd', 'ioctl-request', 'ioctl-argument'], run: ioctl },
  flock: { args: ['fd', 'lock-operation'], run: flock },
});
