import {
  CLOCK_BOOTTIME,
  CLOCK_BOOTTIME_ALARM,
  CLOCK_MONOTONIC,
  CLOCK_PROCESS_CPUTIME_ID,
  CLOCK_REALTIME,
  CLOCK_REALTIME_ALARM,
  CLOCK_TAI,
  CLOCK_THREAD_CPUTIME_ID,
} from '../../abi/clocks.ts';
import { NS_PER_SECOND } from '../../abi/time.ts';
import type { Timespec } from '../../abi/time.ts';
import type { Clock } from '../../sched/Clock.ts';
import type { WaitQueue } from '../../sched/WaitQueue.ts';
import type { Process } from '../Process.ts';
import type { Task } from '../Task.ts';

/**
 * A clock that timers can run on. Its time is a number of nanoseconds since some start of its own, so that sums and
 * differences are exact where nanoseconds since 1970 would not be.
 */
export interface TimerClock {
  nowNs(): number;
  /** A time that a program gives, on this clock's scale. */
  fromTimespec(at: Timespec): number;
  /** Monotonic instant at which the clock will have reached `atNs`, if nothing changes; look again then. */
  monotonicAt(atNs: number): number;
  /** Woken when `monotonicAt` would now answer otherwise; null when that does not happen. */
  readonly stepQueue: WaitQueue | null;
  /** The clock for spans: one that setting the wall clock does not touch. */
  readonly steady: TimerClock;
}

class MonotonicTimerClock implements TimerClock {
  readonly stepQueue = null;
  readonly steady = this;
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  nowNs(): number {
    return this.clock.monotonicNs();
  }

  fromTimespec(at: Timespec): number {
    return at.seconds * NS_PER_SECOND + at.nanoseconds;
  }

  monotonicAt(atNs: number): number {
    return atNs;
  }
}

class RealtimeTimerClock implements TimerClock {
  readonly stepQueue: WaitQueue;
  readonly steady: TimerClock;
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
    this.stepQueue = clock.stepQueue;
    this.steady = new MonotonicTimerClock(clock);
  }

  nowNs(): number {
    return this.fromTimespec(this.clock.realtime());
  }

  fromTimespec(at: Timespec): number {
    return (at.seconds - this.clock.bootSeconds) * NS_PER_SECOND + at.nanoseconds;
  }

  monotonicAt(atNs: number): number {
    return this.clock.monotonicNs() + atNs - this.nowNs();
  }
}

/** Which CPU time counts: of a program's own instructions, or with the kernel's work for it. */
export type CpuTimeKind = 'user' | 'all';

/** No CPU timer is looked at more often than this: an idle process then costs little. */
const CPU_CHECK_NS = 4e6;

class CpuTimerClock implements TimerClock {
  readonly stepQueue = null;
  readonly steady = this;
  private readonly clock: Clock;
  private readonly usedNs: () => number;
  private readonly threads: () => number;

  constructor(clock: Clock, usedNs: () => number, threads: () => number) {
    this.clock = clock;
    this.usedNs = usedNs;
    this.threads = threads;
  }

  nowNs(): number {
    return this.usedNs();
  }

  fromTimespec(at: Timespec): number {
    return at.seconds * NS_PER_SECOND + at.nanoseconds;
  }

  monotonicAt(atNs: number): number {
    const soonest = (atNs - this.usedNs()) / Math.max(1, this.threads());
    return this.clock.monotonicNs() + Math.max(soonest, CPU_CHECK_NS);
  }
}

export function processCpuNs(process: Process, kind: CpuTimeKind): number {
  let total = process.endedUsage.userNs + (kind === 'all' ? process.endedUsage.systemNs : 0);
  for (const task of process.threads) {
    if (task.state !== 'dead') total += task.userNs + (kind === 'all' ? task.systemNs : 0);
  }
  return total;
}

export function monotonicTimerClock(clock: Clock): TimerClock {
  return new MonotonicTimerClock(clock);
}

export function processTimerClock(process: Process, kind: CpuTimeKind): TimerClock {
  return new CpuTimerClock(
    process.kernel.clock,
    () => processCpuNs(process, kind),
    () => process.threads.length,
  );
}

function threadTimerClock(task: Task): TimerClock {
  return new CpuTimerClock(
    task.kernel.clock,
    () => task.userNs + task.systemNs,
    () => 1,
  );
}

/** The clock that `clockId` means for timers of `task`; null when none can run on it. */
export function timerClock(task: Task, clockId: number): TimerClock | null {
  const { clock } = task.kernel;
  switch (clockId) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_ALARM:
    case CLOCK_TAI:
      return new RealtimeTimerClock(clock);
    case CLOCK_MONOTONIC:
    case CLOCK_BOOTTIME:
    case CLOCK_BOOTTIME_ALARM:
      return new MonotonicTimerClock(clock);
    case CLOCK_PROCESS_CPUTIME_ID:
      return processTimerClock(task.process, 'all');
    case CLOCK_THREAD_CPUTIME_ID:
      return threadTimerClock(task);
    default:
      return null;
  }
}
