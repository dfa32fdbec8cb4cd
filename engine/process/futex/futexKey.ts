import { EFAULT, EINVAL } from '../../abi/errno.ts';
import type { AddressSpace } from '../../mm/AddressSpace.ts';
import { IMAGE_FRAME_BASE } from '../../mm/PhysicalMemory.ts';

const PAGE_SIZE = 4096;

/** Whether only this address space can mean the futex (FUTEX_PRIVATE_FLAG), or others may have it mapped too. */
export type FutexScope = 'private' | 'shared';

/**
 * A futex is known by an object and an offset in it: the page source of a shared mapping and the byte in it, or else the
 * address space and the address. Null where nothing is mapped (shared futexes only: a private key needs no page).
 */
export function futexObject(memory: AddressSpace, address: number, scope: FutexScope): object | null {
  if (scope === 'private') return memory;
  const vma = memory.vmas.find(address);
  if (vma === null) return null;
  return vma.isShared && vma.source !== null ? vma.source : memory;
}

export function futexOffset(memory: AddressSpace, address: number, scope: FutexScope): number {
  if (scope === 'private') return address;
  const vma = memory.vmas.find(address);
  if (vma === null || !vma.isShared || vma.source === null) return address;
  return vma.pageOfSource(Math.floor(address / PAGE_SIZE)) * PAGE_SIZE + (address % PAGE_SIZE);
}

/** 0, or why `address` cannot be a futex. */
export function checkFutexAddress(memory: AddressSpace, address: number): number {
  if (address % 4 !== 0) return -EINVAL;
  return memory.isUserRange(address, 4) ? 0 : -EFAULT;
}

/**
 * The place of a futex word in `memory.physical.words`, for atomic work on it while guest threads run; -EFAULT when it may
 * not be written.
 */
export function futexWordIndex(memory: AddressSpace, address: number): number {
  const frame = memory.frameFor(address, 1);
  return frame < 0 ? -EFAULT : (frame * PAGE_SIZE + (address % PAGE_SIZE)) / 4;
}

/** The word at an aligned address in one piece, as a signed number; NaN on a fault. */
export function readFutexWord(memory: AddressSpace, address: number): number {
  const frame = memory.frameFor(address, 0);
  if (frame < 0) return NaN;
  // Nobody writes to an image, so it need not be atomic.
  if (frame >= IMAGE_FRAME_BASE) return memory.readU32(address) | 0;
  return Atomics.load(memory.physical.words, (frame * PAGE_SIZE + (address % PAGE_SIZE)) / 4);
}
