import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ENOMEM } from '../abi/errno.ts';
import { PAGE_SIZE } from '../trap/layout.ts';
import { IMAGE_FRAME_BASE, PhysicalMemory } from './PhysicalMemory.ts';

function makeMemory(frames: number, imagePages = 0): PhysicalMemory {
  const image = new Uint8Array(imagePages * PAGE_SIZE);
  for (let page = 0; page < imagePages; page++) image.fill(page + 1, page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
  return new PhysicalMemory(new Uint8Array(frames * PAGE_SIZE), image);
}

function contentOf(memory: PhysicalMemory, frame: number): Uint8Array {
  const start = memory.pageOffset(frame);
  return memory.pageBytes(frame).subarray(start, start + PAGE_SIZE);
}

function isFilledWith(memory: PhysicalMemory, frame: number, byte: number): boolean {
  return contentOf(memory, frame).every((found) => found === byte);
}

describe('allocate', () => {
  it('hands out neighbours, then answers -ENOMEM', () => {
    const memory = makeMemory(4);
    expect(Array.from({ length: 5 }, () => memory.allocate())).toEqual([0, 1, 2, 3, -ENOMEM]);
    expect(memory.freeFrames).toBe(0);
  });

  it('finds the frame that came back', () => {
    const memory = makeMemory(4);
    for (let count = 0; count < 4; count++) memory.allocate();
    memory.release(2);
    expect(memory.freeFrames).toBe(1);
    expect(memory.allocate()).toBe(2);
    expect(memory.allocate()).toBe(-ENOMEM);
  });

  it('asks the caches when there is nothing left, one after the other until that is enough', () => {
    const memory = makeMemory(4);
    const frames = Array.from({ length: 4 }, () => memory.allocate());
    const asked: string[] = [];
    memory.addShrinker({
      shrink: () => {
        asked.push('empty');
        return 0;
      },
    });
    memory.addShrinker({
      shrink: (wanted) => {
        asked.push('full');
        const given = frames.splice(0, Math.min(2, wanted));
        for (const frame of given) memory.release(frame);
        return given.length;
      },
    });
    expect(memory.allocate()).toBeGreaterThanOrEqual(0);
    expect(asked).toEqual(['empty', 'full']);
    expect(memory.allocate()).toBeGreaterThanOrEqual(0);
    expect(asked).toEqual(['empty', 'full']);
    frames.length = 0;
    expect(memory.allocate()).toBe(-ENOMEM);
  });
});

describe('content', () => {
  it('is zero where that was asked for, whatever was in the frame before', () => {
    const memory = makeMemory(2);
    const [first, second] = [memory.allocateZeroed(), memory.allocate()];
    for (const frame of [first, second]) {
      expect(isFilledWith(memory, frame, 0)).toBe(true);
      contentOf(memory, frame).fill(0xaa);
      memory.release(frame);
    }
    const again = [memory.allocateZeroed(), memory.allocateZeroed()];
    expect(again.sort()).toEqual([0, 1]);
    for (const frame of again) expect(isFilledWith(memory, frame, 0)).toBe(true);
  });

  it('is copied from a frame, and from a page of the image', () => {
    const memory = makeMemory(4, 3);
    const source = memory.allocate();
    contentOf(memory, source).fill(7);
    const copy = memory.allocateCopy(source);
    expect(copy).not.toBe(source);
    expect(isFilledWith(memory, copy, 7)).toBe(true);
    contentOf(memory, copy).fill(8);
    expect(isFilledWith(memory, source, 7)).toBe(true);
    expect(isFilledWith(memory, memory.allocateCopy(IMAGE_FRAME_BASE + 2), 3)).toBe(true);
    memory.allocate();
    expect(memory.allocateCopy(source)).toBe(-ENOMEM);
  });
});

describe('references', () => {
  it('keep a frame until the last is gone, and never go below none', () => {
    const memory = makeMemory(1);
    const frame = memory.allocate();
    memory.retain(frame);
    expect(memory.references(frame)).toBe(2);
    memory.release(frame);
    expect(memory.allocate()).toBe(-ENOMEM);
    memory.release(frame);
    expect(memory.freeFrames).toBe(1);
    expect(() => memory.release(frame)).toThrow('released too often');
  });

  it('are not counted for the image, which everybody shares', () => {
    const memory = makeMemory(1, 1);
    memory.release(IMAGE_FRAME_BASE);
    memory.retain(IMAGE_FRAME_BASE);
    expect(memory.references(IMAGE_FRAME_BASE)).toBeGreaterThan(1);
    expect(memory.freeFrames).toBe(1);
    expect(isFilledWith(memory, IMAGE_FRAME_BASE, 1)).toBe(true);
  });
});

it('never hands a frame out twice, loses none, and zeroes what it says is zero', () => {
  const frames = 9;
  const step = fc.oneof(
    fc.record({ do: fc.constantFrom('allocate' as const, 'allocateZeroed' as const) }),
    fc.record({ do: fc.constantFrom('retain' as const, 'release' as const), which: fc.nat(frames) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const memory = makeMemory(frames);
      const held: number[] = [];
      for (const action of steps) {
        if (action.do === 'retain' || action.do === 'release') {
          if (held.length === 0) continue;
          const at = action.which % held.length;
          if (action.do === 'retain') {
            memory.retain(held[at]);
            held.push(held[at]);
          } else memory.release(held.splice(at, 1)[0]);
        } else {
          const frame = memory[action.do]();
          if (new Set(held).size === frames) expect(frame).toBe(-ENOMEM);
          else {
            expect(held).not.toContain(frame);
            if (action.do === 'allocateZeroed') expect(isFilledWith(memory, frame, 0)).toBe(true);
            contentOf(memory, frame).fill(0x5a);
            held.push(frame);
          }
        }
        expect(memory.freeFrames).toBe(frames - new Set(held).size);
      }
      for (let frame = 0; frame < frames; frame++) {
        expect(memory.references(frame)).toBe(held.filter((other) => other === frame).length);
      }
    }),
    { numRuns: 60 },
  );
});

describe('trim', () => {
  it('gives long runs of free frames back, which then count as zero', () => {
    const memory = makeMemory(64);
    const frames = Array.from({ length: 64 }, () => memory.allocate());
    memory.bytes.fill(7);
    // Frames 8 to 39 and 50 to 53 become free: the second run is too short to be worth a call.
    for (const frame of frames) if ((frame >= 8 && frame < 40) || (frame >= 50 && frame < 54)) memory.release(frame);
    expect(memory.freedSinceTrim).toBe(36);
    const runs: [number, number][] = [];
    memory.trim((first, count) => {
      runs.push([first, count]);
      memory.bytes.fill(0, first * PAGE_SIZE, (first + count) * PAGE_SIZE);
    });
    expect(runs).toEqual([[8, 32]]);
    expect(memory.freedSinceTrim).toBe(0);
    for (let count = 0; count < 36; count++) expect(isFilledWith(memory, memory.allocateZeroed(), 0)).toBe(true);
    expect(memory.allocate()).toBe(-ENOMEM);
    expect(isFilledWith(memory, 7, 7)).toBe(true);
  });

  it('does not give the same frames back twice', () => {
    const memory = makeMemory(32);
    for (let count = 0; count < 32; count++) memory.allocate();
    for (let frame = 0; frame < 32; frame++) memory.release(frame);
    let runs = 0;
    memory.trim(() => runs++);
    memory.trim(() => runs++);
    expect(runs).toBe(1);
  });
});
