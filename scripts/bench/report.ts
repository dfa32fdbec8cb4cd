// The report of a run: as a table on a terminal, and as docs/BENCHMARKS.md.
import type { Conditions } from './conditions.ts';
import { isUnderLoad } from './conditions.ts';
import type { MeasuredRow } from './Results.ts';
import { columns } from './Results.ts';
import type { Column } from './Results.ts';
import type { Goal, Unit } from './rows.ts';
import type { Summary } from './statistics.ts';

export interface Report {
  readonly conditions: Conditions;
  readonly rows: readonly MeasuredRow[];
  readonly notes: readonly string[];
}

const headings: Readonly<Record<Column, string>> = {
  native: 'native',
  uml: 'User-Mode Linux',
  umlPinned: 'the same, on one core',
  ours: 'ours',
};

const scales: Readonly<Record<Unit, readonly (readonly [number, string])[]>> = {
  ns: [
    [1e9, 's'],
    [1e6, 'ms'],
    [1e3, 'µs'],
    [1, 'ns'],
  ],
  bytes: [
    [2 ** 30, 'GiB'],
    [2 ** 20, 'MiB'],
    [2 ** 10, 'KiB'],
    [1, 'B'],
  ],
  percent: [[1, '%']],
  'bit/s': [
    [1e9, 'Gbit/s'],
    [1e6, 'Mbit/s'],
    [1e3, 'kbit/s'],
    [1, 'bit/s'],
  ],
};

/** Three digits that count. */
function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

export function formatValue(value: number, unit: Unit): string {
  const all = scales[unit];
  const [factor, name] = all.find(([least]) => Math.abs(value) >= least) ?? all[all.length - 1];
  return `${digits(value / factor)} ${name}`;
}

/** The spread in the unit of the median, so that the three can be compared at a glance. */
function formatSummary(summary: Summary | null, unit: Unit): string {
  if (summary === null) return '';
  const text = formatValue(summary.median, unit);
  if (summary.count === 1) return text;
  const all = scales[unit];
  const [factor] = all.find(([least]) => Math.abs(summary.median) >= least) ?? all[all.length - 1];
  return `${text} (${digits(summary.min / factor)}–${digits(summary.max / factor)})`;
}

function formatGoal(goal: Goal | null, unit: Unit): string {
  if (goal === null) return '';
  if (goal.kind === 'at-most') return `≤ ${formatValue(goal.value, unit)}`;
  if (goal.kind === 'at-least-native') return '≥ native';
  return goal.most === 1 ? '≤ native' : `≤ ${goal.most} × native`;
}

function cells(row: MeasuredRow, shown: readonly Column[]): string[] {
  return [
    row.title,
    ...shown.map((column) => formatSummary(row.values[column], row.unit)),
    row.ratio === null ? '' : digits(row.ratio),
    formatGoal(row.goal, row.unit),
    row.isReached === null ? '' : row.isReached ? 'yes' : 'no',
  ];
}

function tableOf(rows: readonly MeasuredRow[]): string[][] {
  const shown = columns.filter((column) => rows.some(({ values }) => values[column] !== null));
  const head = ['work', ...shown.map((column) => headings[column]), 'ours / native', 'goal', 'reached'];
  return [head, ...rows.map((row) => cells(row, shown))];
}

function loadSentence({ loadBefore, loadAfter, cores }: Conditions): string {
  const loads = `The load average of the last minute was ${loadBefore.toFixed(2)} before the run and ${loadAfter.toFixed(2)} after it`;
  return isUnderLoad(loadBefore)
    ? `${loads}, on ${cores} cores: **other work ran at the same time.** Times are longer and spread wider than on a quiet machine; compare ratios only.`
    : `${loads} (the run itself included).`;
}

function describe({ conditions, notes }: Report): string[] {
  const { date, cpu, cores, memoryBytes, kernel, node, virtualization, rounds, milliseconds } = conditions;
  return [
    `Measured on ${date} on ${cpu}, ${cores} cores, ${formatValue(memoryBytes, 'bytes')}, Linux ${kernel}` +
      `${virtualization === '' ? '' : ` under ${virtualization}`}, Node ${node}.`,
    loadSentence(conditions),
    `Medians of ${rounds} rounds, least and greatest in parentheses; a round runs all sides, one after the other, each ` +
      `measurement for about ${milliseconds} ms.`,
    ...notes,
  ];
}

export function formatTerminal(report: Report): string {
  const table = tableOf(report.rows).map((line) => line.map((cell) => cell.replaceAll('`', '')));
  const widths = table[0].map((_, index) => Math.max(...table.map((line) => line[index].length)));
  const lines = table.map((line) =>
    line
      .map((cell, index) => cell.padEnd(widths[index]))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, '', ...describe(report).map((sentence) => sentence.replaceAll('**', '')), ''].join('\n');
}

export function formatMarkdown(report: Report): string {
  const [head, ...lines] = tableOf(report.rows);
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  const table = [head, rule, ...lines].map((line) => `| ${line.join(' | ')} |`);
  return [
    '# Benchmarks',
    '',
    'Written by `npm run bench`, which also writes `benchmarks.json`; do not edit. The same static C programs',
    '(`e2e/bench`) run on the host and in guests. An empty cell was not measured.',
    '',
    ...describe(report).flatMap((sentence) => [sentence, '']),
    ...table,
    '',
  ].join('\n');
}
