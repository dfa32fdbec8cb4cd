import { EINTR, ERESTARTNOINTR, ERESTARTSYS, ERESTART_RESTARTBLOCK } from '../abi/errno.ts';
import {
  SA_NODEFER,
  SA_RESETHAND,
  SA_RESTART,
  SIG_DFL,
  SIG_IGN,
  SIGKILL,
  SIGSEGV,
  SIGSTOP,
  SI_KERNEL,
} from '../abi/signals.ts';
import { RAX, RIP } from '../arch/registers.ts';
import { beginExit } from './exit.ts';
import { stopProcess } from './jobControl.ts';
import { enterHandler } from './signalFrame.ts';
import { defaultDisposition, signalInfo } from './signals.ts';
import type { SignalInfo } from './signals.ts';
import type { Task } from './Task.ts';

/** What becomes of a task on its way back to user mode. */
export type ReturnPath =
  /** To user mode. */
  | 'resume'
  /** No handler ran: the interrupted call goes on where it was. */
  | 'restart-call'
  /** Stopped, or its process ends: not back at all. */
  | 'stay';

export function isRestartResult(result: number): boolean {
  return result <= -ERESTARTSYS && result >= -ERESTART_RESTARTBLOCK;
}

/**
 * Takes signals until none is left that is not blocked. `result` is the interrupted call's when it asks to be restarted,
 * else 0; a handler decides with its flags whether that happens (signal(7)).
 */
export function deliverSignals(task: Task, result: number): ReturnPath {
  const { process } = task;
  for (;;) {
    if (process.isExiting) return 'stay';
    // SIGKILL comes before a stop.
    if (process.isStopped && !process.pending.has(SIGKILL) && !task.pending.has(SIGKILL)) {
      task.state = 'stopped';
      return 'stay';
    }
    const low = ~task.mask.low;
    const high = ~task.mask.high;
    const info = task.pending.take(low, high) ?? process.pending.take(low, high);
    if (info === null) break;
    const { signal } = info;
    const action = process.actions[signal];
    task.kernel.taskObserver?.signalTaken(task, info);
    if (signal !== SIGKILL && signal !== SIGSTOP && action.handler === SIG_IGN) continue;
    if (signal === SIGKILL || signal === SIGSTOP || action.handler === SIG_DFL) {
      if (act(task, info)) return 'stay';
      continue;
    }
    return handle(task, info, result) ? 'resume' : 'stay';
  }
  restoreMask(task);
  return result !== 0 ? 'restart-call' : 'resume';
}

/** sigsuspend(2) and ppoll(2) had put a mask in place for their own time only. */
export function restoreMask(task: Task): void {
  if (task.savedMask === null) return;
  task.mask.copyFrom(task.savedMask);
  task.savedMask = null;
}

/** Default action; true when the task does not go on. */
function act(task: Task, info: SignalInfo): boolean {
  const { process } = task;
  switch (defaultDisposition(info.signal)) {
    case 'ignore':
    case 'continue':
      return false;
    case 'stop':
      // Job-control stops do nothing to an orphaned group: nobody could continue it.
      if (info.signal !== SIGSTOP && process.group.isOrphaned) return false;
      stopProcess(process, info.signal);
      return false;
    case 'core':
    case 'terminate':
      if (process.pid === 1 && !isFaultOfItsOwn(info)) return false;
      beginExit(task, info.signal);
      return true;
  }
}

function isFaultOfItsOwn(info: SignalInfo): boolean {
  return info.code > 0 && info.address !== undefined;
}

function handle(task: Task, info: SignalInfo, result: number): boolean {
  const { process, thread } = task;
  const { signal } = info;
  const action = process.actions[signal];
  if (result !== 0) {
    const again = result === -ERESTARTNOINTR || (result === -ERESTARTSYS && (action.flags & SA_RESTART) !== 0);
    if (again) {
      thread.set(RAX, task.callNumber);
      thread.set(RIP, thread.get(RIP) - 2);
    } else thread.set(RAX, -EINTR);
    task.call.clear();
    task.callNumber = -1;
  }
  const restoreTo = task.savedMask ?? task.mask.clone();
  task.savedMask = null;
  if (!enterHandler(task, info, action, restoreTo)) {
    // No room for the frame: SIGSEGV, which nobody can handle either.
    process.actions[SIGSEGV].handler = SIG_DFL;
    task.mask.delete(SIGSEGV);
    if (process.pid === 1 || signal === SIGSEGV) beginExit(task, SIGSEGV);
    else task.pending.add({ ...signalInfo(SIGSEGV, SI_KERNEL), address: 0 });
    return signal !== SIGSEGV && process.pid !== 1 && deliverSignals(task, 0) === 'resume';
  }
  task.mask.low |= action.mask.low;
  task.mask.high |= action.mask.high;
  if ((action.flags & SA_NODEFER) === 0) task.mask.add(signal);
  task.mask.delete(SIGKILL);
  task.mask.delete(SIGSTOP);
  if ((action.flags & SA_RESETHAND) !== 0) action.handler = SIG_DFL;
  return true;
}
