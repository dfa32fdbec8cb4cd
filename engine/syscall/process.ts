import { CAP_SYS_RESOURCE } from '../process/Capabilities.ts';
import { isCapable } from '../process/Credentials.ts';
import {
  E2BIG,
  EACCES,
  EBADF,
  ECHILD,
  EFAULT,
  EINVAL,
  ENOENT,
  ENOSYS,
  EPERM,
  ERESTARTSYS,
  ESRCH,
} from '../abi/errno.ts';
import { rlimit } from '../abi/limits.ts';
import { AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_NOFOLLOW, O_CLOEXEC, O_NONBLOCK } from '../abi/open.ts';
import { POLL_ANY } from '../abi/poll.ts';
import { BLOCKED, NO_RESULT } from '../process/CallState.ts';
import { cloneTask, CLONE_VFORK, CLONE_VM } from '../process/clone.ts';
import type { CloneArguments } from '../process/clone.ts';
import { execute, readStringArray } from '../process/exec.ts';
import { beginExit, exitTask } from '../process/exit.ts';
import { hangUpOrphanedGroup } from '../process/jobControl.ts';
import type { Process, Usage } from '../process/Process.ts';
import { ProcessGroup } from '../process/Session.ts';
import type { Task } from '../process/Task.ts';
import { applyCpuLimit } from '../process/timers/ProcessTimers.ts';
import type { File } from '../vfs/File.ts';
import { PidFile } from '../vfs/event/PidFile.ts';
import { WALK_FOLLOW } from '../vfs/pathWalk.ts';
import { openProgramFile } from '../vfs/program.ts';
import { installNew } from './installNew.ts';
import { baseOf, walkFlagsOf } from './pathArguments.ts';
import { sendFrom } from './signal.ts';
import { defineCalls } from './define.ts';

const SIGCHLD = 17;
const MAX_PATH = 4096;
/** Fields of struct clone_args that are known here. */
const CLONE_ARGS_SIZE = 88;

/* ---- clone(2) ---- */

function startTask(task: Task, args: CloneArguments): number {
  return cloneTask(task, args, (process) => new PidFile(process, 0));
}

function clone(task: Task, flags: number, stack: number, parentTid: number, childTid: number, tls: number): number {
  const low = flags | 0;
  return startTask(task, {
    flags: low & ~0xff,
    exitSignal: low & 0xff,
    stack,
    parentTid,
    childTid,
    tls,
    clearHandlers: 0,
    isExact: 0,
    // The old call has no field of its own for it.
    pidfd: parentTid,
  });
}

function clone3(task: Task, address: number, size: number): number {
  if (size < 64) return -EINVAL;
  if (size > 4096) return -E2BIG;
  const field = (index: number): number => (8 * index < size ? task.memory.readU64(address + 8 * index) : 0);
  const values = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(field);
  if (values.some((value) => value < 0)) return -EFAULT;
  // Fields that we do not know must be zero: they may ask for something.
  for (let at = CLONE_ARGS_SIZE; at < size; at++) if (task.memory.readU8(address + at) !== 0) return -E2BIG;
  const [flags, pidfd, childTid, parentTid, exitSignal, stack, stackSize, tls, setTid, setTidSize] = values;
  if (setTidSize !== 0 || setTid !== 0) return -EPERM;
  if ((stack === 0) !== (stackSize === 0) || exitSignal > 64) return -EINVAL;
  const high = Math.floor(flags / 4294967296);
  if (high > 1) return high === 2 ? -ENOSYS : -EINVAL;
  return startTask(task, {
    flags: (flags % 4294967296) | 0,
    exitSignal,
    stack: stack === 0 ? 0 : stack + stackSize,
    parentTid,
    childTid,
    tls,
    clearHandlers: (high & 1) as 0 | 1,
    pidfd,
    isExact: 1,
  });
}

function forkWith(flags: number) {
  return (task: Task): number =>
    startTask(task, {
      flags,
      exitSignal: SIGCHLD,
      stack: 0,
      parentTid: 0,
      childTid: 0,
      tls: 0,
      clearHandlers: 0,
      pidfd: 0,
      isExact: 0,
    });
}

/* ---- execve(2) ---- */

/** Opens a program by a path from the working directory. */
export function openProgram(task: Task, path: string): File | number {
  return openProgramFile(task.kernel.vfs, task, null, path, WALK_FOLLOW);
}

function runExec(task: Task, file: File | number, path: string, argvAddress: number, envpAddress: number): number {
  if (typeof file === 'number') return file;
  const argv = readStringArray(task.memory, argvAddress);
  const envp = typeof argv === 'number' ? argv : readStringArray(task.memory, envpAddress);
  if (typeof argv === 'number' || typeof envp === 'number') {
    file.close();
    return typeof argv === 'number' ? argv : (envp as number);
  }
  const result = execute(task, file, { path, argv: argv.length === 0 ? [''] : argv, envp }, openProgram);
  return result === 0 ? NO_RESULT : result;
}

function execve(task: Task, pathAddress: number, argv: number, envp: number): number {
  const path = task.memory.readString(pathAddress, MAX_PATH);
  if (typeof path === 'number') return path;
  return runExec(task, openProgram(task, path), path, argv, envp);
}

function execveat(task: Task, dirfd: number, pathAddress: number, argv: number, envp: number, flags: number): number {
  if ((flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW)) !== 0) return -EINVAL;
  const path = task.memory.readString(pathAddress, MAX_PATH);
  if (typeof path === 'number') return path;
  const fd = dirfd | 0;
  if (path === '' && (flags & AT_EMPTY_PATH) === 0) return -ENOENT;
  const base = baseOf(task, dirfd, path);
  if (typeof base === 'number') return base;
  const file = openProgramFile(task.kernel.vfs, task, base, path, walkFlagsOf(flags));
  const isRelativeToFd = fd !== AT_FDCWD && !path.startsWith('/');
  // Where a script's interpreter finds it again (execveat(2), NOTES).
  const shown = isRelativeToFd ? `/dev/fd/${fd}${path === '' ? '' : `/${path}`}` : path;
  return runExec(task, file, shown, argv, envp);
}

/* ---- exit and wait ---- */

function exit(task: Task, status: number): number {
  const { process } = task;
  if (process.threads.length === 1 && !process.isExiting) process.waitStatus = (status & 0xff) << 8;
  exitTask(task);
  return NO_RESULT;
}

function exitGroup(task: Task, status: number): number {
  beginExit(task, (status & 0xff) << 8);
  return NO_RESULT;
}

const WNOHANG = 1;
const WUNTRACED = 2;
const WEXITED = 4;
const WCONTINUED = 8;
const WNOWAIT = 0x0100_0000;
const WAIT4_OPTIONS = WNOHANG | WUNTRACED | WCONTINUED | 0x2000_0000 | 0x4000_0000 | 0x8000_0000;

interface Selector {
  matches(child: Process): boolean;
}

function selectorOf(task: Task, pid: number): Selector | number {
  if (pid > 0) return { matches: (child) => child.pid === pid };
  if (pid === -1) return { matches: () => true };
  if (pid < -0x7fff_ffff) return -ESRCH;
  const group = pid === 0 ? task.process.group.id : -pid;
  return { matches: (child) => child.group.id === group };
}

interface Change {
  readonly child: Process;
  readonly kind: 'exited' | 'stopped' | 'continued';
  readonly status: number;
}

/** A change of a child that wait was asked for, null when there is none yet, or -ECHILD. */
function findChange(process: Process, selector: Selector, options: number): Change | number | null {
  let any = false;
  for (const child of process.children) {
    if (!selector.matches(child)) continue;
    // Children that do not send SIGCHLD are "clone children" (__WCLONE, __WALL).
    const isClone = child.exitSignal !== SIGCHLD;
    if ((options & 0x4000_0000) === 0 && isClone !== ((options & 0x8000_0000) !== 0)) continue;
    any = true;
    if (child.isZombie) {
      if ((options & WEXITED) !== 0) return { child, kind: 'exited', status: child.waitStatus };
    } else if (child.isStopped && !child.stopReported && (options & WUNTRACED) !== 0) {
      return { child, kind: 'stopped', status: (child.stopSignal << 8) | 0x7f };
    } else if (!child.continueReported && (options & WCONTINUED) !== 0) {
      return { child, kind: 'continued', status: 0xffff };
    }
  }
  return any ? null : -ECHILD;
}

/** Takes note that the change was reported; a zombie goes for good. Returns what it used. */
function consume(process: Process, change: Change): Usage {
  const { child, kind } = change;
  if (kind === 'stopped') child.stopReported = true;
  else if (kind === 'continued') child.continueReported = true;
  const usage = child.usage();
  if (kind === 'exited') {
    const into = process.childrenUsage;
    into.userNs += usage.userNs + child.childrenUsage.userNs;
    into.systemNs += usage.systemNs + child.childrenUsage.systemNs;
    into.minorFaults += usage.minorFaults + child.childrenUsage.minorFaults;
    into.majorFaults += usage.majorFaults + child.childrenUsage.majorFaults;
    process.kernel.processes.removeProcess(child);
  }
  return usage;
}

/** struct rusage as getrusage(2) and wait4(2) fill it. */
function writeUsage(task: Task, address: number, usage: Usage): number {
  const bytes = new Uint8Array(144);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(usage.userNs / 1e9), true);
  view.setUint32(8, Math.floor((usage.userNs % 1e9) / 1e3), true);
  view.setUint32(16, Math.floor(usage.systemNs / 1e9), true);
  view.setUint32(24, Math.floor((usage.systemNs % 1e9) / 1e3), true);
  view.setUint32(32, usage.maximumResidentPages * 4, true);
  view.setUint32(64, usage.minorFaults, true);
  view.setUint32(72, usage.majorFaults, true);
  view.setUint32(128, usage.voluntarySwitches, true);
  view.setUint32(136, usage.involuntarySwitches, true);
  return task.memory.copyOut(address, bytes, 0, bytes.length);
}

function waitFor(task: Task, selector: Selector, options: number): Change | number {
  const change = findChange(task.process, selector, options);
  if (change !== null) return change;
  if ((options & WNOHANG) !== 0) return 0;
  if (task.signalPending) return -ERESTARTSYS;
  task.sleepOn(task.process.childQueue, POLL_ANY);
  return BLOCKED;
}

function wait4(task: Task, pidArgument: number, status: number, options: number, rusage: number): number {
  const pid = pidArgument | 0;
  if (((options | 0) & ~WAIT4_OPTIONS) !== 0) return -EINVAL;
  const selector = selectorOf(task, pid);
  if (typeof selector === 'number') return selector;
  const change = waitFor(task, selector, options | 0 | WEXITED);
  if (typeof change === 'number') return change;
  const { pid: found } = change.child;
  // In this order: a child whose status cannot be copied out is gone all the same.
  const usage = consume(task.process, change);
  if (status !== 0 && task.memory.writeU32(status, change.status) < 0) return -EFAULT;
  if (rusage !== 0 && writeUsage(task, rusage, usage) < 0) return -EFAULT;
  return found;
}

const P_ALL = 0;
const P_PID = 1;
const P_PGID = 2;
const P_PIDFD = 3;

function waitid(task: Task, type: number, idArgument: number, info: number, options: number, rusage: number): number {
  const id = idArgument | 0;
  if ((options & (WEXITED | WUNTRACED | WCONTINUED)) === 0) return -EINVAL;
  if ((options & ~(WNOHANG | WUNTRACED | WEXITED | WCONTINUED | WNOWAIT | 0xe000_0000)) !== 0) return -EINVAL;
  let selector: Selector | number;
  if (type === P_ALL) selector = selectorOf(task, -1);
  else if (type === P_PID) selector = id > 0 ? selectorOf(task, id) : -EINVAL;
  else if (type === P_PGID) selector = id < 0 ? -EINVAL : selectorOf(task, id === 0 ? 0 : -id);
  else if (type === P_PIDFD) {
    const file = task.files.get(id);
    selector = file instanceof PidFile ? selectorOf(task, file.target.pid) : -EBADF;
  } else selector = -EINVAL;
  if (typeof selector === 'number') return selector;
  const change = waitFor(task, selector, options | 0);
  if (typeof change === 'number') {
    if (change === 0 && info !== 0 && task.memory.clear(info, 128) < 0) return -EFAULT;
    return change;
  }
  const uid = change.child.threads.length > 0 ? change.child.leader.credentials.uid : task.credentials.uid;
  if (info !== 0) {
    const signal = change.status & 0x7f;
    const exited = change.kind === 'exited';
    const code = exited ? (signal === 0 ? 1 : (change.status & 0x80) !== 0 ? 3 : 2) : change.kind === 'stopped' ? 5 : 6;
    const status = exited
      ? signal === 0
        ? (change.status >> 8) & 0xff
        : signal
      : change.kind === 'stopped'
        ? change.child.stopSignal
        : 18;
    const bytes = new Uint8Array(128);
    const view = new DataView(bytes.buffer);
    [SIGCHLD, 0, code, 0, change.child.pid, uid, status].forEach((value, index) => {
      view.setInt32(4 * index, value, true);
    });
    if (task.memory.copyOut(info, bytes, 0, 128) < 0) return -EFAULT;
  }
  const usage = (options & WNOWAIT) !== 0 ? change.child.usage() : consume(task.process, change);
  if (rusage !== 0 && writeUsage(task, rusage, usage) < 0) return -EFAULT;
  return 0;
}

/* ---- identity, groups, sessions ---- */

function findProcess(task: Task, pid: number): Process | undefined {
  return pid === 0 ? task.process : task.kernel.processes.processes.get(pid);
}

function setpgid(task: Task, pidArgument: number, groupArgument: number): number {
  const pid = pidArgument | 0;
  const { processes } = task.kernel;
  const target = findProcess(task, pid);
  const id = (groupArgument | 0) === 0 ? (target?.pid ?? 0) : groupArgument | 0;
  if (id < 0) return -EINVAL;
  if (target === undefined) return -ESRCH;
  if (target !== task.process) {
    if (target.parent !== task.process) return -ESRCH;
    if (target.session !== task.process.session) return -EPERM;
    if (target.hasExecuted) return -EACCES;
  }
  if (target.session.leader === target) return -EPERM;
  if (id === target.group.id) return 0;
  if (id === target.pid) {
    processes.joinGroup(target, new ProcessGroup(id, target.session));
    return 0;
  }
  const group = processes.groups.get(id);
  if (group === undefined || group.session !== task.process.session) return -EPERM;
  const old = target.group;
  processes.joinGroup(target, group);
  if (old.members.size > 0) hangUpOrphanedGroup(old);
  return 0;
}

function getpgid(task: Task, pid: number): number {
  return findProcess(task, pid | 0)?.group.id ?? -ESRCH;
}

function getsid(task: Task, pid: number): number {
  return findProcess(task, pid | 0)?.session.id ?? -ESRCH;
}

function setsid(task: Task): number {
  const { process, kernel } = task;
  if (kernel.processes.groups.has(process.pid)) return -EPERM;
  kernel.processes.startSession(process);
  return process.pid;
}

function pidfdOpen(task: Task, pid: number, flags: number): number {
  if ((flags & ~O_NONBLOCK) !== 0 || (pid | 0) <= 0) return -EINVAL;
  const target = task.kernel.processes.processes.get(pid | 0);
  if (target === undefined) return task.kernel.processes.tasks.has(pid | 0) ? -EINVAL : -ESRCH;
  return installNew(task, new PidFile(target, flags), flags | O_CLOEXEC);
}

function pidfdSendSignal(task: Task, fd: number, signal: number, info: number, flags: number): number {
  if (flags !== 0 || signal < 0 || signal > 64) return -EINVAL;
  const file = task.files.get(fd | 0);
  if (!(file instanceof PidFile)) return -EBADF;
  const { target } = file;
  if (target.isZombie) return -ESRCH;
  return sendFrom(task, target, signal, info);
}

function setTidAddress(task: Task, address: number): number {
  task.clearChildTid = address;
  return task.tid;
}

const RUSAGE_SELF = 0;
const RUSAGE_CHILDREN = -1;
const RUSAGE_THREAD = 1;

function getrusage(task: Task, who: number, address: number): number {
  let usage: Usage;
  if ((who | 0) === RUSAGE_SELF) usage = task.process.usage();
  else if ((who | 0) === RUSAGE_CHILDREN) usage = task.process.childrenUsage;
  else if ((who | 0) === RUSAGE_THREAD)
    usage = { ...task.process.usage(), userNs: task.userNs, systemNs: task.systemNs };
  else return -EINVAL;
  return writeUsage(task, address, usage);
}

/* ---- limits ---- */

function readLimit(task: Task, address: number): { current: number; maximum: number } | number {
  const current = task.memory.readU64(address);
  const maximum = task.memory.readU64(address + 8);
  if (current < 0 || maximum < 0) return -EFAULT;
  const open = (value: number): number => (value >= 2 ** 63 ? Infinity : value);
  return { current: open(current), maximum: open(maximum) };
}

function writeLimit(task: Task, address: number, value: { current: number; maximum: number }): number {
  const shown = (limit: number): number => (limit === Infinity ? -1 : limit);
  const result = task.memory.writeU64(address, shown(value.current));
  return result < 0 ? result : task.memory.writeU64(address + 8, shown(value.maximum));
}

function prlimit64(task: Task, pid: number, resource: number, newAddress: number, oldAddress: number): number {
  if (resource < 0 || resource > 15) return -EINVAL;
  const target = findProcess(task, pid | 0);
  if (target === undefined) return -ESRCH;
  const old = target.limits[resource];
  if (newAddress !== 0) {
    const wanted = readLimit(task, newAddress);
    if (typeof wanted === 'number') return wanted;
    if (wanted.current > wanted.maximum) return -EINVAL;
    if (wanted.maximum > old.maximum && !isCapable(task.credentials, CAP_SYS_RESOURCE)) return -EPERM;
    if (resource === rlimit.openFiles && wanted.maximum > 1048576) return -EPERM;
    target.limits[resource] = wanted;
    if (resource === rlimit.cpu) applyCpuLimit(target);
    if (resource === rlimit.stack) target.memory.stackLimit = wanted.current;
    if (resource === rlimit.addressSpace) target.memory.sizeLimit = wanted.current;
  }
  return oldAddress === 0 ? 0 : writeLimit(task, oldAddress, old);
}

export const processCalls = defineCalls({
  clone: {
    args: ['clone-flags', 'clone-stack', 'clone-parent-tid', 'clone-child-tid', 'clone-tls'],
    run: clone,
    partial: 'namespaces, ptrace',
  },
  clone3: { args: ['clone-arguments', 'size'], run: clone3, partial: 'namespaces, set_tid, cgroup' },
  fork: { args: [], run: forkWith(0) },
  vfork: { args: [], run: forkWith(CLONE_VM | CLONE_VFORK) },
  execve: { args: ['path', 'string-array', 'environment'], run: execve },
  execveat: { args: ['dirfd', 'path', 'string-array', 'environment', 'at-flags'], run: execveat },
  exit: { args: ['int'], run: exit },
  exit_group: { args: ['int'], run: exitGroup },
  wait4: { args: ['pid', 'wait-status-out', 'wait-options', 'pointer'], run: wait4 },
  waitid: { args: ['int', 'pid', 'pointer', 'wait-options', 'pointer'], run: waitid },
  getpid: { args: [], run: (task) => task.process.pid },
  gettid: { args: [], run: (task) => task.tid },
  getppid: { args: [], run: (task) => task.process.parentPid },
  getpgrp: { args: [], run: (task) => task.process.group.id },
  getpgid: { args: ['pid'], run: getpgid },
  setpgid: { args: ['pid', 'pid'], run: setpgid },
  getsid: { args: ['pid'], run: getsid },
  setsid: { args: [], run: setsid },
  pidfd_open: { args: ['pid', 'hex'], run: pidfdOpen },
  pidfd_send_signal: { args: ['fd', 'signal', 'pointer', 'hex'], run: pidfdSendSignal },
  set_tid_address: { args: ['pointer'], run: setTidAddress },
  getrusage: { args: ['int', 'pointer'], run: getrusage },
  getrlimit: {
    args: ['resource', 'rlimit-out'],
    run: (task, resource, address) => prlimit64(task, 0, resource, 0, address),
  },
  setrlimit: {
    args: ['resource', 'rlimit-in'],
    run: (task, resource, address) => prlimit64(task, 0, resource, address, 0),
  },
  prlimit64: { args: ['pid', 'resource', 'rlimit-in', 'rlimit-out'], run: prlimit64 },
});
