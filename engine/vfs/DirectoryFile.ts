import { EINVAL, EISDIR, ENOENT } from '../abi/errno.ts';
import { S_IFDIR } from '../abi/mode.ts';
import { SEEK_CUR, SEEK_SET } from '../abi/open.ts';
import type { Task } from '../process/Task.ts';
import { File } from './File.ts';
import type { DirectorySink } from './File.ts';
import type { DirectoryEntry, Inode } from './Inode.ts';
import type { Path } from './Path.ts';

/**
 * An open directory. The first read at position 0 takes a snapshot of the entries, so that a listing neither repeats nor
 * skips names while others create and remove them; rewinding takes a new one. Position 0 is `.`, 1 is `..`.
 */
export class DirectoryFile extends File {
  override inode: Inode;
  override path: Path;
  private snapshot: readonly DirectoryEntry[] | null = null;

  constructor(flags: number, inode: Inode, path: Path) {
    super(flags);
    this.inode = inode;
    this.path = path;
    inode.retain();
  }

  override read(): number {
    return -EISDIR;
  }

  override readAt(): number {
    return -EISDIR;
  }

  override readDirectory(task: Task, sink: DirectorySink): number {
    if (this.position === 0 || this.snapshot === null) {
      const entries = this.inode.entries(task);
      if (typeof entries === 'number') return entries;
      if (this.path.dentry.isUnlinked) return -ENOENT;
      this.snapshot = entries.slice();
      this.inode.touchAccess();
    }
    if (this.position === 0) {
      if (!sink('.', this.inode.ino, S_IFDIR, 1)) return 0;
      this.position = 1;
    }
    if (this.position === 1) {
      const parent = this.path.dentry.parent.inode ?? this.inode;
      if (!sink('..', parent.ino, S_IFDIR, 2)) return 0;
      this.position = 2;
    }
    while (this.position - 2 < this.snapshot.length) {
      const entry = this.snapshot[this.position - 2];
      if (!sink(entry.name, entry.ino, entry.type, this.position + 1)) return 0;
      this.position++;
    }
    return 0;
  }

  override seek(offset: number, whence: number): number {
    if (whence !== SEEK_SET && whence !== SEEK_CUR) return -EINVAL;
    const position = whence === SEEK_SET ? offset : this.position + offset;
    if (position < 0) return -EINVAL;
    this.position = position;
    return position;
  }

  override sync(): number {
    return this.inode.sync();
  }

  override ioctl(task: Task, request: number, argument: number): number {
    return this.inode.ioctl(task, request, argument);
  }

  protected override release(): void {
    this.inode.locks?.releaseOwner(this);
    this.inode.release();
  }
}
