import { NANOSECONDS_PER_SECOND, type TimerQueue } from '../environment.ts';
import type { Ipv4Address } from './address.ts';

/** net.ipv4.route.mtu_expires and min_pmtu. */
const EXPIRY_NS = 600 * NANOSECONDS_PER_SECOND;
const MINIMUM_MTU = 552;
const MAXIMUM_ENTRIES = 2048;

/** Path MTUs that routers reported (RFC 1191), forgotten after ten minutes so that a grown path is found again. */
export class PathMtu {
  readonly #timers: TimerQueue;
  readonly #entries = new Map<Ipv4Address, { mtu: number; expiresNs: number }>();

  constructor(timers: TimerQueue) {
    this.#timers = timers;
  }

  /** 0 when nothing is known about the way to `destination`. */
  of(destination: Ipv4Address): number {
    if (this.#entries.size === 0) return 0;
    const entry = this.#entries.get(destination);
    if (entry === undefined) return 0;
    if (this.#timers.now() < entry.expiresNs) return entry.mtu;
    this.#entries.delete(destination);
    return 0;
  }

  /** When what is known about `destination` expires, for `ip route get`; 0 when nothing is known. */
  expiresNs(destination: Ipv4Address): number {
    return this.#entries.get(destination)?.expiresNs ?? 0;
  }

  /** Notes a report and returns the MTU to use. */
  update(destination: Ipv4Address, mtu: number): number {
    const usable = Math.max(mtu, MINIMUM_MTU);
    if (this.#entries.size >= MAXIMUM_ENTRIES) this.#entries.clear();
    this.#entries.set(destination, { mtu: usable, expiresNs: this.#timers.now() + EXPIRY_NS });
    return usable;
  }
}
