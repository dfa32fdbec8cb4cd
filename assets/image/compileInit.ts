/** Compiles init into one static program, unless it is there and newer than its sources. */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const OPTIONS = [
  '-std=gnu17',
  '-Os',
  '-static',
  '-s',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Wl,--build-id=none',
  '-Wl,--gc-sections',
];

/** The program's bytes. */
export function compileInit(sources: string, output: string): Uint8Array {
  const files = globSync('*.[ch]', { cwd: sources }).sort();
  const newest = Math.max(...files.map((file) => statSync(join(sources, file)).mtimeMs));
  if (!existsSync(output) || statSync(output).mtimeMs < newest) {
    const compiler = process.env['CC'] ?? 'gcc';
    const programs = files.filter((file) => file.endsWith('.c'));
    const { status, stderr, error } = spawnSync(
      compiler,
      [...OPTIONS, '-ffunction-sections', '-o', output, ...programs],
      {
        cwd: sources,
        encoding: 'utf8',
      },
    );
    if (error !== undefined) throw new Error(`the C compiler ${compiler} is not on this machine`);
    if (status !== 0) throw new Error(`init does not compile (it needs the static C library, libc6-dev):\n${stderr}`);
  }
  return readFileSync(output);
}
