/** Signals as strace(1) shows them: names, sets, actions, and what came with one that was taken. */
import { SI_KERNEL, SI_QUEUE, SI_TIMER, SIGCHLD, SIGIO, SIGRTMIN } from '../../abi/signals.ts';
import type { SignalInfo } from '../../process/signals.ts';
import { input, output, value } from './format.ts';
import type { ArgumentFormat, GuestMemory, TracedCall } from './format.ts';
import * as names from './names.ts';
import { flags, hex, nameOr, pointer } from './text.ts';

const SIGNAL_COUNT = 64;
const HANDLER_OFFSET = 0;
const FLAGS_OFFSET = 8;
const RESTORER_OFFSET = 16;
const MASK_OFFSET = 24;
const SA_RESTORER = 0x04000000;

export function signalName(signal: number): string {
  if (signal === SIGRTMIN) return 'SIGRTMIN';
  if (signal > SIGRTMIN && signal <= SIGNAL_COUNT) return `SIGRT_${signal - SIGRTMIN}`;
  return names.signals.get(signal) ?? String(signal);
}

/** The signals of a set without their `SIG`; what is missing when that is shorter. */
function formatSignalSet(low: number, high: number): string {
  const included: string[] = [];
  const excluded: string[] = [];
  for (let signal = 1; signal <= SIGNAL_COUNT; signal++) {
    const word = signal <= 32 ? low : high;
    const isIn = ((word >>> ((signal - 1) % 32)) & 1) !== 0;
    (isIn ? included : excluded).push(signalName(signal).slice('SIG'.length));
  }
  return included.length >= (SIGNAL_COUNT * 2) / 3 ? `~[${excluded.join(' ')}]` : `[${included.join(' ')}]`;
}

function setAt(memory: GuestMemory, address: number): string | undefined {
  const low = memory.readU32(address);
  const high = memory.readU32(address + 4);
  return low < 0 || high < 0 ? undefined : formatSignalSet(low, high);
}

/** `struct kernel_sigaction`. */
function formatAction({ memory, args }: TracedCall, index: number): string | undefined {
  const at = args[index];
  const handler = memory.readU64(at + HANDLER_OFFSET);
  const bits = memory.readU64(at + FLAGS_OFFSET);
  const restorer = memory.readU64(at + RESTORER_OFFSET);
  const mask = setAt(memory, at + MASK_OFFSET);
  if (handler < 0 || bits < 0 || restorer < 0 || mask === undefined) return undefined;
  const word = (bits % 2 ** 32) >>> 0;
  const parts = [
    `sa_handler=${nameOr(handler, names.signalHandlers, pointer)}`,
    `sa_mask=${mask}`,
    `sa_flags=${flags(word, names.actionFlags)}`,
  ];
  if ((word & SA_RESTORER) !== 0) parts.push(`sa_restorer=${pointer(restorer)}`);
  return `{${parts.join(', ')}}`;
}

function codeName(info: SignalInfo): string {
  const ofKind = info.code > 0 && info.code < SI_KERNEL ? names.codesOfSignal.get(info.signal) : undefined;
  return (ofKind ?? names.signalCodes).get(info.code) ?? String(info.code);
}

/** The fields of `siginfo_t` that this kind of signal has: `{si_signo=SIGINT, si_code=SI_KERNEL}`. */
export function formatSignalInfo(info: SignalInfo): string {
  const parts = [`si_signo=${signalName(info.signal)}`, `si_code=${codeName(info)}`];
  const { code, pid = 0, uid = 0 } = info;
  if (code === SI_TIMER) parts.push(`si_timerid=${hex(info.timerId ?? 0)}`, `si_overrun=${info.overrun ?? 0}`);
  else if (info.address !== undefined) parts.push(`si_addr=${pointer(info.address)}`);
  else if (info.signal === SIGIO && code > 0 && code !== SI_KERNEL) parts.push(`si_band=${info.band ?? 0}`);
  else if (code !== SI_KERNEL) parts.push(`si_pid=${pid}`, `si_uid=${uid}`);
  if (info.signal === SIGCHLD && code > 0 && code !== SI_KERNEL) {
    const status = info.status ?? 0;
    parts.push(`si_status=${code === 1 ? status : signalName(status)}`);
    parts.push(`si_utime=${info.userTicks ?? 0}`, `si_stime=${info.systemTicks ?? 0}`);
  } else if (code === SI_QUEUE || code === SI_TIMER) parts.push(formatValue(info));
  return `{${parts.join(', ')}}`;
}

/** `sigval`, which nobody knows to be an int or a pointer. */
function formatValue({ valueLow = 0, valueHigh = 0 }: SignalInfo): string {
  const address = (valueHigh >>> 0) * 2 ** 32 + (valueLow >>> 0);
  return `si_value={int=${valueLow | 0}, ptr=${pointer(address)}}`;
}

export const signalArguments = {
  signal: value((signal) => ((signal | 0) === 0 ? '0' : signalName(signal | 0))),
  'signal-how': value((how) => nameOr(how | 0, names.signalHows, hex)),
  'signal-set-in': input(({ memory, args }, index) => setAt(memory, args[index])),
  'signal-set-out': output(({ memory, args }, index) => setAt(memory, args[index])),
  'signal-action-in': input(formatAction),
  'signal-action-out': output(formatAction),
} as const satisfies Record<string, ArgumentFormat>;
