import { NANOSECONDS_PER_MILLISECOND, NANOSECONDS_PER_SECOND } from '../../environment.ts';

/** Linux's TCP_RTO_MIN, TCP_RTO_MAX and TCP_TIMEOUT_INIT (RFC 6298 allows a smaller minimum than its one second). */
const MINIMUM_RTO_NS = 200 * NANOSECONDS_PER_MILLISECOND;
export const MAXIMUM_RTO_NS = 120 * NANOSECONDS_PER_SECOND;
const INITIAL_RTO_NS = NANOSECONDS_PER_SECOND;

/** Smoothed round-trip time and retransmission timeout (RFC 6298). */
export class RoundTrip {
  /** 0 before the first sample. */
  smoothedNs = 0;
  variationNs = 0;
  minimumNs = Number.POSITIVE_INFINITY;
  /** Doublings since the last sample. */
  backoff = 0;
  #timeoutNs = INITIAL_RTO_NS;

  sample(rttNs: number): void {
    const rtt = Math.max(rttNs, 1000);
    if (rtt < this.minimumNs) this.minimumNs = rtt;
    if (this.smoothedNs === 0) {
      this.smoothedNs = rtt;
      this.variationNs = rtt / 2;
    } else {
      this.variationNs += (Math.abs(this.smoothedNs - rtt) - this.variationNs) / 4;
      this.smoothedNs += (rtt - this.smoothedNs) / 8;
    }
    this.#timeoutNs = Math.min(this.smoothedNs + Math.max(MINIMUM_RTO_NS, 4 * this.variationNs), MAXIMUM_RTO_NS);
  }

  /** The retransmission timeout now, backed off. */
  get timeoutNs(): number {
    return Math.min(this.#timeoutNs * 2 ** this.backoff, MAXIMUM_RTO_NS);
  }
}
