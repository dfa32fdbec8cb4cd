// Hot code: `advertise` runs once a sent segment.

import type { TcpConnection } from './TcpConnection.ts';
import { sendAck } from './output.ts';
import { advance, distance } from './sequence.ts';
import { mayReceive } from './state.ts';

const MAXIMUM_UNSCALED = 65535;

/**
 * How much the far end may send (RFC 9293 section 3.8.6). The limit grows with the rate at which the application reads,
 * so that one stream can fill a long path and a thousand idle ones cost nothing (Linux's receive buffer tuning).
 */
export class ReceiveWindow {
  readonly #connection: TcpConnection;
  readonly #bounds: readonly [minimum: number, initial: number, maximum: number];
  /** Bytes that may wait for the application. */
  limit: number;
  /** The shift that both ends agreed on for our window. */
  scale = 0;
  /** The window as last advertised, counted from RCV.NXT at that time. */
  size = 0;
  updatedAt = 0;
  // Measuring how much is read in the time that one window takes to arrive.
  #measureSequence = 0;
  #measureSinceNs = 0;
  #roundTripNs = 0;
  #readSinceNs = 0;
  #readBytes = 0;

  constructor(connection: TcpConnection, bounds: readonly [number, number, number]) {
    this.#connection = connection;
    this.#bounds = bounds;
    this.limit = bounds[1] >> 1;
  }

  /** The most that `limit` can become: it decides the window scale, before any data. */
  get largestLimit(): number {
    const { receiveBuffer } = this.#connection.options;
    return receiveBuffer === 0 ? this.#bounds[2] : receiveBuffer >> 1;
  }

  /** Before the handshake: room for what SO_RCVBUF says. */
  open(): void {
    const { receiveBuffer, windowClamp } = this.#connection.options;
    if (receiveBuffer !== 0) this.limit = receiveBuffer >> 1;
    if (windowClamp !== 0) this.limit = Math.min(this.limit, windowClamp);
  }

  /** After the handshake: measuring begins. */
  start(): void {
    const { now } = this.#connection;
    this.#measureSequence = this.#connection.receiveNext;
    this.#measureSinceNs = now;
    this.#readSinceNs = now;
  }

  /** What the far end may still send of the window it knows. */
  get remaining(): number {
    return Math.max(0, distance(this.#connection.receiveNext, advance(this.updatedAt, this.size)));
  }

  /** The window field for a segment that leaves now; notes what was promised. SYNs are not scaled. */
  advertise(isSyn: 0 | 1): number {
    const connection = this.#connection;
    const promised = this.remaining;
    let offered = this.#offer();
    // A window is never taken back (RFC 9293 section 3.8.6, SHLD-14).
    if (offered < promised) offered = roundUp(promised, this.scale);
    const shift = isSyn === 1 ? 0 : this.scale;
    offered = Math.min(offered, MAXIMUM_UNSCALED * 2 ** shift);
    this.size = offered;
    this.updatedAt = connection.receiveNext;
    return offered >>> shift;
  }

  /** The application read: tell the far end when the window opened by much, and tune the limit. */
  noteRead(bytes: number): void {
    const connection = this.#connection;
    this.#readBytes += bytes;
    this.#tune();
    if (!mayReceive(connection.state)) return;
    const { remaining } = this;
    if (2 * remaining <= this.limit) {
      const offered = this.#offer();
      if (offered > 0 && offered >= 2 * remaining) sendAck(connection);
    }
  }

  /** Data arrived: how long did a window take? That is the round trip as far as a pure receiver can see it. */
  noteArrival(): void {
    const connection = this.#connection;
    if (distance(this.#measureSequence, connection.receiveNext) < 0) return;
    const { now } = connection;
    if (connection.roundTrip.smoothedNs === 0 || this.#roundTripNs !== 0) {
      const took = now - this.#measureSinceNs;
      this.#roundTripNs = this.#roundTripNs === 0 ? took : Math.min(this.#roundTripNs * 1.125, took);
    } else {
      this.#roundTripNs = connection.roundTrip.smoothedNs;
    }
    this.#measureSequence = advance(connection.receiveNext, this.size);
    this.#measureSinceNs = now;
  }

  /** SO_RCVBUF was set; the window does not shrink below what is promised. */
  resize(): void {
    const { receiveBuffer, windowClamp } = this.#connection.options;
    if (receiveBuffer !== 0) this.limit = receiveBuffer >> 1;
    if (windowClamp !== 0) this.limit = Math.min(this.limit, windowClamp);
  }

  /** Free room, none when it is less than a segment: no silly windows (RFC 9293 section 3.8.6.2.2). */
  #offer(): number {
    const connection = this.#connection;
    const free = this.limit - connection.receiveQueue.available;
    if (free < Math.min(connection.receiveMss, this.limit >> 1)) return 0;
    return free - (free % 2 ** this.scale);
  }

  #tune(): void {
    const connection = this.#connection;
    const { now, options } = connection;
    if (now - this.#readSinceNs < this.#roundTripNs || this.#readBytes === 0) return;
    const isTunable = connection.context.settings.tcp_moderate_rcvbuf !== 0 && options.receiveBuffer === 0;
    if (isTunable && 2 * this.#readBytes > this.limit) {
      const wanted = 2 * this.#readBytes + 16 * connection.receiveMss;
      let limit = Math.max(this.limit, Math.min(wanted, this.#bounds[2] >> 1));
      if (options.windowClamp !== 0) limit = Math.min(limit, options.windowClamp);
      this.limit = limit;
    }
    this.#readBytes = 0;
    this.#readSinceNs = now;
  }
}

function roundUp(value: number, shift: number): number {
  const unit = 2 ** shift;
  return Math.ceil(value / unit) * unit;
}
