import {
  CONTEXT_WORDS,
  EFLAGS,
  ERROR_CODE,
  FAULT_ADDRESS,
  FP_STATE,
  OLD_MASK,
  R8,
  RAX,
  RDI,
  RDX,
  RIP,
  RSI,
  RSP,
  TRAP_NUMBER,
} from '../arch/registers.ts';
import {
  SA_ONSTACK,
  SA_RESTORER,
  SI_TIMER,
  SI_QUEUE,
  SIGCHLD,
  SIGBUS,
  SIGFPE,
  SIGILL,
  SIGIO,
  SIGSEGV,
  SIGTRAP,
} from '../abi/signals.ts';
import { fpStateOf, fpStateSize, sanitizedFlags } from './SavedContext.ts';
import { SS_AUTODISARM, SS_DISABLE, SS_ONSTACK } from './signals.ts';
import type { SignalAction, SignalInfo } from './signals.ts';
import type { SignalSet } from './SignalSet.ts';
import type { Task } from './Task.ts';

/*
 * The frame that a handler runs on (x86-64 `struct rt_sigframe`): return address, ucontext, siginfo; the FP state above it,
 * 64-byte aligned.
 */
const UCONTEXT = 8;
const UC_STACK = UCONTEXT + 16;
const MCONTEXT = UCONTEXT + 40;
const UC_SIGMASK = UCONTEXT + 40 + 256;
const SIGINFO = UCONTEXT + 304;
const FRAME_SIZE = SIGINFO + 128;
const RED_ZONE = 128;
const UC_FLAGS = 7; // FP_XSTATE, SIGCONTEXT_SS, STRICT_RESTORE_SS

const TWO_32 = 4294967296;

function isOnStack(task: Task, rsp: number): boolean {
  const { address, size, flags } = task.alternateStack;
  if ((flags & SS_AUTODISARM) !== 0) return false;
  return (flags & SS_DISABLE) === 0 && rsp > address && rsp - address <= size;
}

/** What sigaltstack(2) reports now. */
export function alternateStackFlags(task: Task): number {
  const { flags } = task.alternateStack;
  if ((flags & SS_DISABLE) !== 0) return SS_DISABLE;
  return isOnStack(task, task.thread.get(RSP)) ? (flags & SS_AUTODISARM) | SS_ONSTACK : flags & SS_AUTODISARM;
}

/** Fills `bytes` with `siginfo_t`; which fields there are depends on who sent it (sigaction(2)). */
export function writeSignalInfo(view: DataView, at: number, info: SignalInfo): void {
  for (let index = 0; index < 128; index += 4) view.setInt32(at + index, 0, true);
  view.setInt32(at, info.signal, true);
  view.setInt32(at + 4, info.errno ?? 0, true);
  view.setInt32(at + 8, info.code, true);
  const { signal, code } = info;
  if (code === SI_TIMER) {
    view.setInt32(at + 16, info.timerId ?? 0, true);
    view.setInt32(at + 20, info.overrun ?? 0, true);
    view.setInt32(at + 24, info.valueLow ?? 0, true);
    view.setInt32(at + 28, info.valueHigh ?? 0, true);
  } else if (info.address !== undefined && code > 0 && isFault(signal)) {
    view.setUint32(at + 16, info.address % TWO_32, true);
    view.setUint32(at + 20, Math.floor(info.address / TWO_32), true);
  } else if (signal === SIGIO && code > 0) {
    view.setInt32(at + 16, info.band ?? 0, true);
    view.setInt32(at + 24, info.fd ?? 0, true);
  } else {
    view.setInt32(at + 16, info.pid ?? 0, true);
    view.setInt32(at + 20, info.uid ?? 0, true);
    if (signal === SIGCHLD && code > 0) {
      view.setInt32(at + 24, info.status ?? 0, true);
      view.setInt32(at + 32, info.userTicks ?? 0, true);
      view.setInt32(at + 40, info.systemTicks ?? 0, true);
    } else if (code === SI_QUEUE || info.valueLow !== undefined) {
      view.setInt32(at + 24, info.valueLow ?? 0, true);
      view.setInt32(at + 28, info.valueHigh ?? 0, true);
    }
  }
}

function isFault(signal: number): boolean {
  return [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP].includes(signal);
}

/** Puts the task at the start of its handler. False when its stack cannot take the frame. */
export function enterHandler(task: Task, info: SignalInfo, action: SignalAction, restoreMask: SignalSet): boolean {
  const { thread, memory } = task;
  const { region } = task.kernel.trap;
  const rsp = thread.get(RSP);
  const stack = task.alternateStack;
  const alternate = (action.flags & SA_ONSTACK) !== 0 && (stack.flags & SS_DISABLE) === 0 && !isOnStack(task, rsp);
  const top = alternate ? stack.address + stack.size : rsp - RED_ZONE;
  const fp = fpStateOf(thread);
  if (fp < 0) return false;
  const fpSize = fpStateSize(region, fp, thread.slotEndOffset);
  const fpAddress = Math.floor((top - fpSize) / 64) * 64;
  const frame = Math.floor((fpAddress - FRAME_SIZE) / 16) * 16 - 8;
  // A handler that is on the alternate stack already must not run off its end.
  if (isOnStack(task, rsp) && !isOnStack(task, frame)) return false;
  const bytes = new Uint8Array(FRAME_SIZE);
  const view = new DataView(bytes.buffer);
  if ((action.flags & SA_RESTORER) === 0) return false;
  setU64(view, 0, action.restorer);
  view.setUint32(UCONTEXT, UC_FLAGS, true);
  setU64(view, UC_STACK, stack.address);
  view.setInt32(UC_STACK + 8, alternateStackFlags(task), true);
  setU64(view, UC_STACK + 16, stack.size);
  const registers = thread.registerWordIndex;
  for (let index = 0; index < CONTEXT_WORDS; index++) {
    view.setInt32(MCONTEXT + 4 * index, region.words[registers + index], true);
  }
  view.setInt32(MCONTEXT + 8 * OLD_MASK, restoreMask.low, true);
  view.setInt32(MCONTEXT + 8 * OLD_MASK + 4, restoreMask.high, true);
  if (info.address === undefined || !isFault(info.signal)) {
    setU64(view, MCONTEXT + 8 * FAULT_ADDRESS, 0);
    setU64(view, MCONTEXT + 8 * TRAP_NUMBER, 0);
    setU64(view, MCONTEXT + 8 * ERROR_CODE, 0);
  }
  setU64(view, MCONTEXT + 8 * FP_STATE, fpAddress);
  view.setInt32(UC_SIGMASK, restoreMask.low, true);
  view.setInt32(UC_SIGMASK + 4, restoreMask.high, true);
  writeSignalInfo(view, SIGINFO, info);
  if (memory.copyOut(fpAddress, region.bytes, fp, fpSize) < 0) return false;
  if (memory.copyOut(frame, bytes, 0, FRAME_SIZE) < 0) return false;
  if ((stack.flags & SS_AUTODISARM) !== 0 && alternate) {
    task.alternateStack = { address: 0, size: 0, flags: SS_DISABLE };
  }
  thread.set(RSP, frame);
  thread.set(RIP, action.handler);
  thread.set(RDI, info.signal);
  thread.set(RSI, frame + SIGINFO);
  thread.set(RDX, frame + UCONTEXT);
  thread.set(RAX, 0);
  // Handlers start with the direction flag clear and no single step (System V ABI).
  thread.setHalves(EFLAGS, sanitizedFlags(thread.getLow(EFLAGS)) & ~0x500, 0);
  return true;
}

function setU64(view: DataView, at: number, value: number): void {
  view.setInt32(at, (value % TWO_32) | 0, true);
  view.setUint32(at, ((value % TWO_32) + TWO_32) % TWO_32, true);
  view.setInt32(at + 4, Math.floor(value / TWO_32), true);
}

/** rt_sigreturn(2): puts back what the frame holds. False when the frame cannot be read: the process gets SIGSEGV. */
export function leaveHandler(task: Task): boolean {
  const { thread, memory } = task;
  const { region } = task.kernel.trap;
  // The handler's `ret` has taken the return address off.
  const frame = thread.get(RSP) - 8;
  const bytes = new Uint8Array(FRAME_SIZE);
  if (memory.copyIn(frame, bytes, 0, FRAME_SIZE) < 0) return false;
  const view = new DataView(bytes.buffer);
  const fpAddress =
    view.getInt32(MCONTEXT + 8 * FP_STATE + 4, true) * TWO_32 + view.getUint32(MCONTEXT + 8 * FP_STATE, true);
  const fp = fpStateOf(thread);
  if (fp < 0) return false;
  if (fpAddress !== 0) {
    const size = fpStateSize(region, fp, thread.slotEndOffset);
    // What describes the layout of the state stays the host's; the state itself is the guest's.
    const state = new Uint8Array(size);
    if (memory.copyIn(fpAddress, state, 0, size) < 0) return false;
    state.set(region.bytes.subarray(fp + 464, fp + 512), 464);
    if (size > 512 + 64) {
      for (let index = 512 + 8; index < 512 + 64; index++) state[index] = region.bytes[fp + index];
      state.set(region.bytes.subarray(fp + size - 4, fp + size), size - 4);
    }
    state[27] = 0; // reserved bits of MXCSR
    state[26] &= 0x03;
    region.bytes.set(state, fp);
  }
  const registers = thread.registerWordIndex;
  for (let register = R8; register <= RIP; register++) {
    region.words[registers + 2 * register] = view.getInt32(MCONTEXT + 8 * register, true);
    region.words[registers + 2 * register + 1] = view.getInt32(MCONTEXT + 8 * register + 4, true);
  }
  thread.setHalves(EFLAGS, sanitizedFlags(view.getInt32(MCONTEXT + 8 * EFLAGS, true)), 0);
  task.mask.set(view.getInt32(UC_SIGMASK, true), view.getInt32(UC_SIGMASK + 4, true));
  task.mask.delete(9);
  task.mask.delete(19);
  const flags = view.getInt32(UC_STACK + 8, true);
  task.alternateStack = {
    address: view.getInt32(UC_STACK + 4, true) * TWO_32 + view.getUint32(UC_STACK, true),
    size: view.getInt32(UC_STACK + 20, true) * TWO_32 + view.getUint32(UC_STACK + 16, true),
    flags: flags & (SS_DISABLE | SS_AUTODISARM),
  };
  return true;
}
