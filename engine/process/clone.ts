import { EAGAIN, EINVAL } from '../abi/errno.ts';
import { rlimit } from '../abi/limits.ts';
import { SIG_DFL } from '../abi/signals.ts';
import { RAX, RSP } from '../arch/registers.ts';
import { AddressSpace } from '../mm/AddressSpace.ts';
import { POLL_ANY } from '../abi/poll.ts';
import type { File } from '../vfs/File.ts';
import { BLOCKED } from './CallState.ts';
import { Process } from './Process.ts';
import { SavedContext } from './SavedContext.ts';
import { SS_DISABLE } from './signals.ts';
import { Task } from './Task.ts';
import { applyCpuLimit } from './timers/ProcessTimers.ts';

export const CLONE_VM = 0x100;
export const CLONE_FS = 0x200;
export const CLONE_FILES = 0x400;
export const CLONE_SIGHAND = 0x800;
export const CLONE_PIDFD = 0x1000;
export const CLONE_PTRACE = 0x2000;
export const CLONE_VFORK = 0x4000;
export const CLONE_PARENT = 0x8000;
export const CLONE_THREAD = 0x10000;
export const CLONE_SYSVSEM = 0x40000;
export const CLONE_SETTLS = 0x80000;
export const CLONE_PARENT_SETTID = 0x100000;
export const CLONE_CHILD_CLEARTID = 0x200000;
export const CLONE_DETACHED = 0x400000;
export const CLONE_UNTRACED = 0x800000;
export const CLONE_CHILD_SETTID = 0x1000000;
export const CLONE_IO = 0x80000000;

const SUPPORTED =
  CLONE_VM |
  CLONE_FS |
  CLONE_FILES |
  CLONE_PIDFD |
  CLONE_SIGHAND |
  CLONE_VFORK |
  CLONE_PARENT |
  CLONE_THREAD |
  CLONE_SYSVSEM |
  CLONE_SETTLS |
  CLONE_PARENT_SETTID |
  CLONE_CHILD_CLEARTID |
  CLONE_DETACHED |
  CLONE_UNTRACED |
  CLONE_CHILD_SETTID |
  CLONE_IO;

const WARNING_INTERVAL_NS = 10e9;

export interface CloneArguments {
  readonly flags: number;
  readonly exitSignal: number;
  /** Stack pointer of the child, or 0 for the parent's. */
  readonly stack: number;
  readonly parentTid: number;
  readonly childTid: number;
  readonly tls: number;
  /** CLONE_CLEAR_SIGHAND of clone3(2): forget handlers in the child. */
  readonly clearHandlers: 0 | 1;
  /** clone3(2) checks what clone(2) lets pass. */
  readonly isExact: 0 | 1;
  /** Where CLONE_PIDFD puts the descriptor. */
  readonly pidfd: number;
}

/** Makes the file of a pidfd for CLONE_PIDFD; files are above this layer. */
export type OpenPidFile = (process: Process) => File;

/** clone(2): the tid of the new task, or a negative errno. With CLONE_VFORK it is run again until the child is off. */
export function cloneTask(task: Task, args: CloneArguments, openPidFile: OpenPidFile): number {
  const vforked = task.call.data;
  if (vforked instanceof Process) return awaitVfork(task, vforked);
  const { flags } = args;
  const isThread = (flags & CLONE_THREAD) !== 0;
  if ((flags & ~SUPPORTED) !== 0) return -EINVAL;
  if (isThread && (flags & CLONE_SIGHAND) === 0) return -EINVAL;
  if ((flags & CLONE_SIGHAND) !== 0 && (flags & CLONE_VM) === 0) return -EINVAL;
  if (args.clearHandlers === 1 && (flags & CLONE_SIGHAND) !== 0) return -EINVAL;
  if (args.exitSignal < 0 || args.exitSignal > 64) return -EINVAL;
  if (args.isExact === 1 && (flags & (CLONE_THREAD | CLONE_PARENT)) !== 0 && args.exitSignal !== 0) return -EINVAL;
  if ((flags & CLONE_PARENT) !== 0 && task.process.pid === 1) return -EINVAL;
  const { kernel } = task;
  if (kernel.processes.tasks.size >= task.process.limit(rlimit.processes)) {
    warnOfLimit(task);
    return -EAGAIN;
  }
  const pid = kernel.processes.allocatePid();
  if (pid < 0) return -EAGAIN;
  const context = SavedContext.of(task.thread, kernel.trap.region);
  context.set(RAX, 0);
  if (args.stack !== 0) context.set(RSP, args.stack);
  const child = isThread ? createThread(task, pid) : createChild(task, pid, args);
  if (child === null) return -EAGAIN;
  child.name = task.name;
  child.mask.copyFrom(task.savedMask ?? task.mask);
  child.nice = task.nice;
  child.policy = task.policy;
  child.affinity = task.affinity;
  if ((flags & CLONE_VM) === 0 || (flags & CLONE_VFORK) !== 0) child.alternateStack = { ...task.alternateStack };
  else child.alternateStack = { address: 0, size: 0, flags: SS_DISABLE };
  child.startContext = (flags & CLONE_SETTLS) !== 0 ? context.withFsBase(args.tls) : context;
  if ((flags & CLONE_PIDFD) !== 0 && !isThread) {
    const file = openPidFile(child.process);
    const fd = task.files.install(file, 0, task.process.limit(rlimit.openFiles), true);
    if (fd < 0) file.close();
    else task.memory.writeU32(args.pidfd, fd);
  }
  if ((flags & CLONE_PARENT_SETTID) !== 0) task.memory.writeU32(args.parentTid, pid);
  if ((flags & CLONE_CHILD_SETTID) !== 0) child.memory.writeU32(args.childTid, pid);
  if ((flags & CLONE_CHILD_CLEARTID) !== 0) child.clearChildTid = args.childTid;
  kernel.processes.tasks.set(pid, child);
  kernel.scheduler.start(child);
  if ((flags & CLONE_VFORK) === 0) return pid;
  task.call.data = child.process;
  task.call.progress = pid;
  return awaitVfork(task, child.process);
}

/** A fork bomb says so on the console, but not with every fork that fails. */
function warnOfLimit(task: Task): void {
  const { kernel, process } = task;
  const nowNs = kernel.clock.monotonicNs();
  if (nowNs < kernel.processes.nextWarningNs) return;
  kernel.processes.nextWarningNs = nowNs + WARNING_INTERVAL_NS;
  const limit = process.limit(rlimit.processes);
  kernel.log(`${task.name}[${task.tid}]: fork refused, ${limit} processes is the limit of this machine`, 'warning');
}

/** The parent of a vfork(2) sleeps until the child has its own memory; only its own end wakes it earlier. */
function awaitVfork(task: Task, child: Process): number {
  if (child.isZombie || child.hasExecuted || task.process.isExiting) return task.call.progress;
  task.sleepOn(child.memoryReleaseQueue, POLL_ANY);
  return BLOCKED;
}

function createThread(task: Task, tid: number): Task | null {
  const { process, kernel } = task;
  const thread = kernel.trap.spawnThread(process.memory.space);
  if (thread === null) return null;
  const child = new Task(process, tid, thread, task.files.share(), task.fs.share(), task.credentials);
  process.threads.push(child);
  return child;
}

function createChild(task: Task, pid: number, args: CloneArguments): Task | null {
  const { process: parent, kernel } = task;
  const { flags } = args;
  let memory = parent.memory;
  let thread;
  if ((flags & CLONE_VM) !== 0) {
    thread = kernel.trap.spawnThread(memory.space);
    if (thread === null) return null;
    // The parent of a vfork(2) does not run on before the child does, so the order cannot ride on its resume.
    memory.space.flush();
    memory.references++;
  } else {
    const space = kernel.trap.spawnSpace();
    if (space === null) return null;
    [thread] = space.threads;
    memory = new AddressSpace(kernel.memory, space);
    parent.memory.forkInto(memory);
  }
  const owner = (flags & CLONE_PARENT) !== 0 && parent.parent !== null ? parent.parent : parent;
  const process = kernel.processes.createProcess(kernel, pid, owner, memory);
  if (owner !== parent) kernel.processes.joinGroup(process, parent.group);
  process.exitSignal = (flags & CLONE_PARENT) !== 0 ? parent.exitSignal : args.exitSignal;
  process.limits = [...parent.limits];
  applyCpuLimit(process);
  process.actions =
    (flags & CLONE_SIGHAND) !== 0
      ? parent.actions
      : parent.actions.map((action) => ({
          ...action,
          mask: action.mask.clone(),
          handler: args.clearHandlers === 1 && action.handler > 1 ? SIG_DFL : action.handler,
        }));
  process.executable = parent.executable?.retain() ?? null;
  process.dumpable = parent.dumpable;
  process.noNewPrivileges = parent.noNewPrivileges;
  process.oomScoreAdjust = parent.oomScoreAdjust;
  const files = (flags & CLONE_FILES) !== 0 ? task.files.share() : task.files.clone();
  const fs = (flags & CLONE_FS) !== 0 ? task.fs.share() : task.fs.clone();
  const child = new Task(process, pid, thread, files, fs, task.credentials);
  process.threads.push(child);
  return child;
}
