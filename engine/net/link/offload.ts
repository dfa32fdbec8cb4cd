/** What a network card does for TCP, in software: for links that lead out of the engine, and for captures without TSO. */

import { ETHERNET_HEADER_SIZE, ETHERTYPE_IPV4, readEtherType } from '../wire/ethernet.ts';
import {
  IPPROTO_TCP,
  IPPROTO_UDP,
  readDestination,
  readHeaderSize,
  readIdentification,
  readProtocol,
  readSource,
  readTotalLength,
  rewriteChecksum,
  setIdentification,
  setTotalLength,
} from '../wire/ipv4.ts';
import {
  TCP_FIN,
  TCP_PSH,
  readSequence,
  readTcpFlags,
  readTcpHeaderSize,
  setSequence,
  setTcpFlags,
  writeTcpChecksum,
} from '../wire/tcp.ts';
import { writeUdpChecksum } from '../wire/udp.ts';
import { Frame } from './Frame.ts';

/** A frame with its transport checksum in place; the same frame when it had one. */
function completeChecksum(frame: Frame): Frame {
  if (!frame.lacksChecksum) return frame;
  const bytes = frame.bytes.slice(frame.start, frame.end);
  if (readEtherType(bytes, 0) === ETHERTYPE_IPV4) writeTransportChecksum(bytes, ETHERNET_HEADER_SIZE);
  return new Frame(bytes, 0, bytes.length, frame.gsoSize, false);
}

/** Makes the checksum of the TCP segment or UDP datagram in the IPv4 packet at `network`. */
export function writeTransportChecksum(bytes: Uint8Array, network: number): void {
  const transport = network + readHeaderSize(bytes, network);
  const end = network + readTotalLength(bytes, network);
  const source = readSource(bytes, network);
  const destination = readDestination(bytes, network);
  const protocol = readProtocol(bytes, network);
  if (protocol === IPPROTO_TCP) writeTcpChecksum(bytes, transport, end, source, destination);
  else if (protocol === IPPROTO_UDP) writeUdpChecksum(bytes, transport, end, source, destination);
}

/** The frames that a card with TSO would put on the wire, checksums included. */
export function segmentFrame(frame: Frame): Frame[] {
  const network = frame.start + ETHERNET_HEADER_SIZE;
  if (frame.gsoSize === 0 || readEtherType(frame.bytes, frame.start) !== ETHERTYPE_IPV4)
    return [completeChecksum(frame)];
  const ipHeaderSize = readHeaderSize(frame.bytes, network);
  const transport = network + ipHeaderSize;
  const payload = transport + readTcpHeaderSize(frame.bytes, transport);
  const end = network + readTotalLength(frame.bytes, network);
  if (end - payload <= frame.gsoSize) return [completeChecksum(frame)];
  const headersSize = payload - frame.start;
  const sequence = readSequence(frame.bytes, transport);
  const flags = readTcpFlags(frame.bytes, transport);
  const identification = readIdentification(frame.bytes, network);
  const source = readSource(frame.bytes, network);
  const destination = readDestination(frame.bytes, network);
  const frames: Frame[] = [];
  for (let from = payload; from < end; from += frame.gsoSize) {
    const length = Math.min(frame.gsoSize, end - from);
    const bytes = new Uint8Array(headersSize + length);
    bytes.set(frame.bytes.subarray(frame.start, payload), 0);
    bytes.set(frame.bytes.subarray(from, from + length), headersSize);
    const isLast = from + length === end;
    setTotalLength(bytes, ETHERNET_HEADER_SIZE, headersSize - ETHERNET_HEADER_SIZE + length);
    setIdentification(bytes, ETHERNET_HEADER_SIZE, identification + frames.length);
    rewriteChecksum(bytes, ETHERNET_HEADER_SIZE, ipHeaderSize);
    const segment = ETHERNET_HEADER_SIZE + ipHeaderSize;
    setSequence(bytes, segment, sequence + (from - payload));
    setTcpFlags(bytes, segment, isLast ? flags : flags & ~(TCP_FIN | TCP_PSH));
    writeTcpChecksum(bytes, segment, bytes.length, source, destination);
    frames.push(new Frame(bytes, 0, bytes.length));
  }
  return frames;
}
