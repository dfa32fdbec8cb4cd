import { CAP_SYS_RESOURCE } from '../../process/Capabilities.ts';
import { isCapable } from '../../process/Credentials.ts';
import { EACCES, EINVAL } from '../../abi/errno.ts';
import { rlimit } from '../../abi/limits.ts';
import { byteString } from '../../lib/bytes.ts';
import type { Process } from '../../process/Process.ts';
import type { Actor } from '../../vfs/Actor.ts';
import { mapsText, smapsText } from './memoryMaps.ts';
import { mountInfoText, mountsText } from './mountTables.ts';
import type { Subject } from './ProcessDirectory.ts';
import { statText, statmText, statusText } from './processStatus.ts';

interface ProcessFile {
  readonly mode?: number;
  /** Shown to the same user and root only. */
  readonly isPrivate?: boolean;
  readonly read: (subject: Subject, actor: Actor) => string | number;
  readonly write?: (subject: Subject, text: string, actor: Actor) => number;
}

/** argv and environ are shown up to here. */
const STRINGS_MAX = 2 << 20;

/** The files of /proc/PID (proc(5)). */
export const processFiles: Readonly<Record<string, ProcessFile>> = {
  cmdline: { read: ({ process }) => userBytes(process, 'arguments') },
  environ: { mode: 0o400, isPrivate: true, read: ({ process }) => userBytes(process, 'environment') },
  comm: { mode: 0o644, read: ({ task }) => `${task?.name ?? ''}\n`, write: setName },
  stat: { read: ({ process, task }) => statText(process, task) },
  statm: { read: ({ process }) => statmText(process) },
  status: { read: ({ process, task }) => statusText(process, task) },
  maps: { isPrivate: true, read: ({ process, task }, actor) => (task === null ? '' : mapsText(process, actor)) },
  smaps: { isPrivate: true, read: ({ process, task }, actor) => (task === null ? '' : smapsText(process, actor)) },
  auxv: {
    mode: 0o400,
    isPrivate: true,
    read: ({ process, task }) => (task === null ? '' : byteString(process.memory.auxiliaryVector)),
  },
  limits: { read: ({ process }) => limitsText(process) },
  mounts: { read: ({ fs }, actor) => mountsText(fs.kernel, actor) },
  mountinfo: { read: ({ fs }, actor) => mountInfoText(fs.kernel, actor) },
  cgroup: { read: () => '0::/\n' },
  oom_score: { read: () => '0\n' },
  oom_score_adj: {
    mode: 0o644,
    read: ({ process }) => `${process.oomScoreAdjust}\n`,
    write: setOomScoreAdjust,
  },
  loginuid: { read: () => '4294967295' },
  sessionid: { read: () => '4294967295' },
  wchan: { read: () => '0' },
};

/** Bytes that the program left on its stack, seen through its own memory: what it wrote there shows. */
function userBytes(process: Process, what: 'arguments' | 'environment'): string {
  if (process.isZombie || process.threads.length === 0) return '';
  const { memory } = process;
  const start = what === 'arguments' ? memory.argumentsStart : memory.environmentStart;
  const end = what === 'arguments' ? memory.argumentsEnd : memory.environmentEnd;
  const bytes = new Uint8Array(Math.max(0, Math.min(end - start, STRINGS_MAX)));
  return memory.copyIn(start, bytes, 0, bytes.length) < 0 ? '' : byteString(bytes);
}

function setName({ task }: Subject, text: string): number {
  if (task !== null) task.name = text.replace(/\n$/, '').substring(0, 15);
  return 0;
}

function setOomScoreAdjust({ process }: Subject, text: string, actor: Actor): number {
  const value = Number(text.trim());
  if (!Number.isInteger(value) || value < -1000 || value > 1000) return -EINVAL;
  if (value < process.oomScoreAdjust && !isCapable(actor.credentials, CAP_SYS_RESOURCE)) return -EACCES;
  process.oomScoreAdjust = value;
  return 0;
}

const limitNames: readonly (readonly [keyof typeof rlimit, string, string])[] = [
  ['cpu', 'Max cpu time', 'seconds'],
  ['fileSize', 'Max file size', 'bytes'],
  ['data', 'Max data size', 'bytes'],
  ['stack', 'Max stack size', 'bytes'],
  ['core', 'Max core file size', 'bytes'],
  ['residentSet', 'Max resident set', 'bytes'],
  ['processes', 'Max processes', 'processes'],
  ['openFiles', 'Max open files', 'files'],
  ['lockedMemory', 'Max locked memory', 'bytes'],
  ['addressSpace', 'Max address space', 'bytes'],
  ['locks', 'Max file locks', 'locks'],
  ['pendingSignals', 'Max pending signals', 'signals'],
  ['messageQueues', 'Max msgqueue size', 'bytes'],
  ['nice', 'Max nice priority', ''],
  ['realTimePriority', 'Max realtime priority', ''],
  ['realTimeCpu', 'Max realtime timeout', 'us'],
];

function limitsText(process: Process): string {
  const shown = (value: number): string => (value === Infinity ? 'unlimited' : `${value}`);
  const row = (name: string, soft: string, hard: string, unit: string): string =>
    `${name.padEnd(25)} ${soft.padEnd(20)} ${hard.padEnd(20)} ${unit.padEnd(10)}\n`;
  let text = row('Limit', 'Soft Limit', 'Hard Limit', 'Units');
  for (const [resource, name, unit] of limitNames) {
    const { current, maximum } = process.limits[rlimit[resource]];
    text += row(name, shown(current), shown(maximum), unit);
  }
  return text;
}
