import {
  SIG_DFL,
  SIGCHLD,
  SIGCONT,
  SIGKILL,
  SIGABRT,
  SIGBUS,
  SIGFPE,
  SIGILL,
  SIGQUIT,
  SIGSEGV,
  SIGSTOP,
  SIGSYS,
  SIGTRAP,
  SIGTSTP,
  SIGTTIN,
  SIGTTOU,
  SIGURG,
  SIGWINCH,
  SIGXCPU,
  SIGXFSZ,
} from '../abi/signals.ts';
import { SignalSet } from './SignalSet.ts';

/** What a signal says besides its number: the fields of `siginfo_t` that its kind uses (sigaction(2)). */
export interface SignalInfo {
  readonly signal: number;
  readonly code: number;
  readonly errno?: number;
  readonly pid?: number;
  readonly uid?: number;
  readonly status?: number;
  readonly address?: number;
  /** sigval of sigqueue(3) and timers, 64 bits as two halves. */
  readonly valueLow?: number;
  readonly valueHigh?: number;
  readonly timerId?: number;
  readonly overrun?: number;
  readonly userTicks?: number;
  readonly systemTicks?: number;
  readonly band?: number;
  readonly fd?: number;
}

export function signalInfo(signal: number, code: number, pid = 0, uid = 0): SignalInfo {
  return { signal, code, pid, uid };
}

export interface SignalAction {
  handler: number;
  flags: number;
  restorer: number;
  mask: SignalSet;
}

export function defaultAction(): SignalAction {
  return { handler: SIG_DFL, flags: 0, restorer: 0, mask: new SignalSet() };
}

export type Disposition = 'terminate' | 'core' | 'ignore' | 'stop' | 'continue';

const coreSignals = [SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGXCPU, SIGXFSZ, SIGSYS];
const stopSignals = [SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU];

/** What a signal does when nobody handles it (signal(7)). */
export function defaultDisposition(signal: number): Disposition {
  if (signal === SIGCONT) return 'continue';
  if (stopSignals.includes(signal)) return 'stop';
  if (signal === SIGCHLD || signal === SIGURG || signal === SIGWINCH) return 'ignore';
  return coreSignals.includes(signal) ? 'core' : 'terminate';
}

export function isStopSignal(signal: number): boolean {
  return stopSignals.includes(signal);
}

/** SIGKILL and SIGSTOP cannot be caught, blocked or ignored. */
export function isUnstoppable(signal: number): boolean {
  return signal === SIGKILL || signal === SIGSTOP;
}

/** Alternate signal stack (sigaltstack(2)). */
export interface AlternateStack {
  address: number;
  size: number;
  flags: number;
}

export const SS_ONSTACK = 1;
export const SS_DISABLE = 2;
export const SS_AUTODISARM = 0x80000000;
