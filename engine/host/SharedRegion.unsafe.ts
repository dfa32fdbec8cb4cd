import { addressOf, close, fallocate, ftruncate, hostErrno, memfdCreate, mmap } from './libc.unsafe.ts';

const PAGE = 4096;
const PROT_READ_WRITE = 3;
const PROT_READ = 1;
const MAP_SHARED = 1;
const MAP_PRIVATE_ANONYMOUS_FIXED = 0x32;
const MAP_FIXED = 0x10;
const MFD_CLOEXEC = 1;
const FALLOC_FL_PUNCH_HOLE_KEEP_SIZE = 3;

/** A region as it travels between threads of this process; the array shares its bytes. */
export interface SharedHandle {
  readonly fd: number;
  readonly address: number;
  readonly bytes: Uint8Array;
}

/**
 * A file of the host mapped into a SharedArrayBuffer, so that stub processes and this program see the same bytes.
 * `bytes` is page-aligned. The buffer must outlive the mapping: `dispose` maps plain memory back first.
 */
export class SharedRegion {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  /** Where `bytes` begins in this process. */
  readonly address: number;
  readonly fd: number;
  private disposed = false;

  private constructor(fd: number, address: number, bytes: Uint8Array) {
    this.fd = fd;
    this.address = address;
    this.bytes = bytes;
    this.words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  }

  private static map(fd: number, size: number, protection: number): SharedRegion {
    const buffer = new SharedArrayBuffer(size + 2 * PAGE);
    const start = addressOf(new Uint8Array(buffer));
    const padding = (PAGE - (start % PAGE)) % PAGE;
    const address = start + padding;
    if (mmap(address, size, protection, MAP_SHARED | MAP_FIXED, fd, 0) !== address) {
      throw new Error(`cannot map ${size} bytes of shared memory: errno ${hostErrno()}`);
    }
    return new SharedRegion(fd, address, new Uint8Array(buffer, padding, size));
  }

  /** What another thread of this process needs for `adopt`. */
  get handle(): SharedHandle {
    return { fd: this.fd, address: this.address, bytes: this.bytes };
  }

  /** A region that another thread of this process has mapped, and will unmap. */
  static adopt({ fd, address, bytes }: SharedHandle): SharedRegion {
    return new SharedRegion(fd, address, bytes);
  }

  /** New memory file of `size` bytes (a multiple of 4096), all zero and not yet backed by pages. */
  static create(name: string, size: number): SharedRegion {
    const fd = memfdCreate(name, MFD_CLOEXEC);
    if (fd < 0) throw new Error(`cannot create a memory file: errno ${hostErrno()}`);
    if (ftruncate(fd, size) < 0) throw new Error(`cannot size a memory file to ${size} bytes: errno ${hostErrno()}`);
    return SharedRegion.map(fd, size, PROT_READ_WRITE);
  }

  /** Maps an existing file read-only. Takes over `fd`. */
  static readOnly(fd: number, size: number): SharedRegion {
    return SharedRegion.map(fd, size, PROT_READ);
  }

  /** Gives the pages of a range back to the host; it reads as zeros afterwards. */
  discard(offset: number, length: number): void {
    fallocate(this.fd, FALLOC_FL_PUNCH_HOLE_KEEP_SIZE, offset, length);
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    const size = Math.ceil(this.bytes.length / PAGE) * PAGE;
    mmap(this.address, size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_FIXED, -1, 0);
    close(this.fd);
  }
}
