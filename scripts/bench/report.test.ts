import { expect, test } from 'vitest';
import type { Conditions } from './conditions.ts';
import { formatMarkdown, formatValue } from './report.ts';
import { judge, Results } from './Results.ts';
import type { Goal, Unit } from './rows.ts';

test.each<[number, Unit, string]>([
  [0.4, 'ns', '0.40 ns'],
  [295.3, 'ns', '295 ns'],
  [12_723, 'ns', '12.7 µs'],
  [1_800_000_000, 'ns', '1.80 s'],
  [4 * 2 ** 20, 'bytes', '4.00 MiB'],
  [0, 'percent', '0.00 %'],
  [8.1e9, 'bit/s', '8.10 Gbit/s'],
])('%d %s is %s', (value, unit, text) => {
  expect(formatValue(value, unit)).toBe(text);
});

test.each<[Goal, number | null, number | null, boolean | null]>([
  [{ kind: 'times-native', most: 1.5 }, 15, 10, true],
  [{ kind: 'times-native', most: 1.5 }, 16, 10, false],
  [{ kind: 'times-native', most: 1.5 }, 16, null, null],
  [{ kind: 'at-most', value: 5 }, 5, null, true],
  [{ kind: 'at-most', value: 5 }, null, null, null],
  [{ kind: 'at-least-native' }, 9, 10, false],
])('%o with %s against %s: %s', (goal, ours, native, reached) => {
  expect(judge(goal, ours, native)).toBe(reached);
});

const quiet: Conditions = {
  date: '2026-01-01 00:00 UTC',
  cpu: 'a processor',
  cores: 2,
  memoryBytes: 2 ** 34,
  kernel: '6.1',
  virtualization: '',
  node: '24',
  loadBefore: 0.3,
  loadAfter: 2,
  rounds: 3,
  milliseconds: 50,
};

test('the page says the median and the spread, and leaves what was not measured empty', () => {
  const results = new Results();
  for (const value of [300, 200, 900]) results.add('getppid', 'native', value);
  for (const value of [500, 600, 550]) results.add('getppid', 'ours', value);
  results.add('idle-memory', 'ours', 3 * 2 ** 20);
  const page = formatMarkdown({ conditions: quiet, rows: results.rows(), notes: [] });
  expect(page).toContain('| `getppid` round trip | 300 ns (200–900) | 550 ns (500–600) | 1.83 | ≤ 2 × native | yes |');
  expect(page).toContain('| memory of an idle machine (one of 20) |  | 3.00 MiB |  | ≤ 4.00 MiB | yes |');
  expect(page).not.toContain('User-Mode Linux |');
  expect(page).not.toContain('other work ran');
});

test('numbers taken under load say so', () => {
  const page = formatMarkdown({ conditions: { ...quiet, loadBefore: 4 }, rows: [], notes: [] });
  expect(page).toContain('other work ran at the same time');
});
