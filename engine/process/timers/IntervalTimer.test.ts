import { beforeEach, describe, expect, it } from 'vitest';
import { CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_REALTIME } from '../../abi/clocks.ts';
import { SIGEV_NONE, SIGEV_SIGNAL } from '../../abi/itimer.ts';
import { SIGALRM, SIGRTMIN, SI_TIMER } from '../../abi/signals.ts';
import { TestKernel } from '../../syscall/kernel.testing.ts';
import type { Task } from '../Task.ts';
import { IntervalTimer } from './IntervalTimer.ts';
import { PosixTimer } from './PosixTimer.ts';
import { timersOf } from './ProcessTimers.ts';
import { timerClock } from './TimerClock.ts';

const MS = 1e6;
let kernel: TestKernel;
let task: Task;

beforeEach(() => {
  kernel = new TestKernel();
  task = kernel.createProcess();
});

function make(clockId: number): { timer: IntervalTimer; fired: () => number } {
  let fired = 0;
  const timer = new IntervalTimer(kernel.timers, timerClock(task, clockId)!, () => fired++);
  return { timer, fired: () => fired };
}

describe('IntervalTimer', () => {
  it('expires once and is disarmed when that was taken', () => {
    const { timer, fired } = make(CLOCK_MONOTONIC);
    timer.armIn(5 * MS, 0);
    kernel.advance(5 * MS - 1);
    expect([fired(), timer.remainingNs()]).toEqual([0, 1]);
    kernel.advance(1);
    expect([fired(), timer.take(), timer.take(), timer.isArmed]).toEqual([1, 1, 0, false]);
  });

  it('rests until its expirations are taken, and counts them', () => {
    const { timer, fired } = make(CLOCK_MONOTONIC);
    timer.armIn(5 * MS, 2 * MS);
    kernel.advance(10 * MS);
    expect([fired(), timer.take(), timer.remainingNs()]).toEqual([1, 3, MS]);
    kernel.advance(MS);
    expect([fired(), timer.take()]).toEqual([2, 1]);
  });

  it('follows the wall clock when it waits for a time of day', () => {
    const { timer, fired } = make(CLOCK_REALTIME);
    const { seconds, nanoseconds } = kernel.clock.realtime();
    timer.armAt(timer.clock.fromTimespec({ seconds: seconds + 100, nanoseconds }), 0);
    kernel.clock.setRealtime({ seconds: seconds + 99, nanoseconds });
    kernel.advance(1e9 - 1);
    expect(fired()).toBe(0);
    kernel.advance(1);
    expect(fired()).toBe(1);
  });

  it('does not follow it when it measures a span', () => {
    const { timer, fired } = make(CLOCK_REALTIME);
    timer.armIn(100 * MS, 0);
    kernel.clock.setRealtime({ seconds: 2_000_000_000, nanoseconds: 0 });
    kernel.advance(99 * MS);
    expect(fired()).toBe(0);
    kernel.advance(MS);
    expect(fired()).toBe(1);
  });

  it('waits for CPU time, not for time to pass', () => {
    const { timer, fired } = make(CLOCK_PROCESS_CPUTIME_ID);
    timer.armIn(10 * MS, 0);
    kernel.advance(1000 * MS);
    expect(fired()).toBe(0);
    task.userNs += 7 * MS;
    task.systemNs += 3 * MS;
    kernel.advance(10 * MS);
    expect(fired()).toBe(1);
  });
});

describe('timers of a process', () => {
  it('sends SIGALRM again and again', () => {
    task.mask.add(SIGALRM);
    timersOf(task.process)
      .intervalTimer(0)
      .armIn(5 * MS, 5 * MS);
    kernel.advance(5 * MS);
    expect(task.process.pending.take(-1, -1)?.signal).toBe(SIGALRM);
    kernel.advance(5 * MS);
    expect(task.process.pending.take(-1, -1)?.signal).toBe(SIGALRM);
    task.process.timers!.stop();
    kernel.advance(50 * MS);
    expect(task.process.pending.take(-1, -1)).toBeNull();
  });

  it('queues one signal of a timer and counts the rest as its overrun', () => {
    task.mask.add(SIGRTMIN);
    const notification = { notify: SIGEV_SIGNAL, signal: SIGRTMIN, valueLow: 7, valueHigh: 9, tid: 0 };
    const timer = new PosixTimer(task.process, 3, timerClock(task, CLOCK_MONOTONIC)!, notification);
    timer.interval.armIn(2 * MS, 2 * MS);
    kernel.advance(20 * MS);
    expect(task.process.pending.count).toBe(1);
    const info = task.process.pending.take(-1, -1);
    expect(info).toMatchObject({ code: SI_TIMER, timerId: 3, overrun: 9, valueLow: 7, valueHigh: 9 });
    kernel.advance(2 * MS);
    expect(task.process.pending.take(-1, -1)).toMatchObject({ overrun: 0 });
    timer.stop();
  });

  it('does not keep the kernel busy with a period that nobody can follow', () => {
    task.mask.add(SIGALRM);
    timersOf(task.process).intervalTimer(0).armIn(1000, 1000);
    let rounds = 0;
    const expire = kernel.timers.expire.bind(kernel.timers);
    kernel.timers.expire = (nowNs) => {
      rounds++;
      expire(nowNs);
    };
    kernel.advance(100 * MS);
    expect(rounds).toBeLessThan(150);
  });

  it('lets a timer that tells nobody run out', () => {
    const notification = { notify: SIGEV_NONE, signal: 0, valueLow: 0, valueHigh: 0, tid: 0 };
    const timer = new PosixTimer(task.process, 0, timerClock(task, CLOCK_MONOTONIC)!, notification);
    timer.interval.armIn(MS, 0);
    kernel.advance(2 * MS);
    timer.settle();
    expect([timer.interval.isArmed, timer.interval.remainingNs()]).toEqual([false, 0]);
  });
});
