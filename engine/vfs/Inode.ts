import { EINVAL, ENODATA, ENOTDIR, ENOTTY, EOPNOTSUPP, EPERM } from '../abi/errno.ts';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../abi/mode.ts';
import type { Timespec } from '../abi/time.ts';
import type { IoSource } from '../mm/Io.ts';
import type { PageSource } from '../mm/PageSource.ts';
import type { Task } from '../process/Task.ts';
import type { Actor } from './Actor.ts';
import type { File } from './File.ts';
import type { FileSystem } from './FileSystem.ts';
import type { LockList } from './LockList.ts';
import type { Path } from './Path.ts';

/** What a new inode starts with; `mode` includes the file type. */
export interface NewAttributes {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** What chmod(2), chown(2), utimensat(2) change; absent members stay. */
export interface AttributeChange {
  mode?: number;
  uid?: number;
  gid?: number;
  atime?: Timespec;
  mtime?: Timespec;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly ino: number;
  /** File type bits of `st_mode`. */
  readonly type: number;
}

/** Content of a regular file as pages. */
export interface FilePages extends PageSource {
  /** The frame of page `index` for reading now, without a reference: `HOLE` where nothing was written, or a negative errno. */
  frameForRead(index: number): number;
}

/** Answer of `frameForRead`: all zero, and no frame kept for it. */
export const HOLE = -0x20000;

/** XATTR_CREATE and XATTR_REPLACE of setxattr(2). */
export const XATTR_CREATE = 1;
export const XATTR_REPLACE = 2;

/**
 * An object of a file system (inode(7)). Operations here do the change and nothing else: permission checks, read-only
 * mounts, name lengths and the dentry cache are the business of `pathOperations`, `open` and `permissions`.
 * Results below zero are negative errnos.
 */
export abstract class Inode {
  readonly fs: FileSystem;
  readonly ino: number;
  mode: number;
  uid = 0;
  gid = 0;
  nlink = 1;
  size = 0;
  rdev = 0;
  atime: Timespec;
  mtime: Timespec;
  ctime: Timespec;
  btime: Timespec;
  /** Dentries, open files and mappings that hold it; `unused` runs when the last one goes. */
  references = 0;
  /** Open files that may write (> 0), or running programs that forbid that (< 0): -ETXTBSY. */
  writers = 0;
  /** A file without a name (O_TMPFILE) that may still get one. */
  mayBeLinked = false;
  /** flock(2) and fcntl(2) locks; null while there are none. */
  locks: LockList | null = null;

  constructor(fs: FileSystem, ino: number, mode: number) {
    this.fs = fs;
    this.ino = ino;
    this.mode = mode;
    const now = fs.now();
    this.atime = now;
    this.mtime = now;
    this.ctime = now;
    this.btime = now;
  }

  get isDirectory(): boolean {
    return (this.mode & S_IFMT) === S_IFDIR;
  }

  get isSymlink(): boolean {
    return (this.mode & S_IFMT) === S_IFLNK;
  }

  get isRegular(): boolean {
    return (this.mode & S_IFMT) === S_IFREG;
  }

  /** Occupied space in units of 512 bytes. */
  get blocks(): number {
    return Math.ceil(this.size / 4096) * 8;
  }

  retain(): void {
    this.references++;
  }

  release(): void {
    if (this.references <= 0) throw new Error('inode released too often');
    if (--this.references === 0) this.unused();
  }

  /** Nothing holds the inode any more: with no links left, its storage goes. */
  protected unused(): void {
    // most keep nothing outside of the heap
  }

  /** Brings the attributes up to date where something outside of this machine may have changed them; 0 or an errno. */
  refresh(): number {
    return 0;
  }

  // Directories.

  lookup(_name: string, _actor: Actor): Inode | number {
    return -ENOTDIR;
  }

  create(_name: string, _attributes: NewAttributes): Inode | number {
    return -EPERM;
  }

  mkdir(_name: string, _attributes: NewAttributes): Inode | number {
    return -EPERM;
  }

  mknod(_name: string, _attributes: NewAttributes, _rdev: number): Inode | number {
    return -EPERM;
  }

  symlink(_name: string, _target: string, _attributes: NewAttributes): Inode | number {
    return -EPERM;
  }

  link(_name: string, _inode: Inode): number {
    return -EPERM;
  }

  unlink(_name: string, _inode: Inode): number {
    return -EPERM;
  }

  rmdir(_name: string, _inode: Inode): number {
    return -EPERM;
  }

  /** Moves `name` (which is `moved`) to `newName` in `directory`, of this file system, in place of `replaced`. */
  rename(_name: string, _moved: Inode, _directory: Inode, _newName: string, _replaced: Inode | null): number {
    return -EPERM;
  }

  /** RENAME_EXCHANGE. */
  exchange(_name: string, _inode: Inode, _directory: Inode, _otherName: string, _other: Inode): number {
    return -EINVAL;
  }

  /** A file without a name (O_TMPFILE). */
  createUnnamed(_attributes: NewAttributes): Inode | number {
    return -EOPNOTSUPP;
  }

  /** Everything in the directory at this moment but `.` and `..`. */
  entries(_actor: Actor): readonly DirectoryEntry[] | number {
    return -ENOTDIR;
  }

  // Symbolic links.

  readlink(_actor: Actor): string | number {
    return -EINVAL;
  }

  /** Where a magic link of /proc leads without going by its text; null for ordinary links. */
  followMagic(_actor: Actor): Path | number | null {
    return null;
  }

  // Content and attributes.

  /** A description of its own making (devices of a file system, /proc); null for what the file's type asks for. */
  openSpecial(_flags: number, _task: Actor): File | number | null {
    return null;
  }

  get pages(): FilePages | null {
    return null;
  }

  /** Called when a file is opened for content: caches are checked, an overlay copies up for writing. */
  prepareOpen(_flags: number): number {
    return 0;
  }

  /** Takes up to `length` bytes of `source` to `position`; the count, and `size` and `mtime` with it. */
  writeBytes(_source: IoSource, _position: number, _length: number): number {
    return -EINVAL;
  }

  /** Sets the size; -EINVAL where that has no meaning. */
  truncate(_size: number): number {
    return -EINVAL;
  }

  /** fallocate(2) with `mode` FALLOC_FL_* bits. */
  allocate(_mode: number, _offset: number, _length: number): number {
    return -EOPNOTSUPP;
  }

  /** lseek(2) SEEK_DATA: next offset ≥ `offset` with data, or -ENXIO. Files without holes are all data. */
  nextData(offset: number): number {
    return offset;
  }

  /** lseek(2) SEEK_HOLE: next offset ≥ `offset` in a hole; the end is one. */
  nextHole(_offset: number): number {
    return this.size;
  }

  sync(): number {
    return 0;
  }

  setAttributes(change: AttributeChange): number {
    if (change.mode !== undefined) this.mode = (this.mode & S_IFMT) | (change.mode & 0o7777);
    if (change.uid !== undefined) this.uid = change.uid;
    if (change.gid !== undefined) this.gid = change.gid;
    if (change.atime !== undefined) this.atime = change.atime;
    if (change.mtime !== undefined) this.mtime = change.mtime;
    this.ctime = this.fs.now();
    return 0;
  }

  /** relatime (mount(8)): reading moves atime only when it would otherwise lie before the last change. */
  touchAccess(): void {
    const { atime, mtime, ctime } = this;
    if (isBefore(mtime, atime) && isBefore(ctime, atime)) return;
    this.atime = this.fs.now();
  }

  ioctl(_task: Task, _request: number, _argument: number): number {
    return -ENOTTY;
  }

  getXattr(_name: string): Uint8Array | number {
    return -EOPNOTSUPP;
  }

  setXattr(_name: string, _value: Uint8Array, _flags: number): number {
    return -EOPNOTSUPP;
  }

  listXattr(): readonly string[] | number {
    return [];
  }

  removeXattr(_name: string): number {
    return -ENODATA;
  }
}

function isBefore(a: Timespec, b: Timespec): boolean {
  return a.seconds < b.seconds || (a.seconds === b.seconds && a.nanoseconds < b.nanoseconds);
}
