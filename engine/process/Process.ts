import { RLIM_INFINITY, rlimit } from '../abi/limits.ts';
import type { AddressSpace } from '../mm/AddressSpace.ts';
import { WaitQueue } from '../sched/WaitQueue.ts';
import type { Kernel } from './Kernel.ts';
import { PendingSignals } from './PendingSignals.ts';
import type { ProcessGroup, Session } from './Session.ts';
import { defaultAction } from './signals.ts';
import type { SignalAction } from './signals.ts';
import type { Task } from './Task.ts';
import type { File } from '../vfs/File.ts';
import type { ProcessTimers } from './timers/ProcessTimers.ts';

export interface Limit {
  readonly current: number;
  readonly maximum: number;
}

/** CPU time in nanoseconds, and faults, as getrusage(2) counts them. */
export interface Usage {
  userNs: number;
  systemNs: number;
  minorFaults: number;
  majorFaults: number;
  voluntarySwitches: number;
  involuntarySwitches: number;
  maximumResidentPages: number;
}

function noUsage(): Usage {
  return {
    userNs: 0,
    systemNs: 0,
    minorFaults: 0,
    majorFaults: 0,
    voluntarySwitches: 0,
    involuntarySwitches: 0,
    maximumResidentPages: 0,
  };
}

/** A guest process: a thread group (clone(2), CLONE_THREAD) with what its threads share. */
export class Process {
  readonly kernel: Kernel;
  readonly pid: number;
  parent: Process | null;
  readonly children = new Set<Process>();
  readonly threads: Task[] = [];
  group: ProcessGroup;
  memory: AddressSpace;
  /** Dispositions by signal number; CLONE_SIGHAND shares the array. */
  actions: SignalAction[];
  readonly pending = new PendingSignals();
  /** Woken with POLLIN when a signal arrives: signalfd(2), sigtimedwait(2). */
  readonly signalQueue = new WaitQueue();
  /** Woken when a child changes state: wait4(2). */
  readonly childQueue = new WaitQueue();
  limits: Limit[];
  /** Signal that the parent gets on exit (clone(2)); SIGCHLD mostly. */
  exitSignal: number;
  /** What wait4(2) reports: exit code in bits 8-15, signal in bits 0-6, core flag 0x80. */
  waitStatus = 0;
  isZombie = false;
  isExiting = false;
  /** Job control: stopped, and whether the parent was told. */
  isStopped = false;
  stopSignal = 0;
  stopReported = true;
  continueReported = true;
  /** An execve(2) succeeded since fork(2): setpgid(2) from the parent fails. */
  hasExecuted = false;
  /** prctl(PR_SET_CHILD_SUBREAPER). */
  isSubreaper = false;
  /** Signal for when the parent dies (prctl(PR_SET_PDEATHSIG)). */
  parentDeathSignal = 0;
  dumpable = 1;
  /** /proc/PID/exe: the path is asked of the file. */
  executable: File | null = null;
  readonly startNs: number;
  /** Of threads that have ended, and of children that were waited for. */
  readonly endedUsage = noUsage();
  readonly childrenUsage = noUsage();
  /** Timers of setitimer(2) and timer_create(2), once there are any. */
  timers: ProcessTimers | null = null;
  oomScoreAdjust = 0;
  /** prctl(PR_SET_NO_NEW_PRIVS): execve(2) gives no set-user-ID rights any more. */
  noNewPrivileges = false;
  /** Woken when the process ends: pidfds. */
  readonly endQueue = new WaitQueue();
  /** Most pages that the process had at a time (getrusage(2)). */
  peakResidentPages = 0;
  /** Woken when the process gives its memory up (execve(2), exit): the parent of a vfork(2) waits here. */
  readonly memoryReleaseQueue = new WaitQueue();

  constructor(kernel: Kernel, pid: number, parent: Process | null, group: ProcessGroup | null, memory: AddressSpace) {
    this.kernel = kernel;
    this.pid = pid;
    this.parent = parent;
    this.memory = memory;
    this.actions = Array.from({ length: 65 }, defaultAction);
    this.limits = defaultLimits();
    this.exitSignal = 17;
    this.startNs = kernel.clock.monotonicNs();
    // The first process makes its own group; see ProcessTable.
    this.group = group as ProcessGroup;
  }

  get session(): Session {
    return this.group.session;
  }

  get leader(): Task {
    return this.threads[0];
  }

  /** The pid of the parent as getppid(2) shows it. */
  get parentPid(): number {
    return this.parent?.pid ?? 0;
  }

  limit(resource: number): number {
    return this.limits[resource].current;
  }

  /** CPU time of all threads, living and ended. */
  usage(): Usage {
    const sum = { ...this.endedUsage };
    for (const task of this.threads) {
      // A zombie keeps its last thread, which was counted when it ended.
      if (task.state === 'dead') continue;
      sum.userNs += task.userNs;
      sum.systemNs += task.systemNs;
      sum.voluntarySwitches += task.voluntarySwitches;
      sum.involuntarySwitches += task.involuntarySwitches;
    }
    sum.minorFaults += this.memory.minorFaults;
    sum.majorFaults += this.memory.majorFaults;
    sum.maximumResidentPages = Math.max(this.peakResidentPages, this.memory.peakResidentPages);
    return sum;
  }
}

function defaultLimits(): Limit[] {
  const limits = Array.from({ length: 16 }, () => ({ current: RLIM_INFINITY, maximum: RLIM_INFINITY }));
  limits[rlimit.stack] = { current: 8 << 20, maximum: RLIM_INFINITY };
  limits[rlimit.core] = { current: 0, maximum: RLIM_INFINITY };
  limits[rlimit.processes] = { current: 2048, maximum: 2048 };
  limits[rlimit.openFiles] = { current: 1024, maximum: 4096 };
  limits[rlimit.lockedMemory] = { current: 8 << 20, maximum: 8 << 20 };
  limits[rlimit.pendingSignals] = { current: 1024, maximum: 1024 };
  limits[rlimit.messageQueues] = { current: 819200, maximum: 819200 };
  limits[rlimit.nice] = { current: 0, maximum: 0 };
  limits[rlimit.realTimePriority] = { current: 0, maximum: 0 };
  return limits;
}
