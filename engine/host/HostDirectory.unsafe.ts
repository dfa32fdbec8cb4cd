import koffi from 'koffi';
import { EIO, ENAMETOOLONG, ENOENT, EXDEV } from '../abi/errno.ts';
import { S_IFMT, S_IFREG } from '../abi/mode.ts';
import {
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_PATH,
  O_RDONLY,
  O_RDWR,
  O_TMPFILE,
} from '../abi/open.ts';
import type { Timespec } from '../abi/time.ts';
import { getI64, getU64, setU64 } from '../abi/words.ts';
import type {
  HostAttributes,
  HostDirectoryPort,
  HostEntry,
  HostOpenMode,
  HostStatistics,
} from '../fs/hostfs/HostDirectoryPort.ts';

type Bytes = Uint8Array;

const libc = koffi.load('libc.so.6');
const openat2 = libc.func('syscall', 'long', ['long', 'int', 'void *', 'void *', 'size_t']) as (
  number: number,
  directory: number,
  path: Bytes,
  how: Bytes,
  size: number,
) => number;
const openPath = libc.func('open', 'int', ['void *', 'int', 'int']) as (
  p: Bytes,
  flags: number,
  mode: number,
) => number;
const closeFd = libc.func('close', 'int', ['int']) as (fd: number) => number;
const statx = libc.func('statx', 'int', ['int', 'void *', 'int', 'uint', 'void *']) as (
  fd: number,
  path: Bytes,
  flags: number,
  mask: number,
  result: Bytes,
) => number;
const pread = libc.func('pread', 'int64', ['int', 'void *', 'size_t', 'int64']) as (
  fd: number,
  target: Bytes,
  length: number,
  position: number,
) => number;
const pwrite = libc.func('pwrite', 'int64', ['int', 'void *', 'size_t', 'int64']) as typeof pread;
const ftruncate = libc.func('ftruncate', 'int', ['int', 'int64']) as (fd: number, size: number) => number;
const fallocate = libc.func('fallocate', 'int', ['int', 'int', 'int64', 'int64']) as (
  fd: number,
  mode: number,
  offset: number,
  length: number,
) => number;
const lseek = libc.func('lseek', 'int64', ['int', 'int64', 'int']) as (
  fd: number,
  offset: number,
  whence: number,
) => number;
const fdatasync = libc.func('fdatasync', 'int', ['int']) as (fd: number) => number;
const getdents64 = libc.func('syscall', 'long', ['long', 'int', 'void *', 'size_t']) as (
  number: number,
  fd: number,
  target: Bytes,
  size: number,
) => number;
const readlinkat = libc.func('readlinkat', 'int64', ['int', 'void *', 'void *', 'size_t']) as (
  fd: number,
  path: Bytes,
  target: Bytes,
  size: number,
) => number;
const mkdirat = libc.func('mkdirat', 'int', ['int', 'void *', 'uint']) as (
  fd: number,
  name: Bytes,
  mode: number,
) => number;
const symlinkat = libc.func('symlinkat', 'int', ['void *', 'int', 'void *']) as (
  target: Bytes,
  fd: number,
  name: Bytes,
) => number;
const linkat = libc.func('linkat', 'int', ['int', 'void *', 'int', 'void *', 'int']) as (
  fd: number,
  name: Bytes,
  newFd: number,
  newName: Bytes,
  flags: number,
) => number;
const unlinkat = libc.func('unlinkat', 'int', ['int', 'void *', 'int']) as (
  fd: number,
  name: Bytes,
  flags: number,
) => number;
const renameat2 = libc.func('renameat2', 'int', ['int', 'void *', 'int', 'void *', 'uint']) as typeof linkat;
const chmodPath = libc.func('chmod', 'int', ['void *', 'uint']) as (path: Bytes, mode: number) => number;
const utimensat = libc.func('utimensat', 'int', ['int', 'void *', 'void *', 'int']) as (
  fd: number,
  path: Bytes,
  times: Bytes,
  flags: number,
) => number;
const fstatfs = libc.func('fstatfs', 'int', ['int', 'void *']) as (fd: number, result: Bytes) => number;

const SYS_GETDENTS64 = 217;
const SYS_OPENAT2 = 437;
const AT_EMPTY_PATH = 0x1000;
const AT_FDCWD = -100;
const AT_REMOVEDIR = 0x200;
const AT_SYMLINK_FOLLOW = 0x400;
const STATX_BASIC_AND_BTIME = 0xfff;
const UTIME_OMIT = 0x3ffffffe;
const O_CLOEXEC = 0o2000000;
/** RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS of openat2(2). */
const CONFINED = 0x08 | 0x04 | 0x02;
const RENAME_NOREPLACE_AND_EXCHANGE = 3;
const PATH_MAX = 4096;
const EMPTY = new Uint8Array(1);

/**
 * A host directory through openat2(2). Every access starts at the root's descriptor and resolves the whole path anew with
 * RESOLVE_BENEATH and without any links, so that nothing that happens to the tree meanwhile leads out of it. What has no
 * form with a descriptor takes the parent's descriptor and one plain name.
 */
export class HostDirectory implements HostDirectoryPort {
  readonly uid: number;
  readonly gid: number;
  private root: number;
  private readonly how = new Uint8Array(24);
  private readonly howView = new DataView(this.how.buffer);
  private readonly pathBytes = new Uint8Array(4096);
  private readonly nameBytes = new Uint8Array(4096);
  private readonly otherBytes = new Uint8Array(4096);
  private readonly block = new Uint8Array(32768);
  private readonly blockView = new DataView(this.block.buffer);

  /** Throws a sentence when `hostPath` (of the host, as given by the user) is no directory that can be used. */
  constructor(hostPath: string, identity: { uid: number; gid: number }) {
    this.uid = identity.uid;
    this.gid = identity.gid;
    this.root = openPath(Buffer.from(`${hostPath}\0`), O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
    if (this.root < 0) throw new Error(`cannot use host directory ${hostPath}: errno ${koffi.errno()}`);
  }

  stat(path: string): HostAttributes | number {
    const fd = this.resolve(path, O_PATH | O_NOFOLLOW, 0);
    if (fd < 0) return fd;
    const result = this.statHandle(fd);
    closeFd(fd);
    return result;
  }

  statHandle(handle: number): HostAttributes | number {
    if (statx(handle, EMPTY, AT_EMPTY_PATH, STATX_BASIC_AND_BTIME, this.block) < 0) return lastError();
    const view = this.blockView;
    return {
      device: view.getUint32(136, true) * 2 ** 20 + view.getUint32(140, true),
      nlink: view.getUint32(16, true),
      uid: view.getUint32(20, true),
      gid: view.getUint32(24, true),
      mode: view.getUint16(28, true),
      ino: getU64(view, 32),
      size: getU64(view, 40),
      blocks: getU64(view, 48),
      atime: readTime(view, 64),
      btime: readTime(view, 80),
      ctime: readTime(view, 96),
      mtime: readTime(view, 112),
    };
  }

  list(path: string): HostEntry[] | number {
    const fd = this.resolve(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
    if (fd < 0) return fd;
    const entries: HostEntry[] = [];
    const view = this.blockView;
    let count = getdents64(SYS_GETDENTS64, fd, this.block, this.block.length);
    while (count > 0) {
      for (let at = 0; at < count; at += view.getUint16(at + 16, true)) {
        let end = at + 19;
        while (this.block[end] !== 0) end++;
        const name = latin1(this.block, at + 19, end);
        if (name !== '.' && name !== '..') {
          entries.push({ name, ino: getU64(view, at), type: (this.block[at + 18] << 12) & S_IFMT });
        }
      }
      count = getdents64(SYS_GETDENTS64, fd, this.block, this.block.length);
    }
    const error = count < 0 ? lastError() : 0;
    closeFd(fd);
    return error < 0 ? error : entries;
  }

  readlink(path: string): string | number {
    const fd = this.resolve(path, O_PATH | O_NOFOLLOW, 0);
    if (fd < 0) return fd;
    const length = readlinkat(fd, EMPTY, this.block, this.block.length);
    const error = length < 0 ? lastError() : 0;
    closeFd(fd);
    return error < 0 ? error : latin1(this.block, 0, length);
  }

  open(path: string, mode: HostOpenMode, permissions: number): number {
    // Without O_NONBLOCK, a FIFO that took the file's place meanwhile would hold us up for ever.
    const access = mode === 'read' ? O_RDONLY : O_RDWR;
    const creation = mode === 'create' ? O_CREAT | O_EXCL : 0;
    const fd = this.resolve(path, access | creation | O_NOFOLLOW | O_NONBLOCK, mode === 'create' ? permissions : 0);
    if (fd < 0) return fd;
    const attributes = this.statHandle(fd);
    if (typeof attributes !== 'number' && (attributes.mode & S_IFMT) === S_IFREG) return fd;
    closeFd(fd);
    return -EIO;
  }

  openUnnamed(directory: string, permissions: number): number {
    return this.resolve(directory, O_TMPFILE | O_RDWR | O_NOFOLLOW, permissions);
  }

  linkHandle(handle: number, directory: string, name: string): number {
    const source = Buffer.from(`/proc/self/fd/${handle}\0`);
    return this.inDirectory(directory, (fd) =>
      linkat(AT_FDCWD, source, fd, encodeName(name, this.nameBytes), AT_SYMLINK_FOLLOW),
    );
  }

  close(handle: number): void {
    closeFd(handle);
  }

  read(handle: number, target: Uint8Array, start: number, length: number, position: number): number {
    const count = pread(handle, target.subarray(start, start + length), length, position);
    return count < 0 ? lastError() : count;
  }

  write(handle: number, source: Uint8Array, start: number, length: number, position: number): number {
    const count = pwrite(handle, source.subarray(start, start + length), length, position);
    return count < 0 ? lastError() : count;
  }

  truncate(handle: number, size: number): number {
    return result(ftruncate(handle, size));
  }

  allocate(handle: number, mode: number, offset: number, length: number): number {
    return result(fallocate(handle, mode, offset, length));
  }

  seek(handle: number, offset: number, whence: number): number {
    const position = lseek(handle, offset, whence);
    return position < 0 ? lastError() : position;
  }

  sync(handle: number): number {
    return result(fdatasync(handle));
  }

  mkdir(directory: string, name: string, permissions: number): number {
    return this.inDirectory(directory, (fd) => mkdirat(fd, encodeName(name, this.nameBytes), permissions));
  }

  symlink(target: string, directory: string, name: string): number {
    const text = encode(target, this.otherBytes);
    return this.inDirectory(directory, (fd) => symlinkat(text, fd, encodeName(name, this.nameBytes)));
  }

  link(path: string, directory: string, name: string): number {
    const slash = path.lastIndexOf('/');
    const old = path.substring(slash + 1);
    return this.inDirectory(path.substring(0, Math.max(0, slash)), (from) =>
      this.inDirectory(directory, (to) =>
        linkat(from, encodeName(old, this.nameBytes), to, encodeName(name, this.otherBytes), 0),
      ),
    );
  }

  unlink(directory: string, name: string): number {
    return this.inDirectory(directory, (fd) => unlinkat(fd, encodeName(name, this.nameBytes), 0));
  }

  rmdir(directory: string, name: string): number {
    return this.inDirectory(directory, (fd) => unlinkat(fd, encodeName(name, this.nameBytes), AT_REMOVEDIR));
  }

  rename(directory: string, name: string, newDirectory: string, newName: string, flags: number): number {
    return this.inDirectory(directory, (from) =>
      this.inDirectory(newDirectory, (to) =>
        renameat2(
          from,
          encodeName(name, this.nameBytes),
          to,
          encodeName(newName, this.otherBytes),
          flags & RENAME_NOREPLACE_AND_EXCHANGE,
        ),
      ),
    );
  }

  chmod(path: string, permissions: number): number {
    // fchmod(2) refuses O_PATH descriptors; their name in /proc leads to exactly the file that was resolved.
    return this.withFile(path, (fd) => chmodPath(Buffer.from(`/proc/self/fd/${fd}\0`), permissions));
  }

  setTimes(path: string, atime: Timespec | null, mtime: Timespec | null): number {
    const times = new Uint8Array(32);
    const view = new DataView(times.buffer);
    writeTime(view, 0, atime);
    writeTime(view, 16, mtime);
    return this.withFile(path, (fd) => utimensat(fd, EMPTY, times, AT_EMPTY_PATH));
  }

  statistics(): HostStatistics | number {
    if (fstatfs(this.root, this.block) < 0) return lastError();
    const view = this.blockView;
    return {
      blockSize: getU64(view, 8),
      blocks: getU64(view, 16),
      blocksFree: getU64(view, 24),
      blocksAvailable: getU64(view, 32),
      files: getU64(view, 40),
      filesFree: getU64(view, 48),
      nameLength: getU64(view, 64),
    };
  }

  dispose(): void {
    if (this.root >= 0) closeFd(this.root);
    this.root = -1;
  }

  /** A descriptor of `path`, resolved within the root; the caller closes it. */
  private resolve(path: string, flags: number, mode: number): number {
    if (path.includes('\0')) return -ENOENT;
    let base = this.root;
    let rest = path;
    // The host resolves no more than PATH_MAX at once: a longer path goes on from the directory where a part of it ends.
    while (rest.length >= PATH_MAX) {
      const slash = rest.lastIndexOf('/', PATH_MAX - 1);
      const next =
        slash < 0 ? -ENAMETOOLONG : this.resolveFrom(base, rest.substring(0, slash), O_PATH | O_DIRECTORY, 0);
      if (base !== this.root) closeFd(base);
      if (next < 0) return next;
      base = next;
      rest = rest.substring(slash + 1);
    }
    const fd = this.resolveFrom(base, rest, flags, mode);
    if (base !== this.root) closeFd(base);
    return fd;
  }

  private resolveFrom(base: number, path: string, flags: number, mode: number): number {
    setU64(this.howView, 0, flags | O_CLOEXEC);
    setU64(this.howView, 8, mode);
    setU64(this.howView, 16, CONFINED);
    const name = encode(path === '' ? '.' : path, this.pathBytes);
    const fd = openat2(SYS_OPENAT2, base, name, this.how, this.how.length);
    if (fd >= 0) return fd;
    const error = lastError();
    // A link or a way out where a name was expected: the tree changed under us. To the guest, the name is gone.
    return error === -EXDEV ? -ENOENT : error;
  }

  private withFile(path: string, action: (fd: number) => number): number {
    const fd = this.resolve(path, O_PATH | O_NOFOLLOW, 0);
    if (fd < 0) return fd;
    const outcome = result(action(fd));
    closeFd(fd);
    return outcome;
  }

  /** Runs `action`, which answers as the C library does or with a negative errno, on a directory's descriptor. */
  private inDirectory(path: string, action: (fd: number) => number): number {
    const fd = this.resolve(path, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
    if (fd < 0) return fd;
    const answer = action(fd);
    const outcome = answer === -1 ? lastError() : answer;
    closeFd(fd);
    return outcome;
  }
}

function lastError(): number {
  return -koffi.errno();
}

function result(answer: number): number {
  return answer < 0 ? lastError() : 0;
}

function encode(text: string, into: Uint8Array): Uint8Array {
  if (text.length >= into.length) return Buffer.from(`${text}\0`, 'latin1');
  for (let index = 0; index < text.length; index++) into[index] = text.charCodeAt(index);
  into[text.length] = 0;
  return into;
}

/** A single name within a directory. Anything else would leave what openat2(2) confined: a bug of ours, so it throws. */
function encodeName(name: string, into: Uint8Array): Uint8Array {
  if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0')) {
    throw new Error('not a plain file name');
  }
  return encode(name, into);
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

function readTime(view: DataView, offset: number): Timespec {
  return { seconds: getI64(view, offset), nanoseconds: view.getUint32(offset + 8, true) };
}

function writeTime(view: DataView, offset: number, time: Timespec | null): void {
  setU64(view, offset, time?.seconds ?? 0);
  setU64(view, offset + 8, time?.nanoseconds ?? UTIME_OMIT);
}
