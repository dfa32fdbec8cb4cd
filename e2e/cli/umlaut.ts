/** The command line as a user has it: a program with arguments, streams and an exit code. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

const root = join(import.meta.dirname, '..', '..');
export const UMLAUT = join(root, 'bin', 'umlaut');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** Resolves when the process and its streams have ended. */
  readonly ended: Promise<Ended>;
  /** Standard output as it came, at the end. */
  readonly bytes: Promise<Buffer>;
  /** Resolves when standard output has matched; rejects when it ends without. */
  output(pattern: RegExp): Promise<void>;
}

/** No machine of these tests should take nearly as long; what hangs is killed, and its code is null. */
const LIMIT_MS = 50_000;

function kill(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
}

export function start(command: readonly string[], input?: 'pipe' | Readable): Running {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'], detached: true });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const watchers = new Set<() => void>();
  const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString();
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout.push(chunk);
    for (const look of watchers) look();
  });
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  // A guest that ends before it has read everything closes the pipe.
  child.stdin?.on('error', () => {});
  if (input !== undefined && input !== 'pipe' && child.stdin !== null) input.pipe(child.stdin);
  const limit = setTimeout(() => kill(child), LIMIT_MS);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(limit);
      resolve({ code, stdout: text(stdout), stderr: text(stderr) });
    });
  });
  const output = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!pattern.test(text(stdout))) return;
        watchers.delete(look);
        resolve();
      };
      watchers.add(look);
      look();
      void ended.then(() => reject(new Error(`no ${String(pattern)} in: ${text(stdout)}\n${text(stderr)}`)), reject);
    });
  return { child, ended, bytes: ended.then(() => Buffer.concat(stdout)), output };
}

/** Runs it to its end; `input` is all of its standard input. */
export async function umlaut(args: readonly string[], input?: string | Readable): Promise<Ended> {
  if (typeof input !== 'string') return await start([UMLAUT, ...args], input).ended;
  const running = start([UMLAUT, ...args], 'pipe');
  running.child.stdin?.end(input);
  return await running.ended;
}

/** A directory of the test's own, gone when the test is. */
export class Workspace {
  readonly path = mkdtempSync(join(tmpdir(), 'umlaut-cli-'));

  /** Compiles a program that stands beside this file. */
  compile(source: string, output: string, ...options: string[]): void {
    const path = join(import.meta.dirname, 'programs', source);
    const { status, stderr } = spawnSync('gcc', ['-O1', '-Wall', ...options, '-o', join(this.path, output), path], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${source} does not compile: ${stderr}`);
  }

  /** A sample lab, copied: machines leave their changes beside it. */
  sampleLab(name: string): string {
    const path = join(this.path, name);
    cpSync(join(root, 'assets', 'labs', name, 'lab.yaml'), join(path, 'lab.yaml'));
    return path;
  }

  lab(name: string, text: string): string {
    const path = join(this.path, name);
    mkdirSync(path);
    writeFileSync(join(path, 'lab.yaml'), `name: ${name}\n${text}`);
    return path;
  }

  dispose(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
