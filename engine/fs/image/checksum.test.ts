import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checksum } from './checksum.ts';

/** The same by another way: exact arithmetic, a byte at a time. */
function reference(bytes: Uint8Array): number {
  const step = (hash: bigint, word: bigint): bigint => ((hash ^ word) * 0x01000193n) & 0xffff_ffffn;
  let hash = 0x811c9dc5n;
  let word = 0n;
  bytes.forEach((byte, index) => {
    word |= BigInt(byte) << BigInt((index % 4) * 8);
    if (index % 4 !== 3) return;
    hash = step(hash, word);
    word = 0n;
  });
  return Number(step(step(hash, word), BigInt(bytes.length)));
}

describe('checksum', () => {
  test('is FNV-1a over words, then the rest, then the length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(checksum(Uint8Array.from(bytes))).toBe(reference(bytes));
      }),
    );
  });

  test('takes a part of the bytes', () => {
    const bytes = Uint8Array.from({ length: 40 }, (_, index) => index * 7);
    expect(checksum(bytes, 8, 33)).toBe(checksum(bytes.slice(8, 33)));
  });

  test('changes with any bit, and with zeroes at the end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), fc.nat(), fc.nat(7), (random, position, bit) => {
        const bytes = Uint8Array.from(random);
        const sum = checksum(bytes);
        expect(checksum(Uint8Array.from([...bytes, 0]))).not.toBe(sum);
        bytes[position % bytes.length] ^= 1 << bit;
        expect(checksum(bytes)).not.toBe(sum);
      }),
    );
  });
});
