import { POLLIN } from '../abi/poll.ts';
import { rlimit } from '../abi/limits.ts';
import {
  CLD_CONTINUED,
  SA_NOCLDSTOP,
  SIG_DFL,
  SIG_IGN,
  SIGCHLD,
  SIGCONT,
  SIGKILL,
  SIGRTMIN,
  SIGSTOP,
  SIGTSTP,
  SIGTTIN,
  SIGTTOU,
  SI_KERNEL,
} from '../abi/signals.ts';
import { EAGAIN } from '../abi/errno.ts';
import type { Process } from './Process.ts';
import type { ProcessGroup } from './Session.ts';
import { defaultDisposition, isStopSignal, isUnstoppable, signalInfo } from './signals.ts';
import type { SignalInfo } from './signals.ts';
import type { Task } from './Task.ts';

/** Whether a signal sent now would do nothing at all: it is not even queued, unless it is blocked. */
function isIgnored(process: Process, signal: number): boolean {
  // Signals to init that it does not handle do nothing, not even SIGKILL (kill(2)); a fault of its own still does.
  const { handler } = process.actions[signal];
  if (process.pid === 1 && handler === SIG_DFL && defaultDisposition(signal) !== 'ignore') return true;
  if (isUnstoppable(signal)) return false;
  if (handler === SIG_IGN) return true;
  return handler === SIG_DFL && defaultDisposition(signal) === 'ignore';
}

/** Effects that a signal has by being sent, whoever blocks it: SIGCONT and stop signals undo each other. */
function prepare(process: Process, signal: number): void {
  if (signal === SIGCONT) {
    for (const stop of [SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU]) discardEverywhere(process, stop);
    continueProcess(process);
  } else if (isStopSignal(signal)) discardEverywhere(process, SIGCONT);
}

/** SIGCONT was sent: whoever is stopped goes on, whether the signal is handled, ignored or blocked. */
function continueProcess(process: Process): void {
  if (!process.isStopped) return;
  process.isStopped = false;
  process.stopReported = true;
  process.continueReported = false;
  for (const task of process.threads) if (task.state === 'stopped') task.kernel.scheduler.wake(task);
  tellParent(process, CLD_CONTINUED, SIGCONT);
}

/** The parent hears that a child has stopped or goes on, unless it does not want to (sigaction(2), SA_NOCLDSTOP). */
export function tellParent(process: Process, code: number, status: number): void {
  const { parent } = process;
  if (parent === null) return;
  if ((parent.actions[SIGCHLD].flags & SA_NOCLDSTOP) === 0) {
    sendSignalToProcess(parent, {
      signal: SIGCHLD,
      code,
      pid: process.pid,
      uid: process.threads.length > 0 ? process.leader.credentials.uid : 0,
      status,
    });
  }
  parent.childQueue.wake(POLLIN);
}

function discardEverywhere(process: Process, signal: number): void {
  process.pending.discard(signal);
  for (const task of process.threads) task.pending.discard(signal);
}

/** Sends a signal to a process: any thread may take it. 0, or -EAGAIN when its queue of real-time signals is full. */
export function sendSignalToProcess(process: Process, info: SignalInfo): number {
  if (process.isZombie || process.isExiting) return 0;
  const { signal } = info;
  prepare(process, signal);
  const blockedEverywhere = process.threads.every((task) => task.mask.has(signal));
  if (isIgnored(process, signal) && !blockedEverywhere) return 0;
  if (info.signal >= SIGRTMIN && process.pending.count >= process.limit(rlimit.pendingSignals)) return -EAGAIN;
  process.pending.add(info);
  process.signalQueue.wake(POLLIN);
  const target =
    signal === SIGKILL ? undefined : process.threads.find((task) => !task.mask.has(signal) && task.state !== 'dead');
  if (target !== undefined) wakeForSignal(target);
  else if (signal === SIGKILL) for (const task of process.threads) wakeForSignal(task);
  return 0;
}

/** Sends a signal to one thread (tgkill(2), faults). */
export function sendSignalToTask(task: Task, info: SignalInfo): number {
  const { process } = task;
  if (process.isZombie || task.state === 'dead') return 0;
  const { signal } = info;
  prepare(process, signal);
  if (isIgnored(process, signal) && !task.mask.has(signal)) return 0;
  if (info.signal >= SIGRTMIN && task.pending.count >= process.limit(rlimit.pendingSignals)) return -EAGAIN;
  task.pending.add(info);
  process.signalQueue.wake(POLLIN);
  if (!task.mask.has(signal) || isUnstoppable(signal)) wakeForSignal(task);
  return 0;
}

/** A fault of the task's own doing: cannot be blocked or ignored, not even by init. */
export function forceSignal(task: Task, info: SignalInfo): void {
  const action = task.process.actions[info.signal];
  if (task.mask.has(info.signal) || action.handler === SIG_IGN) {
    action.handler = SIG_DFL;
    task.mask.delete(info.signal);
  }
  task.pending.add(info);
}

export function sendSignalToGroup(group: ProcessGroup, signal: number, code: number = SI_KERNEL): void {
  for (const process of [...group.members]) sendSignalToProcess(process, signalInfo(signal, code));
}

/** Gets a task to look at its signals: out of a wait, or out of user mode. */
export function wakeForSignal(task: Task): void {
  switch (task.state) {
    case 'blocked':
      task.kernel.scheduler.wake(task);
      break;
    case 'running':
      task.kernel.scheduler.interrupt(task);
      break;
    case 'stopped':
      if (task.process.pending.has(SIGKILL) || task.pending.has(SIGKILL)) task.kernel.scheduler.wake(task);
      break;
    default:
      break;
  }
}
