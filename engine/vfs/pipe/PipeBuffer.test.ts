import { describe, expect, it } from 'vitest';
import { EAGAIN, EFAULT, ENOMEM } from '../../abi/errno.ts';
import { BufferPool } from '../../lib/BufferPool.ts';
import { KernelIo } from '../../mm/Io.ts';
import { PipeBuffer } from './PipeBuffer.ts';

function make(slots = 16, limit = 1 << 24): PipeBuffer {
  return new PipeBuffer(new BufferPool(limit), slots);
}

function pattern(length: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 7 + seed) & 0xff);
}

function write(buffer: PipeBuffer, bytes: Uint8Array, packet: 0 | 1 = 0): number {
  return buffer.write(new KernelIo(bytes), packet);
}

function read(buffer: PipeBuffer, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const count = buffer.read(new KernelIo(bytes));
  return bytes.subarray(0, Math.max(0, count));
}

describe('PipeBuffer', () => {
  // Counted on Linux 6.18: how many writes of a size go into an empty pipe until EAGAIN, and the bytes then in it.
  it.each([
    [1, 65536, 65536],
    [100, 640, 64000],
    [2048, 32, 65536],
    [3000, 16, 48000],
    [4095, 16, 65520],
    [4096, 16, 65536],
    [5000, 11, 54096],
    [10000, 7, 64096],
    [70000, 1, 65536],
  ])('takes writes of %i bytes as Linux does', (size, writes, bytes) => {
    const buffer = make();
    let count = 0;
    while (write(buffer, pattern(size)) > 0) count++;
    expect([count, buffer.bytes]).toEqual([writes, bytes]);
  });

  it('writes up to PIPE_BUF bytes whole or not at all', () => {
    const buffer = make(1);
    expect(write(buffer, pattern(4000))).toBe(4000);
    expect(write(buffer, pattern(97))).toBe(-EAGAIN);
    expect(write(buffer, pattern(96))).toBe(96);
  });

  it('is full by slots, not by bytes, and room comes back slot by slot', () => {
    const buffer = make(2);
    write(buffer, pattern(4096));
    write(buffer, pattern(4096));
    read(buffer, 4095);
    expect(buffer.isFull).toBe(true);
    read(buffer, 1);
    expect(buffer.isFull).toBe(false);
  });

  it('gives back the bytes in order over any mix of sizes', () => {
    const buffer = make();
    let written = 0;
    let readSoFar = 0;
    let seed = 1;
    for (let round = 0; round < 3000; round++) {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      const size = (seed >> 8) % 9000;
      if ((seed & 16) !== 0) {
        const bytes = Uint8Array.from({ length: size }, (_, index) => (written + index) % 251);
        const moved = write(buffer, bytes);
        if (moved > 0) written += moved;
      } else {
        for (const byte of read(buffer, size)) {
          if (byte !== readSoFar % 251) throw new Error(`byte ${readSoFar} is wrong`);
          readSoFar++;
        }
      }
      expect(buffer.bytes).toBe(written - readSoFar);
    }
    expect(readSoFar).toBeGreaterThan(100_000);
  });

  it('reads packets one at a time and drops what did not fit', () => {
    const buffer = make();
    write(buffer, pattern(10, 1), 1);
    write(buffer, pattern(10, 50), 1);
    expect(read(buffer, 4)).toEqual(pattern(10, 1).subarray(0, 4));
    expect(read(buffer, 100)).toEqual(pattern(10, 50));
    expect([buffer.isEmpty, buffer.bytes]).toEqual([true, 0]);
  });

  it('splits a long packet write into packets of a page', () => {
    const buffer = make();
    write(buffer, pattern(5000), 1);
    expect([read(buffer, 9000).length, read(buffer, 9000).length]).toEqual([4096, 904]);
  });

  it('resizes with its content, but not below what is in use', () => {
    const buffer = make(4);
    for (let index = 0; index < 3; index++) write(buffer, pattern(4096, index));
    read(buffer, 4096);
    write(buffer, pattern(4096, 3));
    expect(buffer.resize(2)).toBe(false);
    expect(buffer.resize(3)).toBe(true);
    expect(buffer.isFull).toBe(true);
    for (const seed of [1, 2, 3]) expect(read(buffer, 4096)).toEqual(pattern(4096, seed));
  });

  // Counted on Linux 6.18: a page goes in or out whole, or not at all, where the other side faults.
  describe('when the other side faults after some bytes', () => {
    const faulting = (io: KernelIo, good: number) => {
      let left = good;
      const move = (wanted: number, run: (length: number) => number): number => {
        const length = Math.min(wanted, left);
        if (length === 0) return -EFAULT;
        left -= length;
        return run(length);
      };
      return {
        get remaining() {
          return io.remaining;
        },
        take: (target: Uint8Array, start: number, length: number) =>
          move(length, (part) => io.take(target, start, part)),
        put: (source: Uint8Array, start: number, length: number) => move(length, (part) => io.put(source, start, part)),
      };
    };

    it.each([
      [10, 5, -EFAULT, 0],
      [5000, 4096, 4096, 4096],
      [5000, 4500, 4096, 4096],
      [10000, 9000, 8192, 8192],
    ])('writes of %i bytes with %i good ones answer %i', (size, good, result, bytes) => {
      const buffer = make();
      expect([buffer.write(faulting(new KernelIo(pattern(size)), good), 0), buffer.bytes]).toEqual([result, bytes]);
    });

    it('adds nothing to a page that has room', () => {
      const buffer = make();
      write(buffer, pattern(10));
      expect([buffer.write(faulting(new KernelIo(pattern(10)), 5), 0), buffer.bytes]).toEqual([-EFAULT, 10]);
      expect(read(buffer, 20)).toEqual(pattern(10));
    });

    it.each([
      [3, -EFAULT, 5000],
      [4096, 4096, 904],
      [4500, 4096, 904],
    ])('reads with room for %i answer %i and leave the rest', (good, result, left) => {
      const buffer = make();
      write(buffer, pattern(5000));
      expect([buffer.read(faulting(new KernelIo(new Uint8Array(9000)), good)), buffer.bytes]).toEqual([result, left]);
      expect(read(buffer, 9000)).toEqual(pattern(5000).subarray(5000 - left));
    });
  });

  it('borrows nothing while it is empty', () => {
    const pool = new BufferPool(1 << 20);
    const buffer = new PipeBuffer(pool, 16);
    write(buffer, pattern(60000));
    expect(pool.usedBytes).toBe(65536);
    read(buffer, 60000);
    expect(pool.usedBytes).toBe(0);
  });

  it('answers ENOMEM when the machine has no more buffers', () => {
    const buffer = make(16, 1024);
    expect(write(buffer, pattern(2000))).toBe(-ENOMEM);
    expect(write(buffer, pattern(500))).toBe(500);
  });
});
