// The conformance programs as a test suite: one test each, all in one boot of one machine.
import { beforeAll, describe, expect, test } from 'vitest';
import { judge } from './comparison.ts';
import { runPrograms } from './execution.ts';
import { findPrograms } from './programs.ts';
import { buildPrograms, guestSide, nativeSide, sourceDirectory } from './sides.ts';
import type { ProgramResult } from './resultStream.ts';

const programs = findPrograms(sourceDirectory);
const wholeLimitMs = 9 * 60_000;

describe('a program prints the same natively and in a guest', () => {
  let native = new Map<string, ProgramResult>();
  let guest = new Map<string, ProgramResult>();

  beforeAll(async () => {
    buildPrograms();
    const isRoot = process.getuid?.() === 0;
    [native, guest] = await Promise.all([
      runPrograms(
        nativeSide,
        programs.filter((program) => isRoot || !program.needsRoot),
      ),
      runPrograms(guestSide(['--mem', '512M']), programs),
    ]);
  }, wholeLimitMs);

  test.each(programs)('$path', (program) => {
    const inGuest = guest.get(program.path);
    if (inGuest === undefined) throw new Error('it was not run');
    const verdict = judge(native.get(program.path), inGuest);
    if (verdict.kind === 'failed') expect.fail([verdict.why, ...verdict.details].join('\n'));
  });
});

test('there are programs of every family', () => {
  const families = new Set(programs.map((program) => program.path.split('/')[1]));
  for (const family of ['process', 'signal', 'memory', 'thread', 'time', 'file', 'ipc', 'poll', 'tty', 'net', 'unix'])
    expect(families).toContain(family);
  expect(programs.length).toBeGreaterThan(80);
});
