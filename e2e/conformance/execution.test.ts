import { describe, expect, test } from 'vitest';
import { runPrograms, type Side } from './execution.ts';
import type { Program } from './programs.ts';

const programs: Program[] = ['a', 'b', 'c', 'd'].map((path) => ({ path, needsRoot: false, limitSeconds: 10 }));

/** A machine played by a shell script: each program is run by a function `run` of the script, with its name as $1. */
function played(run: string): Side {
  const script = `
    run() { ${run}
    }
    for argument; do
      name=\${argument#*:}
      echo "@@umlaut begin $name"
      run "$name"
    done
    echo "@@umlaut done"`;
  return { name: 'the machine', command: (runnerArguments) => ['sh', '-c', script, 'sh', ...runnerArguments] };
}

const well = 'echo "@@umlaut stdout ran $1"; echo "@@umlaut end exited 0"';

describe('runPrograms', () => {
  test('gathers all results of one start', async () => {
    const results = await runPrograms(played(well), programs);
    expect([...results.values()].map((result) => result.stdout)).toEqual(['ran a', 'ran b', 'ran c', 'ran d']);
  });

  test('names the program that took the machine with it, and starts again for the rest', async () => {
    const dies = `if [ "$1" = b ]; then echo "kernel panic"; exit 3; fi; ${well}`;
    const results = await runPrograms(played(dies), programs);
    expect(results.get('b')?.end).toEqual({ kind: 'lost', why: 'the machine ended (3)' });
    expect(results.get('b')?.console).toEqual(['kernel panic']);
    for (const path of ['a', 'c', 'd']) expect(results.get(path)?.end).toEqual({ kind: 'exited', code: 0 });
  });

  test('gives up when nothing begins', async () => {
    const side: Side = { name: 'the machine', command: () => ['sh', '-c', 'echo no root image >&2; exit 125'] };
    const results = await runPrograms(side, programs);
    expect(results.get('a')?.end).toEqual({ kind: 'lost', why: 'the runner did not start on the machine' });
    expect(results.get('a')?.console).toContain('no root image');
    expect(results.get('d')?.end).toEqual({ kind: 'lost', why: 'not run on the machine' });
  });

  test('gives up when the command is not there', async () => {
    const side: Side = { name: 'the machine', command: () => ['/not/there'] };
    const results = await runPrograms(side, programs);
    expect(results.get('a')?.console.join()).toMatch(/ENOENT/);
  });
});
