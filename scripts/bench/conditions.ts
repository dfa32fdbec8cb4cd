// Under what conditions a run took place: its numbers mean nothing without.
import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

export interface Conditions {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly kernel: string;
  /** As systemd-detect-virt(1) names it, '' for none or not known. */
  readonly virtualization: string;
  readonly node: string;
  readonly loadBefore: number;
  readonly loadAfter: number;
  readonly rounds: number;
  readonly milliseconds: number;
}

const QUIET_LOAD = 1.5;

export function isUnderLoad(load: number): boolean {
  return load >= QUIET_LOAD;
}

export function loadNow(): number {
  return loadavg()[0];
}

function virtualization(): string {
  const { status, stdout } = spawnSync('systemd-detect-virt', { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : '';
}

export function describeConditions(loadBefore: number, rounds: number, milliseconds: number): Conditions {
  return {
    date: `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    cpu: cpus()[0]?.model.trim() ?? 'an unknown processor',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    kernel: release(),
    virtualization: virtualization(),
    node: process.versions.node,
    loadBefore,
    loadAfter: loadNow(),
    rounds,
    milliseconds,
  };
}
