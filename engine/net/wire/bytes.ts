// Hot code: no allocation here.

/** Big-endian ("network order") and little-endian ("host order" of x86-64) accessors over plain byte arrays. */

export function readU16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}

export function readU32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}

/** Six bytes as one Number: a MAC address. */
export function readU48(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at) * 0x1_0000_0000 + readU32(bytes, at + 2);
}

export function writeU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

export function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

export function writeU48(bytes: Uint8Array, at: number, value: number): void {
  writeU16(bytes, at, Math.floor(value / 0x1_0000_0000));
  writeU32(bytes, at + 2, value >>> 0);
}

export function readU16Host(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8);
}

export function readU32Host(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}

export function readI32Host(bytes: Uint8Array, at: number): number {
  return readU32Host(bytes, at) | 0;
}

/** Exact up to 2^53; what lies above is rounded. */
export function readU64Host(bytes: Uint8Array, at: number): number {
  return readU32Host(bytes, at) + readU32Host(bytes, at + 4) * 0x1_0000_0000;
}

export function writeU16Host(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
}

export function writeU32Host(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

export function writeU64Host(bytes: Uint8Array, at: number, value: number): void {
  writeU32Host(bytes, at, value >>> 0);
  writeU32Host(bytes, at + 4, Math.floor(value / 0x1_0000_0000) >>> 0);
}
