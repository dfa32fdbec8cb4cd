/** Origins of a socket error (linux/errqueue.h). */
export const SO_EE_ORIGIN_LOCAL = 1;
export const SO_EE_ORIGIN_ICMP = 2;

/** One entry of the error queue that IP_RECVERR turns on (ip(7)). */
export interface SocketError {
  readonly errno: number;
  readonly origin: number;
  readonly type: number;
  readonly code: number;
  readonly info: number;
  /** Where the packet went. */
  readonly destination: number;
  readonly destinationPort: number;
  /** Who reported: 0 when this host did. */
  readonly offender: number;
  /** Time to live of the report when it came; 0 for local errors. */
  readonly ttl: number;
  /** The payload of the packet that caused it, nothing for local errors. */
  readonly data: Uint8Array;
  readonly timestampNs: number;
}

const MAXIMUM_ENTRIES = 64;

export class ErrorQueue {
  readonly #entries: SocketError[] = [];

  get length(): number {
    return this.#entries.length;
  }

  push(entry: SocketError): void {
    if (this.#entries.length < MAXIMUM_ENTRIES) this.#entries.push(entry);
  }

  shift(): SocketError | undefined {
    return this.#entries.shift();
  }

  /** The errno that the next entry would give. */
  peek(): SocketError | undefined {
    return this.#entries.at(0);
  }
}
