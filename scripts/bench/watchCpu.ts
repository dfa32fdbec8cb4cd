// Watches a process and all that descend from it for a while, and prints the share of one core that they took, in percent:
// node watchCpu.ts PID SECONDS. A process of its own, for looking costs more than what is looked at.
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuNs } from './processTree.ts';

const [pid, seconds] = process.argv.slice(2).map(Number);
// Once for nothing: code that is read and compiled now need not be later.
cpuNs(pid);
const before = cpuNs(pid);
const startMs = performance.now();
await sleep(seconds * 1000);
const spent = cpuNs(pid) - before;
process.stdout.write(`${(100 * spent) / ((performance.now() - startMs) * 1e6)}\n`);
