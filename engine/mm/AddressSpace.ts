import { EACCES, EFAULT, EINVAL, ENOMEM } from '../abi/errno.ts';
import type { HostSpace } from '../trap/HostSpace.ts';
import { commandOp, PAGE_SIZE, RAM_OFFSET, TASK_SIZE } from '../trap/layout.ts';
import type { PageSource, MappingHolder } from './PageSource.ts';
import { PTE_FRAME_SHIFT, PTE_HOST, PTE_HOST_WRITABLE, PTE_PRESENT, PageTable } from './PageTable.ts';
import { IMAGE_FRAME_BASE } from './PhysicalMemory.ts';
import type { PhysicalMemory } from './PhysicalMemory.ts';
import { UserMemory } from './UserMemory.ts';
import { PROT_EXEC, PROT_READ, PROT_WRITE, type Vma } from './Vma.ts';
import { VmaList } from './VmaList.ts';

/** What a fault came to. */
export const faultResult = {
  handled: 0,
  /** No mapping there (SEGV_MAPERR). */
  unmapped: 1,
  /** A mapping that does not allow it (SEGV_ACCERR). */
  denied: 2,
  /** Past the end of the mapped object (SIGBUS, BUS_ADRERR). */
  beyondObject: 3,
  outOfMemory: 4,
} as const;

/** How far below its mapping the stack may be touched to grow, and how far it may grow in all. */
const STACK_GUARD = 256 * PAGE_SIZE;
/** Most pages that one fault brings in. */
const FAULT_AROUND = 16;

/**
 * The memory of a guest process: its mappings, its page table, and the host process whose mappings follow the page
 * table lazily. Reference-counted, since CLONE_VM shares it (clone(2)).
 */
export class AddressSpace extends UserMemory implements MappingHolder {
  references = 1;
  readonly vmas = new VmaList();
  readonly table = new PageTable();
  readonly space: HostSpace;
  /** The program break (brk(2)). */
  heapStart = 0;
  heapEnd = 0;
  /** Where mmap(2) looks downwards from. */
  mmapTop = TASK_SIZE;
  /** Bytes of stack that may grow (RLIMIT_STACK). */
  stackLimit = 8 << 20;
  /** Limit of all mappings in bytes (RLIMIT_AS). */
  sizeLimit = Infinity;
  /** argv and environ as /proc shows them. */
  argumentsStart = 0;
  argumentsEnd = 0;
  environmentStart = 0;
  environmentEnd = 0;
  auxiliaryVector: Uint8Array = new Uint8Array(0);
  /** Kinds of membarrier(2) that the process has registered for. */
  barriers = 0;
  residentPages = 0;
  /** High-water mark, taken where pages are given up. */
  private peak = 0;
  minorFaults = 0;
  majorFaults = 0;

  constructor(physical: PhysicalMemory, space: HostSpace) {
    super(physical);
    this.space = space;
  }

  get peakResidentPages(): number {
    if (this.residentPages > this.peak) this.peak = this.residentPages;
    return this.peak;
  }

  /** Bytes of all mappings. */
  get size(): number {
    let size = 0;
    for (const vma of this.vmas.items) size += vma.end - vma.start;
    return size;
  }

  /* ---- mappings ---- */

  /** Inserts `vma` where nothing may be; takes over its references to source and file. */
  insert(vma: Vma): void {
    vma.source?.mappings.add(this);
    this.vmas.insert(vma);
    this.vmas.mergeAround(vma.start, vma.end);
  }

  /** Takes away every mapping in [start, end) (munmap(2)). */
  unmap(start: number, end: number): void {
    this.vmas.splitAt(start);
    this.vmas.splitAt(end);
    const { items } = this.vmas;
    const index = this.vmas.indexAfter(start);
    if (index === items.length || items[index].start >= end) return;
    this.dropRange(start, end);
    while (index < items.length && items[index].start < end) {
      const vma = items[index];
      this.vmas.remove(vma);
      this.release(vma);
    }
  }

  private release(vma: Vma): void {
    const { source, file } = vma;
    if (source !== null) {
      if (vma.isShared && (vma.maxProtection & PROT_WRITE) !== 0) {
        source.writeBack(vma.sourcePage, (vma.end - vma.start) / PAGE_SIZE);
      }
      if (!this.vmas.items.some((other) => other.source === source)) source.mappings.delete(this);
      source.release();
    }
    file?.close();
  }

  /** Changes the protection of [start, end), which is mapped throughout (mprotect(2)). */
  protect(start: number, end: number, protection: number): number {
    let at = start;
    for (let index = this.vmas.indexAfter(start); at < end; index++) {
      const vma = this.vmas.items[index] as Vma | undefined;
      if (vma === undefined || vma.start > at) return -ENOMEM;
      if ((protection & ~vma.maxProtection) !== 0) return -EACCES;
      at = vma.end;
    }
    this.vmas.splitAt(start);
    this.vmas.splitAt(end);
    for (let index = this.vmas.indexAfter(start); index < this.vmas.items.length; index++) {
      const vma = this.vmas.items[index];
      if (vma.start >= end) break;
      if (vma.protection === protection) continue;
      vma.protection = protection;
      this.unmapHost(vma.start, vma.end);
    }
    this.vmas.mergeAround(start, end);
    this.space.flushIfShared();
    return 0;
  }

  /** Moves the pages of [from, from + length) to `to`, where nothing is mapped on the host (mremap(2)). */
  movePages(from: number, to: number, length: number): void {
    this.unmapHost(from, from + length);
    this.space.flushIfShared();
    const delta = (to - from) / PAGE_SIZE;
    const moved: { page: number; entry: number }[] = [];
    this.table.update(from / PAGE_SIZE, (from + length) / PAGE_SIZE, (entry, page) => {
      moved.push({ page: page + delta, entry });
      return 0;
    });
    for (const { page, entry } of moved) this.table.set(page, entry);
  }

  /** Frees the pages of a range, mappings stay: they read as new on the next touch (MADV_DONTNEED). */
  dropRange(start: number, end: number): void {
    if (this.residentPages > this.peak) this.peak = this.residentPages;
    this.unmapHost(start, end);
    // Frames may be used again at once, so no thread may still see them.
    this.space.flushIfShared();
    this.table.update(start / PAGE_SIZE, end / PAGE_SIZE, (entry) => {
      this.physical.release(entry >>> PTE_FRAME_SHIFT);
      this.residentPages--;
      return 0;
    });
  }

  dropPages(source: PageSource, first: number, last: number, why: 'truncated' | 'changed'): void {
    for (const vma of this.vmas.items) {
      if (vma.source !== source) continue;
      const pages = (vma.end - vma.start) / PAGE_SIZE;
      const from = vma.start / PAGE_SIZE + Math.max(0, first - vma.sourcePage);
      const to = vma.start / PAGE_SIZE + Math.min(pages, last - vma.sourcePage);
      if (from >= to) continue;
      if (vma.isShared || why === 'truncated') this.dropRange(from * PAGE_SIZE, to * PAGE_SIZE);
      else this.dropOriginals(vma, source, from, to);
    }
  }

  mayWriteTo(source: PageSource): boolean {
    return this.vmas.items.some(
      (vma) => vma.source === source && vma.isShared && (vma.maxProtection & PROT_WRITE) !== 0,
    );
  }

  /** Drops pages [from, to) of a private mapping that are still the source's own. */
  private dropOriginals(vma: Vma, source: PageSource, from: number, to: number): void {
    const originals: number[] = [];
    this.table.update(from, to, (entry, page) => {
      const cached = source.cachedPage?.(vma.pageOfSource(page)) ?? -1;
      if (cached >= 0) this.physical.release(cached);
      if (cached === entry >>> PTE_FRAME_SHIFT) originals.push(page);
      return entry;
    });
    for (const page of originals) this.dropRange(page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
  }

  /** Takes pages out of the host process in as few commands as there are runs; they fault in again. */
  private unmapHost(start: number, end: number): void {
    let runStart = -1;
    let runEnd = -1;
    this.table.update(start / PAGE_SIZE, end / PAGE_SIZE, (entry, page) => {
      if ((entry & PTE_HOST) === 0) return entry;
      if (runStart < 0) runStart = page;
      runEnd = page + 1;
      return entry & ~(PTE_HOST | PTE_HOST_WRITABLE);
    });
    // Between the first and the last page there is nothing but pages of this range: one command covers them all.
    if (runStart >= 0) {
      this.space.command(commandOp.unmap, runStart * PAGE_SIZE, (runEnd - runStart) * PAGE_SIZE, 0, 0);
    }
  }

  /** Forgets all that the host process has mapped: too many pieces, or it did not carry out a command. */
  unmapHostAll(): void {
    this.unmapHost(0, TASK_SIZE);
    this.space.command(commandOp.unmap, 0, TASK_SIZE, 0, 0);
  }

  /* ---- faults ---- */

  /** Serves a fault of the guest at `address`, and brings in neighbours that will be needed. */
  fault(address: number, write: 0 | 1, execute: 0 | 1): number {
    const vma = this.vmaForFault(address);
    if (vma === null) return faultResult.unmapped;
    const wanted = write === 1 ? PROT_WRITE : execute === 1 ? PROT_EXEC : PROT_READ;
    // x86 cannot write without reading, nor forbid reading what it may execute.
    const granted = vma.protection !== 0 && wanted === PROT_READ ? vma.protection | PROT_READ : vma.protection;
    if ((granted & wanted) === 0) return faultResult.denied;
    const page = Math.floor(address / PAGE_SIZE);
    this.minorFaults++;
    const result = this.populate(vma, page, write);
    if (result < 0) return result === -EFAULT ? faultResult.beyondObject : faultResult.outOfMemory;
    this.mapAround(vma, page, write);
    return faultResult.handled;
  }

  private vmaForFault(address: number): Vma | null {
    const vma = this.vmas.find(address);
    if (vma !== null) return vma;
    const index = this.vmas.indexAfter(address);
    const above = this.vmas.items[index] as Vma | undefined;
    if (above === undefined || !above.growsDown) return null;
    const start = Math.floor(address / PAGE_SIZE) * PAGE_SIZE;
    if (above.end - start > this.stackLimit) return null;
    const below = index > 0 ? this.vmas.items[index - 1] : null;
    if (below !== null && start - below.end < STACK_GUARD && below.protection !== 0) return null;
    if (above.source === null) above.start = start;
    return above;
  }

  /** Makes the entry of `page` present, and its frame private when it is to be written. 0 or a negative errno. */
  private populate(vma: Vma, page: number, write: 0 | 1): number {
    const entry = this.table.get(page);
    const { physical } = this;
    if (entry === 0) {
      let frame: number;
      if (vma.source === null) frame = physical.allocateZeroed();
      else {
        frame = vma.source.getPage(vma.pageOfSource(page), vma.isShared ? write : 0);
        if (frame >= 0 && write === 1 && !vma.isShared) {
          const copy = physical.allocateCopy(frame);
          physical.release(frame);
          frame = copy;
        }
      }
      if (frame < 0) return frame;
      this.residentPages++;
      this.table.set(page, (frame << PTE_FRAME_SHIFT) | PTE_PRESENT);
      return 0;
    }
    if (write === 0) return 0;
    const frame = entry >>> PTE_FRAME_SHIFT;
    if (vma.isShared) {
      // The source learns of the first write through this mapping.
      if ((entry & PTE_HOST_WRITABLE) === 0 && vma.source !== null) {
        const same = vma.source.getPage(vma.pageOfSource(page), 1);
        if (same < 0) return same;
        physical.release(same);
      }
      return 0;
    }
    if (physical.references(frame) === 1) return 0;
    const copy = physical.allocateCopy(frame);
    if (copy < 0) return copy;
    if ((entry & PTE_HOST) !== 0) {
      this.space.command(commandOp.unmap, page * PAGE_SIZE, PAGE_SIZE, 0, 0);
      this.space.flushIfShared();
    }
    physical.release(frame);
    this.table.set(page, (copy << PTE_FRAME_SHIFT) | PTE_PRESENT);
    return 0;
  }

  /** Host protection for a page of `vma`: writable only where a write needs no decision of ours. */
  private hostProtection(vma: Vma, frame: number, write: 0 | 1): number {
    let protection = vma.protection;
    if ((protection & PROT_WRITE) !== 0) {
      const mayWrite = vma.isShared ? write === 1 : this.physical.references(frame) === 1;
      if (!mayWrite) protection &= ~PROT_WRITE;
    }
    return protection === PROT_WRITE ? PROT_WRITE | PROT_READ : protection;
  }

  /** Maps `page` and neighbours into the host process, in runs of consecutive frames. */
  private mapAround(vma: Vma, page: number, write: 0 | 1): void {
    const first = vma.start / PAGE_SIZE;
    const last = vma.end / PAGE_SIZE;
    let from = page;
    let to = page + 1;
    if (vma.source === null) {
      // Anonymous: a run of faults upwards brings ever more pages with each.
      if (page === vma.lastFaultPage + 1) vma.faultWindow = Math.min(FAULT_AROUND, vma.faultWindow * 2);
      else vma.faultWindow = 1;
      to = Math.min(last, page + vma.faultWindow);
      vma.lastFaultPage = to - 1;
      if (this.physical.freeFrames < 1024) to = page + 1;
    } else if (write === 0) {
      from = Math.max(first, page - (page % FAULT_AROUND));
      to = Math.min(last, from + FAULT_AROUND);
    }
    let runPage = 0;
    let runFrame = 0;
    let runLength = 0;
    let runProtection = 0;
    for (let at = from; at < to; at++) {
      let entry = this.table.get(at);
      if (entry === 0 && at !== page) {
        if (vma.source === null ? this.populate(vma, at, write) < 0 : !this.populateCached(vma, at)) continue;
        entry = this.table.get(at);
      }
      // Neighbours that are mapped already stay as they are.
      if (at !== page && (entry & PTE_HOST) !== 0) continue;
      const frame = entry >>> PTE_FRAME_SHIFT;
      const protection = this.hostProtection(vma, frame, at === page ? write : 0);
      if (
        runLength > 0 &&
        at === runPage + runLength &&
        frame === runFrame + runLength &&
        protection === runProtection
      ) {
        runLength++;
      } else {
        if (runLength > 0) this.mapRun(runPage, runFrame, runLength, runProtection);
        runPage = at;
        runFrame = frame;
        runLength = 1;
        runProtection = protection;
      }
      const writable = (protection & PROT_WRITE) !== 0 ? PTE_HOST_WRITABLE : 0;
      this.table.set(at, (entry & ~PTE_HOST_WRITABLE) | PTE_HOST | writable);
    }
    if (runLength > 0) this.mapRun(runPage, runFrame, runLength, runProtection);
  }

  /** Brings in a neighbour of a file mapping, only if that costs no reading. */
  private populateCached(vma: Vma, page: number): boolean {
    const source = vma.source;
    if (source?.cachedPage === undefined) return false;
    const frame = source.cachedPage(vma.pageOfSource(page));
    if (frame < 0) return false;
    this.residentPages++;
    this.table.set(page, (frame << PTE_FRAME_SHIFT) | PTE_PRESENT);
    return true;
  }

  private mapRun(page: number, frame: number, count: number, protection: number): void {
    const isImage = frame >= IMAGE_FRAME_BASE;
    const offset = isImage ? (frame - IMAGE_FRAME_BASE) * PAGE_SIZE : RAM_OFFSET + frame * PAGE_SIZE;
    const op = isImage ? commandOp.mapImage : commandOp.mapMemory;
    this.space.command(op, page * PAGE_SIZE, count * PAGE_SIZE, protection, offset);
  }

  override frameFor(address: number, write: 0 | 1): number {
    if (!(address >= 0 && address < TASK_SIZE)) return -EFAULT;
    const page = Math.floor(address / PAGE_SIZE);
    const entry = this.table.get(page);
    // A page that the host has mapped for the guest needs no second look at the mapping's protection.
    if ((entry & PTE_HOST_WRITABLE) !== 0) return entry >>> PTE_FRAME_SHIFT;
    const vma = this.vmaForFault(address);
    if (vma === null) return -EFAULT;
    if ((vma.protection & (write === 1 ? PROT_WRITE : PROT_READ | PROT_WRITE | PROT_EXEC)) === 0) return -EFAULT;
    if (entry === 0 || write === 1) {
      if (this.populate(vma, page, write) < 0) return -EFAULT;
    }
    return this.table.get(page) >>> PTE_FRAME_SHIFT;
  }

  /* ---- fork and end ---- */

  /** Copy for fork(2): private pages are shared until either side writes. */
  forkInto(child: AddressSpace): void {
    child.heapStart = this.heapStart;
    child.heapEnd = this.heapEnd;
    child.mmapTop = this.mmapTop;
    child.stackLimit = this.stackLimit;
    child.sizeLimit = this.sizeLimit;
    child.barriers = this.barriers;
    child.argumentsStart = this.argumentsStart;
    child.argumentsEnd = this.argumentsEnd;
    child.environmentStart = this.environmentStart;
    child.environmentEnd = this.environmentEnd;
    child.auxiliaryVector = this.auxiliaryVector;
    for (const vma of this.vmas.items) {
      if (vma.onFork === 'drop') continue;
      const copy = vma.slice(vma.start, vma.end);
      copy.source?.retain();
      copy.source?.mappings.add(child);
      copy.file?.retain();
      child.vmas.items.push(copy);
      if (vma.onFork === 'wipe') continue;
      let runStart = -1;
      let runEnd = -1;
      this.table.update(vma.start / PAGE_SIZE, vma.end / PAGE_SIZE, (entry, page) => {
        this.physical.retain(entry >>> PTE_FRAME_SHIFT);
        child.table.set(page, entry & ~(PTE_HOST | PTE_HOST_WRITABLE));
        child.residentPages++;
        if (vma.isShared || (entry & PTE_HOST_WRITABLE) === 0) return entry;
        if (page !== runEnd) {
          this.writeProtect(runStart, runEnd, vma.protection);
          runStart = page;
        }
        runEnd = page + 1;
        return entry & ~PTE_HOST_WRITABLE;
      });
      this.writeProtect(runStart, runEnd, vma.protection);
    }
    this.space.flushIfShared();
  }

  private writeProtect(first: number, last: number, protection: number): void {
    if (first < 0) return;
    const readOnly = protection & ~PROT_WRITE;
    this.space.command(commandOp.protect, first * PAGE_SIZE, (last - first) * PAGE_SIZE, readOnly, 0);
  }

  /** Forgets every mapping; the host process is emptied by the same token (execve(2)). */
  clearAll(): void {
    if (this.residentPages > this.peak) this.peak = this.residentPages;
    this.table.update(0, TASK_SIZE / PAGE_SIZE, (entry) => {
      this.physical.release(entry >>> PTE_FRAME_SHIFT);
      return 0;
    });
    this.residentPages = 0;
    const vmas = this.vmas.items.splice(0);
    this.vmas.clear();
    for (const vma of vmas) this.release(vma);
    this.space.command(commandOp.unmap, 0, TASK_SIZE, 0, 0);
  }

  /** Frees all memory; the host process must be on its way out, with no thread in user mode. */
  destroy(): void {
    this.clearAll();
  }

  /** Room for `length` more bytes under the limit on the size of mappings? */
  hasRoomFor(length: number): boolean {
    return this.sizeLimit === Infinity || this.size + length <= this.sizeLimit;
  }

  /** Moves the program break (brk(2)); the new break, or the old one when it cannot move. */
  setBreak(address: number, createHeap: (start: number, end: number) => void): number {
    if (address < this.heapStart) return this.heapEnd;
    const oldEnd = Math.ceil(this.heapEnd / PAGE_SIZE) * PAGE_SIZE;
    const newEnd = Math.ceil(address / PAGE_SIZE) * PAGE_SIZE;
    if (newEnd > oldEnd) {
      if (newEnd > TASK_SIZE || !this.vmas.isFree(oldEnd, newEnd) || !this.hasRoomFor(newEnd - oldEnd)) {
        return this.heapEnd;
      }
      createHeap(oldEnd, newEnd);
    } else if (newEnd < oldEnd) this.unmap(newEnd, oldEnd);
    this.heapEnd = address;
    return address;
  }

  /** Checks an address range of a call: page-aligned start, inside of user space. Returns its end, or -EINVAL. */
  static rangeEnd(start: number, length: number): number {
    if (start % PAGE_SIZE !== 0 || start < 0 || length < 0) return -EINVAL;
    const end = start + Math.ceil(length / PAGE_SIZE) * PAGE_SIZE;
    return end > TASK_SIZE ? -EINVAL : end;
  }
}
