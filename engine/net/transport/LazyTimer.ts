// Hot code: `set` runs once a TCP acknowledgement.

import type { Timer, TimerQueue } from '../environment.ts';

/**
 * A timer that is moved far more often than it fires: moving it later only notes the new time, and the pending entry of
 * the timer queue finds out when it is its turn.
 */
export class LazyTimer {
  readonly #timers: TimerQueue;
  readonly #expire: () => void;
  #pending: Timer | null = null;
  #pendingNs = 0;
  #deadlineNs = 0;
  readonly #run = (): void => {
    this.#pending = null;
    if (this.#deadlineNs === 0) return;
    if (this.#timers.now() < this.#deadlineNs) {
      this.#schedule();
      return;
    }
    this.#deadlineNs = 0;
    this.#expire();
  };

  constructor(timers: TimerQueue, expire: () => void) {
    this.#timers = timers;
    this.#expire = expire;
  }

  /** 0 when not set. */
  get deadlineNs(): number {
    return this.#deadlineNs;
  }

  get isSet(): boolean {
    return this.#deadlineNs !== 0;
  }

  /** Fires `afterNs` from now, instead of when it would have. */
  set(afterNs: number): void {
    this.#deadlineNs = this.#timers.now() + afterNs;
    if (this.#pending !== null) {
      if (this.#pendingNs <= this.#deadlineNs) return;
      this.#pending.cancel();
    }
    this.#schedule();
  }

  clear(): void {
    this.#deadlineNs = 0;
  }

  /** Clears it and lets go of the queue's entry. */
  dispose(): void {
    this.#deadlineNs = 0;
    this.#pending?.cancel();
    this.#pending = null;
  }

  #schedule(): void {
    this.#pendingNs = this.#deadlineNs;
    this.#pending = this.#timers.schedule(this.#deadlineNs, this.#run);
  }
}
