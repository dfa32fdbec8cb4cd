import type { Path } from './Path.ts';

/** Root, working directory and umask of a process; shared by CLONE_FS. */
export class FsContext {
  root: Path;
  cwd: Path;
  umask: number;
  /** Tasks that share it. */
  references = 1;

  constructor(root: Path, cwd: Path = root, umask = 0o022) {
    this.root = root;
    this.cwd = cwd;
    this.umask = umask;
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
}
