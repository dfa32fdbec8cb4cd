import { EINTR, ENOSYS } from '../abi/errno.ts';
import { SIGALRM, SIGSYS } from '../abi/signals.ts';
import { R10, R8, R9, RAX, RDI, RDX, RSI } from '../arch/registers.ts';
import { BLOCKED, NO_RESULT } from '../process/CallState.ts';
import { exitTask } from '../process/exit.ts';
import { serveException } from '../process/hostTraps.ts';
import type { Kernel } from '../process/Kernel.ts';
import type { TrapServer } from '../process/Scheduler.ts';
import { deliverSignals, isRestartResult, restoreMask } from '../process/signalDeliver.ts';
import type { Task } from '../process/Task.ts';
import type { SyscallHandler } from './define.ts';

/* Hot: every system call and fault of a machine. No allocation on the way of a call that does not block. */

const AUDIT_ARCH_X86_64 = 0xc000003e;

/** Sees calls go by; the strace output is one. */
export interface CallObserver {
  enter(task: Task, number: number): void;
  leave(task: Task, number: number, result: number): void;
}

/** The way from user mode into the kernel and back: calls, faults, signals. */
export class UserMode implements TrapServer {
  private readonly kernel: Kernel;
  private readonly handlers: readonly (SyscallHandler | undefined)[];
  private readonly observer: CallObserver | null;
  /** Calls that are not there, by number: how often they were tried. */
  readonly missing = new Map<number, number>();
  calls = 0;
  faults = 0;

  constructor(kernel: Kernel, handlers: readonly (SyscallHandler | undefined)[], observer: CallObserver | null) {
    this.kernel = kernel;
    this.handlers = handlers;
    this.observer = observer;
  }

  serveTrap(task: Task): void {
    const { thread } = task;
    if (!thread.takeTrap()) {
      this.kernel.log(`process ${task.process.pid} (${task.name}) forged its trap frame`, 'warning');
      this.killLost(task);
      return;
    }
    thread.space.current = thread;
    const { cause } = thread;
    if (thread.takeCommandError() !== 0) {
      // The host refused a mapping: too many pieces. Start over with none; they fault in again.
      task.memory.unmapHostAll();
      this.leave(task, 0);
    } else if (cause === SIGSYS) {
      this.calls++;
      task.callNumber = thread.callArch === AUDIT_ARCH_X86_64 ? thread.getLow(RAX) : -2;
      this.runCall(task);
    } else if (cause === SIGALRM) {
      this.preempt(task);
    } else {
      this.faults++;
      serveException(task, cause);
      this.leave(task, 0);
    }
  }

  /** A slice ended, or a signal waits for a task that computes. */
  private preempt(task: Task): void {
    const { scheduler } = this.kernel;
    if ((scheduler.hasRunnable || scheduler.isMisplaced(task)) && !task.signalPending) {
      task.involuntarySwitches++;
      task.thread.park();
      task.thread.space.current = null;
      scheduler.yield(task);
    } else this.leave(task, 0);
  }

  continueTask(task: Task): void {
    const { thread } = task;
    if (task.startContext !== null) {
      if (!thread.takeTrap()) {
        this.killLost(task);
        return;
      }
      thread.space.current = thread;
      task.startContext.applyTo(thread, this.kernel.trap.region);
      task.startContext = null;
      this.leave(task, 0);
      return;
    }
    if (thread.space.isDead) {
      this.killLost(task);
      return;
    }
    thread.space.current = thread;
    if (task.callNumber >= 0) this.runCall(task);
    else this.leave(task, 0);
  }

  private runCall(task: Task): void {
    const { thread } = task;
    const number = task.callNumber;
    this.observer?.enter(task, number);
    const handler = number >= 0 ? this.handlers[number] : undefined;
    let result: number;
    if (handler === undefined) {
      this.missing.set(number, (this.missing.get(number) ?? 0) + 1);
      result = -ENOSYS;
    } else {
      result = handler(
        task,
        thread.get(RDI),
        thread.get(RSI),
        thread.get(RDX),
        thread.get(R10),
        thread.get(R8),
        thread.get(R9),
      );
      task.timedOut = false;
      if (result === BLOCKED) {
        this.block(task);
        return;
      }
    }
    if (task.state === 'dead') return;
    this.observer?.leave(task, number, result);
    if (isRestartResult(result)) {
      this.leave(task, result);
      return;
    }
    if (result !== NO_RESULT) task.thread.set(RAX, result);
    task.callNumber = -1;
    task.call.clear();
    this.leave(task, 0);
  }

  private block(task: Task): void {
    task.voluntarySwitches++;
    this.kernel.scheduler.leaveUser(task);
    task.state = 'blocked';
    this.rest(task);
  }

  /** The task stays in the kernel; its stub may sleep. */
  private rest(task: Task): void {
    const { thread } = task;
    if (thread.isTrapped) thread.park();
    if (thread.space.current === thread) thread.space.current = null;
  }

  /** Back to user mode, by way of its signals. `result` is that of a call that wants to be restarted, or 0. */
  private leave(task: Task, result: number): void {
    if (task.startContext !== null) {
      // execve(2) moved it to a new host process, which is on its way.
      return;
    }
    if (task.signalPending) {
      const path = deliverSignals(task, result);
      if (task.process.isExiting) {
        exitTask(task);
        return;
      }
      if (path === 'stay') {
        this.keep(task, result);
        return;
      }
      if (path === 'restart-call') {
        this.runCall(task);
        return;
      }
    } else {
      if (task.process.isExiting) {
        exitTask(task);
        return;
      }
      if (result !== 0) {
        // Nothing interrupts it after all.
        if (isRestartResult(result)) {
          restoreMask(task);
          this.runCall(task);
          return;
        }
        task.thread.set(RAX, -EINTR);
      }
      if (task.savedMask !== null) restoreMask(task);
    }
    this.kernel.scheduler.enterUser(task, this.kernel.clock.monotonicNs());
  }

  /** Stopped. A call that was interrupted for it goes on when the task does. */
  private keep(task: Task, result: number): void {
    if (result === 0) task.callNumber = -1;
    this.kernel.scheduler.leaveUser(task);
    task.state = 'stopped';
    this.rest(task);
  }

  /** The host process of a task is gone, or has to go: the guest process ends as by SIGKILL. */
  killLost(task: Task): void {
    const { process } = task;
    process.isExiting = true;
    process.waitStatus = 9;
    this.kernel.trap.endSpace(task.thread.space);
    for (const other of [...process.threads].reverse()) exitTask(other);
  }
}
