import type { Inode } from './Inode.ts';

/**
 * A name in a directory, or the knowledge that there is none (`inode` null: a negative entry). Dentries form one tree per
 * file system, shared by all its mounts; the tree is a cache of what the file system would answer, and is what paths,
 * getcwd(2) and /proc/self/fd are spelled from.
 */
export class Dentry {
  name: string;
  /** The root is its own parent. */
  parent: Dentry;
  inode: Inode | null;
  children: Map<string, Dentry> | null = null;
  /** Mounts that sit on this entry, in any namespace: lets a walk skip the search for one. */
  mountCount = 0;
  /** The name was removed, or never was in a directory; open files and working directories may still hold it. */
  isUnlinked = false;

  private constructor(name: string, parent: Dentry | null, inode: Inode | null) {
    this.name = name;
    this.parent = parent ?? this;
    this.inode = inode;
    inode?.retain();
  }

  static root(inode: Inode): Dentry {
    return new Dentry('', null, inode);
  }

  /** An entry outside of any directory: what a magic link of /proc leads to (`pipe:[7]`), an O_TMPFILE. */
  static floating(name: string, inode: Inode): Dentry {
    const dentry = new Dentry(name, null, null);
    dentry.inode = inode;
    dentry.isUnlinked = true;
    return dentry;
  }

  get isRoot(): boolean {
    return this.parent === this;
  }

  /** Remembers what `name` is here. */
  add(name: string, inode: Inode | null): Dentry {
    const dentry = new Dentry(name, this, inode);
    this.children ??= new Map();
    this.children.set(name, dentry);
    this.count(1);
    return dentry;
  }

  /** The negative entry got a file. */
  fill(inode: Inode): void {
    if (this.inode !== null) throw new Error(`dentry ${this.name} is taken`);
    inode.retain();
    this.inode = inode;
  }

  /** The name went from its directory. What still holds the entry sees its inode as before. */
  unlink(): void {
    if (this.isUnlinked) return;
    this.isUnlinked = true;
    this.parent.children?.delete(this.name);
    this.count(-1);
    this.inode?.release();
    this.forgetChildren();
  }

  /** Drops what is remembered of names below. */
  forgetChildren(): void {
    if (this.children === null) return;
    for (const child of [...this.children.values()]) child.unlink();
  }

  /**
   * Forgets what is below, but for what somebody uses: entries whose inode has another holder, mount points, and the way
   * to them. Only between two operations, which may hold entries without their inodes. Whether nothing is left below.
   */
  trim(): boolean {
    if (this.children === null) return true;
    for (const child of this.children.values()) {
      const isFree = child.trim() && child.mountCount === 0 && (child.inode === null || child.inode.references === 1);
      if (!isFree) continue;
      this.children.delete(child.name);
      this.count(-1);
      child.inode?.release();
    }
    return this.children.size === 0;
  }

  /** Entries are counted with the file system of their directory. */
  private count(change: number): void {
    const { inode } = this.isRoot ? this : this.parent;
    if (inode !== null) inode.fs.entryCount += change;
  }

  /** The entry gets another place in the tree; whatever was there has been unlinked before. */
  move(parent: Dentry, name: string): void {
    this.parent.children?.delete(this.name);
    parent.children ??= new Map();
    parent.children.get(name)?.unlink();
    this.parent = parent;
    this.name = name;
    parent.children.set(name, this);
  }

  /** Whether this entry is `other` or lies below it. */
  isBelow(other: Dentry): boolean {
    let dentry: Dentry = this;
    for (;;) {
      if (dentry === other) return true;
      if (dentry.isRoot) return false;
      dentry = dentry.parent;
    }
  }
}
