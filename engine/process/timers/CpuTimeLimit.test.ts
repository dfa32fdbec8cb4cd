import { beforeEach, expect, it } from 'vitest';
import { rlimit } from '../../abi/limits.ts';
import { SIGKILL, SIGXCPU } from '../../abi/signals.ts';
import { TestKernel } from '../../syscall/kernel.testing.ts';
import type { Task } from '../Task.ts';
import { applyCpuLimit } from './ProcessTimers.ts';
import { processCpuNs } from './TimerClock.ts';

const SECOND = 1e9;
let kernel: TestKernel;
let task: Task;

beforeEach(() => {
  kernel = new TestKernel();
  // The first process is init, which no such signal ends.
  task = kernel.createProcess(kernel.createProcess().process);
});

function limit(current: number, maximum: number): void {
  task.process.limits[rlimit.cpu] = { current, maximum };
  applyCpuLimit(task.process);
}

/** The task computes for so long; which signals that brings. */
function compute(ns: number): number[] {
  task.userNs += ns;
  kernel.advance(ns);
  const { pending } = task.process;
  const found = [SIGXCPU, SIGKILL].filter((signal) => pending.has(signal));
  for (const signal of found) pending.discard(signal);
  return found;
}

it('RLIMIT_CPU warns every second from the soft limit on, and ends at the hard one', () => {
  limit(1, 3);
  expect([compute(0.5 * SECOND), compute(0.4 * SECOND), compute(0.2 * SECOND)]).toEqual([[], [], [SIGXCPU]]);
  expect(task.process.limits[rlimit.cpu]).toEqual({ current: 2, maximum: 3 });
  expect([compute(0.5 * SECOND), compute(0.5 * SECOND), compute(SECOND)]).toEqual([[], [SIGXCPU], [SIGKILL]]);
});

it('RLIMIT_CPU counts CPU time only, and can be taken away', () => {
  limit(1, Infinity);
  kernel.advance(100 * SECOND);
  expect(compute(0.1 * SECOND)).toEqual([]);
  limit(Infinity, Infinity);
  expect(compute(5 * SECOND)).toEqual([]);
});

it('the time of a thread counts once, also when it has ended', () => {
  task.userNs = 3 * SECOND;
  task.process.endedUsage.userNs += task.userNs;
  task.state = 'dead';
  expect([task.process.usage().userNs, processCpuNs(task.process, 'all')]).toEqual([3 * SECOND, 3 * SECOND]);
});
