import { rlimit } from '../abi/limits.ts';
import { EAGAIN, EFAULT, EINVAL, EOPNOTSUPP } from '../abi/errno.ts';
import {
  CLOCK_MONOTONIC_COARSE,
  CLOCK_MONOTONIC_RAW,
  CLOCK_REALTIME_COARSE,
  ITIMER_PROF,
  ITIMER_REAL,
  TIMER_ABSTIME,
} from '../abi/clocks.ts';
import { SIGEV_NONE, SIGEV_SIGNAL, SIGEV_THREAD, SIGEV_THREAD_ID } from '../abi/itimer.ts';
import { SIGALRM, SIGRTMAX } from '../abi/signals.ts';
import { NS_PER_SECOND } from '../abi/time.ts';
import type { Task } from '../process/Task.ts';
import type { IntervalTimer } from '../process/timers/IntervalTimer.ts';
import { PosixTimer } from '../process/timers/PosixTimer.ts';
import type { TimerNotification } from '../process/timers/PosixTimer.ts';
import { timersOf } from '../process/timers/ProcessTimers.ts';
import { timerClock } from '../process/timers/TimerClock.ts';
import { defineCalls } from './define.ts';
import { readTimespec, readTimespecNs, readTimevalNs, writeTimespecNs, writeTimevalNs } from './timeouts.ts';

/** `struct itimerval` and `struct itimerspec`: the interval, then the value. */
const VALUE_FIELD = 16;
const HALF_SECOND_NS = 5e8;
/** Where `struct sigevent` has what (sigevent(7)). */
const SIGNAL_FIELD = 8;
const NOTIFY_FIELD = 12;
const THREAD_FIELD = 16;

function writeIntervalTimer(task: Task, timer: IntervalTimer, address: number): number {
  const error = writeTimevalNs(task, address, timer.intervalNs);
  // A timer that is about to expire is not shown as disarmed.
  const left = timer.isArmed ? Math.max(1000, timer.remainingNs()) : 0;
  return error < 0 ? error : writeTimevalNs(task, address + VALUE_FIELD, left);
}

function startIn(timer: IntervalTimer, valueNs: number, intervalNs: number): void {
  if (valueNs === 0) timer.disarm();
  else timer.armIn(valueNs, intervalNs);
}

function getitimer(task: Task, which: number, address: number): number {
  const index = which | 0;
  if (index < ITIMER_REAL || index > ITIMER_PROF) return -EINVAL;
  return writeIntervalTimer(task, timersOf(task.process).intervalTimer(index), address);
}

function setitimer(task: Task, which: number, value: number, old: number): number {
  const index = which | 0;
  // A null pointer disarms, which Linux calls a misfeature and keeps.
  const intervalNs = value === 0 ? 0 : readTimevalNs(task, value, 'refuse');
  const valueNs = value === 0 ? 0 : readTimevalNs(task, value + VALUE_FIELD, 'refuse');
  if (intervalNs < 0) return intervalNs;
  if (valueNs < 0) return valueNs;
  if (index < ITIMER_REAL || index > ITIMER_PROF) return -EINVAL;
  const timer = timersOf(task.process).intervalTimer(index);
  const error = old === 0 ? 0 : writeIntervalTimer(task, timer, old);
  startIn(timer, valueNs, intervalNs);
  return error;
}

function alarm(task: Task, seconds: number): number {
  const timer = timersOf(task.process).intervalTimer(ITIMER_REAL);
  const leftNs = timer.isArmed ? timer.remainingNs() : 0;
  startIn(timer, (seconds >>> 0) * NS_PER_SECOND, 0);
  // Rounded, but never to zero while there was an alarm.
  const whole = Math.floor(leftNs / NS_PER_SECOND);
  const rest = leftNs - whole * NS_PER_SECOND;
  return whole + (rest >= HALF_SECOND_NS || (whole === 0 && rest > 0) ? 1 : 0);
}

function readNotification(task: Task, address: number, id: number): TimerNotification | number {
  if (address === 0) return { notify: SIGEV_SIGNAL, signal: SIGALRM, valueLow: id, valueHigh: 0, tid: 0 };
  const { memory } = task;
  const valueLow = memory.readU32(address);
  const valueHigh = memory.readU32(address + 4);
  const signal = memory.readU32(address + SIGNAL_FIELD);
  const notify = memory.readU32(address + NOTIFY_FIELD);
  const tid = memory.readU32(address + THREAD_FIELD);
  if (valueLow < 0 || valueHigh < 0 || signal < 0 || notify < 0 || tid < 0) return -EFAULT;
  if (![SIGEV_SIGNAL, SIGEV_NONE, SIGEV_THREAD, SIGEV_THREAD_ID].includes(notify)) return -EINVAL;
  if (notify !== SIGEV_NONE && (signal < 1 || signal > SIGRTMAX)) return -EINVAL;
  if (notify === SIGEV_THREAD_ID && task.kernel.processes.tasks.get(tid)?.process !== task.process) return -EINVAL;
  return { notify, signal, valueLow, valueHigh, tid };
}

function timerCreate(task: Task, clockId: number, event: number, idAddress: number): number {
  if ([CLOCK_MONOTONIC_RAW, CLOCK_REALTIME_COARSE, CLOCK_MONOTONIC_COARSE].includes(clockId | 0)) return -EOPNOTSUPP;
  const clock = timerClock(task, clockId | 0);
  if (clock === null) return -EINVAL;
  const timers = timersOf(task.process);
  // A timer holds a signal ready to be queued (timer_create(2), RLIMIT_SIGPENDING).
  if (timers.created.size >= task.process.limit(rlimit.pendingSignals)) return -EAGAIN;
  const id = timers.nextId();
  const notification = readNotification(task, event, id);
  if (typeof notification === 'number') return notification;
  if (task.memory.writeU32(idAddress, id) < 0) return -EFAULT;
  timers.created.set(id, new PosixTimer(task.process, id, clock, notification));
  return 0;
}

function find(task: Task, id: number): PosixTimer | null {
  return task.process.timers?.created.get(id | 0) ?? null;
}

function writeSetting(task: Task, created: PosixTimer, address: number): number {
  created.settle();
  const timer = created.interval;
  const error = writeTimespecNs(task, address, timer.intervalNs);
  return error < 0 ? error : writeTimespecNs(task, address + VALUE_FIELD, timer.remainingNs());
}

function timerGettime(task: Task, id: number, address: number): number {
  const timer = find(task, id);
  if (timer === null) return -EINVAL;
  return writeSetting(task, timer, address);
}

function timerSettime(task: Task, id: number, flags: number, value: number, old: number): number {
  if (value === 0) return -EINVAL;
  const intervalNs = readTimespecNs(task, value);
  const first = readTimespec(task, value + VALUE_FIELD);
  if (intervalNs < 0) return intervalNs;
  if (typeof first === 'number') return first;
  const timer = find(task, id);
  if (timer === null) return -EINVAL;
  const { interval } = timer;
  if (old !== 0 && writeSetting(task, timer, old) < 0) return -EFAULT;
  const isZero = first.seconds === 0 && first.nanoseconds === 0;
  if (isZero) interval.disarm();
  else if ((flags & TIMER_ABSTIME) !== 0) interval.armAt(interval.clock.fromTimespec(first), intervalNs);
  else startIn(interval, first.seconds * NS_PER_SECOND + first.nanoseconds, intervalNs);
  return 0;
}

function timerDelete(task: Task, id: number): number {
  const timer = find(task, id);
  if (timer === null) return -EINVAL;
  timer.stop();
  task.process.timers?.created.delete(id | 0);
  return 0;
}

export const timerCalls = defineCalls({
  getitimer: { args: ['interval-timer', 'itimerval-out'], run: getitimer },
  setitimer: { args: ['interval-timer', 'itimerval-in', 'itimerval-out'], run: setitimer },
  alarm: { args: ['unsigned'], run: alarm },
  timer_create: { args: ['clock', 'pointer', 'pointer'], run: timerCreate },
  timer_settime: { args: ['int', 'timer-flags', 'itimerspec-in', 'itimerspec-out'], run: timerSettime },
  timer_gettime: { args: ['int', 'itimerspec-out'], run: timerGettime },
  timer_getoverrun: { args: ['int'], run: (task, id) => find(task, id)?.overrun ?? -EINVAL },
  timer_delete: { args: ['int'], run: timerDelete },
});
