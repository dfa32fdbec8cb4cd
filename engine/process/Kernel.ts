import type { PhysicalMemory } from '../mm/PhysicalMemory.ts';
import type { NetStack } from '../net/NetStack.ts';
import type { Sockets } from '../net/socket/Sockets.ts';
import type { Clock } from '../sched/Clock.ts';
import type { Timers } from '../sched/Timers.ts';
import type { TrapMachine } from '../trap/TrapMachine.ts';
import type { TtyRegistry } from '../tty/TtyRegistry.ts';
import type { Vfs } from '../vfs/Vfs.ts';
import type { KernelLog } from './KernelLog.ts';
import type { ProcessTable } from './ProcessTable.ts';
import type { Scheduler } from './Scheduler.ts';
import type { Pipes } from '../vfs/pipe/Pipes.ts';
import type { SignalInfo } from './signals.ts';
import type { Task } from './Task.ts';
import type { FutexTable } from './futex/FutexTable.ts';

/** Where a machine's random numbers come from: the host's generator, or a recorded stream. */
export interface RandomSource {
  fill(target: Uint8Array): void;
}

export type ShutDownKind = 'power-off' | 'reboot' | 'halt' | 'panic';

export type LogImportance = 'info' | 'warning';

/** Sees what happens to tasks besides their calls; the strace output is one. */
export interface TaskObserver {
  /** A signal is about to be acted upon: handled, or what it does by default. */
  signalTaken(task: Task, info: SignalInfo): void;
  /** Its wait status is known, and its memory still there. */
  taskEnded(task: Task): void;
}

/**
 * One machine's kernel: the object from which all of its state can be reached. Subsystems hang their roots here; nothing
 * in the engine keeps machine state anywhere else.
 */
export interface Kernel {
  hostName: string;
  domainName: string;
  readonly memory: PhysicalMemory;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomSource;
  readonly trap: TrapMachine;
  readonly scheduler: Scheduler;
  readonly processes: ProcessTable;
  readonly futexes: FutexTable;
  readonly pipes: Pipes;
  /** Virtual CPUs. */
  readonly cpus: number;
  readonly vfs: Vfs;
  readonly net: NetStack;
  readonly sockets: Sockets;
  readonly ttys: TtyRegistry;
  /** Kernel command line as /proc/cmdline shows it. */
  readonly commandLine: string;
  readonly taskObserver: TaskObserver | null;
  /** The kernel's log, as dmesg(1) shows it. */
  readonly messages: KernelLog;
  /** Adds a line to the log; warnings are shown on the console as well, as Linux does. */
  log(message: string, importance?: LogImportance): void;
  /** A task is about to end, its memory still there: clear_child_tid and robust futexes. */
  taskEnding(task: Task): void;
  /** Next number for anonymous inodes, pipes, sockets. */
  nextAnonymousInode(): number;
  /** The machine ends (reboot(2), exit of init, a panic). `exitCode` is that of init. */
  shutDown(how: ShutDownKind, reason: string, exitCode: number): void;
}
