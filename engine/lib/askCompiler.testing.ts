/** Asks the host's C compiler and headers, so that tests compare with the truth and not with what somebody wrote down. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The values of C expressions of integer type, in order; `prologue` includes and declares what they need. */
export function askCompiler(prologue: string, expressions: readonly string[]): number[] {
  const output = run(
    prologue,
    expressions.map((expression) => `printf("%lld\\n", (long long)(${expression}));`),
  );
  return output.trim().split('\n').map(Number);
}

/** The values of macros by name, as numbers of 32 bits; those that the headers do not define are left out. */
export function askConstants(prologue: string, names: readonly string[]): Map<string, number> {
  const output = run(
    prologue,
    names.flatMap((name) => [`#ifdef ${name}`, `printf("${name} %d\\n", (int)(long)(${name}));`, '#endif']),
  );
  return new Map([...output.matchAll(/^(\w+) (-?\d+)$/gm)].map(([, name, value]) => [name, Number(value)]));
}

function run(prologue: string, lines: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'umlaut-compiler-'));
  try {
    const source = join(folder, 'ask.c');
    const program = join(folder, 'ask');
    const head = ['#define _GNU_SOURCE', '#include <stdio.h>', '#include <stddef.h>', prologue];
    writeFileSync(source, [...head, 'int main(void) {', ...lines, '}', ''].join('\n'));
    execFileSync('gcc', ['-std=gnu11', '-o', program, source], { stdio: ['ignore', 'ignore', 'inherit'] });
    return execFileSync(program, { encoding: 'latin1' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
