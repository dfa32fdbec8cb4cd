// Hot code: one object a stack, filled anew for each segment that arrives.

import type { Packet } from '../../link/Packet.ts';
import { readDestination, readSource } from '../../wire/ipv4.ts';
import {
  TCP_FIN,
  TCP_HEADER_SIZE,
  TCP_SYN,
  makeTcpOptions,
  parseTcpOptions,
  readAcknowledgement,
  readDestinationPort,
  readSequence,
  readSourcePort,
  readTcpFlags,
  readTcpHeaderSize,
  readWindow,
} from '../../wire/tcp.ts';
import { advance } from './sequence.ts';

/** A received segment, decoded. Valid until the next one arrives. */
export class TcpSegment {
  packet: Packet | null = null;
  bytes: Uint8Array = new Uint8Array(0);
  source = 0;
  destination = 0;
  sourcePort = 0;
  destinationPort = 0;
  sequence = 0;
  acknowledgement = 0;
  flags = 0;
  /** As on the wire, unscaled. */
  window = 0;
  payloadStart = 0;
  payloadEnd = 0;
  readonly options = makeTcpOptions();

  /** False when the header does not fit the packet. */
  decode(packet: Packet): boolean {
    const { bytes, transport, end } = packet;
    if (end - transport < TCP_HEADER_SIZE) return false;
    const headerSize = readTcpHeaderSize(bytes, transport);
    if (headerSize < TCP_HEADER_SIZE || headerSize > end - transport) return false;
    this.packet = packet;
    this.bytes = bytes;
    this.source = readSource(bytes, packet.network);
    this.destination = readDestination(bytes, packet.network);
    this.sourcePort = readSourcePort(bytes, transport);
    this.destinationPort = readDestinationPort(bytes, transport);
    this.sequence = readSequence(bytes, transport);
    this.acknowledgement = readAcknowledgement(bytes, transport);
    this.flags = readTcpFlags(bytes, transport);
    this.window = readWindow(bytes, transport);
    this.payloadStart = transport + headerSize;
    this.payloadEnd = end;
    parseTcpOptions(bytes, transport, this.options);
    return true;
  }

  get payloadLength(): number {
    return this.payloadEnd - this.payloadStart;
  }

  /** The sequence number after the segment; SYN and FIN take one each. */
  get endSequence(): number {
    const control = ((this.flags & TCP_SYN) !== 0 ? 1 : 0) + ((this.flags & TCP_FIN) !== 0 ? 1 : 0);
    return advance(this.sequence, this.payloadEnd - this.payloadStart + control);
  }
}
