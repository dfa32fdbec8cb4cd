import type { Packet } from '../link/Packet.ts';
import type { Ipv4Address } from './address.ts';

/** An ICMP error about a packet that this stack sent, as the sender's protocol gets it. */
export interface IcmpErrorReport {
  /** The ICMP message as it came; `network` is its own IP header. */
  readonly packet: Packet;
  readonly type: number;
  readonly code: number;
  /** Next-hop MTU of ICMP_FRAG_NEEDED, else 0. */
  readonly info: number;
  /** The error number that a socket gets (positive), and whether it ends a connection attempt. */
  readonly errno: number;
  readonly isFatal: boolean;
  /** Where the quoted IP header and the quoted transport header begin; at least 8 bytes of the latter are there. */
  readonly quotedNetwork: number;
  readonly quotedTransport: number;
  /** Addresses of the quoted packet: `source` is ours. */
  readonly source: Ipv4Address;
  readonly destination: Ipv4Address;
}

/** A transport protocol over IPv4. */
export interface Ipv4Protocol {
  /** A whole packet for this stack: `network` and `transport` are set, `end` is the packet's end. */
  receive(packet: Packet): void;
  error(report: IcmpErrorReport): void;
}

/** Sends ICMP errors about packets. */
export interface ErrorSender {
  /** Does nothing where RFC 1122 section 3.2.2 forbids an error. `packet.network` must be set. */
  sendError(packet: Packet, type: number, code: number, rest: number): void;
}
