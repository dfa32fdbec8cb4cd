// Whole machines of ours: how fast they boot, what idle ones cost.
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Guests } from './Guests.ts';
import { memoryUse } from './processTree.ts';
import type { Results } from './Results.ts';
import { bootCold, bootCommand, bootWarm, idleCpu, idleMemory } from './rows.ts';
import { umlaut } from './workSides.ts';

const IDLE_MACHINES = 20;
const WARM_BOOTS = 5;
const SETTLE_MS = 2000;

/** The first machine of an engine, whose code is cold, and those that come after it. */
export async function measureBoots(results: Results): Promise<void> {
  const guests = new Guests();
  try {
    for (let index = 0; index <= WARM_BOOTS; index++) {
      const name = `boot${index}`;
      const startMs = performance.now();
      await guests.start(name, []);
      results.add(index === 0 ? bootCold.id : bootWarm.id, 'ours', (performance.now() - startMs) * 1e6);
      await guests.engine.killMachine(name);
    }
  } finally {
    await guests.dispose();
  }
  const startMs = performance.now();
  const { status } = spawnSync(umlaut, ['boot', '--', '/bin/true'], { stdio: 'ignore' });
  if (status !== 0) throw new Error(`umlaut boot ended with ${String(status)}`);
  results.add(bootCommand.id, 'ours', (performance.now() - startMs) * 1e6);
}

async function watchCpu(seconds: number): Promise<number> {
  const script = join(import.meta.dirname, 'watchCpu.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script, String(process.pid), String(seconds)]);
  return Number(stdout);
}

/** Memory and CPU time of machines that show a shell and have nothing to do. */
export async function measureIdle(seconds: number, results: Results): Promise<void> {
  const guests = new Guests();
  try {
    // What the engine itself needs is there before the first measurement.
    await guests.start('first', []);
    await guests.engine.killMachine('first');
    await sleep(SETTLE_MS);
    const before = memoryUse();
    for (let index = 0; index < IDLE_MACHINES; index++) await guests.start(`idle${index}`, []);
    await sleep(SETTLE_MS);
    const after = memoryUse();
    await sleep(SETTLE_MS);
    results.add(idleCpu.id, 'ours', await watchCpu(seconds));
    const engine = (after.engine - before.engine) / IDLE_MACHINES;
    const ofGuests = (after.guests - before.guests) / IDLE_MACHINES;
    results.add(idleMemory.id, 'ours', engine + ofGuests);
    const processes = (after.guestProcesses - before.guestProcesses) / IDLE_MACHINES;
    const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(2)} MiB`;
    results.note(
      `Of the memory of an idle machine, ${mib(engine)} is growth of the engine's process (proportional set size and page ` +
        `tables) and ${mib(ofGuests)} is in ${processes.toFixed(1)} host processes.`,
    );
  } finally {
    await guests.dispose();
  }
}
