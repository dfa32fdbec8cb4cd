/** Copies between descriptors within the kernel: sendfile(2), copy_file_range(2). */
import { EAGAIN, EBADF, EFAULT, EINVAL, EISDIR, ESPIPE } from '../abi/errno.ts';
import { O_APPEND } from '../abi/open.ts';
import { KernelIo } from '../mm/Io.ts';
import { BLOCKED } from '../process/CallState.ts';
import type { Task } from '../process/Task.ts';
import type { File } from '../vfs/File.ts';
import { WRITABLE, blockOnFile } from './blocking.ts';
import { defineCalls } from './define.ts';

const MAX_TRANSFER = 0x7ffff000;

/** Copies up to `size` bytes from `offset` of `from` on; `to` may block. Progress of earlier runs lies in the call. */
function pump(task: Task, from: File, offset: number, to: File, toOffset: number | null, size: number): number {
  const { scratch } = task.kernel.vfs;
  let done = task.call.progress;
  let failure = 0;
  while (done < size) {
    const wanted = Math.min(scratch.length, size - done);
    const count = from.readAt(task, new KernelIo(scratch, 0, wanted), offset + done);
    if (count <= 0) {
      failure = count;
      break;
    }
    const source = new KernelIo(scratch, 0, count);
    const written = toOffset === null ? to.write(task, source) : to.writeAt(task, source, toOffset + done);
    if (written === -EAGAIN) {
      const outcome = blockOnFile(task, to, WRITABLE);
      if (outcome === BLOCKED) {
        task.call.progress = done;
        return BLOCKED;
      }
      failure = outcome;
      break;
    }
    if (written <= 0) {
      failure = written;
      break;
    }
    done += written;
    if (written < count && to.waitQueue === null) break;
  }
  return done > 0 ? done : failure;
}

/** The offset to begin at: that of the pointer, or the description's own. */
function startOf(task: Task, file: File, pointer: number): number {
  if (pointer === 0) return file.position;
  const offset = task.memory.readI64(pointer);
  if (Number.isNaN(offset)) return -EFAULT;
  return offset < 0 ? -EINVAL : offset;
}

/** Moves on what `startOf` read. */
function advance(task: Task, file: File, pointer: number, position: number): number {
  if (pointer !== 0) return task.memory.writeU64(pointer, position);
  file.position = position;
  return 0;
}

function sendfile(task: Task, outFd: number, inFd: number, offsetPointer: number, size: number): number {
  const from = task.files.get(inFd | 0);
  const to = task.files.get(outFd | 0);
  if (from === null || !from.canRead || to === null || !to.canWrite) return -EBADF;
  if ((to.flags & O_APPEND) !== 0 || size < 0) return -EINVAL;
  if (from.pages === null) return offsetPointer === 0 ? -EINVAL : -ESPIPE;
  const start = startOf(task, from, offsetPointer);
  if (start < 0) return start;
  const count = pump(task, from, start, to, null, Math.min(size, MAX_TRANSFER));
  if (count <= 0) return count;
  const error = advance(task, from, offsetPointer, start + count);
  return error < 0 ? error : count;
}

function copyFileRange(
  task: Task,
  inFd: number,
  inPointer: number,
  outFd: number,
  outPointer: number,
  size: number,
  flags: number,
): number {
  if (flags !== 0) return -EINVAL;
  const from = task.files.get(inFd | 0);
  const to = task.files.get(outFd | 0);
  if (from === null || !from.canRead || to === null || !to.canWrite) return -EBADF;
  if ((to.flags & O_APPEND) !== 0) return -EBADF;
  if (from.inode?.isDirectory === true || to.inode?.isDirectory === true) return -EISDIR;
  if (from.inode?.isRegular !== true || to.inode?.isRegular !== true || size < 0) return -EINVAL;
  const start = startOf(task, from, inPointer);
  if (start < 0) return start;
  const toStart = startOf(task, to, outPointer);
  if (toStart < 0) return toStart;
  const length = Math.min(size, MAX_TRANSFER);
  if (from.inode === to.inode && start < toStart + length && toStart < start + length) return -EINVAL;
  const count = pump(task, from, start, to, toStart, length);
  if (count <= 0) return count;
  const error = advance(task, from, inPointer, start + count);
  const toError = advance(task, to, outPointer, toStart + count);
  return Math.min(error, toError) < 0 ? -EFAULT : count;
}

export const transferCalls = defineCalls({
  sendfile: { args: ['fd', 'fd', 'offset-in', 'size'], run: sendfile, partial: 'the source must be a file with pages' },
  copy_file_range: { args: ['fd', 'offset-in', 'fd', 'offset-in', 'size', 'hex'], run: copyFileRange },
});
