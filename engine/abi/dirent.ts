/** Sizes of directory entries of getdents(2) and getdents64(2), and `d_type` from the file type of a mode. */
import { setU64 } from './words.ts';

/** Bytes before the name: ino, offset, length; the type follows for getdents64. */
const DIRENT64_NAME = 19;
const DIRENT_NAME = 18;

/** `d_type` is the type bits of `st_mode` moved down (dirent.h, IFTODT). */
function directoryType(mode: number): number {
  return (mode >> 12) & 15;
}

/** Space that an entry takes: the name ends in a zero byte, and the next entry begins at a multiple of eight. */
export function dirent64Length(nameLength: number): number {
  return (DIRENT64_NAME + nameLength + 1 + 7) & ~7;
}

/** `d_type` of the old call lies in the last byte of the entry. */
export function direntLength(nameLength: number): number {
  return (DIRENT_NAME + nameLength + 2 + 7) & ~7;
}

/** Writes `struct linux_dirent64`; `name` is a byte string. */
export function encodeDirent64(
  view: DataView,
  offset: number,
  length: number,
  name: string,
  ino: number,
  mode: number,
  next: number,
): void {
  encodeHead(view, offset, length, ino, next);
  view.setUint8(offset + 18, directoryType(mode));
  encodeName(view, offset + DIRENT64_NAME, offset + length, name);
}

/** Writes `struct linux_dirent`. */
export function encodeDirent(
  view: DataView,
  offset: number,
  length: number,
  name: string,
  ino: number,
  mode: number,
  next: number,
): void {
  encodeHead(view, offset, length, ino, next);
  encodeName(view, offset + DIRENT_NAME, offset + length, name);
  view.setUint8(offset + length - 1, directoryType(mode));
}

function encodeHead(view: DataView, offset: number, length: number, ino: number, next: number): void {
  setU64(view, offset, ino);
  setU64(view, offset + 8, next);
  view.setUint16(offset + 16, length, true);
}

function encodeName(view: DataView, start: number, end: number, name: string): void {
  let position = start;
  for (let index = 0; index < name.length; index++) view.setUint8(position++, name.charCodeAt(index));
  while (position < end) view.setUint8(position++, 0);
}
