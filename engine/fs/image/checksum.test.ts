import { describe, expect, test } from 'vitest';
import { checksum } from './checksum.ts';

/** The "sanity check" buffer of the reference implementation: bytes of a multiplicative generator. */
function sanityBuffer(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let generator = 2654435761n;
  for (let index = 0; index < length; index++) {
    bytes[index] = Number(generator >> 56n);
    generator = (generator * 11400714785074694797n) & 0xffff_ffff_ffff_ffffn;
  }
  return bytes;
}

describe('checksum is xxHash32 with seed 0', () => {
  test.each([
    ['', 0x02cc5d05],
    ['a', 0x550d7456],
    ['abc', 0x32d153ff],
    ['Nobody inspects the spammish repetition', 0xe2293b2f],
  ])('%j', (text, expected) => {
    expect(checksum(new TextEncoder().encode(text))).toBe(expected);
  });

  test.each([
    [1, 0xcf65b03e],
    [14, 0x1208e7e2],
    [222, 0x5bd11dbd],
  ])('%d bytes of the reference generator', (length, expected) => {
    expect(checksum(sanityBuffer(length))).toBe(expected);
  });

  test('takes a part of the bytes, at any alignment', () => {
    const bytes = sanityBuffer(222);
    const shifted = new Uint8Array(230).subarray(3);
    shifted.set(bytes, 2);
    expect(checksum(shifted, 2, 224)).toBe(checksum(bytes));
  });
});
