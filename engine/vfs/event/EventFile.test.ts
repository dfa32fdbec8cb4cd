import { describe, expect, it } from 'vitest';
import { EAGAIN, EINVAL } from '../../abi/errno.ts';
import { POLLIN, POLLOUT } from '../../abi/poll.ts';
import { KernelIo } from '../../mm/Io.ts';
import type { Task } from '../../process/Task.ts';
import { EventFile } from './EventFile.ts';

const nobody = null as unknown as Task;

function write(file: EventFile, value: bigint): number {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return file.write(nobody, new KernelIo(bytes));
}

function read(file: EventFile): bigint | number {
  const bytes = new Uint8Array(8);
  const count = file.read(nobody, new KernelIo(bytes));
  return count === 8 ? new DataView(bytes.buffer).getBigUint64(0, true) : count;
}

describe('eventfd', () => {
  it('sums what is written and is emptied by a read', () => {
    const file = new EventFile(3, 'counter', 0);
    expect(write(file, 4n)).toBe(8);
    expect(read(file)).toBe(7n);
    expect(read(file)).toBe(-EAGAIN);
  });

  it('counts down as a semaphore, across the halves too', () => {
    const file = new EventFile(2, 'semaphore', 0);
    expect([read(file), read(file), read(file)]).toEqual([1n, 1n, -EAGAIN]);
    write(file, 0x1_0000_0000n);
    expect(read(file)).toBe(1n);
    const rest = write(file, 0xffffffff_00000000n - 1n);
    expect([rest, write(file, 1n)]).toEqual([8, -EAGAIN]);
  });

  it.each<[bigint, number]>([
    [0xffffffff_ffffffffn, -EINVAL],
    [0xffffffff_fffffffen, 8],
  ])('write of %x answers %i', (value, result) => {
    expect(write(new EventFile(0, 'counter', 0), value)).toBe(result);
  });

  it('would block rather than overflow', () => {
    const file = new EventFile(1, 'counter', 0);
    expect(write(file, 0xffffffff_fffffffen)).toBe(-EAGAIN);
    expect(write(file, 0xffffffff_fffffffdn)).toBe(8);
    expect(file.poll()).toBe(POLLIN);
    expect(read(file)).toBe(0xffffffff_fffffffen);
    expect(file.poll()).toBe(POLLOUT);
  });

  it('moves eight bytes and no fewer', () => {
    const file = new EventFile(1, 'counter', 0);
    expect(file.read(nobody, new KernelIo(new Uint8Array(7)))).toBe(-EINVAL);
    expect(file.write(nobody, new KernelIo(new Uint8Array(7)))).toBe(-EINVAL);
    expect(file.read(nobody, new KernelIo(new Uint8Array(64)))).toBe(8);
  });
});
