// The two sides that conformance programs run on: this host, and a guest started by the command line.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Side } from './execution.ts';

const root = join(import.meta.dirname, '..', '..');
const guestDirectory = '/mnt/conformance';

export const sourceDirectory = import.meta.dirname;
const buildDirectory = join(root, 'build', 'conformance');

export const nativeSide: Side = {
  name: 'the host',
  command: (runnerArguments) => [join(buildDirectory, 'guest-runner'), '--work', '/tmp', '--tmpfs', ...runnerArguments],
};

/** `options` are passed on to `umlaut boot`: `--trap seccomp`, `--mem 512M`. */
export function guestSide(options: readonly string[]): Side {
  return {
    name: 'the machine',
    command: (runnerArguments) => [
      join(root, 'bin', 'umlaut'),
      'boot',
      '--mount',
      `hostfs:${buildDirectory}:${guestDirectory}`,
      ...options,
      '--',
      `${guestDirectory}/guest-runner`,
      ...runnerArguments,
    ],
  };
}

/** Compiles what is not up to date; throws with the compiler's words. */
export function buildPrograms(): void {
  const made = spawnSync('make', ['-s', '-j2', '-C', sourceDirectory], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`the conformance programs could not be compiled\n${made.stderr}`);
}
