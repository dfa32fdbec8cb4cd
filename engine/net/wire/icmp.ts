/** ICMP (RFC 792), with the next-hop MTU of RFC 1191. */

import { readU16, readU32, writeU16, writeU32 } from './bytes.ts';
import { checksum } from './checksum.ts';

const TYPE = 0;
const CODE = 1;
const CHECKSUM = 2;
const REST = 4;
const IDENTIFIER = 4;
const SEQUENCE = 6;
const NEXT_HOP_MTU = 6;
const PAYLOAD = 8;
export const ICMP_HEADER_SIZE = 8;

export const ICMP_ECHO_REPLY = 0;
export const ICMP_DEST_UNREACH = 3;
export const ICMP_SOURCE_QUENCH = 4;
export const ICMP_REDIRECT = 5;
export const ICMP_ECHO = 8;
export const ICMP_TIME_EXCEEDED = 11;
export const ICMP_PARAMETER_PROBLEM = 12;
export const ICMP_TIMESTAMP = 13;
export const ICMP_TIMESTAMP_REPLY = 14;

/** Codes of ICMP_DEST_UNREACH. */
export const ICMP_NET_UNREACH = 0;
export const ICMP_HOST_UNREACH = 1;
export const ICMP_PROTOCOL_UNREACH = 2;
export const ICMP_PORT_UNREACH = 3;
export const ICMP_FRAG_NEEDED = 4;

/** Codes of ICMP_TIME_EXCEEDED. */
export const ICMP_TTL_EXCEEDED = 0;
export const ICMP_REASSEMBLY_EXCEEDED = 1;

/** Code of ICMP_REDIRECT. */
export const ICMP_REDIRECT_HOST = 1;

export function readIcmpType(bytes: Uint8Array, at: number): number {
  return bytes[at + TYPE];
}

export function readIcmpCode(bytes: Uint8Array, at: number): number {
  return bytes[at + CODE];
}

/** The second word, whose meaning depends on the type. */
export function readIcmpRest(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at + REST);
}

export function readEchoIdentifier(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + IDENTIFIER);
}

export function writeEchoIdentifier(bytes: Uint8Array, at: number, identifier: number): void {
  writeU16(bytes, at + IDENTIFIER, identifier);
}

export function readEchoSequence(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + SEQUENCE);
}

export function readNextHopMtu(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + NEXT_HOP_MTU);
}

/** Where the quoted packet of an error, or the data of an echo, begins. */
export function icmpPayload(at: number): number {
  return at + PAYLOAD;
}

/** True when type and code report an error about a quoted packet: such messages are never answered (RFC 1122 3.2.2). */
export function isIcmpError(type: number): boolean {
  return (
    type === ICMP_DEST_UNREACH ||
    type === ICMP_SOURCE_QUENCH ||
    type === ICMP_REDIRECT ||
    type === ICMP_TIME_EXCEEDED ||
    type === ICMP_PARAMETER_PROBLEM
  );
}

/** Writes the header over a payload that is in place, and the checksum over both. */
export function emitIcmp(bytes: Uint8Array, at: number, end: number, type: number, code: number, rest: number): void {
  bytes[at + TYPE] = type;
  bytes[at + CODE] = code;
  writeU32(bytes, at + REST, rest);
  writeIcmpChecksum(bytes, at, end);
}

export function writeIcmpChecksum(bytes: Uint8Array, at: number, end: number): void {
  writeU16(bytes, at + CHECKSUM, 0);
  writeU16(bytes, at + CHECKSUM, checksum(bytes, at, end));
}
