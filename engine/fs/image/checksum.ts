/**
 * FNV-1a over little-endian 32-bit words instead of bytes, the last one filled up with zeroes. It finds damage, not malice:
 * each step is a bijection, so a change within one word never goes unseen, and others do once in 2^32. Chosen over CRC-32
 * and xxHash because little work a word counts when an image is opened by code that is still interpreted.
 */
const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** The checksum of `bytes[start, end)` as an unsigned 32-bit number. The start must lie on a multiple of 4 in memory. */
export function checksum(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + start, (end - start) >>> 2);
  let hash = OFFSET_BASIS | 0;
  for (const word of words) hash = Math.imul(hash ^ word, PRIME);
  let rest = 0;
  for (let position = end - 1; position >= start + words.length * 4; position--) rest = (rest << 8) | bytes[position];
  // The length goes in as well, so that zeroes at the end count.
  hash = Math.imul(hash ^ rest, PRIME);
  return Math.imul(hash ^ (end - start), PRIME) >>> 0;
}
