import type { MeasuredRow } from './Results.ts';
import type { Unit } from './rows.ts';
import type { Summary } from './statistics.ts';

/** A loss of a third: two thirds of the speed are left. */
const MOST_LOSS = 1.5;

type Statistic = 'median' | 'best';

function pick(summary: Summary, unit: Unit, statistic: Statistic): number {
  if (statistic === 'median') return summary.median;
  return unit === 'bit/s' ? summary.max : summary.min;
}

/** Memory does not depend on how fast a host is; all else is compared by its ratio to a peer of the same run. */
function measure({ unit, values }: MeasuredRow, statistic: Statistic): number | null {
  const { ours } = values;
  if (ours === null) return null;
  if (unit === 'bytes') return pick(ours, unit, statistic);
  const peer = values.native ?? values.uml;
  return peer === null ? null : pick(ours, unit, statistic) / pick(peer, unit, statistic);
}

/** With and without a native peer, numbers mean different things. */
function areComparable(a: MeasuredRow, b: MeasuredRow): boolean {
  return (a.values.native === null) === (b.values.native === null);
}

function findLoss(before: MeasuredRow, now: MeasuredRow, statistic: Statistic): string | null {
  const old = measure(before, statistic);
  const value = measure(now, statistic);
  if (old === null || value === null) return null;
  const loss = now.unit === 'bit/s' ? old / value : value / old;
  if (loss < MOST_LOSS) return null;
  return `${now.title}: ${loss.toFixed(2)} times worse than committed (${old.toPrecision(3)}, now ${value.toPrecision(3)}).`;
}

/**
 * Sentences about what got worse by a third or more. On a busy host medians wander, and so do single good rounds: a loss
 * is one that shows in both. A row that only one run has is none.
 */
export function findLosses(before: readonly MeasuredRow[], now: readonly MeasuredRow[]): string[] {
  return now.flatMap((row) => {
    const earlier = before.find(({ id }) => id === row.id);
    if (earlier === undefined || !areComparable(earlier, row)) return [];
    const loss = findLoss(earlier, row, 'median');
    return loss === null || findLoss(earlier, row, 'best') === null ? [] : [loss];
  });
}

/** Rows that both runs can be compared in: a comparison of none proves nothing. */
export function countCompared(before: readonly MeasuredRow[], now: readonly MeasuredRow[]): number {
  return now.filter((row) => {
    const earlier = before.find(({ id }) => id === row.id);
    return (
      earlier !== undefined &&
      areComparable(earlier, row) &&
      measure(row, 'median') !== null &&
      measure(earlier, 'median') !== null
    );
  }).length;
}
