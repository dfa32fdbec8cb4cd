import type { Dentry } from './Dentry.ts';
import type { Inode } from './Inode.ts';
import type { Mount } from './Mount.ts';

/** A place in the mount tree: a name's entry as seen through one mount. */
export class Path {
  readonly mount: Mount;
  readonly dentry: Dentry;

  constructor(mount: Mount, dentry: Dentry) {
    this.mount = mount;
    this.dentry = dentry;
  }

  /** The inode here; only for paths that a walk gave as existing. */
  get inode(): Inode {
    const { inode } = this.dentry;
    if (inode === null) throw new Error('path of a negative dentry');
    return inode;
  }

  equals(other: Path): boolean {
    return this.mount === other.mount && this.dentry === other.dentry;
  }
}
