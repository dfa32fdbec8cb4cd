import { CAP_KILL } from '../process/Capabilities.ts';
import { isCapable } from '../process/Credentials.ts';
import { EAGAIN, EFAULT, EINTR, EINVAL, ENOMEM, EPERM, ERESTARTNOHAND, ESRCH } from '../abi/errno.ts';
import { POLL_ANY } from '../abi/poll.ts';
import {
  SA_RESTORER,
  SIG_BLOCK,
  SIG_DFL,
  SIG_IGN,
  SIG_SETMASK,
  SIG_UNBLOCK,
  SIGCONT,
  SIGKILL,
  SIGSEGV,
  SIGSTOP,
  SI_KERNEL,
  SI_TKILL,
  SI_USER,
} from '../abi/signals.ts';
import { RSP } from '../arch/registers.ts';
import { BLOCKED, NO_RESULT } from '../process/CallState.ts';
import type { Process } from '../process/Process.ts';
import { alternateStackFlags, leaveHandler, writeSignalInfo } from '../process/signalFrame.ts';
import { forceSignal, sendSignalToProcess, sendSignalToTask } from '../process/signalSend.ts';
import { defaultDisposition, signalInfo, SS_AUTODISARM, SS_DISABLE, SS_ONSTACK } from '../process/signals.ts';
import type { SignalInfo } from '../process/signals.ts';
import { SignalSet } from '../process/SignalSet.ts';
import type { Task } from '../process/Task.ts';
import { defineCalls } from './define.ts';

const MIN_STACK = 2048;

/** Reads a signal set of a call; SIGKILL and SIGSTOP cannot be in it. Null on a fault. */
function readSignalSet(task: Task, address: number): SignalSet | null {
  const low = task.memory.readU32(address);
  const high = task.memory.readU32(address + 4);
  if (low < 0 || high < 0) return null;
  const set = SignalSet.of(low, high);
  set.delete(SIGKILL);
  set.delete(SIGSTOP);
  return set;
}

function writeSignalSet(task: Task, address: number, low: number, high: number): number {
  const result = task.memory.writeU32(address, low);
  return result < 0 ? result : task.memory.writeU32(address + 4, high);
}

function rtSigaction(task: Task, signal: number, newAddress: number, oldAddress: number, size: number): number {
  if (size !== 8 || !(signal >= 1 && signal <= 64)) return -EINVAL;
  const { process, memory } = task;
  const action = process.actions[signal];
  const old = { ...action, mask: action.mask.clone() };
  if (newAddress !== 0) {
    if (signal === SIGKILL || signal === SIGSTOP) return -EINVAL;
    const handler = memory.readU64(newAddress);
    const flags = memory.readU32(newAddress + 8);
    const restorer = memory.readU64(newAddress + 16);
    const mask = readSignalSet(task, newAddress + 24);
    if (handler < 0 || flags < 0 || restorer < 0 || mask === null) return -EFAULT;
    action.handler = handler;
    action.flags = flags;
    action.restorer = (flags & SA_RESTORER) === 0 ? 0 : restorer;
    action.mask = mask;
    // Pending signals that are ignored from now on are gone (sigaction(2), POSIX).
    if (handler === SIG_IGN || (handler === SIG_DFL && defaultDisposition(signal) === 'ignore')) {
      process.pending.discard(signal);
      for (const other of process.threads) other.pending.discard(signal);
    }
  }
  if (oldAddress === 0) return 0;
  if (memory.writeU64(oldAddress, old.handler) < 0) return -EFAULT;
  if (memory.writeU64(oldAddress + 8, old.flags >>> 0) < 0) return -EFAULT;
  if (memory.writeU64(oldAddress + 16, old.restorer) < 0) return -EFAULT;
  return writeSignalSet(task, oldAddress + 24, old.mask.low, old.mask.high);
}

function rtSigprocmask(task: Task, how: number, newAddress: number, oldAddress: number, size: number): number {
  if (size !== 8) return -EINVAL;
  const { low, high } = task.mask;
  if (newAddress !== 0) {
    const set = readSignalSet(task, newAddress);
    if (set === null) return -EFAULT;
    switch (how | 0) {
      case SIG_BLOCK:
        task.mask.set(low | set.low, high | set.high);
        break;
      case SIG_UNBLOCK:
        task.mask.set(low & ~set.low, high & ~set.high);
        break;
      case SIG_SETMASK:
        task.mask.copyFrom(set);
        break;
      default:
        return -EINVAL;
    }
  }
  return oldAddress === 0 ? 0 : writeSignalSet(task, oldAddress, low, high);
}

function rtSigpending(task: Task, address: number, size: number): number {
  if (size > 8) return -EINVAL;
  const { pending, process, mask } = task;
  return writeSignalSet(
    task,
    address,
    (pending.set.low | process.pending.set.low) & mask.low,
    (pending.set.high | process.pending.set.high) & mask.high,
  );
}

function rtSigsuspend(task: Task, address: number, size: number): number {
  if (size !== 8) return -EINVAL;
  if (task.savedMask === null) {
    const set = readSignalSet(task, address);
    if (set === null) return -EFAULT;
    task.savedMask = task.mask.clone();
    task.mask.copyFrom(set);
  }
  if (task.signalPending) return -ERESTARTNOHAND;
  task.sleepUntil(Infinity);
  return BLOCKED;
}

function pause(task: Task): number {
  return task.signalPending ? -ERESTARTNOHAND : BLOCKED;
}

function rtSigreturn(task: Task): number {
  if (!leaveHandler(task)) {
    task.kernel.log(
      `process ${task.process.pid} (${task.name}): bad signal frame at ${task.thread.get(RSP).toString(16)}`,
    );
    forceSignal(task, { ...signalInfo(SIGSEGV, SI_KERNEL), address: 0 });
  }
  return NO_RESULT;
}

function sigaltstack(task: Task, newAddress: number, oldAddress: number): number {
  const { memory } = task;
  const old = task.alternateStack;
  const oldFlags = alternateStackFlags(task);
  if (newAddress !== 0) {
    const address = memory.readU64(newAddress);
    const flags = memory.readU32(newAddress + 8);
    const size = memory.readU64(newAddress + 16);
    if (address < 0 || flags < 0 || size < 0) return -EFAULT;
    if ((oldFlags & SS_ONSTACK) !== 0) return -EPERM;
    const mode = (flags & ~SS_AUTODISARM) >>> 0;
    if (mode !== 0 && mode !== SS_DISABLE && mode !== SS_ONSTACK) return -EINVAL;
    if (mode === SS_DISABLE) task.alternateStack = { address: 0, size: 0, flags: SS_DISABLE };
    else {
      if (size < MIN_STACK) return -ENOMEM;
      task.alternateStack = { address, size, flags: flags & SS_AUTODISARM };
    }
  }
  if (oldAddress === 0) return 0;
  if (memory.writeU64(oldAddress, old.address) < 0) return -EFAULT;
  if (memory.writeU64(oldAddress + 8, oldFlags >>> 0) < 0) return -EFAULT;
  return memory.writeU64(oldAddress + 16, old.size);
}

/* ---- sending ---- */

function maySignal(task: Task, target: Process, signal: number): boolean {
  const { uid, euid } = task.credentials;
  if (isCapable(task.credentials, CAP_KILL)) return true;
  const other = target.leader as Task | undefined;
  if (other === undefined) return true;
  if (signal === SIGCONT && target.session === task.process.session) return true;
  const theirs = other.credentials;
  return [theirs.uid, theirs.suid].some((id) => id === uid || id === euid);
}

function isSignal(signal: number): boolean {
  return signal >= 0 && signal <= 64;
}

function signalOne(task: Task, target: Process, info: SignalInfo): number {
  if (!maySignal(task, target, info.signal)) return -EPERM;
  return info.signal === 0 ? 0 : sendSignalToProcess(target, info);
}

function kill(task: Task, pidArgument: number, signal: number): number {
  const pid = pidArgument | 0;
  const { processes } = task.kernel;
  const info = signalInfo(signal, SI_USER, task.process.pid, task.credentials.uid);
  if (pid > 0) {
    const target = processes.processes.get(pid) ?? processes.tasks.get(pid)?.process;
    if (target === undefined) return -ESRCH;
    return isSignal(signal) ? signalOne(task, target, info) : -EINVAL;
  }
  const targets =
    pid === -1
      ? [...processes.processes.values()].filter((process) => process.pid !== 1 && process !== task.process)
      : [...(processes.groups.get(pid === 0 ? task.process.group.id : -pid)?.members ?? [])];
  if (targets.length === 0) return -ESRCH;
  if (!isSignal(signal)) return -EINVAL;
  let best = -EPERM;
  for (const target of targets) if (signalOne(task, target, info) === 0) best = 0;
  return best;
}

function sendToThread(task: Task, group: number, tid: number, info: SignalInfo): number {
  const target = task.kernel.processes.tasks.get(tid);
  if (target === undefined || (group > 0 && target.process.pid !== group)) return -ESRCH;
  if (!maySignal(task, target.process, info.signal)) return -EPERM;
  return info.signal === 0 ? 0 : sendSignalToTask(target, info);
}

function tgkill(task: Task, group: number, tid: number, signal: number): number {
  if ((group | 0) <= 0 || (tid | 0) <= 0 || !isSignal(signal)) return -EINVAL;
  return sendToThread(task, group | 0, tid | 0, signalInfo(signal, SI_TKILL, task.process.pid, task.credentials.uid));
}

function tkill(task: Task, tid: number, signal: number): number {
  if ((tid | 0) <= 0 || !isSignal(signal)) return -EINVAL;
  return sendToThread(task, 0, tid | 0, signalInfo(signal, SI_TKILL, task.process.pid, task.credentials.uid));
}

/** siginfo_t of rt_sigqueueinfo(2): the sender may say anything but that the kernel or kill(2) sent it. */
function readInfo(task: Task, signal: number, address: number, toSelf: boolean): SignalInfo | number {
  const words = [0, 4, 8, 16, 20, 24, 28].map((offset) => task.memory.readU32(address + offset));
  if (words.some((word) => word < 0)) return -EFAULT;
  const [, errno, code, pid, uid, valueLow, valueHigh] = words.map((word) => word | 0);
  if (!toSelf && (code >= 0 || code === SI_TKILL)) return -EPERM;
  return { signal, code, errno, pid, uid, valueLow, valueHigh };
}

function rtSigqueueinfo(task: Task, pid: number, signal: number, address: number): number {
  if (!isSignal(signal)) return -EINVAL;
  const info = readInfo(task, signal, address, (pid | 0) === task.process.pid);
  if (typeof info === 'number') return info;
  const target = task.kernel.processes.processes.get(pid | 0);
  return target === undefined ? -ESRCH : signalOne(task, target, info);
}

function rtTgsigqueueinfo(task: Task, group: number, tid: number, signal: number, address: number): number {
  if ((group | 0) <= 0 || (tid | 0) <= 0 || !isSignal(signal)) return -EINVAL;
  const info = readInfo(task, signal, address, (tid | 0) === task.tid);
  return typeof info === 'number' ? info : sendToThread(task, group | 0, tid | 0, info);
}

/** sigtimedwait(2): takes a signal of the set, blocked or not. */
function rtSigtimedwait(task: Task, setAddress: number, infoAddress: number, timeout: number, size: number): number {
  if (size !== 8) return -EINVAL;
  const set = readSignalSet(task, setAddress);
  if (set === null) return -EFAULT;
  const { call, process, kernel } = task;
  if (Number.isNaN(call.deadlineNs)) {
    call.deadlineNs = Infinity;
    if (timeout !== 0) {
      const seconds = task.memory.readI64(timeout);
      const nanoseconds = task.memory.readI64(timeout + 8);
      if (Number.isNaN(seconds) || Number.isNaN(nanoseconds)) return -EFAULT;
      if (seconds < 0 || nanoseconds < 0 || nanoseconds >= 1e9) return -EINVAL;
      call.deadlineNs = kernel.clock.monotonicNs() + seconds * 1e9 + nanoseconds;
    }
  }
  const info = task.pending.take(set.low, set.high) ?? process.pending.take(set.low, set.high);
  if (info !== null) {
    if (infoAddress !== 0) {
      const bytes = new Uint8Array(128);
      writeSignalInfo(new DataView(bytes.buffer), 0, info);
      if (task.memory.copyOut(infoAddress, bytes, 0, 128) < 0) return -EFAULT;
    }
    return info.signal;
  }
  if (task.signalPending) return -EINTR;
  if (kernel.clock.monotonicNs() >= call.deadlineNs) return -EAGAIN;
  task.sleepOn(process.signalQueue, POLL_ANY);
  task.sleepUntil(call.deadlineNs);
  return BLOCKED;
}

/** pidfd_send_signal(2): as kill(2), or with a siginfo of the sender's own. */
export function sendFrom(task: Task, target: Process, signal: number, infoAddress: number): number {
  if (infoAddress === 0)
    return signalOne(task, target, signalInfo(signal, SI_USER, task.process.pid, task.credentials.uid));
  const info = readInfo(task, signal, infoAddress, target === task.process);
  return typeof info === 'number' ? info : signalOne(task, target, info);
}

export const signalCalls = defineCalls({
  rt_sigaction: { args: ['signal', 'signal-action-in', 'signal-action-out', 'size'], run: rtSigaction },
  rt_sigprocmask: { args: ['signal-how', 'signal-set-in', 'signal-set-out', 'size'], run: rtSigprocmask },
  rt_sigpending: { args: ['signal-set-out', 'size'], run: rtSigpending },
  rt_sigsuspend: { args: ['signal-set-in', 'size'], run: rtSigsuspend },
  rt_sigreturn: { args: [], run: rtSigreturn },
  rt_sigtimedwait: { args: ['signal-set-in', 'pointer', 'timespec', 'size'], run: rtSigtimedwait },
  rt_sigqueueinfo: { args: ['pid', 'signal', 'pointer'], run: rtSigqueueinfo },
  rt_tgsigqueueinfo: { args: ['pid', 'pid', 'signal', 'pointer'], run: rtTgsigqueueinfo },
  sigaltstack: { args: ['pointer', 'pointer'], run: sigaltstack },
  pause: { args: [], run: pause },
  kill: { args: ['pid', 'signal'], run: kill },
  tkill: { args: ['pid', 'signal'], run: tkill },
  tgkill: { args: ['pid', 'pid', 'signal'], run: tgkill },
});
