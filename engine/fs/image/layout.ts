/**
 * The image format, byte by byte (README.md explains why it is as it is). All numbers are little-endian.
 *
 *   header | inode table | entry table | names | padding to a page | contents, each file on pages of its own
 */
export const PAGE_SIZE = 4096;

/** As PNG's: a byte above 127, a name, and line ends, so that text tools that change the file are noticed at once. */
export const MAGIC = new Uint8Array([0x89, 0x55, 0x4d, 0x49, 0x0d, 0x0a, 0x1a, 0x0a]);
export const VERSION = 1;

/** Offsets in the header, which opens the file. */
export const HEADER = {
  version: 8,
  pageSize: 12,
  totalPages: 16,
  inodeCount: 20,
  inodeTable: 24,
  entryCount: 28,
  entryTable: 32,
  nameBytes: 36,
  names: 40,
  /** First page of contents; all that lies before it is header and metadata. */
  contentPage: 44,
  /** Checksum of everything between header and contents. */
  metadataChecksum: 48,
  /** Checksum of the header's bytes before this one. */
  headerChecksum: 60,
} as const;
export const HEADER_SIZE = 64;

/** Offsets in an inode record. Inode `n` is record `n - 1`: number 0 would mean "no such file" in a directory. */
export const INODE = {
  /** File type and permissions, as st_mode. */
  mode: 0,
  linkCount: 4,
  uid: 8,
  gid: 12,
  sizeLow: 16,
  sizeHigh: 20,
  mtimeSeconds: 24,
  mtimeNanoseconds: 28,
  /** File: its first page. Directory: its first entry. Symbolic link: its target in the names. Device: major number. */
  start: 32,
  /** Directory: number of entries. Device: minor number. */
  count: 36,
  /** Directory: the one that contains it; the root contains itself. */
  parent: 40,
  /** File: Checksum of its content. */
  contentChecksum: 44,
} as const;
export const INODE_SIZE = 48;

/** Offsets in an entry record. The entries of a directory lie together, sorted by the bytes of their names. */
export const ENTRY = {
  nameOffset: 0,
  ino: 4,
  nameLength: 8,
  /** The file type as getdents64(2) gives it: the upper four bits of st_mode. */
  type: 9,
} as const;
export const ENTRY_SIZE = 12;

export const ROOT_INO = 1;
/** NAME_MAX of limits.h. */
export const NAME_LIMIT = 255;
/** PATH_MAX of limits.h, without the closing zero. */
export const TARGET_LIMIT = 4095;

export function pagesFor(size: number): number {
  return Math.ceil(size / PAGE_SIZE);
}
