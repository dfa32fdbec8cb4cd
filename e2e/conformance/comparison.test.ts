import { describe, expect, test } from 'vitest';
import { diffLines, judge } from './comparison.ts';
import { programsOf } from './programs.ts';
import type { End, ProgramResult } from './resultStream.ts';

const exited = (code: number): End => ({ kind: 'exited', code });

function result(stdout: string, end: End = exited(0), stderr = ''): ProgramResult {
  return { path: 'p', stdout, stderr, console: [], end };
}

describe('judge', () => {
  test.each([
    ['equal', result('a\n'), result('a\n'), 'passed'],
    ['another line', result('a\n'), result('b\n'), 'failed'],
    ['another end', result('a\n'), result('a\n', exited(1)), 'failed'],
    ['killed', result('a\n'), result('a\n', { kind: 'killed', signal: 9 }), 'failed'],
    ['a check that fails natively', result('NO: x\n'), result('NO: x\n'), 'failed'],
    ['no native half, good', undefined, result('yes: x\n'), 'passed'],
    ['no native half, a check fails', undefined, result('NO: x\n'), 'failed'],
    ['no native half, a bad end', undefined, result('', { kind: 'timeout' }), 'failed'],
    ['skipped on both', result('', exited(77)), result('', exited(77), 'no namespaces'), 'skipped'],
    ['skipped natively only', result('', exited(77)), result('yes: x\n'), 'passed'],
    ['skipped in the guest only', result('yes: x\n'), result('', exited(77)), 'failed'],
  ])('%s', (_, native, guest, kind) => {
    expect(judge(native, guest).kind).toBe(kind);
  });
});

test.each([
  [[], [], []],
  [['a', 'b', 'c'], ['a', 'b', 'c'], []],
  [['a', 'b', 'c'], ['a', 'c'], ['- b']],
  [['a', 'c'], ['a', 'b', 'c'], ['+ b']],
  [
    ['a', 'b'],
    ['a', 'x'],
    ['- b', '+ x'],
  ],
])('diffLines %j %j', (expected, actual, lines) => {
  expect(diffLines(expected, actual)).toEqual(lines);
});

test('marks of a source file', () => {
  expect(programsOf('x/plain', '/* What it is about. */\n')).toEqual([
    { path: 'static/x/plain', needsRoot: false, limitSeconds: 10 },
  ]);
  expect(programsOf('x/both', '/* build: static dynamic */\n/* slow */\n').map((program) => program.path)).toEqual([
    'static/x/both',
    'dynamic/x/both',
  ]);
  expect(programsOf('x/dynamic', '/* build: dynamic */\n')[0]?.path).toBe('dynamic/x/dynamic');
  expect(programsOf('x/root', '/* needs: root */\n/* slow */\n')[0]).toMatchObject({
    needsRoot: true,
    limitSeconds: 60,
  });
});
