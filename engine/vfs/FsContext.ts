import type { Path } from './Path.ts';

/** Root, working directory and umask of a process; shared by CLONE_FS. It holds the inodes of both directories. */
export class FsContext {
  umask: number;
  /** Tasks that share it. */
  references = 1;
  private rootPlace: Path;
  private cwdPlace: Path;

  constructor(root: Path, cwd: Path = root, umask = 0o022) {
    this.rootPlace = root;
    this.cwdPlace = cwd;
    this.umask = umask;
    root.inode.retain();
    cwd.inode.retain();
  }

  get root(): Path {
    return this.rootPlace;
  }

  set root(place: Path) {
    place.inode.retain();
    this.rootPlace.inode.release();
    this.rootPlace = place;
  }

  get cwd(): Path {
    return this.cwdPlace;
  }

  set cwd(place: Path) {
    place.inode.retain();
    this.cwdPlace.inode.release();
    this.cwdPlace = place;
  }

  /** For CLONE_FS. */
  share(): this {
    this.references++;
    return this;
  }

  /** For fork(2) and unshare(2). */
  clone(): FsContext {
    return new FsContext(this.root, this.cwd, this.umask);
  }

  /** A task lets go of it. */
  release(): void {
    if (--this.references > 0) return;
    this.rootPlace.inode.release();
    this.cwdPlace.inode.release();
  }
}
