/** Values of options, read and checked while the command line is: what is wrong with them is a wrong argument. */
import { realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { cpuCount, memoryBytes, parseSize } from '../../engine/api/lab/rules.ts';
import type { RootSource } from '../../engine/api/machine.ts';
import { describeSystemError } from '../../engine/api/systemErrors.ts';
import type { HostMount } from '../../engine/boot/MachineOptions.ts';
import { UsageError } from './arguments/model.ts';

/** A rule answers what it expects of a value that is none. */
function check(option: string, text: string, expected: string | undefined): void {
  if (expected !== undefined) throw new UsageError(`--${option} ${text}: expected ${expected}.`);
}

export function readMemory(text: string): number {
  const bytes = parseSize(text) ?? Number.NaN;
  check('mem', text, memoryBytes(bytes));
  return bytes;
}

export function readCpus(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  check('cpus', text, cpuCount(count));
  return count;
}

type PathKind = 'a directory' | 'an ordinary file' | 'something else';

/** Where a path really is, and what is there. */
function inspect(option: string, path: string): { real: string; kind: PathKind } {
  try {
    const real = realpathSync(path);
    const status = statSync(real);
    return {
      real,
      kind: status.isDirectory() ? 'a directory' : status.isFile() ? 'an ordinary file' : 'something else',
    };
  } catch (error) {
    throw new UsageError(`--${option}: ${path} cannot be used: ${describeSystemError(error)}.`);
  }
}

/** A file that may have to be made: its directory is there. */
export function readProfileFile(path: string): string {
  const absolute = resolve(path);
  if (inspect('cpu-profile', dirname(absolute)).kind !== 'a directory') {
    throw new UsageError(`--cpu-profile: ${dirname(absolute)} is not a directory.`);
  }
  return absolute;
}

export function readRoot(path: string): RootSource {
  const { real, kind } = inspect('root', path);
  if (kind === 'something else') throw new UsageError(`--root: ${path} is neither a directory nor an image file.`);
  return { kind: 'path', path: real };
}

const MOUNT = /^hostfs:(.+?):(\/[^:]*)(?::(ro|rw))?$/;

export function readMount(text: string): HostMount {
  const match = MOUNT.exec(text);
  if (match === null) {
    const example = 'hostfs:/home/me/src:/mnt, with :ro at its end to forbid writing';
    throw new UsageError(`--mount ${text}: expected hostfs:HOSTDIR:GUESTDIR such as ${example}.`);
  }
  const [, hostDirectory = '', guestDirectory = '', mode] = match;
  const { real, kind } = inspect('mount', hostDirectory);
  if (kind !== 'a directory') throw new UsageError(`--mount: ${hostDirectory} is not a directory.`);
  return { hostDirectory: real, guestDirectory, readOnly: mode === 'ro' };
}

export const NETWORKS = ['none', 'switch'] as const;
export type Network = (typeof NETWORKS)[number];

export function readNetwork(text: string): Network {
  const network = NETWORKS.find((one) => one === text);
  if (network === undefined) throw new UsageError(`--net ${text}: expected ${NETWORKS.join(' or ')}.`);
  return network;
}
