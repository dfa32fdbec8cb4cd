import koffi from 'koffi';

/**
 * The host calls the engine makes through FFI. Addresses and sizes are Numbers (47 bits at most). Results are those of the
 * C library: -1 means that `hostErrno()` tells why.
 */
const libc = koffi.load('libc.so.6');

/** A Number that holds the address of a typed array: memmove(3) of nothing returns its target. */
const memmove = libc.func('memmove', 'uint64', ['void *', 'void *', 'size_t']) as (
  target: Uint8Array,
  source: Uint8Array,
  length: number,
) => number;

export function addressOf(bytes: Uint8Array): number {
  return memmove(bytes, bytes, 0);
}

export const mmap = libc.func('mmap', 'int64', ['uint64', 'uint64', 'int', 'int', 'int', 'int64']) as (
  address: number,
  length: number,
  protection: number,
  flags: number,
  fd: number,
  offset: number,
) => number;

export const memfdCreate = libc.func('memfd_create', 'int', ['str', 'uint']) as (name: string, flags: number) => number;

export const ftruncate = libc.func('ftruncate', 'int', ['int', 'int64']) as (fd: number, size: number) => number;

export const close = libc.func('close', 'int', ['int']) as (fd: number) => number;

export const fallocate = libc.func('fallocate', 'int', ['int', 'int', 'int64', 'int64']) as (
  fd: number,
  mode: number,
  offset: number,
  length: number,
) => number;

/** futex(2) on a word given by address; `timeout` is a struct timespec or null. */
const futexCall = libc.func('syscall', 'int64', ['int64', 'uint64', 'int64', 'int64', 'void *', 'int64', 'int64']) as (
  number: number,
  address: number,
  operation: number,
  value: number,
  timeout: Uint8Array | null,
  address2: number,
  value3: number,
) => number;

const SYS_FUTEX = 202;
const SYS_TGKILL = 234;

export function futexWait(address: number, value: number, timeout: Uint8Array | null): number {
  return futexCall(SYS_FUTEX, address, 0, value, timeout, 0, 0);
}

export function futexWake(address: number, count: number): number {
  return futexCall(SYS_FUTEX, address, 1, count, null, 0, 0);
}

const threadKill = libc.func('syscall', 'int64', ['int64', 'int64', 'int64', 'int64']) as (
  number: number,
  pid: number,
  tid: number,
  signal: number,
) => number;

export function tgkill(pid: number, tid: number, signal: number): number {
  return threadKill(SYS_TGKILL, pid, tid, signal);
}

/** flock(2): whether the lock was free. It goes with the descriptor. */
export function tryLock(fd: number): boolean {
  return flock(fd, LOCK_EX | LOCK_NB) === 0;
}

const flock = libc.func('flock', 'int', ['int', 'int']) as (fd: number, operation: number) => number;
const LOCK_EX = 2;
const LOCK_NB = 4;

export const waitpid = libc.func('waitpid', 'int', ['int', 'void *', 'int']) as (
  pid: number,
  status: Uint8Array | null,
  options: number,
) => number;

export const kill = libc.func('kill', 'int', ['int', 'int']) as (pid: number, signal: number) => number;

export function hostErrno(): number {
  return koffi.errno();
}

const spawnFileActionsInit = libc.func('posix_spawn_file_actions_init', 'int', ['void *']) as (a: Uint8Array) => number;
const spawnFileActionsDup2 = libc.func('posix_spawn_file_actions_adddup2', 'int', ['void *', 'int', 'int']) as (
  actions: Uint8Array,
  fd: number,
  newFd: number,
) => number;
const spawnFileActionsDestroy = libc.func('posix_spawn_file_actions_destroy', 'int', ['void *']) as (
  actions: Uint8Array,
) => number;
const posixSpawn = libc.func('posix_spawn', 'int', ['void *', 'str', 'void *', 'void *', 'str *', 'str *']) as (
  pid: Uint8Array,
  path: string,
  actions: Uint8Array,
  attributes: null,
  argv: (string | null)[],
  envp: (string | null)[],
) => number;

const fcntlDup = libc.func('fcntl', 'int', ['int', 'int', 'int']) as (
  fd: number,
  command: number,
  arg: number,
) => number;
const F_DUPFD_CLOEXEC = 1030;

/**
 * Starts `path` with exactly the descriptors of `fds` (index is the number in the child; null leaves it closed) and an
 * empty environment. Returns the pid; throws with the errno's number when the host refuses.
 */
export function spawnWithDescriptors(path: string, fds: readonly (number | null)[]): number {
  const actions = new Uint8Array(256);
  spawnFileActionsInit(actions);
  // Duplicates far above the targets, so that a target never overwrites a source that is still to come.
  const copies: number[] = [];
  fds.forEach((fd, target) => {
    if (fd === null) return;
    const copy = fcntlDup(fd, F_DUPFD_CLOEXEC, 64);
    if (copy < 0) throw new Error(`cannot duplicate descriptor ${fd}: errno ${hostErrno()}`);
    copies.push(copy);
    spawnFileActionsDup2(actions, copy, target);
  });
  const pid = new Uint8Array(4);
  const error = posixSpawn(pid, path, actions, null, [path, null], [null]);
  spawnFileActionsDestroy(actions);
  for (const copy of copies) close(copy);
  if (error !== 0) throw new Error(`cannot start ${path}: errno ${error}`);
  return new DataView(pid.buffer).getInt32(0, true);
}
