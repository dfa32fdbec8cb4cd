// Hot code: runs once an acknowledgement.

import type { TcpConnection } from './TcpConnection.ts';
import { CONGESTION_LOSS, CONGESTION_OPEN, CONGESTION_RECOVERY } from './state.ts';

/** RFC 6928. */
const INITIAL_WINDOW_SEGMENTS = 10;
const INFINITE = 0x7fff_ffff;

/** Congestion control after Reno (RFC 5681), counting bytes (RFC 3465). Windows are in bytes. */
export class Congestion {
  readonly #connection: TcpConnection;
  window: number;
  threshold = INFINITE;
  state = CONGESTION_OPEN;
  /** SND.NXT when the present trouble began: it is over when that is acknowledged (RFC 6582). */
  highSequence = 0;
  duplicateAcks = 0;
  // Sums over the segments in flight.
  sackedBytes = 0;
  lostBytes = 0;
  retransmittedBytes = 0;
  /** Was the window what kept us from sending more? Only then may it grow. */
  isLimiting = false;
  #acknowledged = 0;

  constructor(connection: TcpConnection) {
    this.#connection = connection;
    this.window = INITIAL_WINDOW_SEGMENTS * 1460;
  }

  start(): void {
    this.window = INITIAL_WINDOW_SEGMENTS * this.#connection.mss;
  }

  /** Bytes believed to be in the network (RFC 6675: pipe). */
  get pipe(): number {
    return this.#connection.inFlight - this.sackedBytes - this.lostBytes + this.retransmittedBytes;
  }

  /** Bytes that may be sent now. */
  get quota(): number {
    return this.window - this.pipe;
  }

  grow(bytes: number): void {
    if (!this.isLimiting) return;
    const { mss } = this.#connection;
    if (this.window < this.threshold) {
      this.window += bytes;
      return;
    }
    this.#acknowledged += bytes;
    if (this.#acknowledged < this.window) return;
    this.#acknowledged -= this.window;
    this.window += mss;
  }

  enterRecovery(): void {
    this.state = CONGESTION_RECOVERY;
    this.highSequence = this.#connection.nextSequence;
    this.#halve();
    this.window = this.threshold;
  }

  /** A retransmission timeout: begin again with one segment. */
  enterLoss(): void {
    if (this.state !== CONGESTION_LOSS) {
      this.#halve();
      this.highSequence = this.#connection.nextSequence;
    }
    this.state = CONGESTION_LOSS;
    this.window = this.#connection.mss;
    this.#acknowledged = 0;
    this.duplicateAcks = 0;
    this.isLimiting = true;
  }

  leaveTrouble(): void {
    if (this.state === CONGESTION_RECOVERY) this.window = this.threshold;
    this.state = CONGESTION_OPEN;
    this.duplicateAcks = 0;
  }

  /** RFC 2861: after an idle time, half a window for each timeout that passed. */
  restartAfterIdle(idleNs: number, timeoutNs: number): void {
    const initial = Math.min(this.window, INITIAL_WINDOW_SEGMENTS * this.#connection.mss);
    let idle = idleNs;
    while (idle > timeoutNs && this.window > initial) {
      this.window = Math.max(this.window >> 1, initial);
      idle -= timeoutNs;
    }
  }

  #halve(): void {
    this.threshold = Math.max(this.#connection.inFlight >> 1, 2 * this.#connection.mss);
    this.#acknowledged = 0;
  }
}
