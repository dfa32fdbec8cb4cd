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
    findEntryDamage(view, geometry)
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
    if (start < HEADER_SIZE || start % 4 !== 0 || start + length > end)
      return `the ${name} of the image lies outside of its metadata`;
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
  const words = wordsOf(view, geometry.inodeTable, geometry.inodeCount * INODE_SIZE);
  for (let ino = 1; ino <= geometry.inodeCount; ino++) {
    const record = ((ino - 1) * INODE_SIZE) / 4;
    const type = words[record + INODE.mode / 4] & S_IFMT;
    if (ino === ROOT_INO && type !== S_IFDIR) return 'the root of the image is not a directory';
    if (!isInodeSound(words, record, type, geometry)) return `inode ${String(ino)} of the image is not sound`;
  }
  return undefined;
}

function isInodeSound(words: Uint32Array, record: number, type: number, geometry: Geometry): boolean {
  const start = words[record + INODE.start / 4];
  const size = words[record + INODE.sizeHigh / 4] * 0x1_0000_0000 + words[record + INODE.sizeLow / 4];
  switch (type) {
    case S_IFREG:
      return start >= geometry.contentPage && start + pagesFor(size) <= geometry.totalPages;
    case S_IFDIR: {
      const parent = words[record + INODE.parent / 4];
      const isParentThere = parent >= ROOT_INO && parent <= geometry.inodeCount;
      return start + words[record + INODE.count / 4] <= geometry.entryCount && isParentThere;
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

function findEntryDamage(view: DataView, geometry: Geometry): string | undefined {
  const words = wordsOf(view, geometry.entryTable, geometry.entryCount * ENTRY_SIZE);
  for (let record = 0; record < words.length; record += ENTRY_SIZE / 4) {
    const ino = words[record + ENTRY.ino / 4];
    const nameLength = words[record + ENTRY.nameLength / 4] & 0xff;
    const nameEnd = words[record + ENTRY.nameOffset / 4] + nameLength;
    if (ino < 1 || ino > geometry.inodeCount || nameLength === 0 || nameEnd > geometry.nameBytes) {
      return `directory entry ${String((record * 4) / ENTRY_SIZE)} of the image is not sound`;
    }
  }
  return undefined;
}

/** Words are quicker than a DataView in code that runs for the first time. */
function wordsOf(view: DataView, start: number, size: number): Uint32Array {
  return new Uint32Array(view.buffer, view.byteOffset + start, size / 4);
}
