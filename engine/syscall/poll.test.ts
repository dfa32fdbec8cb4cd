import { beforeEach, describe, expect, it } from 'vitest';
import { EBADF, EFAULT, EINVAL, ERESTARTNOHAND } from '../abi/errno.ts';
import { O_RDONLY } from '../abi/open.ts';
import { POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT, POLLPRI } from '../abi/poll.ts';
import { SIGUSR1 } from '../abi/signals.ts';
import { BLOCKED } from '../process/CallState.ts';
import { rootCredentials } from '../process/Credentials.ts';
import { signalInfo } from '../process/signals.ts';
import { sendSignalToTask } from '../process/signalSend.ts';
import type { Task } from '../process/Task.ts';
import { File } from '../vfs/File.ts';
import type { PipeFile } from '../vfs/pipe/PipeFile.ts';
import { BAD_ADDRESS, readText, runCall, TestKernel, writeText } from './kernel.testing.ts';
import { pollCalls } from './poll.ts';

const FDS = 0x1000;
const SETS = [0x2000, 0x2100, 0x2200] as const;
const TIMEOUT = 0x3000;
const MASK = 0x3100;
const MASK_PAIR = 0x3200;
const MS = 1e6;

class PlainFile extends File {}

let kernel: TestKernel;
let task: Task;
let reader: PipeFile;
let writer: PipeFile;

beforeEach(() => {
  kernel = new TestKernel();
  task = kernel.createProcess();
  task.process.limits[7] = { current: 256, maximum: 256 };
  [reader, writer] = kernel.pipes.create(rootCredentials, 0);
  task.files.install(reader, 0, 256, false);
  task.files.install(writer, 0, 256, false);
  task.files.install(new PlainFile(O_RDONLY), 0, 256, false);
});

function call(name: 'poll' | 'ppoll' | 'select' | 'pselect6', ...args: number[]): number {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = args;
  return runCall(task, () => pollCalls[name]!.run(task, a, b, c, d, e, f));
}

function setFds(...entries: [number, number][]): void {
  entries.forEach(([fd, events], index) => {
    task.memory.writeU32(FDS + index * 8, fd);
    task.memory.writeU32(FDS + index * 8 + 4, events | 0x5555_0000);
  });
}

function revents(index: number): number {
  return task.memory.readU16(FDS + index * 8 + 6);
}

function setTimeout_(seconds: number, nanoseconds: number): void {
  task.memory.writeU64(TIMEOUT, seconds);
  task.memory.writeU64(TIMEOUT + 8, nanoseconds);
}

describe('poll', () => {
  it('answers at once when something is there', () => {
    setFds([0, POLLIN], [1, POLLIN | POLLOUT], [2, POLLIN], [-1, POLLIN], [9, POLLIN]);
    expect(call('poll', FDS, 5, -1)).toBe(3);
    expect([0, 1, 2, 3, 4].map(revents)).toEqual([0, POLLOUT, POLLIN, 0, POLLNVAL]);
  });

  it('reports hang-ups and errors without being asked', () => {
    setFds([0, 0]);
    task.files.close(task, 1);
    expect([call('poll', FDS, 1, 0), revents(0)]).toEqual([1, POLLHUP]);
    [reader, writer] = kernel.pipes.create(rootCredentials, 0);
    reader.close();
    const fd = task.files.install(writer, 0, 256, false);
    setFds([fd, POLLPRI]);
    expect([call('poll', FDS, 1, 0), revents(0)]).toEqual([1, POLLERR]);
  });

  it('waits, and wakes for what it asked for', () => {
    setFds([0, POLLIN], [1, 0]);
    expect(call('poll', FDS, 2, -1)).toBe(BLOCKED);
    writeText(writer, task, 'x');
    expect(task.state).toBe('runnable');
    expect([call('poll', FDS, 2, -1), revents(0), revents(1)]).toEqual([1, POLLIN, 0]);
    expect(readText(reader, task)).toBe('x');
  });

  it('gives up when its time is over, however often it was woken', () => {
    setFds([0, POLLIN]);
    expect(call('poll', FDS, 1, 20)).toBe(BLOCKED);
    kernel.advance(15 * MS);
    task.kernel.scheduler.wake(task);
    expect(call('poll', FDS, 1, 20)).toBe(BLOCKED);
    kernel.advance(5 * MS);
    expect([task.state, call('poll', FDS, 1, 20), revents(0)]).toEqual(['runnable', 0, 0]);
  });

  it.each<[string, number[], number]>([
    ['more entries than descriptors allowed', [FDS, 257, 0], -EINVAL],
    ['entries that are not there', [BAD_ADDRESS, 1, 0], -EFAULT],
    ['no entries, no time', [0, 0, 0], 0],
  ])('answers %s', (_name, args, result) => {
    expect(call('poll', ...args)).toBe(result);
  });

  it('is interrupted by a signal', () => {
    setFds([0, POLLIN]);
    call('poll', FDS, 1, -1);
    task.process.actions[SIGUSR1].handler = 0x1234;
    sendSignalToTask(task, signalInfo(SIGUSR1, 0));
    expect([task.state, call('poll', FDS, 1, -1)]).toEqual(['runnable', -ERESTARTNOHAND]);
  });
});

describe('ppoll', () => {
  it('waits under the mask that it brings, and leaves it to the handler', () => {
    task.process.actions[SIGUSR1].handler = 0x1234;
    task.mask.add(SIGUSR1);
    sendSignalToTask(task, signalInfo(SIGUSR1, 0));
    task.memory.writeU64(MASK, 0);
    setFds([0, POLLIN]);
    expect(call('ppoll', FDS, 1, 0, MASK, 8)).toBe(-ERESTARTNOHAND);
    expect([task.mask.isEmpty, task.savedMask?.has(SIGUSR1)]).toEqual([true, true]);
  });

  it('puts the mask back when it has an answer', () => {
    task.mask.add(SIGUSR1);
    task.memory.writeU64(MASK, 0);
    setFds([1, POLLOUT]);
    expect([call('ppoll', FDS, 1, 0, MASK, 8), task.mask.has(SIGUSR1), task.savedMask]).toEqual([1, true, null]);
  });

  it('writes back what is left of the time', () => {
    setTimeout_(2, 0);
    setFds([0, POLLIN]);
    expect(call('ppoll', FDS, 1, TIMEOUT, 0, 0)).toBe(BLOCKED);
    kernel.advance(500 * MS);
    writeText(writer, task, 'x');
    expect(call('ppoll', FDS, 1, TIMEOUT, 0, 0)).toBe(1);
    expect([task.memory.readU64(TIMEOUT), task.memory.readU64(TIMEOUT + 8)]).toEqual([1, 500 * MS]);
  });

  it.each<[string, number, number, number]>([
    ['nanoseconds out of range', 0, 1e9, -EINVAL],
    ['a negative time', -1, 0, -EINVAL],
  ])('refuses %s', (_name, seconds, nanoseconds, result) => {
    setTimeout_(seconds, nanoseconds);
    expect(call('ppoll', FDS, 0, TIMEOUT, 0, 0)).toBe(result);
  });

  it('refuses a mask of another size', () => {
    expect(call('ppoll', FDS, 0, 0, MASK, 4)).toBe(-EINVAL);
  });
});

describe('select', () => {
  const [inputs, outputs, excepts] = SETS;
  const sets = (...bits: number[]): void => bits.forEach((value, index) => task.memory.writeU64(SETS[index], value));
  const result = (): number[] => SETS.map((address) => task.memory.readU64(address));

  it('counts bits and leaves only those that are set', () => {
    sets(0b111, 0b010, 0b111);
    writeText(writer, task, 'x');
    expect(call('select', 3, inputs, outputs, excepts, 0)).toBe(3);
    expect(result()).toEqual([0b101, 0b010, 0]);
  });

  it('looks at descriptors below its first argument only', () => {
    sets(0b100, 0, 0);
    setTimeout_(0, 0);
    expect([call('select', 2, inputs, 0, 0, TIMEOUT), result()[0]]).toEqual([0, 0]);
  });

  it('refuses descriptors that are not open, below its table', () => {
    sets(1 << 9, 0, 0);
    expect(call('select', 10, inputs, 0, 0, 0)).toBe(-EBADF);
  });

  it('leaves the sets alone when it fails, and its time is not negative', () => {
    sets(0b1, 0, 0);
    setTimeout_(-1, 0);
    expect([call('select', 1, inputs, 0, 0, TIMEOUT), result()[0]]).toEqual([-EINVAL, 1]);
    expect([call('select', -1, inputs, 0, 0, 0), call('select', 1, BAD_ADDRESS, 0, 0, 0)]).toEqual([-EINVAL, -EFAULT]);
  });

  it('writes back what is left of the time, in microseconds', () => {
    sets(0b1, 0, 0);
    setTimeout_(1, 1_500_000);
    expect(call('select', 1, inputs, 0, 0, TIMEOUT)).toBe(BLOCKED);
    kernel.advance(100 * MS);
    writeText(writer, task, 'x');
    expect([call('select', 1, inputs, 0, 0, TIMEOUT), result()[0]]).toEqual([1, 1]);
    expect([task.memory.readU64(TIMEOUT), task.memory.readU64(TIMEOUT + 8)]).toEqual([2, 400_000]);
  });

  it('takes a mask as a pair', () => {
    task.process.actions[SIGUSR1].handler = 0x1234;
    task.mask.add(SIGUSR1);
    sendSignalToTask(task, signalInfo(SIGUSR1, 0));
    task.memory.writeU64(MASK, 0);
    task.memory.writeU64(MASK_PAIR, MASK);
    task.memory.writeU64(MASK_PAIR + 8, 8);
    sets(0b1, 0, 0);
    expect(call('pselect6', 1, inputs, 0, 0, 0, MASK_PAIR)).toBe(-ERESTARTNOHAND);
  });
});
