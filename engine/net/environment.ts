/**
 * What a network stack is given by the machine that it belongs to. Nothing in `engine/net` reads a clock, draws a random
 * number or waits by itself: tests put a virtual clock and a seeded generator here.
 */

/** A pending timer. */
export interface Timer {
  /** Does nothing when the timer has fired or was cancelled before. */
  cancel(): void;
}

export interface TimerQueue {
  /** Nanoseconds on the machine's monotonic clock. */
  now(): number;
  /** Runs `callback` once, at `atNs` or as soon as possible after it, never inside this call. */
  schedule(atNs: number, callback: () => void): Timer;
}

export interface RandomSource {
  /** A uniformly distributed unsigned 32-bit number. */
  next32(): number;
}

/** The role of Linux's NET_RX softirq: work that runs soon, after the caller has returned. */
export interface DeferredWork {
  defer(work: () => void): void;
}

export interface NetEnvironment {
  readonly timers: TimerQueue;
  readonly random: RandomSource;
  readonly softirq: DeferredWork;
  /** Nanoseconds since the epoch on the machine's wall clock: packet time stamps (SO_TIMESTAMP) show it. */
  wallClockNs(): number;
}

export const NANOSECONDS_PER_SECOND = 1_000_000_000;
export const NANOSECONDS_PER_MILLISECOND = 1_000_000;
