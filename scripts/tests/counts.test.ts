import { describe, expect, test } from 'vitest';
import { countsOf, ownCounts, playwrightCounts, sentence, sum, vitestCounts } from './counts.ts';

const vitest = { numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 };

describe('reports', () => {
  test('vitest', () => {
    expect(vitestCounts(vitest)).toEqual({ passed: 5, failed: 1, skipped: 3 });
  });
  test('playwright, where a flaky test failed', () => {
    const stats = { expected: 4, unexpected: 1, flaky: 2, skipped: 3 };
    expect(playwrightCounts({ stats })).toEqual({ passed: 4, failed: 3, skipped: 3 });
  });
  test('a report of another shape is refused', () => {
    expect(() => vitestCounts({})).toThrow('numPassedTests');
    expect(() => playwrightCounts({})).toThrow('stats');
  });
});

describe('countsOf', () => {
  const good = JSON.stringify({ passed: 3, failed: 0, skipped: 0 });
  const bad = JSON.stringify({ passed: 3, failed: 2, skipped: 0 });
  const none = JSON.stringify({ passed: 0, failed: 0, skipped: 9 });
  test.each([
    { what: 'all is well', report: good, exitCode: 0, passed: 3, failed: 0 },
    { what: 'named failures are counted once', report: bad, exitCode: 1, passed: 3, failed: 2 },
    { what: 'a runner that fails without a failed test', report: good, exitCode: 1, passed: 3, failed: 1 },
    { what: 'a runner that was killed', report: good, exitCode: null, passed: 3, failed: 1 },
    { what: 'no report', report: undefined, exitCode: 0, passed: 0, failed: 1 },
    { what: 'half a report', report: good.slice(0, 9), exitCode: 0, passed: 0, failed: 1 },
    { what: 'nothing but skipped tests', report: none, exitCode: 0, passed: 0, failed: 1 },
  ])('$what', ({ report, exitCode, passed, failed }) => {
    expect(countsOf({ report, read: ownCounts, exitCode })).toMatchObject({ passed, failed });
  });
});

test('sums and sentences', () => {
  const total = sum([
    { passed: 1, failed: 2, skipped: 0 },
    { passed: 10, failed: 0, skipped: 4 },
  ]);
  expect(sentence(total)).toBe('11 passed, 2 failed, 4 skipped');
  expect(sentence({ ...total, skipped: 0 })).toBe('11 passed, 2 failed');
});
