// Hot: clock_gettime(2) and gettimeofday(2).
import { CAP_SYS_TIME } from '../process/Capabilities.ts';
import { isCapable } from '../process/Credentials.ts';
import { EFAULT, EINVAL, EOPNOTSUPP, EPERM, ERESTARTNOHAND, ERESTART_RESTARTBLOCK } from '../abi/errno.ts';
import {
  CLOCK_MONOTONIC,
  CLOCK_MONOTONIC_COARSE,
  CLOCK_MONOTONIC_RAW,
  CLOCK_PROCESS_CPUTIME_ID,
  CLOCK_REALTIME,
  CLOCK_REALTIME_COARSE,
  CLOCK_TAI,
  CLOCK_THREAD_CPUTIME_ID,
  TIMER_ABSTIME,
} from '../abi/clocks.ts';
import { NS_PER_SECOND, NS_PER_US } from '../abi/time.ts';
import type { Timespec } from '../abi/time.ts';
import { BLOCKED } from '../process/CallState.ts';
import type { Task } from '../process/Task.ts';
import { processCpuNs, timerClock } from '../process/timers/TimerClock.ts';
import { defineCalls } from './define.ts';
import { readTimespec, readTimevalNs, writeTimespecNs } from './timeouts.ts';

const COARSE_RESOLUTION_NS = 4e6;
/** USER_HZ: what times(2) counts in. */
const TICK_NS = NS_PER_SECOND / 100;
const LAST_CLOCK = CLOCK_TAI;
/** Clock ids below zero: a process or thread by number, and which of its CPU times (linux/posix-timers.h). */
const CPU_CLOCK_IS_THREAD = 4;
const CPU_CLOCK_KIND = 3;
const CPU_CLOCK_VIRTUAL = 1;
const CPU_CLOCK_NONE = 3;

function isRealtime(clockId: number): boolean {
  return clockId === CLOCK_REALTIME || clockId === CLOCK_REALTIME_COARSE || clockId === CLOCK_TAI || clockId === 8;
}

/** CPU time of the process or thread that a negative clock id names; NaN when there is none. */
function cpuClockNs(task: Task, clockId: number): number {
  const number = ~(clockId >> 3);
  const kind = clockId & CPU_CLOCK_KIND;
  if (kind === CPU_CLOCK_NONE) return NaN;
  const { tasks, processes } = task.kernel.processes;
  if ((clockId & CPU_CLOCK_IS_THREAD) !== 0) {
    const thread = number === 0 ? task : tasks.get(number);
    if (thread === undefined || thread.process !== task.process) return NaN;
    return thread.userNs + (kind === CPU_CLOCK_VIRTUAL ? 0 : thread.systemNs);
  }
  const process = number === 0 ? task.process : processes.get(number);
  return process === undefined ? NaN : processCpuNs(process, kind === CPU_CLOCK_VIRTUAL ? 'user' : 'all');
}

/** Time of a clock that is not a time of day, in nanoseconds; NaN when there is no such clock. */
function clockNs(task: Task, clockId: number): number {
  if (clockId < 0) return cpuClockNs(task, clockId);
  if (clockId === CLOCK_PROCESS_CPUTIME_ID) return processCpuNs(task.process, 'all');
  if (clockId === CLOCK_THREAD_CPUTIME_ID) return task.userNs + task.systemNs;
  return clockId > LAST_CLOCK || clockId === 10 ? NaN : task.kernel.clock.monotonicNs();
}

function writeTime(task: Task, address: number, { seconds, nanoseconds }: Timespec): number {
  const error = task.memory.writeU64(address, seconds);
  return error < 0 ? error : task.memory.writeU64(address + 8, nanoseconds);
}

function clockGettime(task: Task, clock: number, address: number): number {
  const clockId = clock | 0;
  if (isRealtime(clockId)) return writeTime(task, address, task.kernel.clock.realtime());
  const ns = clockNs(task, clockId);
  return Number.isNaN(ns) ? -EINVAL : writeTimespecNs(task, address, ns);
}

function clockGetres(task: Task, clock: number, address: number): number {
  const clockId = clock | 0;
  if (!isRealtime(clockId) && Number.isNaN(clockNs(task, clockId))) return -EINVAL;
  const isCoarse = clockId === CLOCK_REALTIME_COARSE || clockId === CLOCK_MONOTONIC_COARSE;
  return address === 0 ? 0 : writeTimespecNs(task, address, isCoarse ? COARSE_RESOLUTION_NS : 1);
}

function setRealtime(task: Task, now: Timespec): number {
  if (!isCapable(task.credentials, CAP_SYS_TIME)) return -EPERM;
  const { clock } = task.kernel;
  // Before the machine was started there was no time (timekeeping.c).
  if (now.seconds * NS_PER_SECOND + now.nanoseconds < clock.monotonicNs()) return -EINVAL;
  clock.setRealtime(now);
  return 0;
}

function clockSettime(task: Task, clock: number, address: number): number {
  if ((clock | 0) !== CLOCK_REALTIME) return -EINVAL;
  const now = readTimespec(task, address);
  return typeof now === 'number' ? now : setRealtime(task, now);
}

function gettimeofday(task: Task, address: number, zone: number): number {
  if (address !== 0) {
    const { seconds, nanoseconds } = task.kernel.clock.realtime();
    if (task.memory.writeU64(address, seconds) < 0) return -EFAULT;
    if (task.memory.writeU64(address + 8, Math.floor(nanoseconds / NS_PER_US)) < 0) return -EFAULT;
  }
  // The kernel's time zone is zero: programs know better (gettimeofday(2)).
  return zone === 0 ? 0 : task.memory.writeU64(zone, 0);
}

function settimeofday(task: Task, address: number): number {
  if (address === 0) return 0;
  const ns = readTimevalNs(task, address, 'refuse');
  if (ns < 0) return ns;
  const seconds = task.memory.readI64(address);
  return setRealtime(task, { seconds, nanoseconds: task.memory.readI64(address + 8) * NS_PER_US });
}

function time(task: Task, address: number): number {
  const { seconds } = task.kernel.clock.realtime();
  if (address !== 0 && task.memory.writeU64(address, seconds) < 0) return -EFAULT;
  return seconds;
}

/** Clocks that time passes on but that nobody can sleep on. */
const SLEEPLESS = [CLOCK_MONOTONIC_RAW, CLOCK_REALTIME_COARSE, CLOCK_MONOTONIC_COARSE];

function clockNanosleep(task: Task, clock: number, flags: number, request: number, remaining: number): number {
  const clockId = clock | 0;
  if (SLEEPLESS.includes(clockId)) return -EOPNOTSUPP;
  const isAbsolute = (flags & TIMER_ABSTIME) !== 0;
  // A span takes its time, whatever happens to the wall clock meanwhile.
  const on = timerClock(task, !isAbsolute && isRealtime(clockId) ? CLOCK_MONOTONIC : clockId);
  if (on === null || clockId === CLOCK_THREAD_CPUTIME_ID) return -EINVAL;
  const { call } = task;
  // `call.deadlineNs` is on the clock's own scale here.
  if (Number.isNaN(call.deadlineNs)) {
    const at = readTimespec(task, request);
    if (typeof at === 'number') return at;
    call.deadlineNs = isAbsolute ? on.fromTimespec(at) : on.nowNs() + at.seconds * NS_PER_SECOND + at.nanoseconds;
  }
  const leftNs = call.deadlineNs - on.nowNs();
  if (leftNs <= 0) return 0;
  if (task.signalPending) {
    if (isAbsolute) return -ERESTARTNOHAND;
    if (remaining !== 0 && writeTimespecNs(task, remaining, leftNs) < 0) return -EFAULT;
    return -ERESTART_RESTARTBLOCK;
  }
  if (on.stepQueue !== null) task.sleepOn(on.stepQueue);
  task.sleepUntil(on.monotonicAt(call.deadlineNs));
  return BLOCKED;
}

function nanosleep(task: Task, request: number, remaining: number): number {
  return clockNanosleep(task, CLOCK_MONOTONIC, 0, request, remaining);
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

export const timeCalls = defineCalls({
  clock_gettime: { args: ['clock', 'timespec-out'], run: clockGettime },
  clock_getres: { args: ['clock', 'timespec-out'], run: clockGetres },
  clock_settime: { args: ['clock', 'timespec'], run: clockSettime },
  clock_nanosleep: { args: ['clock', 'timer-flags', 'timespec', 'pointer'], run: clockNanosleep },
  nanosleep: { args: ['timespec', 'pointer'], run: nanosleep },
  gettimeofday: { args: ['timeval-out', 'pointer'], run: gettimeofday },
  settimeofday: { args: ['timeval-in', 'pointer'], run: settimeofday, partial: 'the time zone is ignored' },
  time: { args: ['pointer'], run: time },
  times: { args: ['pointer'], run: times },
});
