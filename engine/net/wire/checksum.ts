// Hot code: no allocation here.

/** The Internet checksum (RFC 1071): the ones' complement of the ones' complement sum of 16-bit words. */

import { readU16, writeU16 } from './bytes.ts';

/** Adds `bytes[start, end)` to an unfolded sum. `start` counts as an even position. At most 64 KiB a call. */
export function addToSum(sum: number, bytes: Uint8Array, start: number, end: number): number {
  let even = 0;
  let odd = 0;
  let at = start;
  for (const unrolled = end - 7; at < unrolled; at += 8) {
    even += bytes[at] + bytes[at + 2] + bytes[at + 4] + bytes[at + 6];
    odd += bytes[at + 1] + bytes[at + 3] + bytes[at + 5] + bytes[at + 7];
  }
  for (; at + 1 < end; at += 2) {
    even += bytes[at];
    odd += bytes[at + 1];
  }
  if (at < end) even += bytes[at];
  return sum + even * 256 + odd;
}

/** Folds the carries in and complements: the value that goes on the wire. */
export function finishChecksum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded % 0x1_0000) + Math.floor(folded / 0x1_0000);
  return ~folded & 0xffff;
}

export function checksum(bytes: Uint8Array, start: number, end: number): number {
  return finishChecksum(addToSum(0, bytes, start, end));
}

/** The pseudo-header of TCP and UDP over IPv4 (RFC 9293 section 3.1). `length` is that of header and payload. */
export function pseudoHeaderSum(source: number, destination: number, protocol: number, length: number): number {
  return (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff) + protocol + length;
}

/** Corrects the checksum stored at `at` after one 16-bit word changed (RFC 1624, equation 3). */
export function updateChecksum(bytes: Uint8Array, at: number, oldWord: number, newWord: number): void {
  const sum = (~readU16(bytes, at) & 0xffff) + (~oldWord & 0xffff) + newWord;
  writeU16(bytes, at, finishChecksum(sum));
}
