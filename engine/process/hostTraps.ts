import {
  BUS_ADRALN,
  BUS_ADRERR,
  FPE_FLTDIV,
  FPE_INTDIV,
  ILL_ILLOPN,
  SEGV_ACCERR,
  SEGV_MAPERR,
  SI_KERNEL,
  SIG_DFL,
  SIGBUS,
  SIGFPE,
  SIGILL,
  SIGSEGV,
  SIGTRAP,
  TRAP_TRACE,
} from '../abi/signals.ts';
import {
  ERROR_CODE,
  FAULT_ADDRESS,
  FAULT_INSTRUCTION,
  FAULT_WRITE,
  RIP,
  RSP,
  TRAP_BREAKPOINT,
  TRAP_DIVIDE,
  TRAP_NUMBER,
  TRAP_PAGE_FAULT,
} from '../arch/registers.ts';
import { faultResult } from '../mm/AddressSpace.ts';
import { TASK_SIZE } from '../trap/layout.ts';
import { killForMemory } from './outOfMemory.ts';
import { forceSignal } from './signalSend.ts';
import type { Task } from './Task.ts';

/** A host signal other than SIGSYS stopped the guest: a page fault is served, everything else is its own signal. */
export function serveException(task: Task, hostSignal: number): void {
  const { thread } = task;
  switch (hostSignal) {
    case SIGSEGV:
    case SIGBUS:
      serveMemoryFault(task, hostSignal);
      break;
    case SIGFPE: {
      const code = thread.get(TRAP_NUMBER) === TRAP_DIVIDE ? FPE_INTDIV : thread.signalCode;
      force(task, SIGFPE, code === 0 ? FPE_FLTDIV : code, thread.get(RIP));
      break;
    }
    case SIGILL:
      force(task, SIGILL, ILL_ILLOPN, thread.get(RIP));
      break;
    case SIGTRAP: {
      const isBreakpoint = thread.get(TRAP_NUMBER) === TRAP_BREAKPOINT;
      // int3 comes as the kernel's own signal on x86; a single step tells where it stopped.
      forceSignal(task, {
        signal: SIGTRAP,
        code: isBreakpoint ? SI_KERNEL : TRAP_TRACE,
        address: isBreakpoint ? 0 : thread.get(RIP),
      });
      break;
    }
    default:
      force(task, SIGSEGV, SI_KERNEL, 0);
  }
}

function serveMemoryFault(task: Task, hostSignal: number): void {
  const { thread } = task;
  if (thread.get(TRAP_NUMBER) !== TRAP_PAGE_FAULT) {
    // General protection and the like carry no address.
    if (hostSignal === SIGBUS) force(task, SIGBUS, BUS_ADRALN, 0);
    else force(task, SIGSEGV, SI_KERNEL, 0);
    return;
  }
  const address = thread.get(FAULT_ADDRESS);
  const error = thread.getLow(ERROR_CODE);
  if (address < 0 || address >= TASK_SIZE) {
    force(task, SIGSEGV, SEGV_MAPERR, address);
    return;
  }
  const write = (error & FAULT_WRITE) !== 0 ? 1 : 0;
  const execute = (error & FAULT_INSTRUCTION) !== 0 ? 1 : 0;
  switch (task.memory.fault(address, write, execute)) {
    case faultResult.handled:
      break;
    case faultResult.unmapped:
      force(task, SIGSEGV, SEGV_MAPERR, address);
      break;
    case faultResult.denied:
      force(task, SIGSEGV, SEGV_ACCERR, address);
      break;
    case faultResult.beyondObject:
      force(task, SIGBUS, BUS_ADRERR, address);
      break;
    default:
      // The guest touches the page again when there is memory, unless it was the one to go.
      killForMemory(task.kernel);
  }
}

function force(task: Task, signal: number, code: number, address: number): void {
  if (signal === SIGSEGV && task.process.actions[SIGSEGV].handler === SIG_DFL) logFault(task, address);
  forceSignal(task, { signal, code, address });
}

/** As Linux logs it, so that people find it with dmesg(1). */
function logFault(task: Task, address: number): void {
  const { thread } = task;
  const [at, ip, sp] = [address, thread.get(RIP), thread.get(RSP)].map((value) => value.toString(16));
  const error = thread.getLow(ERROR_CODE).toString(16);
  task.kernel.log(`${task.name}[${task.tid}]: segfault at ${at} ip ${ip} sp ${sp} error ${error}`);
}
