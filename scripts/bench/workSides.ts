// Runs e2e/bench/work.c on each side: this host, Debian's user-mode-linux, and a machine of ours.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Column, Measurements, Results } from './Results.ts';
import { bootWarm } from './rows.ts';

const root = join(import.meta.dirname, '..', '..');
export const programs = join(root, 'build', 'bench');
export const umlaut = join(root, 'bin', 'umlaut');
/** A side that has not finished by then never will. */
const LIMIT_MS = 180_000;
const UML_MEMORY = '512M';
export const GUEST_PROGRAMS = '/mnt/bench';

export function buildPrograms(): void {
  const made = spawnSync('make', ['-s', '-C', join(root, 'e2e', 'bench')], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`the programs could not be compiled\n${made.stderr}`);
}

export function findUml(): string | null {
  const directories = (process.env.PATH ?? '').split(':');
  return directories.map((directory) => join(directory, 'linux.uml')).find((path) => existsSync(path)) ?? null;
}

/** Runs a command to its end and hands its lines out as they come. Throws when it fails or hangs. */
async function runLines(command: readonly string[], environment: NodeJS.ProcessEnv, onLine: (line: string) => void) {
  const [program, ...words] = command;
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } });
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  let rest = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  clearTimeout(limit);
  if (code !== 0) throw new Error(`${command.join(' ')}: ended with ${String(code)}\n${errors}`);
}

/** What work.c prints on one side, line by line. */
class WorkLines {
  private readonly column: Column;
  private readonly results: Results;
  private count = 0;

  constructor(column: Column, results: Results) {
    this.column = column;
    this.results = results;
  }

  take(line: string): void {
    const [kind, name, value] = line.split(' ');
    if (kind === 'time') {
      this.count++;
      this.results.add(name, this.column, Number(value));
    } else if (kind === 'fail') this.results.note(`${name} failed with error ${value} (${this.column}).`);
  }

  /** A side that ends well and has printed nothing is broken. */
  check(command: readonly string[]): void {
    if (this.count === 0) throw new Error(`${command.join(' ')} measured nothing`);
  }
}

async function runWork(command: readonly string[], column: Column, results: Results): Promise<void> {
  const lines = new WorkLines(column, results);
  await runLines(command, {}, (line) => lines.take(line));
  lines.check(command);
}

export async function runNative(milliseconds: number, results: Results): Promise<void> {
  await runWork([join(programs, 'work'), '--milliseconds', String(milliseconds), '/dev/shm'], 'native', results);
}

export async function runOurs(milliseconds: number, results: Results): Promise<void> {
  const mount = `hostfs:${programs}:${GUEST_PROGRAMS}:ro`;
  const work = [`${GUEST_PROGRAMS}/work`, '--milliseconds', String(milliseconds), '/tmp'];
  await runWork([umlaut, 'boot', '--mount', mount, '--', ...work], 'ours', results);
}

/** Measures whole machines of ours: a fresh process does, as `probe.ts` describes. */
export async function runProbe(words: readonly string[], results: Results): Promise<void> {
  const command = [process.execPath, join(import.meta.dirname, 'probe.ts'), ...words];
  const lines: string[] = [];
  await runLines(command, {}, (line) => lines.push(line));
  if (lines.length !== 1) throw new Error(`${words.join(' ')} printed ${lines.length} lines instead of one`);
  results.takeIn(JSON.parse(lines[0]) as Measurements);
}

/** Its root is this host's, read-only; `pinned` keeps all of it on one core. */
export async function runUml(
  uml: string,
  column: 'uml' | 'umlPinned',
  milliseconds: number,
  results: Results,
): Promise<void> {
  const kernel = [
    uml,
    `mem=${UML_MEMORY}`,
    'rootfstype=hostfs',
    'rootflags=/',
    'ro',
    'quiet',
    'con=null',
    'con0=null,fd:1',
  ];
  const command = [
    ...(column === 'umlPinned' ? ['taskset', '-c', '0'] : []),
    ...kernel,
    `init=${join(programs, 'uml-init')}`,
    `milliseconds=${milliseconds}`,
  ];
  const startMs = performance.now();
  const lines = new WorkLines(column, results);
  await runLines(command, { TMPDIR: '/dev/shm' }, (line) => {
    if (line === '@@umlaut init') results.add(bootWarm.id, column, (performance.now() - startMs) * 1e6);
    lines.take(line);
  });
  lines.check(command);
}
