import { MIN_ADDRESS, TASK_SIZE } from '../trap/layout.ts';
import type { Vma } from './Vma.ts';

/** The mappings of an address space, sorted and disjoint. */
export class VmaList {
  readonly items: Vma[] = [];
  private last: Vma | null = null;

  /** Index of the first mapping that ends after `address`. */
  indexAfter(address: number): number {
    let low = 0;
    let high = this.items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.items[middle].end > address) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The mapping that contains `address`. */
  find(address: number): Vma | null {
    const last = this.last;
    if (last !== null && address >= last.start && address < last.end) return last;
    const index = this.indexAfter(address);
    if (index === this.items.length || this.items[index].start > address) return null;
    this.last = this.items[index];
    return this.last;
  }

  insert(vma: Vma): void {
    this.items.splice(this.indexAfter(vma.start), 0, vma);
  }

  remove(vma: Vma): void {
    const index = this.items.indexOf(vma);
    if (index < 0) throw new Error('mapping is not in the list');
    this.items.splice(index, 1);
    if (this.last === vma) this.last = null;
  }

  clear(): void {
    this.items.length = 0;
    this.last = null;
  }

  /** Splits so that `address` is a border; the mappings on both sides stay the same thing. */
  splitAt(address: number): void {
    const vma = this.find(address);
    if (vma === null || vma.start === address) return;
    const upper = vma.slice(address, vma.end);
    upper.source?.retain();
    upper.file?.retain();
    vma.end = address;
    this.items.splice(this.items.indexOf(vma) + 1, 0, upper);
  }

  /** Joins neighbours in [start, end] that are one mapping. */
  mergeAround(start: number, end: number): void {
    let index = Math.max(0, this.indexAfter(start - 1) - 1);
    while (index + 1 < this.items.length && this.items[index].start <= end) {
      const vma = this.items[index];
      const next = this.items[index + 1];
      if (vma.canMerge(next)) {
        vma.end = next.end;
        next.source?.release();
        next.file?.close();
        this.items.splice(index + 1, 1);
        if (this.last === next) this.last = null;
      } else index++;
    }
  }

  isFree(start: number, end: number): boolean {
    const index = this.indexAfter(start);
    return index === this.items.length || this.items[index].start >= end;
  }

  /** Highest free range of `length` bytes below `top`, as Linux looks for one; -1 when there is none. */
  findFree(length: number, top: number): number {
    let limit = Math.min(top, TASK_SIZE);
    for (let index = this.items.length - 1; index >= -1; index--) {
      const floor = index < 0 ? MIN_ADDRESS : this.items[index].end;
      if (floor < limit && limit - floor >= length) return limit - length;
      if (index >= 0) limit = Math.min(limit, this.items[index].start);
    }
    return -1;
  }
}
