// Hot: read(2) and write(2); no allocation.
import { EAGAIN, EBADF, EFAULT, EFBIG, EINVAL, EOPNOTSUPP } from '../abi/errno.ts';
import { O_APPEND } from '../abi/open.ts';
import type { IoSource } from '../mm/Io.ts';
import { IovecIo } from '../mm/UserIo.ts';
import { BLOCKED } from '../process/CallState.ts';
import type { Task } from '../process/Task.ts';
import type { File } from '../vfs/File.ts';
import { MAX_FILE_SIZE } from '../vfs/Frames.ts';
import { READABLE, WRITABLE, blockOnFile } from './blocking.ts';
import { defineCalls } from './define.ts';
import { fileTooLarge } from './limits.ts';

/** Most bytes of one transfer (read(2), NOTES). */
const MAX_TRANSFER = 0x7ffff000;
const IOV_MAX = 1024;
/** RWF_* flags of preadv2(2). */
const RWF_HIPRI = 0x01;
const RWF_DSYNC = 0x02;
const RWF_SYNC = 0x04;
const RWF_APPEND = 0x10;

function read(task: Task, fd: number, address: number, size: number): number {
  const file = task.files.get(fd | 0);
  if (file === null || !file.canRead) return -EBADF;
  if (!task.memory.isUserRange(address, size)) return -EFAULT;
  const count = file.read(task, task.kernel.vfs.userIo(task.memory, address, Math.min(size, MAX_TRANSFER)));
  return count === -EAGAIN ? blockOnFile(task, file, READABLE) : count;
}

function write(task: Task, fd: number, address: number, size: number): number {
  const file = task.files.get(fd | 0);
  if (file === null || !file.canWrite) return -EBADF;
  if (!task.memory.isUserRange(address, size)) return -EFAULT;
  const done = task.call.progress;
  const length = Math.min(size, MAX_TRANSFER);
  return writeOn(task, file, task.kernel.vfs.userIo(task.memory, address + done, length - done), done);
}

/**
 * Writes until all of `source` is taken, as a blocking write does; `done` bytes went in earlier runs of the call. What a
 * signal or an error finds written is the result.
 */
function writeOn(task: Task, file: File, source: IoSource, alreadyDone: number): number {
  let done = alreadyDone;
  for (;;) {
    const count = file.write(task, source);
    if (count > 0) {
      done += count;
      // Only what can block takes part of a write and the rest later.
      if (source.remaining === 0 || file.waitQueue === null) return done;
      continue;
    }
    if (count === 0) return done;
    if (count !== -EAGAIN) return done > 0 && count !== BLOCKED ? done : sizeChecked(task, count);
    const outcome = blockOnFile(task, file, WRITABLE);
    if (outcome !== BLOCKED) return done > 0 ? done : outcome;
    task.call.progress = done;
    return outcome;
  }
}

function sizeChecked(task: Task, result: number): number {
  return result === -EFBIG ? fileTooLarge(task) : result;
}

function pread(task: Task, fd: number, address: number, size: number, offset: number): number {
  const file = task.files.get(fd | 0);
  if (offset < 0) return -EINVAL;
  if (file === null || !file.canRead) return -EBADF;
  if (!task.memory.isUserRange(address, size)) return -EFAULT;
  return file.readAt(task, task.kernel.vfs.userIo(task.memory, address, Math.min(size, MAX_TRANSFER)), offset);
}

function pwrite(task: Task, fd: number, address: number, size: number, offset: number): number {
  const file = task.files.get(fd | 0);
  if (offset < 0) return -EINVAL;
  if (file === null || !file.canWrite) return -EBADF;
  if (!task.memory.isUserRange(address, size)) return -EFAULT;
  const source = task.kernel.vfs.userIo(task.memory, address, Math.min(size, MAX_TRANSFER));
  return sizeChecked(task, file.writeAt(task, source, offset));
}

/** The buffers of an iovec array, or -EFAULT, -EINVAL. Where lengths add up to too much, the rest is left out. */
export function readIovec(task: Task, address: number, count: number): IovecIo | number {
  const buffers: { address: number; length: number }[] = [];
  const pieces = count | 0;
  if (pieces < 0 || pieces > IOV_MAX) return -EINVAL;
  let total = 0;
  for (let index = 0; index < pieces; index++) {
    const base = task.memory.readU64(address + index * 16);
    if (base < 0) return base;
    const wanted = task.memory.readI64(address + index * 16 + 8);
    if (Number.isNaN(wanted)) return -EFAULT;
    if (wanted < 0) return -EINVAL;
    const length = Math.min(wanted, MAX_TRANSFER - total);
    if (!task.memory.isUserRange(base, length)) return -EFAULT;
    buffers.push({ address: base, length });
    total += length;
  }
  return new IovecIo(task.memory, buffers);
}

function readv(task: Task, fd: number, iovec: number, count: number): number {
  const file = task.files.get(fd | 0);
  if (file === null || !file.canRead) return -EBADF;
  const target = readIovec(task, iovec, count);
  if (typeof target === 'number') return target;
  const result = file.read(task, target);
  return result === -EAGAIN ? blockOnFile(task, file, READABLE) : result;
}

function writev(task: Task, fd: number, iovec: number, count: number): number {
  const file = task.files.get(fd | 0);
  if (file === null || !file.canWrite) return -EBADF;
  const source = readIovec(task, iovec, count);
  if (typeof source === 'number') return source;
  const done = task.call.progress;
  source.skip(done);
  return writeOn(task, file, source, done);
}

/** Offsets come in two registers, of which 64-bit programs fill the low one only. */
function preadv(task: Task, fd: number, iovec: number, count: number, offset: number): number {
  if (offset < 0) return -EINVAL;
  const file = task.files.get(fd | 0);
  if (file === null || !file.canRead) return -EBADF;
  const target = readIovec(task, iovec, count);
  return typeof target === 'number' ? target : file.readAt(task, target, offset);
}

function pwritev(task: Task, fd: number, iovec: number, count: number, offset: number): number {
  if (offset < 0) return -EINVAL;
  const file = task.files.get(fd | 0);
  if (file === null || !file.canWrite) return -EBADF;
  const source = readIovec(task, iovec, count);
  return typeof source === 'number' ? source : sizeChecked(task, file.writeAt(task, source, offset));
}

function preadv2(
  task: Task,
  fd: number,
  iovec: number,
  count: number,
  offset: number,
  _high: number,
  flags: number,
): number {
  if ((flags & ~(RWF_HIPRI | RWF_DSYNC | RWF_SYNC)) !== 0) return -EOPNOTSUPP;
  return offset === -1 ? readv(task, fd, iovec, count) : preadv(task, fd, iovec, count, offset);
}

function pwritev2(
  task: Task,
  fd: number,
  iovec: number,
  count: number,
  offset: number,
  _high: number,
  flags: number,
): number {
  if ((flags & ~(RWF_HIPRI | RWF_DSYNC | RWF_SYNC | RWF_APPEND)) !== 0) return -EOPNOTSUPP;
  const file = task.files.get(fd | 0);
  if (file === null || !file.canWrite) return -EBADF;
  const before = file.flags;
  if ((flags & RWF_APPEND) !== 0) file.flags |= O_APPEND;
  const result = offset === -1 ? writev(task, fd, iovec, count) : pwritev(task, fd, iovec, count, offset);
  file.flags = before;
  if (result > 0 && (flags & (RWF_DSYNC | RWF_SYNC)) !== 0) {
    const error = file.sync();
    if (error < 0) return error;
  }
  return result;
}

function lseek(task: Task, fd: number, offset: number, whence: number): number {
  const file = task.files.get(fd | 0);
  if (file === null) return -EBADF;
  return Math.abs(offset) > MAX_FILE_SIZE ? -EINVAL : file.seek(offset, whence | 0);
}

export const ioCalls = defineCalls({
  read: { args: ['fd', 'buffer-out', 'size'], run: read },
  write: { args: ['fd', 'buffer-in', 'size'], run: write },
  pread64: { args: ['fd', 'buffer-out', 'size', 'offset'], run: pread },
  pwrite64: { args: ['fd', 'buffer-in', 'size', 'offset'], run: pwrite },
  readv: { args: ['fd', 'iovec-out', 'int'], run: readv },
  writev: { args: ['fd', 'iovec-in', 'int'], run: writev },
  preadv: { args: ['fd', 'iovec-out', 'int', 'offset'], run: preadv },
  pwritev: { args: ['fd', 'iovec-in', 'int', 'offset'], run: pwritev },
  preadv2: { args: ['fd', 'iovec-out', 'int', 'offset', 'long', 'hex'], run: preadv2, partial: 'RWF_NOWAIT' },
  pwritev2: { args: ['fd', 'iovec-in', 'int', 'offset', 'long', 'hex'], run: pwritev2 },
  lseek: { args: ['fd', 'offset', 'whence'], run: lseek },
});
