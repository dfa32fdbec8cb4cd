import type { Timers } from '../sched/Timers.ts';
import type { Clock } from '../sched/Clock.ts';
import type { Task } from './Task.ts';

/* Hot: `poll` runs for every trap. */

/** How long a task may compute while others wait for its virtual CPU. */
const SLICE_NS = 5e6;

/**
 * A guest that has blocked the stub's signals or broken its frame never comes out of user mode: then its host process is
 * killed. Long enough for a host that is busy.
 */
const ANSWER_LIMIT_NS = 5e9;

/** What the scheduler has done to a task by the traps layer above it. */
export interface TrapServer {
  /** The task's host thread has trapped. */
  serveTrap(task: Task): void;
  /** The task's host thread does not answer: its process goes. */
  killLost(task: Task): void;
  /** The task was woken, or begins: go on with its call, or to user mode. */
  continueTask(task: Task): void;
}

/**
 * The virtual CPUs of one machine: which tasks are in user mode, which wait for a turn. Host cores are shared out by the
 * host; what is decided here is how many guest threads run at once, and whose turn it is.
 */
export class Scheduler {
  readonly cpus: number;
  /** In user mode, or with a host thread that is starting. */
  private readonly active: Task[] = [];
  private userCount = 0;
  /** Which task is in user mode on each virtual CPU. */
  private readonly occupants: (Task | null)[];
  private readonly queue: Task[] = [];
  private queueHead = 0;
  private readonly timers: Timers;
  private readonly clock: Clock;
  private readonly unanswered: Task[] = [];
  private lastChargeNs = 0;
  private server: TrapServer | null = null;
  /** Context switches since boot (/proc/stat). */
  switches = 0;
  /** CPU time spent in user mode by all tasks. */
  busyNs = 0;

  constructor(cpus: number, timers: Timers, clock: Clock) {
    this.cpus = cpus;
    this.occupants = new Array<Task | null>(cpus).fill(null);
    this.timers = timers;
    this.clock = clock;
  }

  serveWith(server: TrapServer): void {
    this.server = server;
  }

  get runnableCount(): number {
    return this.queue.length - this.queueHead + this.userCount;
  }

  /** Whether anything runs in user mode now, so that a trap may come any moment. */
  get hasActive(): boolean {
    return this.active.length > 0;
  }

  get hasRunnable(): boolean {
    return this.queueHead < this.queue.length;
  }

  /** A new task, whose host thread will trap when it is there. */
  start(task: Task): void {
    task.state = 'starting';
    this.active.push(task);
  }

  /** Makes a blocked (or stopped) task runnable. */
  wake(task: Task): void {
    if (task.state !== 'blocked' && task.state !== 'stopped') return;
    task.endWait();
    this.enqueue(task);
  }

  private enqueue(task: Task): void {
    task.state = 'runnable';
    this.queue.push(task);
  }

  /** The task goes to user mode now. */
  enterUser(task: Task, nowNs: number): void {
    if (task.state !== 'running') {
      task.state = 'running';
      this.userCount++;
      // A mask that changed on the way: `tick` sees that the task is moved.
      const cpu = this.freeCpuFor(task);
      task.cpu = cpu >= 0 ? cpu : this.occupants.indexOf(null);
      this.occupants[task.cpu] = task;
      this.active.push(task);
      task.sliceStartNs = nowNs;
    }
    task.thread.resume();
    task.thread.space.current = null;
  }

  /** The task leaves user mode for longer: it waits, is stopped, or ends. */
  leaveUser(task: Task): void {
    const index = this.active.indexOf(task);
    if (index < 0) return;
    this.active[index] = this.active[this.active.length - 1];
    this.active.pop();
    if (task.state !== 'starting') {
      this.userCount--;
      this.occupants[task.cpu] = null;
    }
    this.switches++;
  }

  remove(task: Task): void {
    this.leaveUser(task);
    const index = this.queue.indexOf(task, this.queueHead);
    if (index >= 0) this.queue.splice(index, 1);
  }

  /** A free virtual CPU that the task may run on, its last one if possible; -1 when there is none. */
  private freeCpuFor(task: Task): number {
    const { affinity } = task;
    const { occupants } = this;
    if (occupants[task.cpu] === null && (affinity === null || affinity.has(task.cpu))) return task.cpu;
    for (let cpu = 0; cpu < occupants.length; cpu++) {
      if (occupants[cpu] === null && (affinity === null || affinity.has(cpu))) return cpu;
    }
    return -1;
  }

  /** Whether the task runs on a virtual CPU that it may no longer run on (sched_setaffinity(2)). */
  isMisplaced(task: Task): boolean {
    return task.affinity !== null && !task.affinity.has(task.cpu);
  }

  /** Takes the turn of a task that gives way (sched_yield(2), end of its slice). */
  yield(task: Task): void {
    this.leaveUser(task);
    this.enqueue(task);
  }

  /** Gets a task that is in user mode to trap. */
  interrupt(task: Task): void {
    if (task.thread.isTrapped) return;
    if (task.interruptedNs === 0) task.interruptedNs = this.clock.monotonicNs();
    task.thread.interrupt();
  }

  /** Serves what has trapped and gives free virtual CPUs away; whether there was anything to do. */
  poll(): boolean {
    let busy = false;
    const { active } = this;
    for (let index = active.length - 1; index >= 0; index--) {
      const task = active[index] as Task | undefined;
      if (task === undefined || !task.thread.poll()) continue;
      busy = true;
      task.interruptedNs = 0;
      if (task.state === 'starting') {
        this.leaveUser(task);
        this.enqueue(task);
      } else this.server?.serveTrap(task);
    }
    while (this.userCount < this.cpus && this.queueHead < this.queue.length) {
      const task = this.takeNext();
      if (task === null) break;
      busy = true;
      this.server?.continueTask(task);
    }
    return busy;
  }

  /** The first in the queue that may run on a free virtual CPU. */
  private takeNext(): Task | null {
    const { queue } = this;
    for (let index = this.queueHead; index < queue.length; index++) {
      const task = queue[index];
      if (task.affinity !== null && this.freeCpuFor(task) < 0) continue;
      if (index > this.queueHead) queue.splice(index, 1);
      else if (++this.queueHead > 64 && this.queueHead * 2 > queue.length) {
        queue.splice(0, this.queueHead);
        this.queueHead = 0;
      }
      return task;
    }
    return null;
  }

  /** Once in a while: charges CPU time, and ends slices when somebody waits. */
  tick(nowNs: number): void {
    const elapsed = nowNs - this.lastChargeNs;
    this.lastChargeNs = nowNs;
    const waiting = this.hasRunnable;
    for (const task of this.active) {
      if (task.state !== 'running') continue;
      if (task.interruptedNs !== 0 && nowNs - task.interruptedNs > ANSWER_LIMIT_NS) this.unanswered.push(task);
      task.userNs += elapsed;
      this.busyNs += elapsed;
      if ((waiting && nowNs - task.sliceStartNs > SLICE_NS) || this.isMisplaced(task)) this.interrupt(task);
    }
    if (this.unanswered.length > 0) this.endUnanswered();
  }

  private endUnanswered(): void {
    for (const task of this.unanswered.splice(0)) this.server?.killLost(task);
  }

  /** When the kernel must look again at the latest, on the machine's clock: a timer, or the end of a slice. */
  nextDeadlineNs(): number {
    let deadline = this.timers.nextDeadlineNs;
    if (this.active.some((task) => task.interruptedNs !== 0))
      deadline = Math.min(deadline, this.clock.monotonicNs() + 1e9);
    if (this.hasRunnable && this.userCount > 0) deadline = Math.min(deadline, this.clock.monotonicNs() + SLICE_NS);
    return deadline;
  }
}
