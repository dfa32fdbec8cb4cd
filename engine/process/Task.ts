import { POLL_ANY } from '../abi/poll.ts';
import type { AddressSpace } from '../mm/AddressSpace.ts';
import type { CpuSet } from '../sched/CpuSet.ts';
import { Timer } from '../sched/Timers.ts';
import { WaitNode } from '../sched/WaitQueue.ts';
import type { Waiter, WaitQueue } from '../sched/WaitQueue.ts';
import type { HostThread } from '../trap/HostThread.ts';
import type { FileTable } from '../vfs/FileTable.ts';
import type { FsContext } from '../vfs/FsContext.ts';
import { CallState } from './CallState.ts';
import type { Credentials } from './Credentials.ts';
import type { FutexWaiter } from './futex/FutexTable.ts';
import type { Kernel } from './Kernel.ts';
import { PendingSignals } from './PendingSignals.ts';
import type { Process } from './Process.ts';
import type { SavedContext } from './SavedContext.ts';
import { SignalSet } from './SignalSet.ts';
import { SS_DISABLE } from './signals.ts';
import type { AlternateStack } from './signals.ts';

export type TaskState =
  /** Its host thread does not run yet. */
  | 'starting'
  /** In user mode on a host thread, or being served by the kernel right now. */
  | 'running'
  /** Waits for a virtual CPU. */
  | 'runnable'
  /** In a call that waits. */
  | 'blocked'
  /** Job control (SIGSTOP and friends). */
  | 'stopped'
  | 'dead';

/** A guest thread (clone(2)). The first of a process has the process's pid as its tid. */
export class Task implements Waiter {
  readonly kernel: Kernel;
  readonly process: Process;
  tid: number;
  /** The host thread it runs on; execve(2) from a vfork(2) child changes it. */
  thread: HostThread;
  files: FileTable;
  fs: FsContext;
  credentials: Credentials;
  /** comm: at most 15 bytes. */
  name = '';
  state: TaskState = 'starting';
  /** Number of the call being served or waited in, or -1. */
  callNumber = -1;
  readonly call = new CallState();
  /** Blocked signals. */
  readonly mask = new SignalSet();
  /** Mask to put back when the current call ends without a handler (sigsuspend(2), ppoll(2)). */
  savedMask: SignalSet | null = null;
  readonly pending = new PendingSignals();
  alternateStack: AlternateStack = { address: 0, size: 0, flags: SS_DISABLE };
  /** Cleared and woken as a futex when the task ends (set_tid_address(2)). */
  clearChildTid = 0;
  /** Head of the list of robust futexes (set_robust_list(2)). */
  robustList = 0;
  /** Its place in futex(2) waits, made at the first one. */
  futexWaiter: FutexWaiter | null = null;
  /** Registers to begin with, taken when the host thread is there. */
  startContext: SavedContext | null = null;
  userNs = 0;
  systemNs = 0;
  voluntarySwitches = 0;
  involuntarySwitches = 0;
  /** When it was last told to come out of user mode and has not yet; 0 when it has. */
  interruptedNs = 0;
  /** When its time slice began. */
  sliceStartNs = 0;
  /** nice(2), -20 … 19. */
  nice = 0;
  /** SCHED_OTHER, SCHED_BATCH or SCHED_IDLE (sched(7)): all take turns alike here. */
  policy = 0;
  /** Virtual CPUs that it may run on (sched_setaffinity(2)); null for all. */
  affinity: CpuSet | null = null;
  /** Virtual CPU that it runs on, or ran on last. */
  cpu = 0;
  private readonly nodes: WaitNode[] = [];
  private nodeCount = 0;
  private readonly timer: Timer;
  /** The last wait ended by its deadline. */
  timedOut = false;

  constructor(
    process: Process,
    tid: number,
    thread: HostThread,
    files: FileTable,
    fs: FsContext,
    credentials: Credentials,
  ) {
    this.kernel = process.kernel;
    this.process = process;
    this.tid = tid;
    this.thread = thread;
    this.files = files;
    this.fs = fs;
    this.credentials = credentials;
    this.timer = new Timer(() => {
      this.timedOut = true;
      this.kernel.scheduler.wake(this);
    });
  }

  get memory(): AddressSpace {
    return this.process.memory;
  }

  /** Something wants the task out of a wait: a signal it does not block, a stop, the end of its process. */
  get signalPending(): boolean {
    const { process } = this;
    return (
      process.isExiting ||
      process.isStopped ||
      this.pending.hasUnblocked(this.mask) ||
      process.pending.hasUnblocked(this.mask)
    );
  }

  /** Also wait for `events` of `queue`; the handler then answers BLOCKED and runs again on wake-up. */
  sleepOn(queue: WaitQueue, events: number = POLL_ANY): void {
    queue.add(this.nextNode(), events);
  }

  private nextNode(): WaitNode {
    if (this.nodeCount === this.nodes.length) this.nodes.push(new WaitNode(this));
    return this.nodes[this.nodeCount++];
  }

  /** Also wake at `deadlineNs` on the monotonic clock; Infinity never does. */
  sleepUntil(deadlineNs: number): void {
    if (deadlineNs !== Infinity) this.kernel.timers.arm(this.timer, deadlineNs);
  }

  onWake(): void {
    this.kernel.scheduler.wake(this);
  }

  /** Leaves every queue; called when the wait is over. */
  endWait(): void {
    for (let index = 0; index < this.nodeCount; index++) this.nodes[index].remove();
    this.nodeCount = 0;
    this.kernel.timers.cancel(this.timer);
  }
}
