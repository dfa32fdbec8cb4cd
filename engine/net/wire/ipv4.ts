// Hot code: no allocation here.

/** IPv4 headers (RFC 791). */

import { readU16, readU32, writeU16, writeU32 } from './bytes.ts';
import { addToSum, checksum, finishChecksum, pseudoHeaderSum, updateChecksum } from './checksum.ts';

const VERSION_AND_SIZE = 0;
const TOS = 1;
const TOTAL_LENGTH = 2;
const IDENTIFICATION = 4;
const FRAGMENT = 6;
const TTL = 8;
const PROTOCOL = 9;
const CHECKSUM = 10;
const SOURCE = 12;
const DESTINATION = 16;
const OPTIONS = 20;
export const IPV4_HEADER_SIZE = 20;
export const IPV4_MAX_SIZE = 65535;

/** Values of the fragment word. */
export const IPV4_DONT_FRAGMENT = 0x4000;
export const IPV4_MORE_FRAGMENTS = 0x2000;
export const IPV4_OFFSET_MASK = 0x1fff;

export const IPPROTO_ICMP = 1;
export const IPPROTO_TCP = 6;
export const IPPROTO_UDP = 17;
export const IPPROTO_RAW = 255;

export function readHeaderSize(bytes: Uint8Array, at: number): number {
  return (bytes[at + VERSION_AND_SIZE] & 0xf) * 4;
}

export function readTos(bytes: Uint8Array, at: number): number {
  return bytes[at + TOS];
}

export function readTotalLength(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + TOTAL_LENGTH);
}

export function readIdentification(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + IDENTIFICATION);
}

/** Flags and offset (in units of 8 bytes) as one word. */
export function readFragmentWord(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + FRAGMENT);
}

export function readTtl(bytes: Uint8Array, at: number): number {
  return bytes[at + TTL];
}

export function readProtocol(bytes: Uint8Array, at: number): number {
  return bytes[at + PROTOCOL];
}

export function readSource(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at + SOURCE);
}

export function readDestination(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at + DESTINATION);
}

/** True when a whole header with right version, sizes and checksum lies in `[at, end)` (RFC 1812 section 5.2.2). */
export function isValidHeader(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < IPV4_HEADER_SIZE || bytes[at] >> 4 !== 4) return false;
  const headerSize = readHeaderSize(bytes, at);
  const totalLength = readTotalLength(bytes, at);
  if (headerSize < IPV4_HEADER_SIZE || totalLength < headerSize || totalLength > end - at) return false;
  return checksum(bytes, at, at + headerSize) === 0;
}

/** Writes a header and its checksum. Options must be in place already, padded to `headerSize`. */
export function emitIpv4(
  bytes: Uint8Array,
  at: number,
  headerSize: number,
  tos: number,
  totalLength: number,
  identification: number,
  fragmentWord: number,
  ttl: number,
  protocol: number,
  source: number,
  destination: number,
): void {
  bytes[at + VERSION_AND_SIZE] = 0x40 | (headerSize >> 2);
  bytes[at + TOS] = tos;
  writeU16(bytes, at + TOTAL_LENGTH, totalLength);
  writeU16(bytes, at + IDENTIFICATION, identification);
  writeU16(bytes, at + FRAGMENT, fragmentWord);
  bytes[at + TTL] = ttl;
  bytes[at + PROTOCOL] = protocol;
  writeU16(bytes, at + CHECKSUM, 0);
  writeU32(bytes, at + SOURCE, source);
  writeU32(bytes, at + DESTINATION, destination);
  writeU16(bytes, at + CHECKSUM, checksum(bytes, at, at + headerSize));
}

/** For IP_HDRINCL (raw(7)): the kernel always fills in total length and checksum, source and identification when zero. */
export function completeHeader(bytes: Uint8Array, at: number, totalLength: number, source: number, id: number): void {
  const headerSize = readHeaderSize(bytes, at);
  writeU16(bytes, at + TOTAL_LENGTH, totalLength);
  if (readSource(bytes, at) === 0) writeU32(bytes, at + SOURCE, source);
  if (readIdentification(bytes, at) === 0) writeU16(bytes, at + IDENTIFICATION, id);
  rewriteChecksum(bytes, at, headerSize);
}

export function setTotalLength(bytes: Uint8Array, at: number, totalLength: number): void {
  writeU16(bytes, at + TOTAL_LENGTH, totalLength);
}

export function setIdentification(bytes: Uint8Array, at: number, identification: number): void {
  writeU16(bytes, at + IDENTIFICATION, identification);
}

export function setFragmentWord(bytes: Uint8Array, at: number, word: number): void {
  writeU16(bytes, at + FRAGMENT, word);
}

export function setHeaderSize(bytes: Uint8Array, at: number, headerSize: number): void {
  bytes[at + VERSION_AND_SIZE] = 0x40 | (headerSize >> 2);
}

export function rewriteChecksum(bytes: Uint8Array, at: number, headerSize: number): void {
  writeU16(bytes, at + CHECKSUM, 0);
  writeU16(bytes, at + CHECKSUM, checksum(bytes, at, at + headerSize));
}

/** One hop less, checksum corrected (RFC 1812 section 5.3.1). */
export function decrementTtl(bytes: Uint8Array, at: number): void {
  const before = readU16(bytes, at + TTL);
  bytes[at + TTL] -= 1;
  updateChecksum(bytes, at + CHECKSUM, before, before - 0x100);
}

/** Fills `fragment` with the options that each fragment must repeat (RFC 791: copied flag), and returns their padded size. */
export function copyOptionsForFragment(
  bytes: Uint8Array,
  at: number,
  fragment: Uint8Array,
  fragmentAt: number,
): number {
  const end = at + readHeaderSize(bytes, at);
  let from = at + OPTIONS;
  let size = 0;
  while (from < end && bytes[from] !== 0) {
    const length = bytes[from] === 1 ? 1 : bytes[from + 1];
    if (length < 1 || (bytes[from] !== 1 && length < 2) || from + length > end) break;
    if (bytes[from] & 0x80) {
      fragment.set(bytes.subarray(from, from + length), fragmentAt + OPTIONS + size);
      size += length;
    }
    from += length;
  }
  while (size % 4 !== 0) fragment[fragmentAt + OPTIONS + size++] = 0;
  return size;
}

/** The checksum over pseudo-header, transport header and payload, with the header's checksum field as it stands. */
export function transportChecksum(
  bytes: Uint8Array,
  start: number,
  end: number,
  source: number,
  destination: number,
  protocol: number,
): number {
  return finishChecksum(addToSum(pseudoHeaderSum(source, destination, protocol, end - start), bytes, start, end));
}
