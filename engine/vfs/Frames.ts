export const PAGE_SIZE = 4096;

/** Physical memory as caches of file pages see it (`mm/PhysicalMemory` is one). Frame f is bytes [f*4096, f*4096+4096). */
export interface Frames {
  readonly bytes: Uint8Array;
  /** A frame with one reference and undefined content, or -ENOMEM. */
  allocate(): number;
  allocateZeroed(): number;
  retain(frame: number): void;
  release(frame: number): void;
  references(frame: number): number;
  /** Array that holds the bytes of a frame, which may be one of a read-only image, and where they start there. */
  pageBytes(frame: number): Uint8Array;
  pageOffset(frame: number): number;
}

/** Largest file: offsets must stay exact as Numbers, so this lies below the 2^63 - 1 of Linux. */
export const MAX_FILE_SIZE = 2 ** 52;
