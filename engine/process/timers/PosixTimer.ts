import { SIGEV_NONE, SIGEV_THREAD_ID } from '../../abi/itimer.ts';
import { SI_TIMER } from '../../abi/signals.ts';
import type { Process } from '../Process.ts';
import type { SignalInfo } from '../signals.ts';
import { sendSignalToProcess, sendSignalToTask } from '../signalSend.ts';
import { IntervalTimer, UNTAKEN_REST_NS } from './IntervalTimer.ts';
import type { TimerClock } from './TimerClock.ts';

/** DELAYTIMER_MAX: overruns are counted up to here. */
const MOST_OVERRUNS = 0x7fffffff;

/** How a timer tells of its expirations (`struct sigevent`, sigevent(7)). */
export interface TimerNotification {
  readonly notify: number;
  readonly signal: number;
  readonly valueLow: number;
  readonly valueHigh: number;
  readonly tid: number;
}

/** A timer of timer_create(2). One signal of it is queued at most; further expirations count as its overrun. */
export class PosixTimer {
  readonly id: number;
  readonly interval: IntervalTimer;
  private readonly process: Process;
  private readonly notification: TimerNotification;
  private sent: (SignalInfo & { overrun: number }) | null = null;

  constructor(process: Process, id: number, clock: TimerClock, notification: TimerNotification) {
    this.process = process;
    this.id = id;
    this.notification = notification;
    this.interval = new IntervalTimer(process.kernel.timers, clock, () => this.expire());
  }

  /** timer_getoverrun(2): of the signal that was taken last. */
  get overrun(): number {
    return this.sent?.overrun ?? 0;
  }

  stop(): void {
    this.interval.disarm();
  }

  /** Brings a timer that tells nobody up to date; such a one rests after its first expiration. */
  settle(): void {
    if (this.notification.notify === SIGEV_NONE) this.interval.take();
  }

  private expire(): void {
    const { notification, sent } = this;
    if (notification.notify === SIGEV_NONE) return;
    const isUntaken = sent !== null && this.isPending(sent);
    const count = this.interval.take(isUntaken ? UNTAKEN_REST_NS : 0);
    if (isUntaken) {
      sent.overrun = Math.min(MOST_OVERRUNS, sent.overrun + count);
      return;
    }
    this.sent = {
      signal: notification.signal,
      code: SI_TIMER,
      timerId: this.id,
      overrun: Math.min(MOST_OVERRUNS, count - 1),
      valueLow: notification.valueLow,
      valueHigh: notification.valueHigh,
    };
    const thread =
      notification.notify === SIGEV_THREAD_ID ? this.process.kernel.processes.tasks.get(notification.tid) : null;
    if (thread === null) sendSignalToProcess(this.process, this.sent);
    else if (thread?.process === this.process) sendSignalToTask(thread, this.sent);
  }

  private isPending(info: SignalInfo): boolean {
    return this.process.pending.holds(info) || this.process.threads.some((task) => task.pending.holds(info));
  }
}
