import { ENOENT, ESRCH } from '../../abi/errno.ts';
import { S_IFDIR, S_IFMT } from '../../abi/mode.ts';
import type { Inode, DirectoryEntry } from '../../vfs/Inode.ts';
import { TextInode } from '../text/textInodes.ts';
import type { ProcFs } from './ProcFs.ts';

/** A directory of /proc whose entries are found by asking the kernel each time. */
export abstract class ProcDirectory extends TextInode {
  declare readonly fs: ProcFs;
  readonly isProcDirectory = true;
  private readonly known = new Map<string, Inode>();

  constructor(fs: ProcFs, permissions: number) {
    super(fs, fs.nextInode(), S_IFDIR | permissions);
    this.nlink = 2;
  }

  /** Names to list. */
  abstract names(): Iterable<string>;
  /** What `name` is now, `known` if it still is that; null when there is no such name. */
  abstract find(name: string, known: Inode | null): Inode | null;

  override lookup(name: string): Inode | number {
    if (!this.isAlive) return -ESRCH;
    return this.child(name) ?? -ENOENT;
  }

  /** False once what it shows is gone, though someone may have it open. */
  protected get isAlive(): boolean {
    return true;
  }

  override entries(): readonly DirectoryEntry[] | number {
    if (!this.isAlive) return -ESRCH;
    const entries: DirectoryEntry[] = [];
    for (const name of this.names()) {
      const inode = this.child(name);
      if (inode !== null) entries.push({ name, ino: inode.ino, type: inode.mode & S_IFMT });
    }
    return entries;
  }

  override create(): number {
    return -ENOENT;
  }

  override mkdir(): number {
    return -ENOENT;
  }

  isChild(name: string, inode: Inode): boolean {
    return this.isAlive && this.child(name) === inode;
  }

  private child(name: string): Inode | null {
    const found = this.find(name, this.known.get(name) ?? null);
    if (found === null) this.known.delete(name);
    else this.known.set(name, found);
    return found;
  }
}
