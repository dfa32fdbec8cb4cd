// Hot code: one object a packet and stack; layers move its offsets, they do not copy.

import { Frame } from './Frame.ts';
import type { NetDevice } from './NetDevice.ts';

/** Whom a frame was for (packet(7), sll_pkttype). */
export const PACKET_HOST = 0;
export const PACKET_BROADCAST = 1;
export const PACKET_MULTICAST = 2;
export const PACKET_OTHERHOST = 3;
export const PACKET_OUTGOING = 4;

/** Room before a transport header for IPv4 with all options and an Ethernet header, rounded up. */
export const NETWORK_HEADROOM = 80;

/** A packet inside one stack, on its way up or down: the role of Linux's `sk_buff`. */
export class Packet {
  bytes: Uint8Array;
  /** First byte in use: the link header once there is one. */
  start: number;
  end: number;
  network = 0;
  transport = 0;
  /** The device that it came from, or goes to. */
  device: NetDevice | null = null;
  etherType = 0;
  packetType = PACKET_HOST;
  gsoSize = 0;
  lacksChecksum = false;
  /** Wall clock at arrival, nanoseconds; 0 when not stamped. */
  timestampNs = 0;
  /** SO_MARK of the sender. */
  mark = 0;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  static fromFrame(frame: Frame): Packet {
    const packet = new Packet(frame.bytes, frame.start, frame.end);
    packet.gsoSize = frame.gsoSize;
    packet.lacksChecksum = frame.lacksChecksum;
    return packet;
  }

  toFrame(): Frame {
    return new Frame(this.bytes, this.start, this.end, this.gsoSize, this.lacksChecksum);
  }

  /** A packet with bytes of its own and room for link and network headers before `network`. */
  copyFromNetwork(): Packet {
    const length = this.end - this.network;
    const bytes = new Uint8Array(NETWORK_HEADROOM + length);
    bytes.set(this.bytes.subarray(this.network, this.end), NETWORK_HEADROOM);
    const copy = new Packet(bytes, NETWORK_HEADROOM, NETWORK_HEADROOM + length);
    copy.network = NETWORK_HEADROOM;
    copy.transport = this.transport - this.network + NETWORK_HEADROOM;
    copy.device = this.device;
    copy.etherType = this.etherType;
    copy.packetType = this.packetType;
    copy.gsoSize = this.gsoSize;
    copy.lacksChecksum = this.lacksChecksum;
    copy.timestampNs = this.timestampNs;
    copy.mark = this.mark;
    return copy;
  }
}
