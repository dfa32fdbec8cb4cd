import { ITIMER_PROF, ITIMER_REAL, ITIMER_VIRTUAL } from '../../abi/clocks.ts';
import { SIGALRM, SIGPROF, SIGVTALRM, SI_KERNEL } from '../../abi/signals.ts';
import { rlimit } from '../../abi/limits.ts';
import type { Process } from '../Process.ts';
import { sendSignalToProcess } from '../signalSend.ts';
import { signalInfo } from '../signals.ts';
import { CpuTimeLimit } from './CpuTimeLimit.ts';
import { IntervalTimer, UNTAKEN_REST_NS } from './IntervalTimer.ts';
import type { PosixTimer } from './PosixTimer.ts';
import { monotonicTimerClock, processTimerClock } from './TimerClock.ts';

const signals = [SIGALRM, SIGVTALRM, SIGPROF];

/** The timers of a process: those of setitimer(2), and those that timer_create(2) made. */
export class ProcessTimers {
  private readonly process: Process;
  private readonly interval: (IntervalTimer | null)[] = [null, null, null];
  readonly created = new Map<number, PosixTimer>();
  private lastId = -1;
  /** RLIMIT_CPU; null while it never was set. */
  cpuLimit: CpuTimeLimit | null = null;

  constructor(process: Process) {
    this.process = process;
  }

  /** ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF. */
  intervalTimer(which: number): IntervalTimer {
    let timer = this.interval[which];
    if (timer === null) {
      timer = this.makeInterval(which);
      this.interval[which] = timer;
    }
    return timer;
  }

  private makeInterval(which: number): IntervalTimer {
    const { process } = this;
    const { clock, timers } = process.kernel;
    const on = {
      [ITIMER_REAL]: () => monotonicTimerClock(clock),
      [ITIMER_VIRTUAL]: () => processTimerClock(process, 'user'),
      [ITIMER_PROF]: () => processTimerClock(process, 'all'),
    }[which];
    if (on === undefined) throw new Error(`no interval timer ${which}`);
    const signal = signals[which];
    const timer = new IntervalTimer(timers, on(), () => {
      const isUntaken = process.pending.has(signal);
      timer.take(isUntaken ? UNTAKEN_REST_NS : 0);
      sendSignalToProcess(process, signalInfo(signal, SI_KERNEL));
    });
    return timer;
  }

  nextId(): number {
    return ++this.lastId;
  }

  /** execve(2): timers of timer_create(2) go, those of setitimer(2) stay. */
  deleteCreated(): void {
    for (const timer of this.created.values()) timer.stop();
    this.created.clear();
  }

  /** The process ends. */
  stop(): void {
    this.deleteCreated();
    for (const timer of this.interval) timer?.disarm();
    this.cpuLimit?.stop();
  }
}

/** The timers of `process`, made at the first use. */
export function timersOf(process: Process): ProcessTimers {
  process.timers ??= new ProcessTimers(process);
  return process.timers;
}

/** RLIMIT_CPU of `process` was set, or is that of its parent. */
export function applyCpuLimit(process: Process): void {
  if (process.limit(rlimit.cpu) === Infinity && (process.timers?.cpuLimit ?? null) === null) return;
  const timers = timersOf(process);
  timers.cpuLimit ??= new CpuTimeLimit(process);
  timers.cpuLimit.update();
}
