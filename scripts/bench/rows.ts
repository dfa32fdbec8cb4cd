/** What is measured: one table for the run, its report and the comparison with an earlier one. */

export type Unit = 'ns' | 'bytes' | 'percent' | 'bit/s';

/** What DESIGN.md section 8 wants of ours; absent where it says nothing. */
export type Goal =
  | { readonly kind: 'times-native'; readonly most: number }
  | { readonly kind: 'at-most'; readonly value: number }
  | { readonly kind: 'at-least-native' };

export interface Row {
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  readonly goal?: Goal;
}

const timesNative = (most: number): Goal => ({ kind: 'times-native', most });
const atMost = (value: number): Goal => ({ kind: 'at-most', value });

/** By their names in e2e/bench/work.c. */
export const workRows: readonly Row[] = [
  { id: 'getppid', title: '`getppid` round trip', unit: 'ns', goal: timesNative(2) },
  { id: 'touch', title: 'first touch of a page', unit: 'ns', goal: atMost(1500) },
  { id: 'pipe', title: 'pipe ping-pong between processes (2 switches)', unit: 'ns', goal: timesNative(1) },
  { id: 'switch', title: 'context switch (futex, two threads on one CPU)', unit: 'ns' },
  { id: 'fork', title: 'fork + exit + wait', unit: 'ns', goal: timesNative(1.5) },
  { id: 'exec', title: 'vfork + exec + wait', unit: 'ns', goal: timesNative(1.5) },
  { id: 'open', title: 'open + close', unit: 'ns' },
  { id: 'stat', title: 'stat', unit: 'ns' },
  { id: 'read', title: 'read of 4 KiB', unit: 'ns' },
  { id: 'write', title: 'write of 4 KiB to a tmpfs', unit: 'ns' },
  { id: 'map', title: 'mmap + munmap of 64 KiB', unit: 'ns' },
  { id: 'signal', title: 'signal to oneself, with its handler', unit: 'ns' },
  { id: 'thread', title: 'thread create + join', unit: 'ns' },
];

export const bootCold: Row = {
  id: 'boot-cold',
  title: 'the same, with the start of the engine before it',
  unit: 'ns',
};
export const bootWarm: Row = {
  id: 'boot',
  title: 'boot until init has set the network up (User-Mode Linux: until init runs)',
  unit: 'ns',
  goal: atMost(50e6),
};
export const bootCommand: Row = {
  id: 'boot-command',
  title: '`umlaut boot -- /bin/true`, the whole command',
  unit: 'ns',
};
export const idleMemory: Row = {
  id: 'idle-memory',
  title: 'memory of an idle machine (one of 20)',
  unit: 'bytes',
  goal: atMost(4 * 2 ** 20),
};
/** The goal is 5 % for 1,000 machines: a fiftieth of it for 20. */
export const idleCpu: Row = {
  id: 'idle-cpu',
  title: 'CPU time of 20 idle machines, of one core',
  unit: 'percent',
  goal: atMost(0.1),
};
export const ping: Row = { id: 'ping', title: 'ping between two machines', unit: 'ns', goal: atMost(100e3) };
export const stream: Row = {
  id: 'stream',
  title: 'one TCP stream between two machines',
  unit: 'bit/s',
  goal: { kind: 'at-least-native' },
};

export const allRows: readonly Row[] = [
  ...workRows,
  bootWarm,
  bootCold,
  bootCommand,
  idleMemory,
  idleCpu,
  ping,
  stream,
];
