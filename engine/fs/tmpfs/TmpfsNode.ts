import { EEXIST, ENODATA, ENOSPC } from '../../abi/errno.ts';
import { S_IFMT } from '../../abi/mode.ts';
import { Inode, XATTR_CREATE, XATTR_REPLACE } from '../../vfs/Inode.ts';
import type { Actor } from '../../vfs/Actor.ts';
import type { NewAttributes } from '../../vfs/Inode.ts';
import type { Tmpfs } from './Tmpfs.ts';

/** Extended attributes of one inode, names and values together, may take this much. */
const XATTR_BYTES_MAX = 1 << 16;

/** What all inodes of a tmpfs have in common: owners, and extended attributes. Special files are just this. */
export class TmpfsNode extends Inode {
  declare readonly fs: Tmpfs;
  private isForgotten = false;
  private attributes: Map<string, Uint8Array> | null = null;

  constructor(fs: Tmpfs, { mode, uid, gid }: NewAttributes, rdev = 0) {
    super(fs, fs.nextInode(), mode);
    this.uid = uid;
    this.gid = gid;
    this.rdev = rdev;
  }

  /** An inode that the caller knows to be of a tmpfs. */
  static of(inode: Inode): TmpfsNode {
    if (inode instanceof TmpfsNode) return inode;
    throw new Error('inode of another file system or kind');
  }

  override get blocks(): number {
    return 0;
  }

  protected override unused(): void {
    if (this.nlink !== 0 || this.isForgotten) return;
    this.isForgotten = true;
    this.fs.forget(this);
  }

  /** Called once, when the inode is gone for good. */
  dispose(): void {
    this.attributes = null;
  }

  get type(): number {
    return this.mode & S_IFMT;
  }

  override getXattr(name: string): Uint8Array | number {
    return this.attributes?.get(name) ?? -ENODATA;
  }

  override setXattr(name: string, value: Uint8Array, flags: number): number {
    const old = this.attributes?.get(name);
    if (old !== undefined && (flags & XATTR_CREATE) !== 0) return -EEXIST;
    if (old === undefined && (flags & XATTR_REPLACE) !== 0) return -ENODATA;
    this.attributes ??= new Map();
    let total = name.length + value.length;
    for (const [key, bytes] of this.attributes) if (key !== name) total += key.length + bytes.length;
    if (total > XATTR_BYTES_MAX) return -ENOSPC;
    this.attributes.set(name, value.slice());
    this.ctime = this.fs.now();
    return 0;
  }

  override listXattr(): readonly string[] {
    return this.attributes === null ? [] : [...this.attributes.keys()];
  }

  override removeXattr(name: string): number {
    if (!(this.attributes?.delete(name) ?? false)) return -ENODATA;
    this.ctime = this.fs.now();
    return 0;
  }
}

export class TmpfsSymlink extends TmpfsNode {
  private readonly target: string;

  constructor(fs: Tmpfs, attributes: NewAttributes, target: string) {
    super(fs, attributes);
    this.target = target;
    this.size = target.length;
  }

  override readlink(_actor: Actor): string {
    return this.target;
  }
}
