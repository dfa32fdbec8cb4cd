import { beforeEach, describe, expect, it } from 'vitest';
import { CLOCK_MONOTONIC, CLOCK_REALTIME } from '../../abi/clocks.ts';
import { EAGAIN, ECANCELED, EINVAL } from '../../abi/errno.ts';
import { POLLIN } from '../../abi/poll.ts';
import { KernelIo } from '../../mm/Io.ts';
import { timerClock } from '../../process/timers/TimerClock.ts';
import type { Task } from '../../process/Task.ts';
import { TestKernel } from '../../syscall/kernel.testing.ts';
import { TimerFile } from './TimerFile.ts';

const MS = 1e6;
let kernel: TestKernel;
let task: Task;

beforeEach(() => {
  kernel = new TestKernel();
  task = kernel.createProcess();
});

function make(clockId: number): TimerFile {
  return new TimerFile(kernel.timers, timerClock(task, clockId)!, 0);
}

function read(file: TimerFile): number {
  const bytes = new Uint8Array(8);
  const count = file.read(task, new KernelIo(bytes));
  return count < 0 ? count : Number(new DataView(bytes.buffer).getBigUint64(0, true));
}

describe('timerfd', () => {
  it('counts expirations until they are read', () => {
    const file = make(CLOCK_MONOTONIC);
    file.armIn(10 * MS, 5 * MS);
    expect([file.poll(), read(file)]).toEqual([0, -EAGAIN]);
    kernel.advance(10 * MS);
    expect([file.poll(), read(file), read(file)]).toEqual([POLLIN, 1, -EAGAIN]);
    kernel.advance(17 * MS);
    expect([file.remainingNs(), read(file)]).toEqual([3 * MS, 3]);
  });

  it('wakes those who wait', () => {
    const file = make(CLOCK_MONOTONIC);
    file.armIn(MS, 0);
    task.state = 'blocked';
    task.sleepOn(file.waitQueue, POLLIN);
    kernel.advance(MS);
    expect(task.state).toBe('runnable');
  });

  it('forgets what was not read when it is set anew', () => {
    const file = make(CLOCK_MONOTONIC);
    file.armIn(MS, MS);
    kernel.advance(5 * MS);
    file.armIn(MS, 0);
    expect(read(file)).toBe(-EAGAIN);
    file.disarm();
    kernel.advance(5 * MS);
    expect([read(file), file.remainingNs()]).toEqual([-EAGAIN, 0]);
  });

  it('tells once that the clock was set, when asked to', () => {
    const file = make(CLOCK_REALTIME);
    const later = { seconds: kernel.clock.realtime().seconds + 3600, nanoseconds: 0 };
    file.armAt(later, 0, 'cancel');
    kernel.clock.setRealtime({ seconds: 1_800_000_000 - 60, nanoseconds: 0 });
    expect([file.poll(), read(file)]).toEqual([POLLIN, -ECANCELED]);
  });

  it('reads eight bytes and no fewer, and stops when it is closed', () => {
    const file = make(CLOCK_MONOTONIC);
    file.armIn(MS, MS);
    expect(file.read(task, new KernelIo(new Uint8Array(7)))).toBe(-EINVAL);
    file.close();
    expect(kernel.timers.nextDeadlineNs).toBe(Infinity);
  });
});
