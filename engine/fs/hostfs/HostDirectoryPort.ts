import type { Timespec } from '../../abi/time.ts';

/** Attributes of a host file, as the host sees them. */
export interface HostAttributes {
  device: number;
  ino: number;
  mode: number;
  nlink: number;
  uid: number;
  gid: number;
  size: number;
  blocks: number;
  atime: Timespec;
  mtime: Timespec;
  ctime: Timespec;
  btime: Timespec;
}

export interface HostEntry {
  readonly name: string;
  readonly ino: number;
  /** File type bits of a mode; 0 where the host's file system does not tell. */
  readonly type: number;
}

export interface HostStatistics {
  readonly blockSize: number;
  readonly blocks: number;
  readonly blocksFree: number;
  readonly blocksAvailable: number;
  readonly files: number;
  readonly filesFree: number;
  readonly nameLength: number;
}

/** `open` for reading, for both ways, and made anew (fails when the name is taken). */
export type HostOpenMode = 'read' | 'write' | 'create';

/**
 * A directory of the host, and nothing outside of it: no implementation follows a symbolic link or `..`, or reaches what a
 * directory became that was moved away meanwhile. Paths are byte strings relative to the root, without leading slash; `''`
 * is the root. Results below zero are negative errnos, the same as a guest's.
 */
export interface HostDirectoryPort {
  /** Identity of the user who runs us: files of it are shown as root's. */
  readonly uid: number;
  readonly gid: number;

  /** Attributes of `path` itself, never of what a link points to. */
  stat(path: string): HostAttributes | number;
  statHandle(handle: number): HostAttributes | number;
  list(path: string): HostEntry[] | number;
  readlink(path: string): string | number;

  /** Opens a regular file (only such); a handle for the calls below. */
  open(path: string, mode: HostOpenMode, permissions: number): number;
  /** A file without a name in `directory` (O_TMPFILE); `linkHandle` gives it one. */
  openUnnamed(directory: string, permissions: number): number;
  linkHandle(handle: number, directory: string, name: string): number;
  close(handle: number): void;
  read(handle: number, target: Uint8Array, start: number, length: number, position: number): number;
  write(handle: number, source: Uint8Array, start: number, length: number, position: number): number;
  truncate(handle: number, size: number): number;
  allocate(handle: number, mode: number, offset: number, length: number): number;
  /** lseek(2) with SEEK_DATA or SEEK_HOLE. */
  seek(handle: number, offset: number, whence: number): number;
  sync(handle: number): number;

  mkdir(directory: string, name: string, permissions: number): number;
  symlink(target: string, directory: string, name: string): number;
  link(path: string, directory: string, name: string): number;
  unlink(directory: string, name: string): number;
  rmdir(directory: string, name: string): number;
  /** `flags` of renameat2(2). */
  rename(directory: string, name: string, newDirectory: string, newName: string, flags: number): number;
  chmod(path: string, permissions: number): number;
  /** Null leaves a time as it is. */
  setTimes(path: string, atime: Timespec | null, mtime: Timespec | null): number;
  statistics(): HostStatistics | number;
  dispose(): void;
}

/** Where a writable mount keeps what the host's user cannot set: a text file that only grows, and is rewritten at its end. */
export interface AttributeLog {
  /** The whole text; '' when there is none yet. */
  load(): string;
  append(line: string): void;
  /** Replaces everything, atomically. */
  rewrite(text: string): void;
}
