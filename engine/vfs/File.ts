import { EAGAIN, EBADF, EINVAL, ENOTDIR, ENOTTY, ESPIPE } from '../abi/errno.ts';
import { O_ACCMODE, O_NONBLOCK, O_RDONLY, O_WRONLY } from '../abi/open.ts';
import { POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../abi/poll.ts';
import type { IoSource, IoTarget } from '../mm/Io.ts';
import type { PageSource } from '../mm/PageSource.ts';
import type { Task } from '../process/Task.ts';
import type { WaitQueue } from '../sched/WaitQueue.ts';
import type { Inode } from './Inode.ts';
import type { Path } from './Path.ts';

/** Receives directory entries; returns false when there is no room for this one (getdents64(2)). */
export type DirectorySink = (name: string, ino: number, type: number, nextPosition: number) => boolean;

/** Who wants to hear that a description goes without holding it (epoll(7)). */
export interface FileWatcher {
  fileClosed(): void;
}

/**
 * An open file description (open(2)): what descriptors point to, shared over dup(2), fork(2) and SCM_RIGHTS.
 *
 * Operations never block: what cannot go on answers -EAGAIN, and `waitQueue` is woken with poll(2) bits when that may have
 * changed. The system-call layer does all waiting, restarting and O_NONBLOCK, once, for everything that is a file.
 * `task` is who asks: for job control, credentials, signals. Errors are negative errnos.
 */
export abstract class File {
  /** Descriptors and mappings that hold this description; `release` runs when the last one goes. */
  references = 1;
  /** Access mode and status flags (O_APPEND, O_NONBLOCK, O_PATH …); creation flags are not kept. */
  flags: number;
  position = 0;
  /** Where it was opened: for fchdir(2), *at calls and /proc/self/fd; null for pipes, sockets and the like. */
  path: Path | null = null;
  inode: Inode | null = null;
  /** Woken with poll(2) bits when `poll()` may answer differently; null when always ready (regular files). */
  readonly waitQueue: WaitQueue | null = null;

  private watchers: Set<FileWatcher> | null = null;

  constructor(flags: number) {
    this.flags = flags;
  }

  get isNonblocking(): boolean {
    return (this.flags & O_NONBLOCK) !== 0;
  }

  get canRead(): boolean {
    return (this.flags & O_ACCMODE) !== O_WRONLY;
  }

  get canWrite(): boolean {
    return (this.flags & O_ACCMODE) !== O_RDONLY;
  }

  /** What /proc/self/fd shows for a file without a path: `pipe:[7]`, `socket:[9]`, `anon_inode:[eventpoll]`. */
  describe(): string {
    return 'anon_inode:[file]';
  }

  /** read(2) at the file's own position, which advances. 0 is end of file. */
  read(_task: Task, _target: IoTarget): number {
    return -EINVAL;
  }

  write(_task: Task, _source: IoSource): number {
    return -EINVAL;
  }

  /** pread(2): at `offset`, leaving the position alone; -ESPIPE where there are no positions. */
  readAt(_task: Task, _target: IoTarget, _offset: number): number {
    return -ESPIPE;
  }

  writeAt(_task: Task, _source: IoSource, _offset: number): number {
    return -ESPIPE;
  }

  /** lseek(2): the new position. */
  seek(_offset: number, _whence: number): number {
    return -ESPIPE;
  }

  /** The poll(2) bits that hold now. */
  poll(_task: Task): number {
    return POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;
  }

  ioctl(_task: Task, _request: number, _argument: number): number {
    return -ENOTTY;
  }

  /** Lists entries from `position` on; 0, or a negative errno. Advances `position` past what the sink took. */
  readDirectory(_task: Task, _sink: DirectorySink): number {
    return -ENOTDIR;
  }

  /** ftruncate(2). */
  truncate(_task: Task, _size: number): number {
    return -EINVAL;
  }

  /** fsync(2) and fdatasync(2). */
  sync(): number {
    return -EINVAL;
  }

  /** What mmap(2) maps; null when the file cannot be mapped (-ENODEV). */
  get pages(): PageSource | null {
    return null;
  }

  /** close(2) of a descriptor of `task`, for POSIX locks and the like; `release` follows on the last one. */
  flush(_task: Task): number {
    return 0;
  }

  /** The last reference went. */
  protected release(): void {
    // nothing to let go
  }

  retain(): this {
    this.references++;
    return this;
  }

  /** Lets go of one reference. */
  close(): void {
    if (this.references <= 0) throw new Error('file closed too often');
    if (--this.references > 0) return;
    if (this.watchers !== null) for (const watcher of this.watchers) watcher.fileClosed();
    this.watchers = null;
    this.release();
  }

  addWatcher(watcher: FileWatcher): void {
    (this.watchers ??= new Set()).add(watcher);
  }

  removeWatcher(watcher: FileWatcher): void {
    this.watchers?.delete(watcher);
  }
}

/** Descriptor with O_PATH: a place in the tree, no way to its content. */
export class PathFile extends File {
  override read(): number {
    return -EBADF;
  }

  override write(): number {
    return -EBADF;
  }

  override ioctl(): number {
    return -EBADF;
  }
}

export const WOULD_BLOCK = -EAGAIN;
