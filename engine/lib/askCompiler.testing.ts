/** Asks the host's C compiler and headers, so that tests compare with the truth and not with what somebody wrote down. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The values of C expressions of integer type, in order; `prologue` includes and declares what they need. */
export function askCompiler(prologue: string, expressions: readonly string[]): number[] {
  const folder = mkdtempSync(join(tmpdir(), 'umlaut-compiler-'));
  try {
    const source = join(folder, 'ask.c');
    const program = join(folder, 'ask');
    const lines = expressions.map((expression) => `  printf("%lld\\n", (long long)(${expression}));`);
    writeFileSync(
      source,
      [
        '#define _GNU_SOURCE',
        '#include <stdio.h>',
        '#include <stddef.h>',
        prologue,
        'int main(void) {',
        ...lines,
        '}',
      ].join('\n'),
    );
    execFileSync('gcc', ['-std=gnu11', '-o', program, source], { stdio: ['ignore', 'ignore', 'inherit'] });
    return execFileSync(program, { encoding: 'latin1' }).trim().split('\n').map(Number);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
