import type { Timespec } from '../abi/time.ts';
import { NS_PER_SECOND } from '../abi/time.ts';
import { WaitQueue } from './WaitQueue.ts';

/** Where a machine's time comes from: a host clock, or a virtual one. Nanoseconds since some start, never backwards. */
export interface TimeSource {
  monotonicNs(): number;
  /** Wall-clock time at this moment. */
  realtime(): Timespec;
}

/** Programs take a first second for a clock that was never set: ping(8) sends its second packet at once. */
const FIRST_NS = NS_PER_SECOND;

/**
 * The clocks of one machine. CLOCK_MONOTONIC starts at one second when the machine boots; CLOCK_REALTIME is the monotonic clock
 * plus an offset that the guest may set (clock_settime(2)).
 */
export class Clock {
  private readonly source: TimeSource;
  private readonly startNs: number;
  private realtimeOffset: Timespec;
  /** Wall-clock seconds at boot: a start from which times of day can be counted in nanoseconds, exactly. */
  readonly bootSeconds: number;
  /** Woken when the wall clock was set: whoever waits for a time of day looks again. */
  readonly stepQueue = new WaitQueue();

  constructor(source: TimeSource) {
    this.source = source;
    this.startNs = source.monotonicNs() - FIRST_NS;
    this.realtimeOffset = addNanoseconds(source.realtime(), -FIRST_NS);
    this.bootSeconds = this.realtimeOffset.seconds;
  }

  monotonicNs(): number {
    return this.source.monotonicNs() - this.startNs;
  }

  realtime(): Timespec {
    return addNanoseconds(this.realtimeOffset, this.monotonicNs());
  }

  setRealtime(now: Timespec): void {
    this.realtimeOffset = addNanoseconds(now, -this.monotonicNs());
    this.stepQueue.wake(~0);
  }

  /** The monotonic instant at which the wall clock will show `at` (may lie in the past). */
  monotonicOf(at: Timespec): number {
    return (
      (at.seconds - this.realtimeOffset.seconds) * NS_PER_SECOND + at.nanoseconds - this.realtimeOffset.nanoseconds
    );
  }
}

function addNanoseconds(base: Timespec, ns: number): Timespec {
  const total = base.nanoseconds + ns;
  const carry = Math.floor(total / NS_PER_SECOND);
  return { seconds: base.seconds + carry, nanoseconds: total - carry * NS_PER_SECOND };
}
