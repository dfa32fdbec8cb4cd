/** A lab that nobody uses costs nothing, and leaves nothing behind when its engine is killed. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { start, UMLAUT, Workspace } from './umlaut.ts';

const MACHINES = 10;
const workspace = new Workspace();
afterAll(() => workspace.dispose());

const names = Array.from({ length: MACHINES }, (_, index) => `h${index + 1}`);
const lab = workspace.lab(
  'ten',
  [
    'machines:',
    ...names.map((name, index) => `  ${name}: { interfaces: { eth0: { addresses: [10.0.0.${index + 1}/24] } } }`),
    'switches:',
    '  sw1: { ports: 16 }',
    'links:',
    ...names.map((name, index) => `  - [${name}:eth0, sw1:${index + 1}]`),
    '',
  ].join('\n'),
);

interface HostProcess {
  readonly parent: number;
  /** Clock ticks in user and system mode, of all its threads. */
  readonly ticks: number;
}

/** proc_pid_stat(5): the name in parentheses may hold anything. */
function readProcess(pid: number): HostProcess | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return undefined;
  }
}

/** The process and everything that it has started, by pid. */
function tree(root: number): Map<number, HostProcess> {
  const all = new Map<number, HostProcess>();
  for (const entry of readdirSync('/proc')) {
    const process = /^\d+$/.test(entry) ? readProcess(Number(entry)) : undefined;
    if (process !== undefined) all.set(Number(entry), process);
  }
  const found = new Map<number, HostProcess>();
  const add = (pid: number): void => {
    const process = all.get(pid);
    if (process === undefined) return;
    found.set(pid, process);
    for (const [child, { parent }] of all) if (parent === pid) add(child);
  };
  add(root);
  return found;
}

function ticksOf(processes: ReadonlyMap<number, HostProcess>): number {
  let ticks = 0;
  for (const process of processes.values()) ticks += process.ticks;
  return ticks;
}

describe('an idle lab of ten machines', () => {
  it('uses no measurable CPU, and is gone with its engine', async () => {
    const running = start([UMLAUT, 'run', lab]);
    const { pid } = running.child;
    if (pid === undefined) throw new Error('umlaut has not started');
    await Promise.all(names.map((name) => running.output(new RegExp(`^${name} +running$`, 'm'))));
    // Shells draw their prompts, and compiled code settles.
    await sleep(3000);
    const before = tree(pid);
    // The engine, and for each machine a launcher, init and a shell at least.
    expect(before.size).toBeGreaterThanOrEqual(1 + 3 * MACHINES);
    await sleep(5000);
    const used = ticksOf(tree(pid)) - ticksOf(before);
    // A tick is 10 ms: this is less than 1 % of one core.
    expect(used).toBeLessThanOrEqual(4);

    process.kill(pid, 'SIGKILL');
    await running.ended;
    const deadline = Date.now() + 5000;
    let left: number[];
    do {
      await sleep(50);
      left = [...before.keys()].filter((process) => readProcess(process) !== undefined);
    } while (left.length > 0 && Date.now() < deadline);
    expect(left).toEqual([]);
  });
});
