import type { MeasuredRow } from './Results.ts';

/** A loss of a third: two thirds of the speed are left. */
const MOST_LOSS = 1.5;

/** Memory does not depend on how fast a host is; all else is compared by its ratio to a peer of the same run. */
function measure({ unit, ratio, values }: MeasuredRow): number | null {
  if (unit === 'bytes') return values.ours?.median ?? null;
  if (ratio !== null) return ratio;
  return values.ours === null || values.uml === null ? null : values.ours.median / values.uml.median;
}

/** Sentences about what got worse by a third or more. A row that only one run has is none. */
export function findLosses(before: readonly MeasuredRow[], now: readonly MeasuredRow[]): string[] {
  const losses: string[] = [];
  for (const row of now) {
    const earlier = before.find(({ id }) => id === row.id);
    // With and without a native peer or User-Mode Linux, numbers mean different things.
    if (earlier === undefined || (earlier.ratio === null) !== (row.ratio === null)) continue;
    const old = measure(earlier);
    const value = measure(row);
    if (old === null || value === null) continue;
    const loss = row.unit === 'bit/s' ? old / value : value / old;
    if (loss >= MOST_LOSS) {
      losses.push(
        `${row.title}: ${loss.toFixed(2)} times worse than committed (${old.toPrecision(3)}, now ${value.toPrecision(3)}).`,
      );
    }
  }
  return losses;
}

/** Rows that both runs can be compared in: a comparison of none proves nothing. */
export function countCompared(before: readonly MeasuredRow[], now: readonly MeasuredRow[]): number {
  return now.filter((row) => {
    const earlier = before.find(({ id }) => id === row.id);
    return earlier !== undefined && measure(row) !== null && measure(earlier) !== null;
  }).length;
}
