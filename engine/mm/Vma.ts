import type { File } from '../vfs/File.ts';
import type { PageSource } from './PageSource.ts';

export const PROT_READ = 1;
export const PROT_WRITE = 2;
export const PROT_EXEC = 4;

/** One mapping: addresses [start, end), page-aligned, with one protection and one source of pages. */
export class Vma {
  start: number;
  end: number;
  protection: number;
  /** What mprotect(2) may raise the protection to: a shared mapping of a read-only file never becomes writable. */
  maxProtection: number;
  isShared: boolean;
  /** Grows down to meet a fault below it: the stack. */
  growsDown = false;
  /** null: private anonymous memory. */
  source: PageSource | null;
  /** Page of the source at `start`. */
  sourcePage: number;
  /** Open file that was mapped, for /proc/PID/maps. */
  file: File | null = null;
  /** What fork(2) does with it (madvise(2), MADV_DONTFORK and MADV_WIPEONFORK). */
  onFork: 'copy' | 'drop' | 'wipe' = 'copy';
  /** `[heap]`, `[stack]` and the like. */
  name = '';
  /** Last page that was faulted in, and how many pages the next fault in a row brings. */
  lastFaultPage = -1;
  faultWindow = 1;

  constructor(
    start: number,
    end: number,
    protection: number,
    isShared: boolean,
    source: PageSource | null,
    sourcePage: number,
  ) {
    this.start = start;
    this.end = end;
    this.protection = protection;
    this.maxProtection = PROT_READ | PROT_WRITE | PROT_EXEC;
    this.isShared = isShared;
    this.source = source;
    this.sourcePage = sourcePage;
  }

  /** Page of the source that shows at virtual page `page`. */
  pageOfSource(page: number): number {
    return this.sourcePage + (page - this.start / 4096);
  }

  /** A mapping of the same thing at [start, end) within this one. */
  slice(start: number, end: number): Vma {
    const vma = new Vma(start, end, this.protection, this.isShared, this.source, this.pageOfSource(start / 4096));
    vma.maxProtection = this.maxProtection;
    vma.growsDown = this.growsDown;
    vma.onFork = this.onFork;
    vma.file = this.file;
    vma.name = this.name;
    return vma;
  }

  /** Whether `next`, which begins where this ends, could be one mapping with this one. */
  canMerge(next: Vma): boolean {
    return (
      this.end === next.start &&
      this.protection === next.protection &&
      this.maxProtection === next.maxProtection &&
      this.isShared === next.isShared &&
      this.growsDown === next.growsDown &&
      this.onFork === next.onFork &&
      this.source === next.source &&
      this.file === next.file &&
      this.name === next.name &&
      (this.source === null || this.pageOfSource(this.end / 4096) === next.sourcePage)
    );
  }
}
