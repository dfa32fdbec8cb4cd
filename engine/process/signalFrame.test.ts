import { describe, expect, it } from 'vitest';
import {
  CLD_EXITED,
  SI_KERNEL,
  SI_QUEUE,
  SI_TIMER,
  SI_TKILL,
  SI_USER,
  SIGALRM,
  SIGBUS,
  SIGCHLD,
  SIGFPE,
  SIGIO,
  SIGSEGV,
  SIGTERM,
  SIGUSR1,
} from '../abi/signals.ts';
import { askCompiler } from '../lib/askCompiler.testing.ts';
import { writeSignalInfo } from './signalFrame.ts';
import type { SignalInfo } from './signals.ts';

/** Fields of `siginfo_t` and how wide they are. */
const fields = {
  si_signo: 4,
  si_errno: 4,
  si_code: 4,
  si_pid: 4,
  si_uid: 4,
  si_status: 4,
  si_utime: 8,
  si_stime: 8,
  si_value: 8,
  si_timerid: 4,
  si_overrun: 4,
  si_addr: 8,
  si_band: 8,
  si_fd: 4,
} as const;
type Field = keyof typeof fields;
const names = Object.keys(fields) as Field[];
const answers = askCompiler('#include <signal.h>', [
  ...names.map((name) => `offsetof(siginfo_t, ${name})`),
  'sizeof(siginfo_t)',
]);
const offsets = new Map(names.map((name, index) => [name, answers[index]]));
const SIZE = answers[names.length];

function read(bytes: Uint8Array, at: number, name: Field): number {
  const view = new DataView(bytes.buffer);
  const offset = at + offsets.get(name)!;
  return fields[name] === 8 ? Number(view.getBigInt64(offset, true)) : view.getInt32(offset, true);
}

describe('writeSignalInfo puts where the host has its fields', () => {
  it.each<[string, SignalInfo, Partial<Record<Field, number>>]>([
    ['who called kill(2)', { signal: SIGTERM, code: SI_USER, pid: 7, uid: 1000 }, { si_pid: 7, si_uid: 1000 }],
    ['who called tgkill(2)', { signal: SIGUSR1, code: SI_TKILL, pid: 7, uid: 0 }, { si_pid: 7, si_uid: 0 }],
    [
      'the value of sigqueue(3)',
      { signal: 40, code: SI_QUEUE, pid: 7, uid: 5, valueLow: -2, valueHigh: -1 },
      { si_pid: 7, si_uid: 5, si_value: -2 },
    ],
    [
      'the end of a child',
      { signal: SIGCHLD, code: CLD_EXITED, pid: 12, uid: 3, status: 42, userTicks: 5, systemTicks: 6 },
      { si_pid: 12, si_uid: 3, si_status: 42, si_utime: 5, si_stime: 6 },
    ],
    [
      'a timer',
      { signal: SIGALRM, code: SI_TIMER, timerId: 3, overrun: 9, valueLow: 17, valueHigh: 1 },
      { si_timerid: 3, si_overrun: 9, si_value: 2 ** 32 + 17 },
    ],
    ['the address of a fault', { signal: SIGSEGV, code: 1, address: 0x7ffe_1234_5678 }, { si_addr: 0x7ffe_1234_5678 }],
    ['the address past an object', { signal: SIGBUS, code: 2, address: 4096 }, { si_addr: 4096 }],
    ['the address of a division', { signal: SIGFPE, code: 1, address: 0x40_1000 }, { si_addr: 0x40_1000 }],
    ['a fault signal that was only sent', { signal: SIGSEGV, code: SI_USER, pid: 9, uid: 8 }, { si_pid: 9, si_uid: 8 }],
    ['what a descriptor is ready for', { signal: SIGIO, code: 1, band: 0x41, fd: 5 }, { si_band: 0x41, si_fd: 5 }],
    ['nothing about the kernel', { signal: SIGTERM, code: SI_KERNEL }, { si_pid: 0, si_uid: 0 }],
    ['an errno', { signal: SIGTERM, code: SI_USER, errno: 11 }, { si_errno: 11 }],
  ])('%s', (_what, info, expected) => {
    const at = 16;
    const bytes = new Uint8Array(at + SIZE + 16).fill(0xee);
    writeSignalInfo(new DataView(bytes.buffer), at, info);
    const all = { si_signo: info.signal, si_errno: 0, si_code: info.code, ...expected };
    const found = Object.fromEntries((Object.keys(all) as Field[]).map((name) => [name, read(bytes, at, name)]));
    expect(found).toEqual(all);
    // What the kind does not use is zero, and nothing beside it was written.
    for (const name of Object.keys(all) as Field[])
      bytes.fill(0, at + offsets.get(name)!, at + offsets.get(name)! + fields[name]);
    expect([...bytes]).toEqual([
      ...new Array<number>(at).fill(0xee),
      ...new Array<number>(SIZE).fill(0),
      ...new Array<number>(16).fill(0xee),
    ]);
  });
});
