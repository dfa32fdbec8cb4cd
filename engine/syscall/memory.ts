import { CAP_IPC_LOCK } from '../process/Capabilities.ts';
import { isCapable } from '../process/Credentials.ts';
import { EACCES, EAGAIN, EBADF, EEXIST, EFAULT, EINVAL, ENODEV, ENOMEM, EPERM } from '../abi/errno.ts';
import { rlimit } from '../abi/limits.ts';
import { AddressSpace } from '../mm/AddressSpace.ts';
import { PROT_EXEC, PROT_READ, PROT_WRITE, Vma } from '../mm/Vma.ts';
import type { Task } from '../process/Task.ts';
import { MIN_ADDRESS, PAGE_SIZE, TASK_SIZE } from '../trap/layout.ts';
import { SharedMemory } from '../vfs/SharedMemory.ts';
import { MS_NOEXEC } from '../vfs/Mount.ts';
import { defineCalls } from './define.ts';

const MAP_SHARED = 0x01;
const MAP_PRIVATE = 0x02;
const MAP_SHARED_VALIDATE = 0x03;
const MAP_TYPE = 0x0f;
const MAP_FIXED = 0x10;
const MAP_ANONYMOUS = 0x20;
const MAP_32BIT = 0x40;
const MAP_GROWSDOWN = 0x100;
const MAP_POPULATE = 0x8000;
const MAP_FIXED_NOREPLACE = 0x100000;
const PROT_ALL = PROT_READ | PROT_WRITE | PROT_EXEC;
/** Mappings of one process (vm.max_map_count, proc(5)). */
const MAX_MAPPINGS = 65530;
const PROT_GROWSDOWN = 0x0100_0000;
const PROT_GROWSUP = 0x0200_0000;

function roundUp(length: number): number {
  return Math.ceil(length / PAGE_SIZE) * PAGE_SIZE;
}

/** Where a mapping goes: the address asked for, or a free place. Negative errno when there is none. */
function placeMapping(task: Task, hint: number, length: number, flags: number): number {
  const { memory } = task;
  if ((flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) !== 0) {
    if (hint % PAGE_SIZE !== 0) return -EINVAL;
    if (hint < 0 || hint + length > TASK_SIZE) return -ENOMEM;
    if (hint < MIN_ADDRESS) return -EPERM;
    if ((flags & MAP_FIXED_NOREPLACE) !== 0 && !memory.vmas.isFree(hint, hint + length)) return -EEXIST;
    return hint;
  }
  if (hint > 0) {
    const start = roundUp(hint);
    if (start >= MIN_ADDRESS && start + length <= TASK_SIZE && memory.vmas.isFree(start, start + length)) return start;
  }
  const top = (flags & MAP_32BIT) !== 0 ? 2 ** 31 : memory.mmapTop;
  const found = memory.vmas.findFree(length, top);
  return found < 0 ? -ENOMEM : found;
}

function mmap(
  task: Task,
  hint: number,
  lengthArgument: number,
  protection: number,
  flags: number,
  fd: number,
  offset: number,
): number {
  const { memory } = task;
  if (offset % PAGE_SIZE !== 0) return -EINVAL;
  const file = (flags & MAP_ANONYMOUS) !== 0 ? null : task.files.get(fd | 0);
  if (file === null && (flags & MAP_ANONYMOUS) === 0) return -EBADF;
  if (lengthArgument === 0) return -EINVAL;
  if (lengthArgument < 0 || lengthArgument > TASK_SIZE) return -ENOMEM;
  const length = roundUp(lengthArgument);
  const type = flags & MAP_TYPE;
  if (type !== MAP_SHARED && type !== MAP_PRIVATE && type !== MAP_SHARED_VALIDATE) return -EINVAL;
  const isShared = type !== MAP_PRIVATE;
  if (file !== null) {
    if (!file.canRead) return -EACCES;
    if (isShared && (protection & PROT_WRITE) !== 0 && !file.canWrite) return -EACCES;
    if (file.pages === null) return -ENODEV;
    if (isShared && (protection & PROT_WRITE) !== 0 && file.pages.isWriteSealed === true) return -EPERM;
    if ((protection & PROT_EXEC) !== 0 && file.path !== null && (file.path.mount.flags & MS_NOEXEC) !== 0)
      return -EPERM;
  }
  if (!memory.hasRoomFor(length) || memory.vmas.items.length >= MAX_MAPPINGS) return -ENOMEM;
  const start = placeMapping(task, hint, length, flags);
  if (start < 0) return start;
  let source = file?.pages ?? null;
  if (source !== null) source.retain();
  else if (isShared) source = new SharedMemory(task.kernel.memory, length);
  if ((flags & MAP_FIXED) !== 0) memory.unmap(start, start + length);
  const vma = new Vma(
    start,
    start + length,
    protection & PROT_ALL,
    isShared,
    source,
    file === null ? 0 : offset / PAGE_SIZE,
  );
  if (isShared && file !== null && (!file.canWrite || source?.isWriteSealed === true)) vma.maxProtection &= ~PROT_WRITE;
  vma.growsDown = (flags & MAP_GROWSDOWN) !== 0;
  vma.file = file?.retain() ?? null;
  memory.insert(vma);
  if ((flags & MAP_POPULATE) !== 0 && protection !== 0) populate(memory, start, Math.min(length, 64 << 20), protection);
  return start;
}

/** Touches every page now, as far as that goes without an error (MAP_POPULATE, mlock(2)). */
function populate(memory: AddressSpace, start: number, length: number, protection: number): number {
  for (let at = start; at < start + length; at += PAGE_SIZE) {
    const frame = memory.frameFor(at, (protection & PROT_WRITE) !== 0 ? 1 : 0);
    if (frame < 0) return frame;
  }
  return 0;
}

function munmap(task: Task, start: number, length: number): number {
  if (length === 0) return -EINVAL;
  const end = AddressSpace.rangeEnd(start, length);
  if (end < 0) return end;
  task.memory.unmap(start, end);
  return 0;
}

function mprotect(task: Task, start: number, length: number, protectionArgument: number): number {
  const protection = protectionArgument & ~(PROT_GROWSDOWN | PROT_GROWSUP);
  if ((protection & ~PROT_ALL) !== 0) return -EINVAL;
  const end = AddressSpace.rangeEnd(start, length);
  if (end < 0) return start % PAGE_SIZE === 0 ? -ENOMEM : end;
  if (end === start) return 0;
  return task.memory.protect(start, end, protection);
}

function brk(task: Task, address: number): number {
  const { memory, process } = task;
  if (address - memory.heapStart > process.limit(rlimit.data)) return memory.heapEnd;
  return memory.setBreak(address, (start, end) => {
    const heap = new Vma(start, end, PROT_READ | PROT_WRITE, false, null, 0);
    heap.name = '[heap]';
    memory.insert(heap);
  });
}

const MREMAP_MAYMOVE = 1;
const MREMAP_FIXED = 2;
const MREMAP_DONTUNMAP = 4;

function mremap(
  task: Task,
  oldAddress: number,
  oldLengthArgument: number,
  newLengthArgument: number,
  flags: number,
  newAddress: number,
): number {
  const { memory } = task;
  if ((flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED)) !== 0) return -EINVAL;
  if ((flags & MREMAP_DONTUNMAP) !== 0) return -EINVAL;
  if (oldAddress % PAGE_SIZE !== 0 || newLengthArgument <= 0 || oldLengthArgument < 0) return -EINVAL;
  const fixed = (flags & MREMAP_FIXED) !== 0;
  if (fixed && (flags & MREMAP_MAYMOVE) === 0) return -EINVAL;
  const oldLength = roundUp(oldLengthArgument);
  const newLength = roundUp(newLengthArgument);
  if (newLength > TASK_SIZE) return -EINVAL;
  const vma = memory.vmas.find(oldAddress);
  if (vma === null) return -EFAULT;
  if (oldLength === 0) return -EINVAL;
  if (oldAddress + oldLength > vma.end) return -EFAULT;
  if (fixed) {
    if (newAddress % PAGE_SIZE !== 0 || newAddress < MIN_ADDRESS || newAddress + newLength > TASK_SIZE) return -EINVAL;
    if (newAddress < oldAddress + oldLength && oldAddress < newAddress + newLength) return -EINVAL;
    memory.unmap(newAddress, newAddress + newLength);
  } else if (newLength <= oldLength) {
    if (newLength < oldLength) memory.unmap(oldAddress + newLength, oldAddress + oldLength);
    return oldAddress;
  } else if (oldAddress + oldLength === vma.end && memory.vmas.isFree(vma.end, oldAddress + newLength)) {
    if (oldAddress + newLength <= TASK_SIZE) {
      if (!memory.hasRoomFor(newLength - oldLength)) return -ENOMEM;
      vma.end = oldAddress + newLength;
      memory.vmas.mergeAround(vma.start, vma.end);
      return oldAddress;
    }
  }
  if ((flags & MREMAP_MAYMOVE) === 0) return -ENOMEM;
  if (newLength > oldLength && !memory.hasRoomFor(newLength - oldLength)) return -ENOMEM;
  const target = fixed ? newAddress : memory.vmas.findFree(newLength, memory.mmapTop);
  if (target < 0) return -ENOMEM;
  if (newLength < oldLength) memory.unmap(oldAddress + newLength, oldAddress + oldLength);
  const kept = Math.min(oldLength, newLength);
  const source = memory.vmas.find(oldAddress);
  if (source === null) return -EFAULT;
  const moved = source.slice(oldAddress, oldAddress + kept);
  moved.source?.retain();
  moved.file?.retain();
  memory.movePages(oldAddress, target, kept);
  memory.unmap(oldAddress, oldAddress + kept);
  moved.start = target;
  moved.end = target + newLength;
  memory.insert(moved);
  return target;
}

const MS_ASYNC = 1;
const MS_INVALIDATE = 2;
const MS_SYNC = 4;

function msync(task: Task, start: number, length: number, flags: number): number {
  if ((flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) !== 0) return -EINVAL;
  if ((flags & MS_ASYNC) !== 0 && (flags & MS_SYNC) !== 0) return -EINVAL;
  const end = AddressSpace.rangeEnd(start, length);
  if (end < 0) return start % PAGE_SIZE === 0 ? -ENOMEM : end;
  let at = start;
  const { vmas } = task.memory;
  let hole = false;
  for (let index = vmas.indexAfter(start); at < end && index < vmas.items.length; index++) {
    const vma = vmas.items[index];
    if (vma.start >= end) break;
    if (vma.start > at) hole = true;
    const from = Math.max(at, vma.start);
    const to = Math.min(end, vma.end);
    if (vma.isShared && vma.source !== null) {
      const error = vma.source.writeBack(vma.pageOfSource(from / PAGE_SIZE), (to - from) / PAGE_SIZE);
      if (error < 0) return error;
    }
    at = vma.end;
  }
  return hole || at < end ? -ENOMEM : 0;
}

const MADV_DONTNEED = 4;
const MADV_REMOVE = 9;
const MADV_FREE = 8;
/** Advice that changes nothing that a program could see: normal, random, sequential, willneed, mergeable, huge pages, dump … */
const HARMLESS_ADVICE = new Set([0, 1, 2, 3, 12, 13, 14, 15, 16, 17, 20, 21, 22, 23, 25]);
const MADV_DONTFORK = 10;
const MADV_DOFORK = 11;
const MADV_WIPEONFORK = 18;
const MADV_KEEPONFORK = 19;

const FORK_ADVICE = new Map<number, Vma['onFork']>([
  [MADV_DONTFORK, 'drop'],
  [MADV_DOFORK, 'copy'],
  [MADV_WIPEONFORK, 'wipe'],
  [MADV_KEEPONFORK, 'copy'],
]);

function madvise(task: Task, start: number, length: number, advice: number): number {
  const { memory } = task;
  const end = AddressSpace.rangeEnd(start, length);
  if (end < 0) return -EINVAL;
  const known = [MADV_DONTNEED, MADV_FREE, MADV_REMOVE, MADV_DONTFORK, MADV_DOFORK, MADV_WIPEONFORK, MADV_KEEPONFORK];
  if (!HARMLESS_ADVICE.has(advice) && !known.includes(advice)) return -EINVAL;
  // Punches holes into the file: not built, so refused rather than ignored.
  if (advice === MADV_REMOVE) return -EINVAL;
  const onFork = FORK_ADVICE.get(advice);
  if (onFork !== undefined) {
    memory.vmas.splitAt(start);
    memory.vmas.splitAt(end);
  }
  let at = start;
  let hole = false;
  const { vmas } = memory;
  for (let index = vmas.indexAfter(start); at < end && index < vmas.items.length; index++) {
    const vma = vmas.items[index];
    if (vma.start >= end) break;
    if (vma.start > at) hole = true;
    const from = Math.max(start, vma.start);
    const to = Math.min(end, vma.end);
    if ((advice === MADV_FREE || advice === MADV_WIPEONFORK) && vma.source !== null) return -EINVAL;
    if (onFork !== undefined) vma.onFork = onFork;
    if (advice === MADV_DONTNEED || advice === MADV_FREE) memory.dropRange(from, to);
    at = vma.end;
  }
  return hole || at < end ? -ENOMEM : 0;
}

function mincore(task: Task, start: number, length: number, vector: number): number {
  const end = AddressSpace.rangeEnd(start, length);
  if (start % PAGE_SIZE !== 0) return -EINVAL;
  if (end < 0) return -ENOMEM;
  const { memory } = task;
  for (let at = start; at < end; at += PAGE_SIZE) {
    const vma = memory.vmas.find(at);
    if (vma === null) return -ENOMEM;
    let resident = memory.table.get(at / PAGE_SIZE) !== 0 ? 1 : 0;
    if (resident === 0 && vma.source?.cachedPage !== undefined) {
      const frame = vma.source.cachedPage(vma.pageOfSource(at / PAGE_SIZE));
      if (frame >= 0) {
        memory.physical.release(frame);
        resident = 1;
      }
    }
    if (memory.writeU8(vector + (at - start) / PAGE_SIZE, resident) < 0) return -EFAULT;
  }
  return 0;
}

/** Guest memory is never swapped: locking it means that it is there. */
function mlock(task: Task, start: number, length: number): number {
  const first = Math.floor(start / PAGE_SIZE) * PAGE_SIZE;
  const end = AddressSpace.rangeEnd(first, length + (start - first));
  if (end < 0) return -ENOMEM;
  if (end - first > task.process.limit(rlimit.lockedMemory) && !isCapable(task.credentials, CAP_IPC_LOCK))
    return -ENOMEM;
  for (let at = first; at < end;) {
    const vma = task.memory.vmas.find(at);
    if (vma === null) return -ENOMEM;
    const to = Math.min(end, vma.end);
    if (vma.protection !== 0 && populate(task.memory, at, to - at, vma.protection & PROT_READ) < 0) return -EAGAIN;
    at = to;
  }
  return 0;
}

function munlock(task: Task, start: number, length: number): number {
  const first = Math.floor(start / PAGE_SIZE) * PAGE_SIZE;
  const end = AddressSpace.rangeEnd(first, length + (start - first));
  if (end < 0) return -ENOMEM;
  for (let at = first; at < end;) {
    const vma = task.memory.vmas.find(at);
    if (vma === null) return -ENOMEM;
    at = vma.end;
  }
  return 0;
}

export const memoryCalls = defineCalls({
  mmap: {
    args: ['pointer', 'size', 'mmap-protection', 'mmap-flags', 'fd', 'hex'],
    result: 'address',
    run: mmap,
    partial: 'huge pages',
  },
  munmap: { args: ['pointer', 'size'], run: munmap },
  mprotect: { args: ['pointer', 'size', 'mmap-protection'], run: mprotect },
  brk: { args: ['pointer'], result: 'address', run: brk },
  mremap: {
    args: ['pointer', 'size', 'size', 'mremap-flags', 'pointer'],
    result: 'address',
    run: mremap,
    partial: 'MREMAP_DONTUNMAP, old size 0',
  },
  msync: { args: ['pointer', 'size', 'hex'], run: msync },
  madvise: { args: ['pointer', 'size', 'advice'], run: madvise, partial: 'MADV_REMOVE' },
  mincore: { args: ['pointer', 'size', 'pointer'], run: mincore },
  mlock: { args: ['pointer', 'size'], run: mlock },
  mlock2: {
    args: ['pointer', 'size', 'hex'],
    run: (task, start, length, flags) => ((flags & ~1) !== 0 ? -EINVAL : mlock(task, start, length)),
  },
  munlock: { args: ['pointer', 'size'], run: munlock },
  mlockall: { args: ['hex'], run: (_task, flags) => (flags === 0 || (flags & ~7) !== 0 ? -EINVAL : 0) },
  munlockall: { args: [], run: () => 0 },
});
