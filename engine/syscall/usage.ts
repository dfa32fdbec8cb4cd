import { EINVAL } from '../abi/errno.ts';
import { NS_PER_SECOND } from '../abi/time.ts';
import { noUsage } from '../process/Process.ts';
import type { Usage } from '../process/Process.ts';
import type { Task } from '../process/Task.ts';
import { defineCalls } from './define.ts';
import { writeTimevalNs } from './timeouts.ts';

const RUSAGE_SELF = 0;
const RUSAGE_CHILDREN = -1;
const RUSAGE_THREAD = 1;

/** `struct rusage`: two timevals, then 14 longs (getrusage(2)). */
const RUSAGE_BYTES = 144;
const SYSTEM_FIELD = 16;
const RESIDENT_FIELD = 32;
const MINOR_FAULTS_FIELD = 64;
const MAJOR_FAULTS_FIELD = 72;
const VOLUNTARY_FIELD = 128;
const INVOLUNTARY_FIELD = 136;

/** USER_HZ: what times(2) counts in. */
const TICK_NS = NS_PER_SECOND / 100;

/** Writes `struct rusage` for getrusage(2) and wait4(2); 0 or -EFAULT. `residentKib` is what the most of its memory was. */
export function writeUsage(task: Task, address: number, usage: Usage, residentKib: number): number {
  const { memory } = task;
  let error = memory.clear(address, RUSAGE_BYTES);
  if (error === 0) error = writeTimevalNs(task, address, usage.userNs);
  if (error === 0) error = writeTimevalNs(task, address + SYSTEM_FIELD, usage.systemNs);
  if (error === 0) error = memory.writeU64(address + RESIDENT_FIELD, residentKib);
  if (error === 0) error = memory.writeU64(address + MINOR_FAULTS_FIELD, usage.minorFaults);
  if (error === 0) error = memory.writeU64(address + MAJOR_FAULTS_FIELD, usage.majorFaults);
  if (error === 0) error = memory.writeU64(address + VOLUNTARY_FIELD, usage.voluntarySwitches);
  if (error === 0) error = memory.writeU64(address + INVOLUNTARY_FIELD, usage.involuntarySwitches);
  return error;
}

function threadUsage(task: Task): Usage {
  const { userNs, systemNs, voluntarySwitches, involuntarySwitches } = task;
  return { ...noUsage(), userNs, systemNs, voluntarySwitches, involuntarySwitches };
}

function getrusage(task: Task, who: number, address: number): number {
  const { process } = task;
  const residentKib = task.memory.residentPages * 4;
  switch (who | 0) {
    case RUSAGE_SELF:
      return writeUsage(task, address, process.usage(), residentKib);
    case RUSAGE_CHILDREN:
      return writeUsage(task, address, process.childrenUsage, 0);
    case RUSAGE_THREAD:
      return writeUsage(task, address, threadUsage(task), residentKib);
    default:
      return -EINVAL;
  }
}

/** times(2): CPU times in ticks; the result is the time since boot in ticks. */
function times(task: Task, address: number): number {
  if (address !== 0) {
    const { memory, process } = task;
    const own = process.usage();
    const children = process.childrenUsage;
    let error = memory.writeU64(address, Math.floor(own.userNs / TICK_NS));
    if (error === 0) error = memory.writeU64(address + 8, Math.floor(own.systemNs / TICK_NS));
    if (error === 0) error = memory.writeU64(address + 16, Math.floor(children.userNs / TICK_NS));
    if (error === 0) error = memory.writeU64(address + 24, Math.floor(children.systemNs / TICK_NS));
    if (error < 0) return error;
  }
  return Math.floor(task.kernel.clock.monotonicNs() / TICK_NS);
}

export const usageCalls = defineCalls({
  getrusage: { args: ['int', 'pointer'], run: getrusage, partial: 'ru_maxrss is what is resident now' },
  times: { args: ['pointer'], run: times },
});
