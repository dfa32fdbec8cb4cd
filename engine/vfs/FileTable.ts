import { EBADF, EMFILE } from '../abi/errno.ts';
import type { Task } from '../process/Task.ts';
import { PathFile } from './File.ts';
import type { File } from './File.ts';

/**
 * Descriptors of a process (credentials of open(2), dup(2)). Shared by the tasks of a thread group and CLONE_FILES; every
 * entry holds one reference to its open file description.
 */
export class FileTable {
  private readonly files: (File | null)[] = [];
  private readonly closeOnExec: boolean[] = [];
  /** No free descriptor lies below. */
  private lowestFree = 0;
  /** Tasks that share it. */
  references = 1;

  /** The file behind `fd`, or null: a bad descriptor, or one with O_PATH, on which content operations answer -EBADF. */
  get(fd: number): File | null {
    const file = this.files[fd] ?? null;
    return file instanceof PathFile ? null : file;
  }

  /** As `get`, with O_PATH descriptors: for fstat(2), fchdir(2), dup(2), *at. */
  getAny(fd: number): File | null {
    return this.files[fd] ?? null;
  }

  /** One past the highest descriptor in use may lie lower; for listings. */
  get capacity(): number {
    return this.files.length;
  }

  /**
   * Puts `file` (whose reference passes to the table) at the lowest free descriptor not below `minimum`; -EMFILE when that
   * is not below `limit` (RLIMIT_NOFILE), the reference then stays with the caller.
   */
  install(file: File, minimum: number, limit: number, closeOnExec: boolean): number {
    let fd = Math.max(minimum, this.lowestFree);
    while (fd < this.files.length && this.files[fd] !== null) fd++;
    if (fd >= limit) return -EMFILE;
    this.put(fd, file, closeOnExec);
    if (minimum <= this.lowestFree) this.lowestFree = fd + 1;
    return fd;
  }

  /** Puts `file` at `fd` exactly, closing what is there (dup2(2)). */
  replace(task: Task, fd: number, file: File, closeOnExec: boolean): void {
    const old = this.files[fd] ?? null;
    this.put(fd, file, closeOnExec);
    if (old !== null) this.letGo(task, old);
  }

  /** close(2). The descriptor is gone even when flushing reports an error. */
  close(task: Task, fd: number): number {
    const file = this.files[fd] ?? null;
    if (file === null) return -EBADF;
    this.files[fd] = null;
    if (fd < this.lowestFree) this.lowestFree = fd;
    return this.letGo(task, file);
  }

  getCloseOnExec(fd: number): boolean {
    return this.closeOnExec[fd] ?? false;
  }

  setCloseOnExec(fd: number, closeOnExec: boolean): void {
    if (this.files[fd] !== null) this.closeOnExec[fd] = closeOnExec;
  }

  /** execve(2). */
  closeForExec(task: Task): void {
    for (let fd = 0; fd < this.files.length; fd++) {
      if (this.files[fd] !== null && this.closeOnExec[fd]) this.close(task, fd);
    }
  }

  /** Open descriptors in order. */
  descriptors(): number[] {
    const result: number[] = [];
    for (let fd = 0; fd < this.files.length; fd++) if (this.files[fd] !== null) result.push(fd);
    return result;
  }

  /** For fork(2) and unshare(2): the same descriptions under the same numbers. */
  clone(): FileTable {
    const copy = new FileTable();
    for (let fd = 0; fd < this.files.length; fd++) {
      copy.files[fd] = this.files[fd]?.retain() ?? null;
      copy.closeOnExec[fd] = this.closeOnExec[fd];
    }
    copy.lowestFree = this.lowestFree;
    return copy;
  }

  /** For CLONE_FILES and threads. */
  share(): this {
    this.references++;
    return this;
  }

  /** A task lets go of the table; the last one closes everything. */
  release(task: Task): void {
    if (--this.references > 0) return;
    for (let fd = 0; fd < this.files.length; fd++) if (this.files[fd] !== null) this.close(task, fd);
  }

  private letGo(task: Task, file: File): number {
    // Any descriptor of a file that a process closes takes all the process's record locks on it away (fcntl(2)).
    file.inode?.locks?.releaseOwner(this);
    const result = file.flush(task);
    file.close();
    return result;
  }

  private put(fd: number, file: File, closeOnExec: boolean): void {
    while (this.files.length < fd) {
      this.files.push(null);
      this.closeOnExec.push(false);
    }
    this.files[fd] = file;
    this.closeOnExec[fd] = closeOnExec;
  }
}
