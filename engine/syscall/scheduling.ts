/** Turns on the virtual CPUs: sched(7), nice values, affinity. */
import { CAP_SYS_NICE } from '../process/Capabilities.ts';
import { isCapable } from '../process/Credentials.ts';
import { EACCES, EFAULT, EINVAL, ENOSYS, EPERM, ESRCH } from '../abi/errno.ts';
import { BLOCKED } from '../process/CallState.ts';
import type { Task } from '../process/Task.ts';
import { CpuSet } from '../sched/CpuSet.ts';
import { defineCalls } from './define.ts';

function findTask(task: Task, tid: number): Task | undefined {
  return tid === 0 ? task : task.kernel.processes.tasks.get(tid);
}

function schedYield(task: Task): number {
  // The call is over when the turn comes again: run at once if nobody waits.
  if (task.call.progress === 1 || !task.kernel.scheduler.hasRunnable) return 0;
  task.call.progress = 1;
  task.sleepUntil(task.kernel.clock.monotonicNs());
  return BLOCKED;
}

/** The processor numbers that the call's mask of `size` bytes names; the rest of them are not there. */
function readCpuSet(task: Task, address: number, size: number): CpuSet | number {
  const words = [0, 0];
  for (let index = 0; index < Math.min(size, 8); index++) {
    const byte = task.memory.readU8(address + index);
    if (byte < 0) return -EFAULT;
    words[index >> 2] |= byte << (8 * (index & 3));
  }
  return new CpuSet(words[0], words[1]);
}

function schedGetaffinity(task: Task, tid: number, size: number, address: number): number {
  if (size < 8 || size % 8 !== 0) return -EINVAL;
  const target = findTask(task, tid | 0);
  if (target === undefined) return -ESRCH;
  const set = target.affinity ?? CpuSet.first(task.kernel.cpus);
  const error = task.memory.writeU32(address, set.word(0));
  if (error < 0 || task.memory.writeU32(address + 4, set.word(1)) < 0) return -EFAULT;
  return 8;
}

function schedSetaffinity(task: Task, tid: number, size: number, address: number): number {
  // Run again after the move, which is then done.
  if (task.call.progress === 1) return 0;
  const wanted = readCpuSet(task, address, size >>> 0);
  if (typeof wanted === 'number') return wanted;
  const target = findTask(task, tid | 0);
  if (target === undefined) return -ESRCH;
  const { euid } = task.credentials;
  const isOwn = euid === target.credentials.euid || euid === target.credentials.uid;
  if (!isOwn && !isCapable(task.credentials, CAP_SYS_NICE)) return -EPERM;
  const { scheduler, cpus, clock } = task.kernel;
  const all = CpuSet.first(cpus);
  const set = wanted.and(all);
  if (set.isEmpty) return -EINVAL;
  target.affinity = set.equals(all) ? null : set;
  if (!scheduler.isMisplaced(target)) return 0;
  if (target === task) {
    task.call.progress = 1;
    task.sleepUntil(clock.monotonicNs());
    return BLOCKED;
  }
  if (target.state === 'running') scheduler.interrupt(target);
  return 0;
}

/** SCHED_OTHER, SCHED_BATCH and SCHED_IDLE: hints on how to take turns. */
const FAIR_POLICIES = [0, 3, 5];

function schedGetscheduler(task: Task, tid: number): number {
  return findTask(task, tid | 0)?.policy ?? -ESRCH;
}

function schedGetparam(task: Task, tid: number, address: number): number {
  return findTask(task, tid | 0) === undefined ? -ESRCH : task.memory.writeU32(address, 0);
}

function schedSetscheduler(task: Task, tid: number, policy: number, address: number): number {
  const target = findTask(task, tid | 0);
  if (target === undefined) return -ESRCH;
  const priority = task.memory.readU32(address);
  if (priority < 0) return -EFAULT;
  if (!FAIR_POLICIES.includes(policy)) return policy >= 0 && policy <= 6 ? -ENOSYS : -EINVAL;
  if (priority !== 0) return -EINVAL;
  target.policy = policy;
  return 0;
}

function priorityRange(policy: number, fixed: number, realTime: number): number {
  if (policy === 0 || policy === 3 || policy === 5 || policy === 6) return fixed;
  return policy === 1 || policy === 2 ? realTime : -EINVAL;
}

const PRIO_PROCESS = 0;

function getpriority(task: Task, which: number, who: number): number {
  if (which !== PRIO_PROCESS) return which === 1 || which === 2 ? 20 : -EINVAL;
  const target = findTask(task, who | 0);
  return target === undefined ? -ESRCH : 20 - target.nice;
}

function setpriority(task: Task, which: number, who: number, value: number): number {
  if (which !== PRIO_PROCESS) return which === 1 || which === 2 ? -ENOSYS : -EINVAL;
  const target = findTask(task, who | 0);
  if (target === undefined) return -ESRCH;
  const nice = Math.max(-20, Math.min(19, value | 0));
  if (nice < target.nice && !isCapable(task.credentials, CAP_SYS_NICE)) return -EACCES;
  target.nice = nice;
  return 0;
}

function getcpu(task: Task, cpu: number, node: number): number {
  if (cpu !== 0 && task.memory.writeU32(cpu, task.cpu) < 0) return -EFAULT;
  return node !== 0 ? task.memory.writeU32(node, 0) : 0;
}

export const schedulingCalls = defineCalls({
  sched_yield: { args: [], run: schedYield },
  sched_getaffinity: { args: ['pid', 'size', 'pointer'], run: schedGetaffinity },
  sched_setaffinity: { args: ['pid', 'size', 'pointer'], run: schedSetaffinity },
  sched_getscheduler: { args: ['pid'], run: schedGetscheduler },
  sched_getparam: { args: ['pid', 'pointer'], run: schedGetparam },
  sched_setscheduler: { args: ['pid', 'int', 'pointer'], run: schedSetscheduler, partial: 'real-time policies' },
  sched_get_priority_max: { args: ['int'], run: (_task, policy) => priorityRange(policy, 0, 99) },
  sched_get_priority_min: { args: ['int'], run: (_task, policy) => priorityRange(policy, 0, 1) },
  getpriority: { args: ['int', 'pid'], run: getpriority, partial: 'groups and users' },
  setpriority: { args: ['int', 'pid', 'int'], run: setpriority, partial: 'no effect on turns, groups and users' },
  getcpu: { args: ['pointer', 'pointer', 'pointer'], run: getcpu },
});
