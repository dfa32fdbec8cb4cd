// A path between two machines of ours on one cable, and one between two network namespaces of the host on a veth pair.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { Guests } from './Guests.ts';
import type { Column, Results } from './Results.ts';
import { ping, stream } from './rows.ts';
import { summarize } from './statistics.ts';
import { GUEST_PROGRAMS, programs } from './workSides.ts';

const PINGS = 200;
const PORT = 5201;
const NEAR = '10.99.0.1';
const FAR = '10.99.0.2';

function takePings(output: string, column: Column, results: Results): void {
  const times = [...output.matchAll(/^rtt (\d+)$/gm)].map(([, ns]) => Number(ns));
  const summary = summarize(times);
  if (summary === null) throw new Error(`no answer to any ping (${column}): ${output}`);
  results.add(ping.id, column, summary.median);
  const lost = Number(/^lost (\d+)$/m.exec(output)?.[1] ?? Number.NaN);
  if (lost !== 0) results.note(`${lost} of ${PINGS} pings were lost (${column}).`);
}

function takeStream(output: string, column: Column, results: Results): void {
  const [, bytes, ns] = /^bytes (\d+) (\d+)$/m.exec(output) ?? [];
  if (!(Number(ns) > 0)) throw new Error(`no stream (${column}): ${output}`);
  results.add(stream.id, column, (8e9 * Number(bytes)) / Number(ns));
}

/** Both ends of a native path; `prefix` is what puts a command at one of them. */
export class NativePath {
  readonly kind: 'veth' | 'loopback';
  private readonly names: readonly [string, string] = [
    `umlaut-bench-${process.pid}-a`,
    `umlaut-bench-${process.pid}-b`,
  ];

  constructor() {
    const [a, b] = this.names;
    const steps = [
      ['netns', 'add', a],
      ['netns', 'add', b],
      ['link', 'add', 'eth0', 'netns', a, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', b],
      ['-n', a, 'address', 'add', `${NEAR}/24`, 'dev', 'eth0'],
      ['-n', b, 'address', 'add', `${FAR}/24`, 'dev', 'eth0'],
      ['-n', a, 'link', 'set', 'eth0', 'up'],
      ['-n', b, 'link', 'set', 'eth0', 'up'],
    ];
    this.kind = steps.every((words) => spawnSync('ip', words, { stdio: 'ignore' }).status === 0) ? 'veth' : 'loopback';
    if (this.kind === 'loopback') this.dispose();
  }

  private command(end: 0 | 1, words: readonly string[]): string[] {
    const program = [join(programs, 'network'), ...words];
    return this.kind === 'veth' ? ['ip', 'netns', 'exec', this.names[end], ...program] : program;
  }

  private start(end: 0 | 1, words: readonly string[]): ChildProcess {
    const [program, ...rest] = this.command(end, words);
    return spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  }

  async measure(seconds: number, results: Results): Promise<void> {
    const far = this.kind === 'veth' ? FAR : '127.0.0.1';
    takePings(await outputOf(this.start(0, ['ping', far, String(PINGS)])), 'native', results);
    const receiver = this.start(1, ['receive', String(PORT)]);
    const received = outputOf(receiver);
    await new Promise((resolve) => receiver.stdout?.once('data', resolve));
    await outputOf(this.start(0, ['send', far, String(PORT), String(seconds)]));
    takeStream(await received, 'native', results);
  }

  dispose(): void {
    for (const name of this.names) spawnSync('ip', ['netns', 'delete', name], { stdio: 'ignore' });
  }
}

async function outputOf(child: ChildProcess): Promise<string> {
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`network ended with ${String(code)}`);
  return output;
}

export async function measureOurPath(seconds: number, results: Results): Promise<void> {
  const program = `${GUEST_PROGRAMS}/network`;
  const interfaces = (address: string) => [{ name: 'eth0', addresses: [`${address}/24`] }];
  const guests = new Guests();
  try {
    await guests.engine.plugLink({ a: { node: 'near', port: 'eth0' }, b: { node: 'far', port: 'eth0' } });
    await guests.start('far', interfaces(FAR), [program, 'receive', String(PORT)]);
    await guests.untilPrinted('far', 'ready');
    await guests.start('near', interfaces(NEAR), [program, 'ping', FAR, String(PINGS)]);
    takePings(await guests.output('near'), 'ours', results);
    await guests.start('near', interfaces(NEAR), [program, 'send', FAR, String(PORT), String(seconds)]);
    takeStream(await guests.output('far'), 'ours', results);
  } finally {
    await guests.dispose();
  }
}
