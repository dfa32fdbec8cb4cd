/** Clocks, timers, points in time and spans. */
import { input, output, value } from './format.ts';
import type { ArgumentFormat, Format, GuestMemory } from './format.ts';
import * as names from './names.ts';
import { flags, nameOr } from './text.ts';

const PAIR_BYTES = 16;

function pairAt(memory: GuestMemory, address: number, fraction: 'tv_nsec' | 'tv_usec'): string | undefined {
  const seconds = memory.readI64(address);
  const rest = memory.readI64(address + 8);
  if (Number.isNaN(seconds) || Number.isNaN(rest)) return undefined;
  return `{tv_sec=${seconds}, ${fraction}=${rest}}`;
}

export function formatTimespec(memory: GuestMemory, address: number): string | undefined {
  return pairAt(memory, address, 'tv_nsec');
}

function single(fraction: 'tv_nsec' | 'tv_usec'): Format {
  return ({ memory, args }, index) => pairAt(memory, args[index], fraction);
}

function timerSetting(fraction: 'tv_nsec' | 'tv_usec'): Format {
  return ({ memory, args }, index) => {
    const interval = pairAt(memory, args[index], fraction);
    const next = pairAt(memory, args[index] + PAIR_BYTES, fraction);
    return interval === undefined || next === undefined ? undefined : `{it_interval=${interval}, it_value=${next}}`;
  };
}

export const timeArguments = {
  clock: value((clock) => nameOr(clock | 0, names.clocks, String)),
  'timer-flags': value((bits) => flags(bits, names.timerFlags)),
  timespec: input(single('tv_nsec')),
  'timespec-out': output(single('tv_nsec')),
  'timeval-in': input(single('tv_usec')),
  'timeval-out': output(single('tv_usec')),
  'interval-timer': value((timer) => nameOr(timer | 0, names.intervalTimers, String)),
  'itimerval-in': input(timerSetting('tv_usec')),
  'itimerval-out': output(timerSetting('tv_usec')),
  'itimerspec-in': input(timerSetting('tv_nsec')),
  'itimerspec-out': output(timerSetting('tv_nsec')),
} as const satisfies Record<string, ArgumentFormat>;
