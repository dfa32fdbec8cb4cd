// Hot code: `parseTcpOptions` fills an object that its caller reuses; nothing here allocates.

/** TCP headers (RFC 9293) and their options: MSS, window scale and time stamps (RFC 7323), selective ACKs (RFC 2018). */

import { readU16, readU32, writeU16, writeU32 } from './bytes.ts';
import { IPPROTO_TCP, transportChecksum } from './ipv4.ts';

const SOURCE_PORT = 0;
const DESTINATION_PORT = 2;
const SEQUENCE = 4;
const ACKNOWLEDGEMENT = 8;
const DATA_OFFSET = 12;
const FLAGS = 13;
const WINDOW = 14;
const CHECKSUM = 16;
const URGENT = 18;
const OPTIONS = 20;
export const TCP_HEADER_SIZE = 20;

export const TCP_FIN = 0x01;
export const TCP_SYN = 0x02;
export const TCP_RST = 0x04;
export const TCP_PSH = 0x08;
export const TCP_ACK = 0x10;
export const TCP_URG = 0x20;

const OPTION_END = 0;
const OPTION_NOP = 1;
const OPTION_MSS = 2;
const OPTION_WINDOW_SCALE = 3;
const OPTION_SACK_PERMITTED = 4;
const OPTION_SACK = 5;
const OPTION_TIMESTAMPS = 8;
/** RFC 7323 section 2.3. */
export const TCP_MAX_WINDOW_SCALE = 14;
/** RFC 9293 section 3.7.1: what a peer that sends no MSS option takes. */
export const TCP_DEFAULT_MSS = 536;
export const TCP_TIMESTAMPS_SIZE = 12;
const MAX_SACK_BLOCKS = 4;

export function readSourcePort(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + SOURCE_PORT);
}

export function readDestinationPort(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + DESTINATION_PORT);
}

export function readSequence(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at + SEQUENCE);
}

export function readAcknowledgement(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at + ACKNOWLEDGEMENT);
}

export function readTcpHeaderSize(bytes: Uint8Array, at: number): number {
  return (bytes[at + DATA_OFFSET] >> 4) * 4;
}

export function readTcpFlags(bytes: Uint8Array, at: number): number {
  return bytes[at + FLAGS] & 0x3f;
}

/** Distance from the sequence number to behind the last urgent byte; means something with TCP_URG only. */
export function readUrgentPointer(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + URGENT);
}

export function setUrgentPointer(bytes: Uint8Array, at: number, pointer: number): void {
  bytes[at + FLAGS] |= TCP_URG;
  writeU16(bytes, at + URGENT, pointer);
}

export function readWindow(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + WINDOW);
}

/** What the options of one segment say. `windowScale` is -1 and `mss` 0 when absent. SACK edges come in pairs. */
export interface TcpOptions {
  mss: number;
  windowScale: number;
  sackPermitted: boolean;
  hasTimestamps: boolean;
  timestampValue: number;
  timestampEcho: number;
  sackBlocks: number;
  readonly sackEdges: Uint32Array;
}

export function makeTcpOptions(): TcpOptions {
  return {
    mss: 0,
    windowScale: -1,
    sackPermitted: false,
    hasTimestamps: false,
    timestampValue: 0,
    timestampEcho: 0,
    sackBlocks: 0,
    sackEdges: new Uint32Array(2 * MAX_SACK_BLOCKS),
  };
}

/** Unknown options are skipped by their length; a broken length ends the list (RFC 9293 section 3.1, MUST-6, MUST-7). */
export function parseTcpOptions(bytes: Uint8Array, at: number, into: TcpOptions): void {
  into.mss = 0;
  into.windowScale = -1;
  into.sackPermitted = false;
  into.hasTimestamps = false;
  into.sackBlocks = 0;
  const end = at + readTcpHeaderSize(bytes, at);
  let option = at + OPTIONS;
  while (option < end) {
    const kind = bytes[option];
    if (kind === OPTION_END) return;
    if (kind === OPTION_NOP) {
      option++;
      continue;
    }
    const length = option + 1 < end ? bytes[option + 1] : 0;
    if (length < 2 || option + length > end) return;
    if (kind === OPTION_TIMESTAMPS && length === 10) {
      into.hasTimestamps = true;
      into.timestampValue = readU32(bytes, option + 2);
      into.timestampEcho = readU32(bytes, option + 6);
    } else if (kind === OPTION_MSS && length === 4) {
      into.mss = readU16(bytes, option + 2);
    } else if (kind === OPTION_WINDOW_SCALE && length === 3) {
      into.windowScale = Math.min(bytes[option + 2], TCP_MAX_WINDOW_SCALE);
    } else if (kind === OPTION_SACK_PERMITTED && length === 2) {
      into.sackPermitted = true;
    } else if (kind === OPTION_SACK && length >= 10 && (length - 2) % 8 === 0) {
      into.sackBlocks = Math.min((length - 2) / 8, MAX_SACK_BLOCKS);
      for (let edge = 0; edge < 2 * into.sackBlocks; edge++) {
        into.sackEdges[edge] = readU32(bytes, option + 2 + 4 * edge);
      }
    }
    option += length;
  }
}

/** Writes the fixed header; options are emitted apart and must make `headerSize` right. The checksum field is left zero. */
export function emitTcp(
  bytes: Uint8Array,
  at: number,
  headerSize: number,
  sourcePort: number,
  destinationPort: number,
  sequence: number,
  acknowledgement: number,
  flags: number,
  window: number,
): void {
  writeU16(bytes, at + SOURCE_PORT, sourcePort);
  writeU16(bytes, at + DESTINATION_PORT, destinationPort);
  writeU32(bytes, at + SEQUENCE, sequence);
  writeU32(bytes, at + ACKNOWLEDGEMENT, acknowledgement);
  bytes[at + DATA_OFFSET] = (headerSize >> 2) << 4;
  bytes[at + FLAGS] = flags;
  writeU16(bytes, at + WINDOW, window);
  writeU32(bytes, at + CHECKSUM, 0);
}

export function writeTcpChecksum(
  bytes: Uint8Array,
  at: number,
  end: number,
  source: number,
  destination: number,
): void {
  writeU16(bytes, at + CHECKSUM, 0);
  writeU16(bytes, at + CHECKSUM, transportChecksum(bytes, at, end, source, destination, IPPROTO_TCP));
}

export function setSequence(bytes: Uint8Array, at: number, sequence: number): void {
  writeU32(bytes, at + SEQUENCE, sequence);
}

export function setTcpFlags(bytes: Uint8Array, at: number, flags: number): void {
  bytes[at + FLAGS] = flags;
}

/** Each emitter writes at `at` and returns where the next option goes; all keep 32-bit alignment. */
export function emitMss(bytes: Uint8Array, at: number, mss: number): number {
  bytes[at] = OPTION_MSS;
  bytes[at + 1] = 4;
  writeU16(bytes, at + 2, mss);
  return at + 4;
}

/** SACK-permitted in the place of the two paddings that time stamps need, as Linux lays it out, or padded by itself. */
export function emitSackPermitted(bytes: Uint8Array, at: number): number {
  bytes[at] = OPTION_NOP;
  bytes[at + 1] = OPTION_NOP;
  bytes[at + 2] = OPTION_SACK_PERMITTED;
  bytes[at + 3] = 2;
  return at + 4;
}

export function emitTimestamps(bytes: Uint8Array, at: number, value: number, echo: number): number {
  bytes[at] = OPTION_NOP;
  bytes[at + 1] = OPTION_NOP;
  bytes[at + 2] = OPTION_TIMESTAMPS;
  bytes[at + 3] = 10;
  writeU32(bytes, at + 4, value);
  writeU32(bytes, at + 8, echo);
  return at + TCP_TIMESTAMPS_SIZE;
}

export function emitWindowScale(bytes: Uint8Array, at: number, shift: number): number {
  bytes[at] = OPTION_NOP;
  bytes[at + 1] = OPTION_WINDOW_SCALE;
  bytes[at + 2] = 3;
  bytes[at + 3] = shift;
  return at + 4;
}

/** Header of a SACK option with `blocks` blocks; the edges follow with `emitSackEdge`. */
export function emitSackHeader(bytes: Uint8Array, at: number, blocks: number): number {
  bytes[at] = OPTION_NOP;
  bytes[at + 1] = OPTION_NOP;
  bytes[at + 2] = OPTION_SACK;
  bytes[at + 3] = 2 + 8 * blocks;
  return at + 4;
}

export function emitSackEdge(bytes: Uint8Array, at: number, sequence: number): number {
  writeU32(bytes, at, sequence);
  return at + 4;
}
