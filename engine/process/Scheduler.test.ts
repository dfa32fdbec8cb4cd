import { beforeEach, expect, it } from 'vitest';
import { CpuSet } from '../sched/CpuSet.ts';
import { Timers } from '../sched/Timers.ts';
import { TestKernel } from '../syscall/kernel.testing.ts';
import { Scheduler } from './Scheduler.ts';
import type { Task } from './Task.ts';

/** Host threads that never trap; interrupts are counted. */
class IdleThread {
  interrupts = 0;
  readonly isTrapped = false;
  readonly space = { current: null };

  poll(): boolean {
    return false;
  }

  interrupt(): void {
    this.interrupts++;
  }

  resume(): void {}
}

let kernel: TestKernel;
let scheduler: Scheduler;
let tasks: Task[];

beforeEach(() => {
  kernel = new TestKernel();
  scheduler = new Scheduler(2, new Timers(), kernel.clock);
  scheduler.serveWith({
    serveTrap: () => {},
    killLost: () => {},
    continueTask: (task) => scheduler.enterUser(task, kernel.clock.monotonicNs()),
  });
  tasks = [1, 2, 3].map(() => {
    const task = kernel.createProcess();
    task.thread = new IdleThread() as never;
    task.state = 'blocked';
    return task;
  });
});

const only = (cpu: number): CpuSet => new CpuSet(1 << cpu, 0);
const places = (): (number | null)[] => tasks.map((task) => (task.state === 'running' ? task.cpu : null));
const interrupts = (task: Task): number => (task.thread as unknown as IdleThread).interrupts;

function wake(...woken: Task[]): void {
  for (const task of woken) scheduler.wake(task);
  scheduler.poll();
}

it('gives each virtual CPU to one task, and the others wait', () => {
  wake(...tasks);
  expect(places()).toEqual([0, 1, null]);
  scheduler.leaveUser(tasks[0]);
  tasks[0].state = 'blocked';
  scheduler.poll();
  expect(places()).toEqual([null, 1, 0]);
});

it('lets a task wait for a virtual CPU that it may run on, and others go before it', () => {
  tasks[0].affinity = only(1);
  tasks[1].affinity = only(1);
  wake(...tasks);
  expect(places()).toEqual([1, null, 0]);
});

it('moves a task whose virtual CPU was taken from its set', () => {
  wake(tasks[0]);
  const [task] = tasks;
  task.affinity = only(1);
  expect(scheduler.isMisplaced(task)).toBe(true);
  scheduler.tick(kernel.clock.monotonicNs());
  expect(interrupts(task)).toBe(1);
  scheduler.yield(task);
  scheduler.poll();
  expect([places(), scheduler.isMisplaced(task)]).toEqual([[1, null, null], false]);
});
