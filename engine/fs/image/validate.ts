/**
 * Decides whether bytes are an image that the reader may trust: whole, undamaged, and with every reference inside of the
 * file, so that an image made to harm cannot lead the reader astray. Reads header and metadata only.
 */
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK } from '../../abi/mode.ts';
import { checksum } from './checksum.ts';
import {
  ENTRY,
  ENTRY_SIZE,
  HEADER,
  HEADER_SIZE,
  INODE,
  INODE_SIZE,
  MAGIC,
  PAGE_SIZE,
  ROOT_INO,
  TARGET_LIMIT,
  VERSION,
  pagesFor,
} from './layout.ts';

interface Geometry {
  readonly totalPages: number;
  readonly contentPage: number;
  readonly inodeCount: number;
  readonly inodeTable: number;
  readonly entryCount: number;
  readonly entryTable: number;
  readonly nameBytes: number;
  readonly names: number;
}

/** What is wrong with the image in `bytes`, or undefined. */
export function findDamage(bytes: Uint8Array): string | undefined {
  const problem = findHeaderDamage(bytes);
  if (problem !== undefined) return problem;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const geometry = readGeometry(view);
  return (
    findSizeDamage(geometry, bytes.length) ??
    findMetadataDamage(view, bytes, geometry) ??
    findInodeDamage(view, geometry) ??
    findEntryDamage(view, bytes, geometry)
  );
}

function findHeaderDamage(bytes: Uint8Array): string | undefined {
  if (MAGIC.some((byte, index) => bytes[index] !== byte))
    return 'not an image: it does not begin with the magic number';
  if (bytes.length < PAGE_SIZE)
    return `the image is cut off: ${String(bytes.length)} bytes are less than its first page`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(HEADER.headerChecksum, true) !== checksum(bytes, 0, HEADER.headerChecksum)) {
    return 'the header of the image is damaged: its checksum is wrong';
  }
  const version = view.getUint32(HEADER.version, true);
  if (version !== VERSION)
    return `the image has format version ${String(version)}, this program reads version ${String(VERSION)}`;
  const pageSize = view.getUint32(HEADER.pageSize, true);
  if (pageSize !== PAGE_SIZE) return `the image has pages of ${String(pageSize)} bytes, expected ${String(PAGE_SIZE)}`;
  return undefined;
}

function readGeometry(view: DataView): Geometry {
  return {
    totalPages: view.getUint32(HEADER.totalPages, true),
    contentPage: view.getUint32(HEADER.contentPage, true),
    inodeCount: view.getUint32(HEADER.inodeCount, true),
    inodeTable: view.getUint32(HEADER.inodeTable, true),
    entryCount: view.getUint32(HEADER.entryCount, true),
    entryTable: view.getUint32(HEADER.entryTable, true),
    nameBytes: view.getUint32(HEADER.nameBytes, true),
    names: view.getUint32(HEADER.names, true),
  };
}

function findSizeDamage(geometry: Geometry, size: number): string | undefined {
  const expected = geometry.totalPages * PAGE_SIZE;
  if (size !== expected) {
    return `the image is ${size < expected ? 'cut off' : 'too long'}: it has ${String(size)} bytes, its header says ${String(expected)}`;
  }
  const end = geometry.contentPage * PAGE_SIZE;
  const tables: readonly (readonly [string, number, number])[] = [
    ['inode table', geometry.inodeTable, geometry.inodeCount * INODE_SIZE],
    ['entry table', geometry.entryTable, geometry.entryCount * ENTRY_SIZE],
    ['names', geometry.names, geometry.nameBytes],
  ];
  for (const [name, start, length] of tables) {
    if (start < HEADER_SIZE || start + length > end) return `the ${name} of the image lies outside of its metadata`;
  }
  if (geometry.contentPage > geometry.totalPages) return 'the contents of the image begin after its end';
  if (geometry.inodeCount < ROOT_INO) return 'the image has no root directory';
  return undefined;
}

function findMetadataDamage(view: DataView, bytes: Uint8Array, geometry: Geometry): string | undefined {
  const sum = checksum(bytes, HEADER_SIZE, geometry.contentPage * PAGE_SIZE);
  return sum === view.getUint32(HEADER.metadataChecksum, true)
    ? undefined
    : 'the file table of the image is damaged: its checksum is wrong';
}

function findInodeDamage(view: DataView, geometry: Geometry): string | undefined {
  for (let ino = 1; ino <= geometry.inodeCount; ino++) {
    const offset = geometry.inodeTable + (ino - 1) * INODE_SIZE;
    const type = view.getUint32(offset + INODE.mode, true) & S_IFMT;
    if (ino === ROOT_INO && type !== S_IFDIR) return 'the root of the image is not a directory';
    if (!isInodeSound(view, offset, type, geometry)) return `inode ${String(ino)} of the image is not sound`;
  }
  return undefined;
}

function isInodeSound(view: DataView, offset: number, type: number, geometry: Geometry): boolean {
  const start = view.getUint32(offset + INODE.start, true);
  const size =
    view.getUint32(offset + INODE.sizeHigh, true) * 0x1_0000_0000 + view.getUint32(offset + INODE.sizeLow, true);
  switch (type) {
    case S_IFREG:
      return start >= geometry.contentPage && start + pagesFor(size) <= geometry.totalPages;
    case S_IFDIR: {
      const parent = view.getUint32(offset + INODE.parent, true);
      const count = view.getUint32(offset + INODE.count, true);
      return start + count <= geometry.entryCount && parent >= ROOT_INO && parent <= geometry.inodeCount;
    }
    case S_IFLNK:
      return size > 0 && size <= TARGET_LIMIT && start + size <= geometry.nameBytes;
    case S_IFCHR:
    case S_IFBLK:
    case S_IFIFO:
    case S_IFSOCK:
      return size === 0;
    default:
      return false;
  }
}

const SLASH = 0x2f;

function findEntryDamage(view: DataView, bytes: Uint8Array, geometry: Geometry): string | undefined {
  for (let index = 0; index < geometry.entryCount; index++) {
    const offset = geometry.entryTable + index * ENTRY_SIZE;
    const ino = view.getUint32(offset + ENTRY.ino, true);
    const nameOffset = view.getUint32(offset + ENTRY.nameOffset, true);
    const nameLength = view.getUint8(offset + ENTRY.nameLength);
    const isInside =
      ino >= 1 && ino <= geometry.inodeCount && nameLength > 0 && nameOffset + nameLength <= geometry.nameBytes;
    if (!isInside) return `directory entry ${String(index)} of the image is not sound`;
    const start = geometry.names + nameOffset;
    const name = bytes.subarray(start, start + nameLength);
    if (name.includes(SLASH) || name.includes(0))
      return `directory entry ${String(index)} of the image has no proper name`;
  }
  return undefined;
}
