import { expect, test } from 'vitest';
import { countCompared, findLosses } from './compare.ts';
import { Results } from './Results.ts';
import type { MeasuredRow } from './Results.ts';

function run(row: string, native: number | null, ours: number, uml: number | null = null): MeasuredRow[] {
  const results = new Results();
  if (native !== null) results.add(row, 'native', native);
  if (uml !== null) results.add(row, 'uml', uml);
  results.add(row, 'ours', ours);
  return results.rows();
}

test.each([
  ['a slower host is no loss', run('getppid', 200, 1000), run('getppid', 400, 2000), 0],
  ['a loss of less than a third', run('getppid', 200, 1000), run('getppid', 200, 1490), 0],
  ['a loss of a third', run('getppid', 200, 1000), run('getppid', 200, 1500), 1],
  ['a third of a throughput', run('stream', 9e9, 3e9), run('stream', 9e9, 2e9), 1],
  ['a throughput that rises', run('stream', 9e9, 2e9), run('stream', 9e9, 6e9), 0],
  ['memory, which has no peer', run('idle-memory', null, 4e6), run('idle-memory', null, 6e6), 1],
  ['boot, next to User-Mode Linux', run('boot', null, 1e7, 1e9), run('boot', null, 2e7, 1e9), 1],
])('%s', (_name, before, now, losses) => {
  expect(findLosses(before, now)).toHaveLength(losses);
  expect(countCompared(before, now)).toBe(1);
});

test('a loss shows in the best round as well as in the median', () => {
  const now = new Results();
  now.add('getppid', 'native', 200);
  for (const ours of [1000, 4000, 5000]) now.add('getppid', 'ours', ours);
  expect(findLosses(run('getppid', 200, 1000), now.rows())).toEqual([]);
  const worse = new Results();
  worse.add('getppid', 'native', 200);
  for (const ours of [1600, 4000, 5000]) worse.add('getppid', 'ours', ours);
  expect(findLosses(run('getppid', 200, 1000), worse.rows())).toHaveLength(1);
});

test('what only one run has measured is not compared', () => {
  const before = run('boot', null, 1e7);
  expect(findLosses(before, run('boot', null, 9e7, 1e9))).toEqual([]);
  expect(countCompared(before, run('boot', null, 9e7, 1e9))).toBe(0);
});
