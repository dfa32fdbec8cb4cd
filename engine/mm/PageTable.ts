/* Hot: looked at on every fault and every access to user memory. */

/** The page is there; its frame stands in the entry's upper bits. */
export const PTE_PRESENT = 1;
/** The host process has it mapped … */
export const PTE_HOST = 2;
/** … writable. */
export const PTE_HOST_WRITABLE = 4;
export const PTE_FRAME_SHIFT = 8;

const ENTRIES = 512;

/** Translations of one address space: virtual page number to entry, in leaves of 512 as the processor has them. */
export class PageTable {
  private readonly leaves = new Map<number, Int32Array>();
  private lastKey = -1;
  private lastLeaf: Int32Array = new Int32Array(0);

  /** The entry of a virtual page, 0 when there is none. */
  get(page: number): number {
    const key = Math.floor(page / ENTRIES);
    if (key !== this.lastKey) {
      const leaf = this.leaves.get(key);
      if (leaf === undefined) return 0;
      this.lastKey = key;
      this.lastLeaf = leaf;
    }
    return this.lastLeaf[page % ENTRIES];
  }

  set(page: number, entry: number): void {
    const key = Math.floor(page / ENTRIES);
    if (key !== this.lastKey) {
      let leaf = this.leaves.get(key);
      if (leaf === undefined) {
        if (entry === 0) return;
        leaf = new Int32Array(ENTRIES);
        this.leaves.set(key, leaf);
      }
      this.lastKey = key;
      this.lastLeaf = leaf;
    }
    this.lastLeaf[page % ENTRIES] = entry;
  }

  /** Calls `visit` for each present entry of pages [first, last) in order; what it returns becomes the entry. */
  update(first: number, last: number, visit: (entry: number, page: number) => number): void {
    const firstKey = Math.floor(first / ENTRIES);
    const lastKey = Math.floor((last - 1) / ENTRIES);
    if (lastKey - firstKey > this.leaves.size) {
      const keys = [...this.leaves.keys()].filter((key) => key >= firstKey && key <= lastKey).sort((a, b) => a - b);
      for (const key of keys) this.updateLeaf(key, first, last, visit);
    } else {
      for (let key = firstKey; key <= lastKey; key++) this.updateLeaf(key, first, last, visit);
    }
  }

  private updateLeaf(key: number, first: number, last: number, visit: (entry: number, page: number) => number): void {
    const leaf = this.leaves.get(key);
    if (leaf === undefined) return;
    const base = key * ENTRIES;
    const end = Math.min(ENTRIES, last - base);
    for (let index = Math.max(0, first - base); index < end; index++) {
      const entry = leaf[index];
      if (entry !== 0) leaf[index] = visit(entry, base + index);
    }
    if (first <= base && last >= base + ENTRIES && leaf.every(isZero)) {
      this.leaves.delete(key);
      if (this.lastKey === key) this.lastKey = -1;
    }
  }
}

function isZero(entry: number): boolean {
  return entry === 0;
}
