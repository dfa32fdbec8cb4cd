import { EAGAIN, EIO, ENOTTY } from '../abi/errno.ts';
import { TIOCSPGRP } from '../abi/ioctls.ts';
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../abi/poll.ts';
import { SIGTTIN, SIGTTOU } from '../abi/signals.ts';
import { TOSTOP, VMIN, VTIME } from '../abi/termios.ts';
import type { IoSource, IoTarget } from '../mm/Io.ts';
import type { Task } from '../process/Task.ts';
import type { WaitQueue } from '../sched/WaitQueue.ts';
import { File } from '../vfs/File.ts';
import { checkForeground } from './jobControl.ts';
import type { Tty } from './Tty.ts';
import { ttyIoctl } from './ttyIoctl.ts';

const HUNG_UP = POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDNORM | POLLWRNORM;
/** VTIME counts in tenths of a second. */
const TENTH_NS = 1e8;

/** How a terminal was opened: /dev/console stays usable over hang-ups, since init has nothing else. */
export type TtyOpening = 'terminal' | 'console';

/** An open terminal. */
export class TtyFile extends File {
  readonly tty: Tty;
  override readonly waitQueue: WaitQueue;
  private readonly opening: TtyOpening;
  private readonly hangUpsBefore: number;

  constructor(tty: Tty, flags: number, opening: TtyOpening) {
    super(flags);
    this.tty = tty;
    this.waitQueue = tty.queue;
    this.opening = opening;
    this.hangUpsBefore = tty.hangUps;
    tty.opened();
  }

  override describe(): string {
    return `/dev/${this.tty.name}`;
  }

  get isHungUp(): boolean {
    return this.opening === 'terminal' && this.tty.hangUps !== this.hangUpsBefore;
  }

  override read(task: Task, target: IoTarget): number {
    const { tty } = this;
    // Who was in a read when the other side of a pty went gets an error, later ones the end of the file.
    if (this.isHungUp) return task.call.data === this && tty.driver.isDisconnected ? -EIO : 0;
    const stopped = checkForeground(task, tty, SIGTTIN);
    if (stopped < 0) return stopped;
    if (target.remaining === 0) return 0;
    const wait = tty.discipline.isCanonical ? this.waitForLine() : this.waitForBytes(task, target.remaining);
    if (wait === 'nothing') return 0;
    if (wait === 'wait') {
      task.call.data = this;
      return -EAGAIN;
    }
    const count = tty.discipline.read(target);
    tty.driver.inputWanted();
    return count;
  }

  private waitForLine(): 'ready' | 'wait' {
    return this.tty.discipline.hasReadable ? 'ready' : 'wait';
  }

  /** What VMIN and VTIME ask of a read of `wanted` bytes (termios(3), noncanonical mode). */
  private waitForBytes(task: Task, wanted: number): 'ready' | 'wait' | 'nothing' {
    const { discipline } = this.tty;
    const { cc } = discipline.termios;
    const available = discipline.queuedBytes;
    const timeNs = cc[VTIME] * TENTH_NS;
    if (cc[VMIN] === 0) {
      if (available > 0) return 'ready';
      if (timeNs === 0) return 'nothing';
      return this.isNonblocking ? 'wait' : this.waitUntil(task, timeNs, 'nothing');
    }
    if (available >= Math.min(cc[VMIN], wanted)) return 'ready';
    if (available === 0) return 'wait';
    if (this.isNonblocking) return 'ready';
    if (timeNs === 0) return 'wait';
    // The timer runs between bytes: each one that came starts it anew.
    if (task.call.progress !== available) {
      task.call.progress = available;
      task.call.deadlineNs = NaN;
    }
    return this.waitUntil(task, timeNs, 'ready');
  }

  private waitUntil(task: Task, spanNs: number, then: 'ready' | 'nothing'): 'ready' | 'wait' | 'nothing' {
    const nowNs = task.kernel.clock.monotonicNs();
    if (Number.isNaN(task.call.deadlineNs)) task.call.deadlineNs = nowNs + spanNs;
    if (nowNs >= task.call.deadlineNs) return then;
    if (!task.signalPending) task.sleepUntil(task.call.deadlineNs);
    return 'wait';
  }

  override write(task: Task, source: IoSource): number {
    const { tty } = this;
    if (this.isHungUp) return -EIO;
    if ((tty.discipline.termios.lflag & TOSTOP) !== 0) {
      const stopped = checkForeground(task, tty, SIGTTOU);
      if (stopped < 0) return stopped;
    }
    if (tty.driver.isDisconnected) return -EIO;
    if (source.remaining === 0) return 0;
    const count = tty.discipline.write(source);
    return count === 0 ? -EAGAIN : count;
  }

  override poll(): number {
    if (this.isHungUp) return HUNG_UP;
    return this.tty.pollEvents | (this.tty.driver.isDisconnected ? POLLHUP : 0);
  }

  override ioctl(task: Task, request: number, argument: number): number {
    if (this.isHungUp) return request === TIOCSPGRP ? -ENOTTY : -EIO;
    return ttyIoctl(task, this.tty, 'terminal', request, argument, this.canRead);
  }

  protected override release(): void {
    this.tty.closed();
  }
}
