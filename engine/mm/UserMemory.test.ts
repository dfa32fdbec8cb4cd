import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EFAULT, ENAMETOOLONG } from '../abi/errno.ts';
import { PAGE_SIZE, TASK_SIZE } from '../trap/layout.ts';
import { IMAGE_FRAME_BASE, PhysicalMemory } from './PhysicalMemory.ts';
import { UserMemory } from './UserMemory.ts';

const BASE = 0x5555_5555_4000;

interface TestPage {
  readonly frame: number;
  readonly mayWrite: boolean;
}

/** Pages from BASE on, none of which lies beside its neighbour in physical memory. */
class ScatteredMemory extends UserMemory {
  readonly pages: readonly (TestPage | null)[];

  constructor(pages: readonly (TestPage | null)[]) {
    const image = new Uint8Array(4 * PAGE_SIZE);
    image.forEach((_, index) => (image[index] = index * 7));
    super(new PhysicalMemory(new Uint8Array(16 * PAGE_SIZE), image));
    this.pages = pages;
  }

  override frameFor(address: number, write: 0 | 1): number {
    if (!(address >= BASE && address < TASK_SIZE)) return -EFAULT;
    const page = this.pages.at(Math.floor((address - BASE) / PAGE_SIZE)) ?? null;
    if (page === null || (write === 1 && !page.mayWrite)) return -EFAULT;
    return page.frame;
  }
}

/** Four pages to read and write, a hole, one to read, a page of the image, and nothing. */
function makeMemory(): ScatteredMemory {
  const writable = [9, 2, 14, 5].map((frame) => ({ frame, mayWrite: true }));
  return new ScatteredMemory([
    ...writable,
    null,
    { frame: 7, mayWrite: false },
    { frame: IMAGE_FRAME_BASE + 1, mayWrite: false },
  ]);
}

const HOLE = BASE + 4 * PAGE_SIZE;
const READ_ONLY = BASE + 5 * PAGE_SIZE;
const IMAGE = BASE + 6 * PAGE_SIZE;
const END = BASE + 7 * PAGE_SIZE;

describe('copies', () => {
  it('are what was put there, at any address and length', () => {
    const size = 4 * PAGE_SIZE;
    fc.assert(
      fc.property(fc.nat(size - 1), fc.nat(size), fc.nat(16), (at, wanted, start) => {
        const length = Math.min(wanted, size - at);
        const memory = makeMemory();
        const source = Uint8Array.from({ length: start + length }, (_, index) => index * 31 + at);
        expect(memory.copyOut(BASE + at, source, start, length)).toBe(0);
        const back = new Uint8Array(length + 2).fill(0xee);
        expect(memory.copyIn(BASE + at, back, 1, length)).toBe(0);
        expect(back.subarray(1, 1 + length)).toEqual(source.subarray(start));
        expect([back[0], back[length + 1]]).toEqual([0xee, 0xee]);
        // Nothing beside it was written.
        const written = memory.physical.bytes.reduce((count, byte) => count + (byte === 0 ? 0 : 1), 0);
        expect(written).toBe(source.subarray(start).reduce((count, byte) => count + (byte === 0 ? 0 : 1), 0));
      }),
      { numRuns: 60 },
    );
  });

  it('come from the image as well', () => {
    const memory = makeMemory();
    const bytes = new Uint8Array(100);
    expect(memory.copyIn(IMAGE + 50, bytes, 0, 100)).toBe(0);
    expect(bytes).toEqual(memory.physical.image.subarray(PAGE_SIZE + 50, PAGE_SIZE + 150));
    expect(memory.readU8(IMAGE + 3)).toBe(21);
  });

  it.each([
    ['across a hole', HOLE - 10, 20],
    ['past the end', END - 1, 2],
    ['below everything', BASE - 1, 2],
    ['at a negative address', -4096, 1],
    ['above what guests may have', TASK_SIZE, 1],
    ['at no number', NaN, 1],
  ])('%s answer -EFAULT', (_where, address, length) => {
    const memory = makeMemory();
    expect(memory.copyIn(address, new Uint8Array(length), 0, length)).toBe(-EFAULT);
    expect(memory.copyOut(address, new Uint8Array(length), 0, length)).toBe(-EFAULT);
    expect(memory.clear(address, length)).toBe(-EFAULT);
  });

  it('stop at a page border when they may be short', () => {
    const memory = makeMemory();
    const bytes = new Uint8Array(2 * PAGE_SIZE);
    expect(memory.copyOutSome(HOLE - 10, bytes, 0, 20)).toBe(10);
    expect(memory.copyInSome(BASE + 1, bytes, 0, 2 * PAGE_SIZE)).toBe(PAGE_SIZE - 1);
    expect(memory.copyInSome(HOLE, bytes, 0, 1)).toBe(-EFAULT);
  });

  it('do not write what may only be read', () => {
    const memory = makeMemory();
    expect(memory.copyOut(READ_ONLY, new Uint8Array(1), 0, 1)).toBe(-EFAULT);
    expect(memory.clear(READ_ONLY, 1)).toBe(-EFAULT);
    expect(memory.writeU8(IMAGE, 1)).toBe(-EFAULT);
    expect(memory.readU8(READ_ONLY)).toBe(0);
  });

  it('of nothing touch nothing', () => {
    const memory = makeMemory();
    expect(memory.copyIn(HOLE, new Uint8Array(0), 0, 0)).toBe(0);
    expect(memory.copyOut(HOLE, new Uint8Array(0), 0, 0)).toBe(0);
    expect(memory.clear(HOLE, 0)).toBe(0);
  });

  it('clear exactly what they are told', () => {
    const memory = makeMemory();
    memory.copyOut(BASE, new Uint8Array(4 * PAGE_SIZE).fill(1), 0, 4 * PAGE_SIZE);
    expect(memory.clear(BASE + 100, 2 * PAGE_SIZE)).toBe(0);
    const bytes = new Uint8Array(4 * PAGE_SIZE);
    memory.copyIn(BASE, bytes, 0, bytes.length);
    bytes.forEach((byte, index) => {
      if ((byte === 0) !== (index >= 100 && index < 100 + 2 * PAGE_SIZE))
        expect.unreachable(`byte ${index} is ${byte}`);
    });
  });
});

describe('numbers', () => {
  const places = [0, 1, PAGE_SIZE - 7, PAGE_SIZE - 4, PAGE_SIZE - 3, PAGE_SIZE - 2, PAGE_SIZE - 1].map(
    (at) => BASE + at,
  );

  it.each(places)('are little-endian, also across a page border (%i)', (address) => {
    const memory = makeMemory();
    expect(memory.copyOut(address, Uint8Array.of(0x81, 0x92, 0xa3, 0xb4, 0x45, 0x36, 0x07, 0x00), 0, 8)).toBe(0);
    expect(memory.readU8(address)).toBe(0x81);
    expect(memory.readU16(address)).toBe(0x9281);
    expect(memory.readU32(address)).toBe(0xb4a39281);
    expect(memory.readU64(address)).toBe(0x0007_3645_b4a3_9281);
    expect(memory.readI64(address)).toBe(0x0007_3645_b4a3_9281);
  });

  it.each(places)('come back as they were written (%i)', (address) => {
    const memory = makeMemory();
    for (const value of [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 2 ** 32, 2 ** 47 - 4096, 2 ** 53 - 1]) {
      expect(memory.writeU64(address, value)).toBe(0);
      expect([value, memory.readU64(address), memory.readI64(address)]).toEqual([value, value, value]);
      expect(memory.writeU32(address, value % 2 ** 32)).toBe(0);
      expect(memory.readU32(address)).toBe(value % 2 ** 32);
    }
    for (const value of [-1, -2, -(2 ** 31), -(2 ** 32), -(2 ** 32) - 1, -(2 ** 53) + 1]) {
      expect(memory.writeU64(address, value)).toBe(0);
      expect(memory.readI64(address)).toBe(value);
      expect(memory.writeU32(address, value | 0)).toBe(0);
      expect(memory.readU32(address)).toBe((value | 0) >>> 0);
    }
    expect(memory.writeU16(address, 0x1_8765)).toBe(0);
    expect(memory.readU16(address)).toBe(0x8765);
  });

  it('that lie half in a hole answer -EFAULT', () => {
    const memory = makeMemory();
    for (const before of [1, 2, 3]) {
      expect(memory.readU32(HOLE - before)).toBe(-EFAULT);
      expect(memory.writeU32(HOLE - before, 0)).toBe(-EFAULT);
    }
    expect(memory.readU16(HOLE - 1)).toBe(-EFAULT);
    expect(memory.readU64(HOLE - 4)).toBe(-EFAULT);
    expect(memory.readI64(HOLE - 4)).toBeNaN();
    expect(memory.writeU64(HOLE - 4, 0)).toBe(-EFAULT);
    expect(memory.readU64(HOLE)).toBe(-EFAULT);
    expect(memory.readI64(HOLE)).toBeNaN();
  });
});

describe('readString', () => {
  function withText(address: number, text: string): ScatteredMemory {
    const memory = makeMemory();
    memory.copyOut(BASE, new Uint8Array(4 * PAGE_SIZE).fill(0x2e), 0, 4 * PAGE_SIZE);
    const bytes = Uint8Array.from(`${text}\0`, (character) => character.charCodeAt(0));
    memory.copyOut(address, bytes, 0, bytes.length);
    return memory;
  }

  it.each([
    ['an empty one', BASE, ''],
    [
      'every byte but NUL',
      BASE + 1,
      Array.from({ length: 255 }, (_, index) => String.fromCharCode(index + 1)).join(''),
    ],
    ['one across a border', BASE + PAGE_SIZE - 2, 'umlaut'],
    ['one that ends with the last byte before a hole', HOLE - 5, 'over'],
  ])('reads %s', (_what, address, text) => {
    expect(withText(address, text).readString(address, 4096)).toBe(text);
  });

  it('counts the NUL', () => {
    const memory = withText(BASE, 'four');
    expect(memory.readString(BASE, 5)).toBe('four');
    expect(memory.readString(BASE, 4)).toBe(-ENAMETOOLONG);
    expect(memory.readString(BASE, 0)).toBe(-ENAMETOOLONG);
  });

  it('answers -EFAULT when the hole comes first, and only then', () => {
    const memory = withText(BASE, '');
    expect(memory.readString(HOLE - 5, 6)).toBe(-EFAULT);
    expect(memory.readString(HOLE - 5, 5)).toBe(-ENAMETOOLONG);
  });
});

it.each([
  [0, 0, true],
  [TASK_SIZE - 1, 1, true],
  [TASK_SIZE, 0, true],
  [TASK_SIZE - 1, 2, false],
  [-1, 1, false],
  [0, -1, false],
  [BASE, 2 ** 63, false],
])('isUserRange(%d, %d) is %s', (address, length, expected) => {
  expect(makeMemory().isUserRange(address, length)).toBe(expected);
});
