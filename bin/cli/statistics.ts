import type { CallCount, MachineStatistics } from '../../engine/api/statistics.ts';

const SHOWN_CALLS = 20;

function duration(ns: number): string {
  if (ns >= 1e9) return `${(ns / 1e9).toFixed(2)} s`;
  return ns >= 1e6 ? `${(ns / 1e6).toFixed(2)} ms` : `${(ns / 1e3).toFixed(1)} µs`;
}

const mean = (total: number, count: number): string => (count === 0 ? '' : duration(total / count));

function cells(call: CallCount): string[] {
  return [
    call.name,
    String(call.calls),
    call.errors === 0 ? '' : String(call.errors),
    call.served === 0 ? '' : duration(call.servedNs),
    mean(call.servedNs, call.served),
    call.served === 0 ? '' : duration(call.longestServedNs),
    call.waited === 0 ? '' : String(call.waited),
    mean(call.waitedNs, call.waited),
  ];
}

/** The calls that the kernel spent most time on; those that had to wait stand apart, for their time is the others'. */
function callTable(calls: readonly CallCount[]): string[] {
  const sorted = [...calls].sort((a, b) => b.servedNs - a.servedNs || b.calls - a.calls);
  const head = ['call', 'calls', 'errors', 'time', 'mean', 'longest', 'waited', 'mean'];
  const table = [head, ...sorted.slice(0, SHOWN_CALLS).map(cells)];
  const widths = head.map((_, index) => Math.max(...table.map((line) => (line[index] ?? '').length)));
  const lines = table.map((line) =>
    line
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  const left = sorted.length - SHOWN_CALLS;
  return left > 0 ? [...lines, `and ${left} other calls`] : lines;
}

/** What `umlaut boot --stats` prints: lines that end in a newline. */
export function formatStatistics(statistics: MachineStatistics): string {
  const { calls, bootNs, upNs } = statistics;
  const sum = (of: (call: CallCount) => number): number => calls.reduce((total, call) => total + of(call), 0);
  const served = sum((call) => call.served);
  const facts: [string, string][] = [
    ['boot, until the network was up', bootNs === null ? 'not seen before the end' : duration(bootNs)],
    ['up', duration(upNs)],
    ['system calls', String(sum((call) => call.calls))],
    [
      'mean of calls that did not wait',
      mean(
        sum((call) => call.servedNs),
        served,
      ),
    ],
    ['faults', String(statistics.faults)],
    ['wake-ups', String(statistics.wakeUps)],
    ['context switches', String(statistics.switches)],
    ['commands to host processes', String(statistics.commands)],
    ['processes', String(statistics.processes)],
    ['host processes', String(statistics.hostProcesses)],
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  const lines = facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`.trimEnd());
  return [...callTable(calls), '', ...lines, ''].join('\n');
}
