import { randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Timespec } from '../abi/time.ts';
import type { RandomSource } from '../process/Kernel.ts';
import type { TimeSource } from '../sched/Clock.ts';

/** The host's clocks. */
export const hostTime: TimeSource = {
  monotonicNs(): number {
    return performance.now() * 1e6;
  },
  realtime(): Timespec {
    const ms = performance.timeOrigin + performance.now();
    const seconds = Math.floor(ms / 1000);
    return { seconds, nanoseconds: Math.floor((ms - seconds * 1000) * 1e6) };
  },
};

const POOL_SIZE = 4096;

/** The host's random generator, asked for more than one number at a time. */
export class HostRandom implements RandomSource {
  private readonly pool = new Uint8Array(POOL_SIZE);
  private used = POOL_SIZE;

  fill(target: Uint8Array): void {
    if (target.length > POOL_SIZE / 4) {
      randomFillSync(target);
      return;
    }
    if (this.used + target.length > POOL_SIZE) {
      randomFillSync(this.pool);
      this.used = 0;
    }
    target.set(this.pool.subarray(this.used, this.used + target.length));
    this.pool.fill(0, this.used, this.used + target.length);
    this.used += target.length;
  }

  next32(): number {
    const bytes = new Uint8Array(4);
    this.fill(bytes);
    return (bytes[0] | (bytes[1] << 8) | (bytes[2] << 16) | (bytes[3] << 24)) >>> 0;
  }
}

/** A file of the engine's own, whole, as a byte string. */
export function readHostFile(path: string): string {
  return readFileSync(path, 'latin1');
}

/** What the host says of one of its processors (proc_cpuinfo(5)), '' when it does not. */
export function hostCpuInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'latin1').split('\n\n', 1)[0];
  } catch {
    return '';
  }
}
