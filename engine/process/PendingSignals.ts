import { SIGBUS, SIGFPE, SIGILL, SIGRTMIN, SIGSEGV, SIGSYS, SIGTRAP } from '../abi/signals.ts';
import { SignalSet } from './SignalSet.ts';
import type { SignalInfo } from './signals.ts';

/** Delivered before all others: they tell of the instruction that was just executed. */
const synchronous = SignalSet.of(
  (1 << (SIGSEGV - 1)) |
    (1 << (SIGBUS - 1)) |
    (1 << (SIGILL - 1)) |
    (1 << (SIGTRAP - 1)) |
    (1 << (SIGFPE - 1)) |
    (1 << (SIGSYS - 1)),
  0,
);

/** Signals sent and not yet taken, of a process or of one task. Standard signals once, real-time ones queued. */
export class PendingSignals {
  readonly set = new SignalSet();
  private readonly queue: SignalInfo[] = [];

  add(info: SignalInfo): void {
    if (info.signal < SIGRTMIN && this.set.has(info.signal)) return;
    this.set.add(info.signal);
    this.queue.push(info);
  }

  get count(): number {
    return this.queue.length;
  }

  has(signal: number): boolean {
    return this.set.has(signal);
  }

  /** Whether this very signal, not only its number, still waits. */
  holds(info: SignalInfo): boolean {
    return this.queue.includes(info);
  }

  /** Whether a signal outside of `blocked` waits. */
  hasUnblocked(blocked: SignalSet): boolean {
    return (this.set.low & ~blocked.low) !== 0 || (this.set.high & ~blocked.high) !== 0;
  }

  /** Takes the next signal of `low`/`high` in the order of signal(7), or null. */
  take(low: number, high: number): SignalInfo | null {
    let signal = firstOf(this.set.low & low & synchronous.low, 0);
    if (signal === 0) signal = firstOf(this.set.low & low, this.set.high & high);
    if (signal === 0) return null;
    const index = this.queue.findIndex((info) => info.signal === signal);
    const info = this.queue[index];
    this.queue.splice(index, 1);
    if (!this.queue.some((other) => other.signal === signal)) this.set.delete(signal);
    return info;
  }

  discard(signal: number): void {
    if (!this.set.has(signal)) return;
    this.set.delete(signal);
    for (let index = this.queue.length - 1; index >= 0; index--) {
      if (this.queue[index].signal === signal) this.queue.splice(index, 1);
    }
  }

  clear(): void {
    this.set.set(0, 0);
    this.queue.length = 0;
  }
}

function firstOf(low: number, high: number): number {
  if (low !== 0) return 32 - Math.clz32(low & -low);
  if (high !== 0) return 64 - Math.clz32(high & -high);
  return 0;
}
