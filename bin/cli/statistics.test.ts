import { expect, test } from 'vitest';
import type { CallCount, MachineStatistics } from '../../engine/api/statistics.ts';
import { formatStatistics } from './statistics.ts';

function count(name: string, servedNs: number): CallCount {
  return { name, calls: 4, errors: 0, waited: 0, waitedNs: 0, served: 4, servedNs, longestServedNs: servedNs };
}

const machine: MachineStatistics = {
  calls: [],
  bootNs: 12_345_678,
  upNs: 2.5e9,
  faults: 71,
  wakeUps: 3,
  switches: 9,
  processes: 2,
  hostProcesses: 4,
  commands: 80,
};

test('calls come in the order of the time that the kernel spent on them, waiting apart', () => {
  const wait: CallCount = { ...count('wait4', 0), served: 0, errors: 1, waited: 2, waitedNs: 6e6 };
  const lines = formatStatistics({ ...machine, calls: [wait, count('read', 8000), count('execve', 2e6)] }).split('\n');
  expect(lines.slice(0, 5)).toEqual([
    'call    calls  errors     time      mean  longest  waited     mean',
    'execve      4          2.00 ms  500.0 µs  2.00 ms',
    'read        4           8.0 µs    2.0 µs   8.0 µs',
    'wait4       4       1                                   2  3.00 ms',
    '',
  ]);
  expect(lines).toContain('boot, until the network was up   12.35 ms');
  expect(lines).toContain('system calls                     12');
});

test('the rest is counted, and what was not seen is said', () => {
  const calls = Array.from({ length: 23 }, (_, index) => count(`call${index}`, index));
  const text = formatStatistics({ ...machine, calls, bootNs: null });
  expect(text).toContain('and 3 other calls');
  expect(text).toMatch(/^boot, until the network was up +not seen before the end$/m);
});
