/** Values of socket options, as getsockopt(2) and setsockopt(2) carry them. */

import { readI32Host, readU32Host, readU64Host, writeU32Host, writeU64Host } from '../wire/bytes.ts';

export function intValue(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  writeU32Host(bytes, 0, value >>> 0);
  return bytes;
}

/** Undefined when there are fewer than four bytes. */
export function readInt(value: Uint8Array): number | undefined {
  return value.length < 4 ? undefined : readI32Host(value, 0);
}

/** IP options take a single byte, too (ip(7)). */
export function readIntOrByte(value: Uint8Array): number | undefined {
  return value.length >= 4 ? readI32Host(value, 0) : value.at(0);
}

/** `struct timeval`. */
export function timevalValue(ns: number): Uint8Array {
  const bytes = new Uint8Array(16);
  const seconds = Math.floor(ns / 1e9);
  writeU64Host(bytes, 0, seconds);
  writeU64Host(bytes, 8, Math.floor((ns - seconds * 1e9) / 1000));
  return bytes;
}

/** Nanoseconds; negative for an invalid value, undefined for a short one. */
export function readTimeval(value: Uint8Array): number | undefined {
  if (value.length < 16) return undefined;
  const microseconds = readU64Host(value, 8);
  if (microseconds >= 1_000_000) return -1;
  // A negative number of seconds means: do not wait at all.
  if (readU32Host(value, 4) >= 0x8000_0000) return 1;
  return readU64Host(value, 0) * 1e9 + microseconds * 1000;
}

export function timespecValue(ns: number): Uint8Array {
  const bytes = new Uint8Array(16);
  const seconds = Math.floor(ns / 1e9);
  writeU64Host(bytes, 0, seconds);
  writeU64Host(bytes, 8, Math.floor(ns - seconds * 1e9));
  return bytes;
}

/** A NUL-terminated name such as SO_BINDTODEVICE takes. */
export function readName(value: Uint8Array): string {
  const end = value.indexOf(0);
  return String.fromCharCode(...value.subarray(0, end < 0 ? value.length : end));
}

export function nameValue(name: string, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < Math.min(name.length, size - 1); at++) bytes[at] = name.charCodeAt(at);
  return bytes;
}
