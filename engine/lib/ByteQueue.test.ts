import { describe, expect, it } from 'vitest';
import { ByteQueue } from './ByteQueue.ts';

function bytes(from: number, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, index) => (from + index) & 0xff);
}

describe('ByteQueue', () => {
  it('gives bytes back in order over growth and wrap-around', () => {
    const queue = new ByteQueue(5000);
    let written = 0;
    let read = 0;
    for (let round = 1; round < 400; round++) {
      const size = (round * 37) % 700;
      written += queue.push(bytes(written, size), 0, size);
      let take = (round * 53) % 600;
      while (take > 0 && queue.length > 0) {
        const piece = queue.peek().subarray(0, take);
        expect(piece).toEqual(bytes(read, piece.length));
        queue.drop(piece.length);
        read += piece.length;
        take -= piece.length;
      }
      expect(queue.length).toBe(written - read);
    }
    expect(read).toBeGreaterThan(50_000);
  });

  it('takes no more than its limit', () => {
    const queue = new ByteQueue(10);
    expect([queue.push(bytes(0, 8), 0, 8), queue.push(bytes(8, 8), 0, 8), queue.room]).toEqual([8, 2, 0]);
    expect(queue.peek()).toEqual(bytes(0, 10));
  });

  it('takes from the middle of an array', () => {
    const queue = new ByteQueue(10);
    queue.push(bytes(0, 8), 3, 2);
    expect(queue.peek()).toEqual(bytes(3, 2));
  });
});
