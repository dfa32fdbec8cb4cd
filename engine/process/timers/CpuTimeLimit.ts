import { rlimit } from '../../abi/limits.ts';
import { SIGKILL, SIGXCPU, SI_KERNEL } from '../../abi/signals.ts';
import { NS_PER_SECOND } from '../../abi/time.ts';
import type { Process } from '../Process.ts';
import { sendSignalToProcess } from '../signalSend.ts';
import { signalInfo } from '../signals.ts';
import { IntervalTimer } from './IntervalTimer.ts';
import { processCpuNs, processTimerClock } from './TimerClock.ts';

/**
 * RLIMIT_CPU of one process (getrlimit(2)): SIGXCPU at the soft limit, which then moves up by a second, as getrlimit(2)
 * shows on Linux; SIGKILL at the hard one, which counts only where there is a soft one.
 */
export class CpuTimeLimit {
  private readonly process: Process;
  private readonly timer: IntervalTimer;

  constructor(process: Process) {
    this.process = process;
    this.timer = new IntervalTimer(process.kernel.timers, processTimerClock(process, 'all'), () => this.reached());
  }

  /** The limit was set, or comes from the parent. */
  update(): void {
    const { current, maximum } = this.process.limits[rlimit.cpu];
    if (current === Infinity) this.timer.disarm();
    else this.timer.armAt(Math.min(current, maximum) * NS_PER_SECOND, 0);
  }

  stop(): void {
    this.timer.disarm();
  }

  private reached(): void {
    const { process } = this;
    const { current, maximum } = process.limits[rlimit.cpu];
    const used = processCpuNs(process, 'all');
    this.timer.disarm();
    if (used >= maximum * NS_PER_SECOND) {
      sendSignalToProcess(process, signalInfo(SIGKILL, SI_KERNEL));
      return;
    }
    sendSignalToProcess(process, signalInfo(SIGXCPU, SI_KERNEL));
    process.limits[rlimit.cpu] = { current: current + 1, maximum };
    this.update();
  }
}
