// Reads how many tests passed and failed from the reports that the test runners write.
import { readFileSync } from 'node:fs';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const nothing: Counts = { passed: 0, failed: 0, skipped: 0 };

export function sum(all: readonly Counts[]): Counts {
  return all.reduce(
    (total, one) => ({
      passed: total.passed + one.passed,
      failed: total.failed + one.failed,
      skipped: total.skipped + one.skipped,
    }),
    nothing,
  );
}

export function sentence({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function numberAt(report: Record<string, unknown>, key: string): number {
  const value = report[key];
  if (typeof value !== 'number') throw new Error(`the report has no number ${key}`);
  return value;
}

/** The report of vitest's reporter `json`. */
export function vitestCounts(report: Record<string, unknown>): Counts {
  return {
    passed: numberAt(report, 'numPassedTests'),
    failed: numberAt(report, 'numFailedTests'),
    skipped: numberAt(report, 'numPendingTests') + numberAt(report, 'numTodoTests'),
  };
}

/** The report of Playwright's reporter `json`. A flaky test failed once, and so it failed. */
export function playwrightCounts(report: Record<string, unknown>): Counts {
  const stats = report['stats'];
  if (typeof stats !== 'object' || stats === null) throw new Error('the report has no stats');
  const numbers = stats as Record<string, unknown>;
  return {
    passed: numberAt(numbers, 'expected'),
    failed: numberAt(numbers, 'unexpected') + numberAt(numbers, 'flaky'),
    skipped: numberAt(numbers, 'skipped'),
  };
}

/** What another run of our own runner wrote. */
export function ownCounts(report: Record<string, unknown>): Counts {
  return {
    passed: numberAt(report, 'passed'),
    failed: numberAt(report, 'failed'),
    skipped: numberAt(report, 'skipped'),
  };
}

export interface Ending {
  /** The report's file; undefined stands for a suite that wrote none. */
  readonly report: string | undefined;
  readonly read: (report: Record<string, unknown>) => Counts;
  readonly exitCode: number | null;
}

/**
 * The counts of a suite that has ended. A runner that fails without naming a failed test (a file that does not load, a
 * crash, a time limit, no test at all) counts as one failure: it must never look like success.
 */
export function countsOf({ report, read, exitCode }: Ending): Counts {
  let counts = nothing;
  let readable = false;
  if (report !== undefined) {
    try {
      counts = read(JSON.parse(report) as Record<string, unknown>);
      readable = true;
    } catch {
      // Cut off in the middle: the failure below says so.
    }
  }
  const silentFailure = (exitCode !== 0 || !readable || counts.passed === 0) && counts.failed === 0;
  return silentFailure ? { ...counts, failed: 1 } : counts;
}

export function readReport(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
