// Hot code: no allocation here.

/** UDP headers (RFC 768). */

import { readU16, writeU16 } from './bytes.ts';
import { IPPROTO_UDP, transportChecksum } from './ipv4.ts';

const SOURCE_PORT = 0;
const DESTINATION_PORT = 2;
const LENGTH = 4;
const CHECKSUM = 6;
export const UDP_HEADER_SIZE = 8;

export function readSourcePort(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + SOURCE_PORT);
}

export function readDestinationPort(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + DESTINATION_PORT);
}

export function readUdpLength(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + LENGTH);
}

/** Zero on the wire says that the sender made no checksum. */
export function hasUdpChecksum(bytes: Uint8Array, at: number): boolean {
  return readU16(bytes, at + CHECKSUM) !== 0;
}

export function emitUdp(
  bytes: Uint8Array,
  at: number,
  sourcePort: number,
  destinationPort: number,
  length: number,
): void {
  writeU16(bytes, at + SOURCE_PORT, sourcePort);
  writeU16(bytes, at + DESTINATION_PORT, destinationPort);
  writeU16(bytes, at + LENGTH, length);
  writeU16(bytes, at + CHECKSUM, 0);
}

export function writeUdpChecksum(
  bytes: Uint8Array,
  at: number,
  end: number,
  source: number,
  destination: number,
): void {
  writeU16(bytes, at + CHECKSUM, 0);
  const sum = transportChecksum(bytes, at, end, source, destination, IPPROTO_UDP);
  writeU16(bytes, at + CHECKSUM, sum === 0 ? 0xffff : sum);
}
