/**
 * What a mapping gets its pages from: the page cache of a file, shared anonymous memory, a device.
 */
export interface PageSource {
  /**
   * The frame of page `index` (in units of 4096 bytes), with one reference for the caller, or a negative errno:
   * -EFAULT past the end of the object (the guest gets SIGBUS), -ENOMEM, -EIO. With `forWrite` the page will be written
   * through a shared mapping: the source notes it as dirty.
   */
  getPage(index: number, forWrite: 0 | 1): number;
  /** The same for reading, only if the page is in memory already: else -1. For bringing in neighbours of a fault. */
  cachedPage?(index: number): number;
  /** A shared writable mapping of pages [first, first + count) goes away or asks for msync(2): write dirty pages back. */
  writeBack(first: number, count: number): number;
  /** A mapping holds (or lets go) the object itself: an unlinked file lives on while it is mapped. */
  retain(): void;
  release(): void;
  /** Mappings of this object that must lose pages when it shrinks (truncate(2)); kept by `AddressSpace`. */
  readonly mappings: Set<MappingHolder>;
  /** New shared mappings must not be able to write (fcntl(2), F_SEAL_WRITE). */
  readonly isWriteSealed?: boolean;
}

/** An address space as a page source sees it. */
export interface MappingHolder {
  /**
   * Drop translations of pages from index `first` up to (not with) `last` of `source`. When it was cut off there, private
   * copies go as well; when only its content is another now, they stay.
   */
  dropPages(source: PageSource, first: number, last: number, why: 'truncated' | 'changed'): void;
  /** Whether a shared mapping of `source` is writable here, or may be made so by mprotect(2). */
  mayWriteTo(source: PageSource): boolean;
}
