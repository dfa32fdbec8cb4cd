import { ENOENT, ENOSPC, ENOTEMPTY } from '../../abi/errno.ts';
import type { DirectoryEntry, Inode, NewAttributes } from '../../vfs/Inode.ts';
import type { Tmpfs } from './Tmpfs.ts';
import { TmpfsFile } from './TmpfsFile.ts';
import { TmpfsNode, TmpfsSymlink } from './TmpfsNode.ts';

/** What Linux lets an entry of a tmpfs directory count for in `st_size`. */
const ENTRY_SIZE = 20;

export class TmpfsDirectory extends TmpfsNode {
  private readonly children = new Map<string, TmpfsNode>();

  constructor(fs: Tmpfs, attributes: NewAttributes) {
    super(fs, attributes);
    this.nlink = 2;
    this.size = 2 * ENTRY_SIZE;
  }

  /** A directory that the caller knows to be of a tmpfs. */
  static override of(inode: Inode): TmpfsDirectory {
    if (inode instanceof TmpfsDirectory) return inode;
    throw new Error('inode of another file system or kind');
  }

  override lookup(name: string): TmpfsNode | number {
    return this.children.get(name) ?? -ENOENT;
  }

  override create(name: string, attributes: NewAttributes): TmpfsNode | number {
    if (!this.fs.takeInode()) return -ENOSPC;
    return this.add(name, new TmpfsFile(this.fs, attributes));
  }

  override createUnnamed(attributes: NewAttributes): TmpfsNode | number {
    if (!this.fs.takeInode()) return -ENOSPC;
    const file = new TmpfsFile(this.fs, attributes);
    file.nlink = 0;
    return file;
  }

  override mkdir(name: string, attributes: NewAttributes): TmpfsNode | number {
    if (!this.fs.takeInode()) return -ENOSPC;
    this.nlink++;
    return this.add(name, new TmpfsDirectory(this.fs, attributes));
  }

  override mknod(name: string, attributes: NewAttributes, rdev: number): TmpfsNode | number {
    if (!this.fs.takeInode()) return -ENOSPC;
    return this.add(name, new TmpfsNode(this.fs, attributes, rdev));
  }

  override symlink(name: string, target: string, attributes: NewAttributes): TmpfsNode | number {
    if (!this.fs.takeInode()) return -ENOSPC;
    return this.add(name, new TmpfsSymlink(this.fs, attributes, target));
  }

  override link(name: string, inode: Inode): number {
    inode.nlink++;
    inode.ctime = this.fs.now();
    this.add(name, TmpfsNode.of(inode));
    return 0;
  }

  override unlink(name: string, inode: Inode): number {
    // Held meanwhile: an inode that nobody else holds goes with its last name.
    inode.retain();
    this.remove(name);
    inode.nlink--;
    inode.ctime = this.mtime;
    inode.release();
    return 0;
  }

  override rmdir(name: string, inode: Inode): number {
    const directory = TmpfsDirectory.of(inode);
    if (directory.children.size > 0) return -ENOTEMPTY;
    directory.retain();
    this.remove(name);
    this.nlink--;
    directory.nlink = 0;
    directory.ctime = this.mtime;
    directory.release();
    return 0;
  }

  override rename(name: string, moved: Inode, directory: Inode, newName: string, replaced: Inode | null): number {
    const target = TmpfsDirectory.of(directory);
    if (replaced !== null) {
      const error = replaced.isDirectory ? target.rmdir(newName, replaced) : target.unlink(newName, replaced);
      if (error < 0) return error;
    }
    this.remove(name);
    target.add(newName, TmpfsNode.of(moved));
    if (moved.isDirectory) {
      this.nlink--;
      target.nlink++;
    }
    moved.ctime = this.mtime;
    return 0;
  }

  override exchange(name: string, inode: Inode, directory: Inode, otherName: string, other: Inode): number {
    const target = TmpfsDirectory.of(directory);
    this.children.set(name, TmpfsNode.of(other));
    target.children.set(otherName, TmpfsNode.of(inode));
    const moved = (inode.isDirectory ? 1 : 0) - (other.isDirectory ? 1 : 0);
    this.nlink -= moved;
    target.nlink += moved;
    const now = this.fs.now();
    for (const changed of [this, target]) changed.mtime = changed.ctime = now;
    inode.ctime = other.ctime = now;
    return 0;
  }

  override entries(): readonly DirectoryEntry[] {
    const result: DirectoryEntry[] = [];
    for (const [name, child] of this.children) result.push({ name, ino: child.ino, type: child.type });
    // Linux lists a tmpfs newest first.
    return result.reverse();
  }

  /** Every inode below, for the end of the file system. */
  *descendants(): Generator<TmpfsNode> {
    for (const child of this.children.values()) {
      if (child instanceof TmpfsDirectory) yield* child.descendants();
      yield child;
    }
  }

  private add(name: string, inode: TmpfsNode): TmpfsNode {
    this.children.set(name, inode);
    this.size += ENTRY_SIZE;
    this.mtime = this.ctime = this.fs.now();
    return inode;
  }

  private remove(name: string): void {
    this.children.delete(name);
    this.size -= ENTRY_SIZE;
    this.mtime = this.ctime = this.fs.now();
  }
}
