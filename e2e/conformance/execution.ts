// Runs programs on one side, natively or in a guest, by way of guest-runner, and gathers their results.
import { spawn, type ChildProcess } from 'node:child_process';
import type { Program } from './programs.ts';
import { ResultStream, type ProgramResult } from './resultStream.ts';

export interface Side {
  readonly name: string;
  /** The command that runs guest-runner there with these arguments. */
  command(runnerArguments: readonly string[]): readonly string[];
}

/** What a program may take beyond its own limit, which guest-runner keeps: booting, and a machine that is slow. */
const patienceSeconds = 40;
const mostRestarts = 25;

/** Boots or starts are repeated for the programs that are left when one takes the machine, or the runner, with it. */
export async function runPrograms(side: Side, programs: readonly Program[]): Promise<Map<string, ProgramResult>> {
  const results = new Map<string, ProgramResult>();
  let left = programs;
  for (let start = 0; left.length > 0 && start <= mostRestarts; start++) {
    const stream = await runOnce(side, left);
    for (const result of stream.results) results.set(result.path, result);
    if (stream.results.length === 0) {
      // Nothing began: it would not begin the next time either.
      const [first] = left;
      const why = `the runner did not start on ${side.name}`;
      results.set(first.path, lost(first.path, why, stream.strayLines));
      break;
    }
    left = left.filter((program) => !results.has(program.path));
  }
  for (const program of left)
    if (!results.has(program.path)) results.set(program.path, lost(program.path, `not run on ${side.name}`, []));
  return results;
}

function lost(path: string, why: string, console: string[]): ProgramResult {
  return { path, stdout: '', stderr: '', console, end: { kind: 'lost', why } };
}

class WatchedStream extends ResultStream {
  /** What came before the first frame, and on stderr: why nothing began. */
  readonly strayLines: string[] = [];
}

async function runOnce(side: Side, programs: readonly Program[]): Promise<WatchedStream> {
  const runnerArguments = programs.map((program) => `${String(program.limitSeconds)}:${program.path}`);
  const [file = '', ...args] = side.command(runnerArguments);
  const stream = new WatchedStream();
  const limits = new Map(programs.map((program) => [program.path, program.limitSeconds]));
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const standstill = { seen: false };
  let timer: NodeJS.Timeout | undefined;
  const watch = (): void => {
    clearTimeout(timer);
    const limit = limits.get(stream.current?.path ?? '') ?? 10;
    timer = setTimeout(
      () => {
        standstill.seen = true;
        killGroup(child);
      },
      (limit + patienceSeconds) * 1000,
    );
  };
  watch();
  child.stdout.setEncoding('latin1').on('data', (chunk: string) => {
    stream.feed(chunk);
    if (stream.results.length === 0) stream.strayLines.push(...chunk.split(/\r?\n/));
    watch();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = chunk.split('\n').filter((line) => line !== '');
    (stream.results.at(-1)?.console ?? stream.strayLines).push(...lines);
  });
  const ending = await new Promise<string>((resolve) => {
    child.on('error', (error) => {
      stream.strayLines.push(error.message);
    });
    child.on('close', (code, signal) => {
      resolve(signal ?? String(code));
    });
  });
  clearTimeout(timer);
  if (stream.current !== undefined)
    stream.current.end = {
      kind: 'lost',
      why: standstill.seen ? `${side.name} stood still` : `${side.name} ended (${ending})`,
    };
  return stream;
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
