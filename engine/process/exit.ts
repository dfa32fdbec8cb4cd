import { POLLIN } from '../abi/poll.ts';
import { CLD_DUMPED, CLD_EXITED, CLD_KILLED, SA_NOCLDWAIT, SIG_IGN, SIGCHLD, SI_USER } from '../abi/signals.ts';
import { hangUpOrphanedGroup } from './jobControl.ts';
import type { Process } from './Process.ts';
import type { ProcessGroup } from './Session.ts';
import { sendSignalToProcess, wakeForSignal } from './signalSend.ts';
import { signalInfo } from './signals.ts';
import type { Task } from './Task.ts';

/** The whole process ends with `waitStatus` (exit_group(2), a fatal signal); threads go as they come by. */
export function beginExit(task: Task, waitStatus: number): void {
  const { process } = task;
  if (process.isExiting) return;
  process.isExiting = true;
  process.isStopped = false;
  process.waitStatus = waitStatus;
  for (const other of [...process.threads]) {
    if (other === task) continue;
    if (other.state === 'stopped') other.kernel.scheduler.wake(other);
    else wakeForSignal(other);
  }
}

/** One thread ends; the last one takes the process with it. The task must be trapped (or its host thread gone). */
export function exitTask(task: Task): void {
  const { process, kernel } = task;
  if (task.state === 'dead') return;
  kernel.scheduler.remove(task);
  task.state = 'dead';
  task.endWait();
  kernel.taskEnding(task);
  kernel.taskObserver?.taskEnded(task);
  task.files.release(task);
  task.fs.release();
  process.endedUsage.userNs += task.userNs;
  process.endedUsage.systemNs += task.systemNs;
  process.endedUsage.voluntarySwitches += task.voluntarySwitches;
  process.endedUsage.involuntarySwitches += task.involuntarySwitches;
  const index = process.threads.indexOf(task);
  if (process.threads.length > 1) {
    process.threads.splice(index, 1);
    kernel.processes.tasks.delete(task.tid);
    kernel.trap.endThread(task.thread);
    return;
  }
  endMemory(process, task);
  kernel.processes.tasks.delete(task.tid);
  endProcess(process, task);
}

/** The process lets go of its address space (exit, execve(2) from vfork(2)). */
export function endMemory(process: Process, task: Task): void {
  const { memory, kernel } = process;
  process.peakResidentPages = Math.max(process.peakResidentPages, memory.peakResidentPages);
  if (--memory.references > 0) kernel.trap.endThread(task.thread);
  else {
    kernel.trap.endSpace(memory.space);
    memory.destroy();
  }
  process.memoryReleaseQueue.wake(POLLIN);
}

function endProcess(process: Process, task: Task): void {
  const { kernel } = process;
  process.executable?.close();
  process.executable = null;
  process.timers?.stop();
  process.isZombie = true;
  process.endQueue.wake(POLLIN);
  process.isStopped = false;
  if (process.pid === 1) {
    const status = process.waitStatus;
    const signal = status & 0x7f;
    if (signal === 0) kernel.shutDown('power-off', 'init has ended', (status >> 8) & 0xff);
    else kernel.shutDown('panic', `init was killed by signal ${signal}`, 128 + signal);
    return;
  }
  endSession(process);
  reparentChildren(process);
  const parent = process.parent;
  if (parent !== null && parent.group !== process.group) hangUpOrphanedGroup(process.group);
  notifyParent(process, task.credentials.uid);
}

/** A session's leader is gone: its terminal hangs up on the foreground group (credentials(7)). */
function endSession(process: Process): void {
  const { session } = process;
  if (session.leader !== process) return;
  session.leader = null;
  const tty = session.controllingTty;
  if (tty === null) return;
  tty.disassociate(session);
  session.controllingTty = null;
}

/** Children go to the nearest subreaper, else to init (prctl(2)). */
function reparentChildren(process: Process): void {
  const { kernel } = process;
  let adopter: Process | null = process.parent;
  while (adopter !== null && !(adopter.isSubreaper && !adopter.isZombie)) adopter = adopter.parent;
  adopter ??= kernel.processes.init;
  const groups = new Set<ProcessGroup>();
  for (const child of [...process.children]) {
    process.children.delete(child);
    child.parent = adopter;
    adopter?.children.add(child);
    if (child.group !== process.group) groups.add(child.group);
    if (child.parentDeathSignal !== 0) sendSignalToProcess(child, signalInfo(child.parentDeathSignal, SI_USER));
    if (child.isZombie) {
      child.exitSignal = SIGCHLD;
      notifyParent(child, 0);
    }
  }
  for (const group of groups) hangUpOrphanedGroup(group);
}

function notifyParent(process: Process, uid: number): void {
  const { parent, kernel } = process;
  if (parent === null) {
    kernel.processes.removeProcess(process);
    return;
  }
  const action = parent.actions[SIGCHLD];
  const usage = process.endedUsage;
  const ignores = process.exitSignal === SIGCHLD && (action.handler === SIG_IGN || (action.flags & SA_NOCLDWAIT) !== 0);
  if (process.exitSignal !== 0 && !(ignores && action.handler === SIG_IGN)) {
    const status = process.waitStatus;
    const signal = status & 0x7f;
    sendSignalToProcess(parent, {
      signal: process.exitSignal,
      code: signal === 0 ? CLD_EXITED : (status & 0x80) !== 0 ? CLD_DUMPED : CLD_KILLED,
      pid: process.pid,
      uid,
      status: signal === 0 ? (status >> 8) & 0xff : signal,
      userTicks: Math.floor(usage.userNs / 1e7),
      systemTicks: Math.floor(usage.systemNs / 1e7),
    });
  }
  // A parent that ignores its children never waits for them: they leave no zombie (wait(2), NOTES).
  if (ignores) kernel.processes.removeProcess(process);
  parent.childQueue.wake(POLLIN);
}
