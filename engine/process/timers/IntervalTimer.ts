import { Timer } from '../../sched/Timers.ts';
import type { Timers } from '../../sched/Timers.ts';
import { WaitNode } from '../../sched/WaitQueue.ts';
import type { Waiter } from '../../sched/WaitQueue.ts';
import type { TimerClock } from './TimerClock.ts';

/** While the last signal of a timer waits to be taken, the kernel looks again no sooner than this. */
export const UNTAKEN_REST_NS = 1e6;

/**
 * A timer of a guest on one clock, once or periodic: the common core of setitimer(2), timer_create(2) and timerfd. When
 * its time has come it calls `onExpire` and rests; `take` counts the expirations so far and sets it going again.
 */
export class IntervalTimer implements Waiter {
  readonly clock: TimerClock;
  /** `clock`, or its steady one while a span is measured. */
  private running: TimerClock;
  private readonly timers: Timers;
  private readonly timer: Timer;
  private readonly stepNode: WaitNode;
  private readonly onExpire: () => void;
  /** Next expiration on `running`; NaN when disarmed. */
  private atNs = NaN;
  private periodNs = 0;

  constructor(timers: Timers, clock: TimerClock, onExpire: () => void) {
    this.timers = timers;
    this.clock = clock;
    this.running = clock;
    this.onExpire = onExpire;
    this.timer = new Timer(() => this.look());
    this.stepNode = new WaitNode(this);
  }

  get isArmed(): boolean {
    return !Number.isNaN(this.atNs);
  }

  get intervalNs(): number {
    return this.periodNs;
  }

  get isDue(): boolean {
    return this.running.nowNs() >= this.atNs;
  }

  /** Arms for `atNs` on the clock, and then every `intervalNs` (0: once). */
  armAt(atNs: number, intervalNs: number): void {
    this.arm(this.clock, atNs, intervalNs);
  }

  /** Arms for `spanNs` from now. */
  armIn(spanNs: number, intervalNs: number): void {
    this.arm(this.clock.steady, this.clock.steady.nowNs() + spanNs, intervalNs);
  }

  private arm(running: TimerClock, atNs: number, intervalNs: number): void {
    this.disarm();
    this.running = running;
    this.atNs = atNs;
    this.periodNs = intervalNs;
    running.stepQueue?.add(this.stepNode, ~0);
    this.schedule(0);
  }

  disarm(): void {
    this.atNs = NaN;
    this.timers.cancel(this.timer);
    this.stepNode.remove();
  }

  /**
   * Expirations since the last `take` (0 when not due). A periodic timer goes on with its next period that lies at least
   * `restNs` ahead when the kernel looks again, a single one is disarmed.
   */
  take(restNs = 0): number {
    if (!this.isDue) return 0;
    if (this.periodNs === 0) {
      this.disarm();
      return 1;
    }
    const count = 1 + Math.floor((this.running.nowNs() - this.atNs) / this.periodNs);
    this.atNs += count * this.periodNs;
    this.schedule(restNs);
    return count;
  }

  /** Time until the next expiration; 0 when disarmed. A timer that is due but was not taken has 1 ns left. */
  remainingNs(): number {
    if (!this.isArmed) return 0;
    return Math.max(1, this.atNs - this.running.nowNs());
  }

  /** The wall clock was set. */
  onWake(): void {
    this.schedule(0);
  }

  private schedule(restNs: number): void {
    if (!this.isArmed) return;
    const { running } = this;
    const at = running.monotonicAt(this.atNs);
    const rested = restNs === 0 ? at : running.monotonicAt(running.nowNs() + restNs);
    this.timers.arm(this.timer, Math.max(at, rested));
  }

  private look(): void {
    if (this.isDue) this.onExpire();
    else this.schedule(0);
  }
}
