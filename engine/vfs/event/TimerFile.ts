import { EAGAIN, ECANCELED, EINVAL } from '../../abi/errno.ts';
import { O_NONBLOCK, O_RDWR } from '../../abi/open.ts';
import { POLLIN } from '../../abi/poll.ts';
import type { Timespec } from '../../abi/time.ts';
import { setU64 } from '../../abi/words.ts';
import type { IoTarget } from '../../mm/Io.ts';
import { IntervalTimer } from '../../process/timers/IntervalTimer.ts';
import type { TimerClock } from '../../process/timers/TimerClock.ts';
import type { Task } from '../../process/Task.ts';
import type { Timers } from '../../sched/Timers.ts';
import { WaitNode, WaitQueue } from '../../sched/WaitQueue.ts';
import type { Waiter } from '../../sched/WaitQueue.ts';
import { File } from '../File.ts';

const COUNT_BYTES = 8;

/** timerfd_create(2): a timer whose expirations are read. One that nobody reads rests after the first. */
export class TimerFile extends File implements Waiter {
  override readonly waitQueue = new WaitQueue();
  private readonly timer: IntervalTimer;
  private readonly cancelNode: WaitNode;
  /** Expirations that were counted and not read. */
  private ticks = 0;
  /** The wall clock was set under a timer with TFD_TIMER_CANCEL_ON_SET. */
  private isCanceled = false;
  private readonly word = new Uint8Array(COUNT_BYTES);

  constructor(timers: Timers, clock: TimerClock, flags: number) {
    super(O_RDWR | (flags & O_NONBLOCK));
    this.timer = new IntervalTimer(timers, clock, () => this.waitQueue.wake(POLLIN));
    this.cancelNode = new WaitNode(this);
  }

  override describe(): string {
    return 'anon_inode:[timerfd]';
  }

  get intervalNs(): number {
    return this.timer.intervalNs;
  }

  /** timerfd_gettime(2): time until the next expiration, 0 when disarmed. */
  remainingNs(): number {
    this.count();
    return this.timer.remainingNs();
  }

  disarm(): void {
    this.ticks = 0;
    this.isCanceled = false;
    this.cancelNode.remove();
    this.timer.disarm();
  }

  /** TFD_TIMER_ABSTIME. When the wall clock is set meanwhile, the timer follows it, or reads answer ECANCELED. */
  armAt(at: Timespec, intervalNs: number, onClockStep: 'cancel' | 'follow'): void {
    this.disarm();
    if (onClockStep === 'cancel') this.timer.clock.stepQueue?.add(this.cancelNode, ~0);
    this.timer.armAt(this.timer.clock.fromTimespec(at), intervalNs);
  }

  armIn(spanNs: number, intervalNs: number): void {
    this.disarm();
    this.timer.armIn(spanNs, intervalNs);
  }

  override read(_task: Task, target: IoTarget): number {
    if (target.remaining < COUNT_BYTES) return -EINVAL;
    if (this.isCanceled) {
      this.isCanceled = false;
      return -ECANCELED;
    }
    this.count();
    if (this.ticks === 0) return -EAGAIN;
    setU64(new DataView(this.word.buffer), 0, this.ticks);
    this.ticks = 0;
    const moved = target.put(this.word, 0, COUNT_BYTES);
    return moved < 0 ? moved : COUNT_BYTES;
  }

  override poll(): number {
    return this.ticks > 0 || this.timer.isDue || this.isCanceled ? POLLIN : 0;
  }

  /** The wall clock was set. */
  onWake(): void {
    this.isCanceled = true;
    this.waitQueue.wake(POLLIN);
  }

  private count(): void {
    this.ticks += this.timer.take();
  }

  protected override release(): void {
    this.timer.disarm();
    this.cancelNode.remove();
  }
}
