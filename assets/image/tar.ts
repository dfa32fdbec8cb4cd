/**
 * Unpacks a tar archive into a tree, with the owners and permissions that its headers give: as an ordinary user no file
 * system could keep them, so none is asked. POSIX.1-1988 headers, GNU long names, POSIX.1-2001 paths and sizes.
 */
import type { ImageNode } from '../../engine/fs/image/encode.ts';
import type { Tree } from './tree.ts';

const BLOCK = 512;

interface Header {
  readonly name: string;
  readonly permissions: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtimeSeconds: number;
  readonly type: string;
  readonly linkName: string;
  readonly major: number;
  readonly minor: number;
}

function readText(block: Buffer, start: number, length: number): string {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end === -1 ? length : end);
}

/** Octal digits, or, when the first bit is set, a big-endian binary number (GNU). */
function readNumber(block: Buffer, start: number, length: number): number {
  if (((block[start] ?? 0) & 0x80) !== 0) {
    let value = (block[start] ?? 0) & 0x7f;
    for (let index = 1; index < length; index++) value = value * 256 + (block[start + index] ?? 0);
    return value;
  }
  const digits = readText(block, start, length).trim();
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

function checkSum(block: Buffer): void {
  let sum = 0;
  // The field of the sum itself counts as eight spaces.
  for (let index = 0; index < BLOCK; index++) sum += index >= 148 && index < 156 ? 0x20 : (block[index] ?? 0);
  if (sum !== readNumber(block, 148, 8)) throw new Error('the archive is damaged: a header has a wrong checksum');
}

function readHeader(block: Buffer): Header {
  checkSum(block);
  const isUstar = readText(block, 257, 5) === 'ustar';
  const prefix = isUstar && block[262] === 0 ? readText(block, 345, 155) : '';
  const name = readText(block, 0, 100);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    permissions: readNumber(block, 100, 8) & 0o7777,
    uid: readNumber(block, 108, 8),
    gid: readNumber(block, 116, 8),
    size: readNumber(block, 124, 12),
    mtimeSeconds: readNumber(block, 136, 12),
    type: readText(block, 156, 1),
    linkName: readText(block, 157, 100),
    major: readNumber(block, 329, 8),
    minor: readNumber(block, 337, 8),
  };
}

/** The records `<length> <key>=<value>\n` of a POSIX.1-2001 extended header. */
function readExtended(content: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let start = 0; start < content.length;) {
    const space = content.indexOf(0x20, start);
    const length = Number.parseInt(content.toString('latin1', start, space), 10);
    if (space === -1 || !(length > 0)) throw new Error('the archive is damaged: an extended header makes no sense');
    const [key = '', ...value] = content.toString('latin1', space + 1, start + length - 1).split('=');
    records.set(key, value.join('='));
    start += length;
  }
  return records;
}

function makeNode(header: Header, content: Buffer, tree: Tree): ImageNode | undefined {
  const { permissions, uid, gid, mtimeSeconds, major, minor } = header;
  const attributes = { permissions, uid, gid, mtimeSeconds };
  switch (header.type) {
    case '':
    case '0':
      return { ...attributes, kind: 'file', content: Uint8Array.from(content) };
    case '1':
      return tree.findUnfollowed(header.linkName);
    case '2':
      return { ...attributes, permissions: 0o777, kind: 'symbolicLink', target: header.linkName };
    case '3':
      return { ...attributes, kind: 'character', major, minor };
    case '4':
      return { ...attributes, kind: 'block', major, minor };
    case '5':
      return { ...attributes, kind: 'directory', entries: new Map() };
    case '6':
      return { ...attributes, kind: 'fifo', major: 0, minor: 0 };
    default:
      return undefined;
  }
}

/** Puts all files of `archive` into `tree`. */
export function unpackTar(archive: Buffer, tree: Tree): void {
  let overrides: { name?: string; linkName?: string; size?: number } = {};
  for (let position = 0; position + BLOCK <= archive.length;) {
    const block = archive.subarray(position, position + BLOCK);
    position += BLOCK;
    // Two blocks of zeroes end an archive.
    if (block.every((byte) => byte === 0)) break;
    const header = { ...readHeader(block), ...overrides };
    if (position + header.size > archive.length) throw new Error('the archive is damaged: it ends inside of a file');
    const content = archive.subarray(position, position + header.size);
    position += Math.ceil(header.size / BLOCK) * BLOCK;
    if (header.type === 'L') {
      overrides = { ...overrides, name: readText(content, 0, content.length) };
    } else if (header.type === 'K') {
      overrides = { ...overrides, linkName: readText(content, 0, content.length) };
    } else if (header.type === 'x') {
      const records = readExtended(content);
      const name = records.get('path');
      const linkName = records.get('linkpath');
      const size = records.get('size');
      overrides = {
        ...overrides,
        ...(name !== undefined && { name }),
        ...(linkName !== undefined && { linkName }),
        ...(size !== undefined && { size: Number(size) }),
      };
    } else {
      overrides = {};
      // A global extended header carries nothing that files need.
      if (header.type === 'g') continue;
      const node = makeNode(header, content, tree);
      if (node === undefined) {
        throw new Error(`the archive has something that cannot be unpacked: type '${header.type}' at ${header.name}`);
      }
      tree.put(header.name, node);
    }
  }
}
