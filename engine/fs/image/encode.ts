/**
 * Writes an image from a tree of nodes. The same tree gives the same bytes: nothing depends on order of insertion, time or
 * machine. Files of equal content share their pages.
 */
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFREG } from '../../abi/mode.ts';
import { checksum } from './checksum.ts';
import {
  ENTRY,
  ENTRY_SIZE,
  HEADER,
  HEADER_SIZE,
  INODE,
  INODE_SIZE,
  MAGIC,
  NAME_LIMIT,
  PAGE_SIZE,
  TARGET_LIMIT,
  VERSION,
  pagesFor,
} from './layout.ts';

interface Attributes {
  /** The lower twelve bits of st_mode. */
  permissions: number;
  uid: number;
  gid: number;
  mtimeSeconds: number;
}

export interface DirectoryNode extends Attributes {
  readonly kind: 'directory';
  readonly entries: Map<string, ImageNode>;
}

export interface FileNode extends Attributes {
  readonly kind: 'file';
  readonly content: Uint8Array;
}

export interface SymbolicLinkNode extends Attributes {
  readonly kind: 'symbolicLink';
  readonly target: string;
}

export interface SpecialNode extends Attributes {
  readonly kind: 'character' | 'block' | 'fifo';
  readonly major: number;
  readonly minor: number;
}

/** Names and targets are byte strings. A node that is reached under several names is one file with several links. */
export type ImageNode = DirectoryNode | FileNode | SymbolicLinkNode | SpecialNode;

const TYPES = {
  directory: S_IFDIR,
  file: S_IFREG,
  symbolicLink: S_IFLNK,
  character: S_IFCHR,
  block: S_IFBLK,
  fifo: S_IFIFO,
} as const;

interface Placed {
  readonly node: ImageNode;
  readonly ino: number;
  readonly parent: number;
  linkCount: number;
}

/** Gives every node its number, directories before what they contain. */
function numberNodes(root: DirectoryNode): Map<ImageNode, Placed> {
  const placed = new Map<ImageNode, Placed>();
  const visit = (node: ImageNode, parent: number): void => {
    const known = placed.get(node);
    if (known !== undefined) {
      if (node.kind === 'directory') throw new Error('a directory has two names');
      known.linkCount++;
      return;
    }
    const ino = placed.size + 1;
    const record = { node, ino, parent: parent === 0 ? ino : parent, linkCount: node.kind === 'directory' ? 2 : 1 };
    placed.set(node, record);
    if (node.kind !== 'directory') return;
    for (const [, child] of sortedEntries(node)) {
      visit(child, ino);
      // Each directory inside refers to this one as `..`.
      if (child.kind === 'directory') record.linkCount++;
    }
  };
  visit(root, 0);
  return placed;
}

function sortedEntries(directory: DirectoryNode): [string, ImageNode][] {
  // Byte strings compare by their bytes.
  return [...directory.entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Collects names and targets, each text once. */
class Names {
  size = 0;
  private readonly offsets = new Map<string, number>();

  add(text: string): number {
    const known = this.offsets.get(text);
    if (known !== undefined) return known;
    const offset = this.size;
    this.offsets.set(text, offset);
    this.size += text.length;
    return offset;
  }

  write(target: Uint8Array, start: number): void {
    for (const [text, offset] of this.offsets) {
      for (let index = 0; index < text.length; index++) target[start + offset + index] = text.charCodeAt(index);
    }
  }
}

/** Collects contents, each once, and knows the page on which each begins (counted from the first page of contents). */
class Contents {
  pages = 0;
  readonly placed: { readonly content: Uint8Array; readonly page: number }[] = [];
  private readonly bySum = new Map<string, { readonly content: Uint8Array; readonly page: number }[]>();

  add(content: Uint8Array, sum: number): number {
    const key = `${String(sum)} ${String(content.length)}`;
    const candidates = this.bySum.get(key) ?? [];
    const same = candidates.find((candidate) => candidate.content.every((byte, index) => byte === content[index]));
    if (same !== undefined) return same.page;
    const entry = { content, page: this.pages };
    this.bySum.set(key, [...candidates, entry]);
    this.placed.push(entry);
    this.pages += pagesFor(content.length);
    return entry.page;
  }
}

function checkText(text: string, limit: number, what: string): void {
  let isSound = text.length > 0 && text.length <= limit;
  for (let index = 0; index < text.length && isSound; index++) {
    const byte = text.charCodeAt(index);
    isSound = byte > 0 && byte <= 0xff;
  }
  if (!isSound) throw new Error(`${what} has 1 to ${String(limit)} bytes, none of them zero: ${JSON.stringify(text)}`);
}

function checkName(name: string): void {
  checkText(name, NAME_LIMIT, 'a name');
  if (name === '.' || name === '..' || name.includes('/')) throw new Error(`not a name: ${JSON.stringify(name)}`);
}

interface Entry {
  readonly nameOffset: number;
  readonly nameLength: number;
  readonly node: ImageNode;
}

/** What goes into the record of a node; `start` of a file counts from the first page of contents. */
interface Fields {
  readonly start: number;
  readonly count: number;
  readonly size: number;
  readonly sum: number;
}

/** Where everything will lie. */
interface Plan {
  readonly placed: ReadonlyMap<ImageNode, Placed>;
  readonly fields: ReadonlyMap<ImageNode, Fields>;
  readonly entries: readonly Entry[];
  readonly names: Names;
  readonly contents: Contents;
  readonly entryTable: number;
  readonly nameTable: number;
  readonly contentPage: number;
  readonly totalPages: number;
}

function makePlan(root: DirectoryNode): Plan {
  const placed = numberNodes(root);
  const names = new Names();
  const contents = new Contents();
  const entries: Entry[] = [];
  const fields = new Map<ImageNode, Fields>();
  for (const node of placed.keys()) fields.set(node, measure(node, entries, names, contents));
  const entryTable = HEADER_SIZE + placed.size * INODE_SIZE;
  const nameTable = entryTable + entries.length * ENTRY_SIZE;
  const contentPage = pagesFor(nameTable + names.size);
  const totalPages = contentPage + contents.pages;
  return { placed, fields, entries, names, contents, entryTable, nameTable, contentPage, totalPages };
}

function measure(node: ImageNode, entries: Entry[], names: Names, contents: Contents): Fields {
  switch (node.kind) {
    case 'directory': {
      const start = entries.length;
      for (const [name, child] of sortedEntries(node)) {
        checkName(name);
        entries.push({ nameOffset: names.add(name), nameLength: name.length, node: child });
      }
      return { start, count: node.entries.size, size: node.entries.size * ENTRY_SIZE, sum: 0 };
    }
    case 'file': {
      const sum = checksum(node.content);
      return { start: contents.add(node.content, sum), count: 0, size: node.content.length, sum };
    }
    case 'symbolicLink':
      checkText(node.target, TARGET_LIMIT, 'a target');
      return { start: names.add(node.target), count: 0, size: node.target.length, sum: 0 };
    default:
      return { start: node.major, count: node.minor, size: 0, sum: 0 };
  }
}

function emitInodes(view: DataView, plan: Plan): void {
  for (const { node, ino, parent, linkCount } of plan.placed.values()) {
    const fields = planned(plan.fields, node);
    const offset = HEADER_SIZE + (ino - 1) * INODE_SIZE;
    view.setUint32(offset + INODE.mode, TYPES[node.kind] | (node.permissions & 0o7777), true);
    view.setUint32(offset + INODE.linkCount, linkCount, true);
    view.setUint32(offset + INODE.uid, node.uid, true);
    view.setUint32(offset + INODE.gid, node.gid, true);
    view.setUint32(offset + INODE.sizeLow, fields.size % 0x1_0000_0000, true);
    view.setUint32(offset + INODE.sizeHigh, Math.floor(fields.size / 0x1_0000_0000), true);
    view.setUint32(offset + INODE.mtimeSeconds, node.mtimeSeconds, true);
    view.setUint32(offset + INODE.start, node.kind === 'file' ? plan.contentPage + fields.start : fields.start, true);
    view.setUint32(offset + INODE.count, fields.count, true);
    view.setUint32(offset + INODE.parent, node.kind === 'directory' ? parent : 0, true);
    view.setUint32(offset + INODE.contentChecksum, fields.sum, true);
  }
}

function emitEntries(view: DataView, plan: Plan): void {
  plan.entries.forEach(({ nameOffset, nameLength, node }, index) => {
    const offset = plan.entryTable + index * ENTRY_SIZE;
    view.setUint32(offset + ENTRY.nameOffset, nameOffset, true);
    view.setUint32(offset + ENTRY.ino, planned(plan.placed, node).ino, true);
    view.setUint8(offset + ENTRY.nameLength, nameLength);
    // S_IFMT lies in the upper four of sixteen bits; getdents64(2) has them at the bottom.
    view.setUint8(offset + ENTRY.type, TYPES[node.kind] >>> 12);
  });
}

/** Comes last: it holds the checksums of what the others wrote. */
function emitHeader(view: DataView, bytes: Uint8Array, plan: Plan): void {
  bytes.set(MAGIC);
  const put = (offset: number, value: number): void => view.setUint32(offset, value, true);
  put(HEADER.version, VERSION);
  put(HEADER.pageSize, PAGE_SIZE);
  put(HEADER.totalPages, plan.totalPages);
  put(HEADER.inodeCount, plan.placed.size);
  put(HEADER.inodeTable, HEADER_SIZE);
  put(HEADER.entryCount, plan.entries.length);
  put(HEADER.entryTable, plan.entryTable);
  put(HEADER.nameBytes, plan.names.size);
  put(HEADER.names, plan.nameTable);
  put(HEADER.contentPage, plan.contentPage);
  put(HEADER.metadataChecksum, checksum(bytes, HEADER_SIZE, plan.contentPage * PAGE_SIZE));
  put(HEADER.headerChecksum, checksum(bytes, 0, HEADER.headerChecksum));
}

function planned<T>(map: ReadonlyMap<ImageNode, T>, node: ImageNode): T {
  const value = map.get(node);
  if (value === undefined) throw new Error('a node of the tree was not planned');
  return value;
}

/** The bytes of the image of `root`. Throws when the tree is none: a wrong name, a directory in two places. */
export function encodeImage(root: DirectoryNode): Uint8Array {
  const plan = makePlan(root);
  const bytes = new Uint8Array(plan.totalPages * PAGE_SIZE);
  const view = new DataView(bytes.buffer);
  emitInodes(view, plan);
  emitEntries(view, plan);
  plan.names.write(bytes, plan.nameTable);
  for (const { content, page } of plan.contents.placed) bytes.set(content, (plan.contentPage + page) * PAGE_SIZE);
  emitHeader(view, bytes, plan);
  return bytes;
}
