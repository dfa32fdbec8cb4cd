import type { Packet } from '../link/Packet.ts';

/** A received datagram and what recvmsg(2) can tell about it. */
export interface Datagram {
  /** Kept by reference; nobody changes its bytes. */
  readonly packet: Packet;
  /** What the user reads: `packet.bytes[start, end)`. */
  readonly start: number;
  readonly end: number;
  readonly source: number;
  readonly sourcePort: number;
  readonly destination: number;
  readonly destinationPort: number;
  /** Device that it came in through; 0 when unknown. */
  readonly deviceIndex: number;
}

/** Linux accounts some overhead to each packet; this is about its smallest skb. */
const OVERHEAD_BYTES = 768;

/** Datagrams that wait for their reader, bounded by SO_RCVBUF. */
export class DatagramQueue {
  readonly #items: Datagram[] = [];
  limitBytes: number;
  /** Memory charged: /proc/net/udp shows it. */
  bytes = 0;
  drops = 0;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  get length(): number {
    return this.#items.length;
  }

  /** False when there is no room: the datagram is dropped. */
  push(item: Datagram): boolean {
    if (this.bytes > this.limitBytes) {
      this.drops++;
      return false;
    }
    this.bytes += OVERHEAD_BYTES + item.end - item.start;
    this.#items.push(item);
    return true;
  }

  peek(): Datagram | undefined {
    return this.#items.at(0);
  }

  shift(): Datagram | undefined {
    const item = this.#items.shift();
    if (item !== undefined) this.bytes -= OVERHEAD_BYTES + item.end - item.start;
    return item;
  }

  clear(): void {
    this.#items.length = 0;
    this.bytes = 0;
  }
}
