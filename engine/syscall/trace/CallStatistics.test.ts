import { expect, test } from 'vitest';
import { ENOENT, ERESTARTSYS } from '../../abi/errno.ts';
import { syscallNumbers } from '../../abi/syscallNumbers.ts';
import { CallStatistics } from './CallStatistics.ts';

const { read, getppid, exit, openat } = syscallNumbers;

function scene() {
  let nowNs = 1000;
  const statistics = new CallStatistics(() => nowNs);
  const pass = (ns: number): void => {
    nowNs += ns;
  };
  return { statistics, pass, task: {}, other: {} };
}

test('calls that come back at once are served; the longest is kept', () => {
  const { statistics, pass, task } = scene();
  for (const ns of [10, 50, 30]) {
    statistics.enter(task, getppid);
    pass(ns);
    statistics.leave(task, getppid, 1);
    pass(1000);
  }
  expect(statistics.counts).toEqual([
    { name: 'getppid', calls: 3, errors: 0, waited: 0, waitedNs: 0, served: 3, servedNs: 90, longestServedNs: 50 },
  ]);
});

test('a call that is tried again has waited, and is counted once', () => {
  const { statistics, pass, task, other } = scene();
  statistics.enter(task, read);
  pass(100);
  // Another task's call comes between.
  statistics.enter(other, getppid);
  statistics.leave(other, getppid, 1);
  statistics.enter(task, read);
  pass(100);
  statistics.enter(task, read);
  statistics.leave(task, read, 5);
  expect(statistics.wakeUps).toBe(2);
  expect(statistics.counts.find(({ name }) => name === 'read')).toMatchObject({
    calls: 1,
    waited: 1,
    waitedNs: 200,
    served: 0,
  });
});

test('errors are those that programs see', () => {
  const { statistics, task } = scene();
  for (const result of [-ENOENT, -ERESTARTSYS, -0x100000, 3]) {
    statistics.enter(task, openat);
    statistics.leave(task, openat, result);
  }
  expect(statistics.counts).toMatchObject([{ name: 'openat', calls: 4, errors: 1 }]);
});

test('a call that does not end is counted, and the next of the same kind is another', () => {
  const { statistics, task, other } = scene();
  statistics.enter(task, exit);
  statistics.enter(other, exit);
  statistics.enter(task, getppid);
  statistics.leave(task, exit, 0);
  expect(statistics.counts).toMatchObject([
    { name: 'exit', calls: 2, served: 0 },
    { name: 'getppid', calls: 1, served: 0 },
  ]);
});
