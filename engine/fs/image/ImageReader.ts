/**
 * Reads an image in place: every answer is a look at the bytes, nothing is unpacked when it is opened. Names and targets
 * are byte strings: one character (0 to 255) for each byte, so that names that are no UTF-8 survive.
 */
import { S_IFDIR, S_IFMT, S_IFREG } from '../../abi/mode.ts';
import { checksum } from './checksum.ts';
import { ENTRY, ENTRY_SIZE, HEADER, INODE, INODE_SIZE, PAGE_SIZE, ROOT_INO } from './layout.ts';
import { findDamage } from './validate.ts';

export class ImageReader {
  readonly rootIno = ROOT_INO;
  readonly inodeCount: number;
  readonly totalPages: number;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly inodeTable: number;
  private readonly entryTable: number;
  private readonly names: number;

  /** Only for `openImage`: the bytes have been checked. */
  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.bytes = bytes;
    this.view = view;
    this.inodeCount = view.getUint32(HEADER.inodeCount, true);
    this.totalPages = view.getUint32(HEADER.totalPages, true);
    this.inodeTable = view.getUint32(HEADER.inodeTable, true);
    this.entryTable = view.getUint32(HEADER.entryTable, true);
    this.names = view.getUint32(HEADER.names, true);
  }

  /** File type and permissions, as st_mode. */
  mode(ino: number): number {
    return this.field(ino, INODE.mode);
  }

  linkCount(ino: number): number {
    return this.field(ino, INODE.linkCount);
  }

  uid(ino: number): number {
    return this.field(ino, INODE.uid);
  }

  gid(ino: number): number {
    return this.field(ino, INODE.gid);
  }

  size(ino: number): number {
    return this.field(ino, INODE.sizeHigh) * 0x1_0000_0000 + this.field(ino, INODE.sizeLow);
  }

  mtimeSeconds(ino: number): number {
    return this.field(ino, INODE.mtimeSeconds);
  }

  mtimeNanoseconds(ino: number): number {
    return this.field(ino, INODE.mtimeNanoseconds);
  }

  /** Of a character or block device. */
  deviceMajor(ino: number): number {
    return this.field(ino, INODE.start);
  }

  deviceMinor(ino: number): number {
    return this.field(ino, INODE.count);
  }

  /** Of a directory: the one that contains it. */
  parent(ino: number): number {
    return this.field(ino, INODE.parent);
  }

  /** Of a regular file: the first of its pages in the image, which lie one after the other, zeroes after the end. */
  firstPage(ino: number): number {
    return this.field(ino, INODE.start);
  }

  /** The bytes of a regular file, seen through the image: not a copy, not to be written. */
  content(ino: number): Uint8Array {
    const start = this.firstPage(ino) * PAGE_SIZE;
    return this.bytes.subarray(start, start + this.size(ino));
  }

  /** Of a symbolic link. */
  target(ino: number): string {
    return this.text(this.names + this.field(ino, INODE.start), this.size(ino));
  }

  /** Of a directory: number of entries, without `.` and `..`. */
  entryCount(directory: number): number {
    return this.field(directory, INODE.count);
  }

  entryName(directory: number, index: number): string {
    const entry = this.entry(directory, index);
    return this.text(
      this.names + this.view.getUint32(entry + ENTRY.nameOffset, true),
      this.view.getUint8(entry + ENTRY.nameLength),
    );
  }

  entryIno(directory: number, index: number): number {
    return this.view.getUint32(this.entry(directory, index) + ENTRY.ino, true);
  }

  /** The file type as getdents64(2) gives it. */
  entryType(directory: number, index: number): number {
    return this.view.getUint8(this.entry(directory, index) + ENTRY.type);
  }

  /** The inode that `name` stands for in a directory, 0 when it is not there. */
  lookup(directory: number, name: string): number {
    let low = 0;
    let high = this.entryCount(directory);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.entry(directory, middle);
      const order = this.compare(name, entry);
      if (order === 0) return this.view.getUint32(entry + ENTRY.ino, true);
      if (order < 0) high = middle;
      else low = middle + 1;
    }
    return 0;
  }

  /**
   * Reads all contents and names the files whose bytes are not what was written. Opening does not do this: it would read
   * the whole image from the disk.
   */
  damagedFiles(): string[] {
    const damaged: string[] = [];
    const visit = (directory: number, path: string): void => {
      for (let index = 0; index < this.entryCount(directory); index++) {
        const ino = this.entryIno(directory, index);
        const type = this.mode(ino) & S_IFMT;
        const name = `${path}/${this.entryName(directory, index)}`;
        if (type === S_IFDIR) visit(ino, name);
        else if (type === S_IFREG && checksum(this.content(ino)) !== this.field(ino, INODE.contentChecksum)) {
          damaged.push(name);
        }
      }
    };
    visit(ROOT_INO, '');
    return damaged;
  }

  private field(ino: number, offset: number): number {
    return this.view.getUint32(this.inodeTable + (ino - 1) * INODE_SIZE + offset, true);
  }

  private entry(directory: number, index: number): number {
    return this.entryTable + (this.field(directory, INODE.start) + index) * ENTRY_SIZE;
  }

  private compare(name: string, entry: number): number {
    const start = this.names + this.view.getUint32(entry + ENTRY.nameOffset, true);
    const length = this.view.getUint8(entry + ENTRY.nameLength);
    const common = Math.min(length, name.length);
    for (let index = 0; index < common; index++) {
      const difference = name.charCodeAt(index) - this.view.getUint8(start + index);
      if (difference !== 0) return difference;
    }
    return name.length - length;
  }

  private text(start: number, length: number): string {
    let text = '';
    for (let index = 0; index < length; index++) text += String.fromCharCode(this.view.getUint8(start + index));
    return text;
  }
}

/** The image in `bytes`, or a sentence that says what is wrong with it. */
export function openImage(bytes: Uint8Array): ImageReader | string {
  return findDamage(bytes) ?? new ImageReader(bytes);
}
