import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SI_QUEUE, SIGHUP, SIGINT, SIGKILL, SIGRTMIN, SIGSEGV, SIGTERM, SIGUSR1 } from '../abi/signals.ts';
import { PendingSignals } from './PendingSignals.ts';
import type { SignalInfo } from './signals.ts';
import { SignalSet } from './SignalSet.ts';

const ALL = -1;

function info(signal: number, value = 0): SignalInfo {
  return { signal, code: SI_QUEUE, valueLow: value };
}

function pendingOf(...infos: SignalInfo[]): PendingSignals {
  const pending = new PendingSignals();
  for (const one of infos) pending.add(one);
  return pending;
}

/** Takes everything: `[signal, value]` in order. */
function drain(pending: PendingSignals): [number, number][] {
  const taken: [number, number][] = [];
  for (let next = pending.take(ALL, ALL); next !== null; next = pending.take(ALL, ALL)) {
    taken.push([next.signal, next.valueLow ?? 0]);
  }
  return taken;
}

describe('the order of signal(7)', () => {
  it.each<[string, SignalInfo[], [number, number][]]>([
    ['keeps a standard signal once, as it came first', [info(SIGUSR1, 1), info(SIGUSR1, 2)], [[SIGUSR1, 1]]],
    [
      'queues real-time signals in the order sent',
      [info(SIGRTMIN, 1), info(SIGRTMIN, 2), info(SIGRTMIN, 3)],
      [
        [SIGRTMIN, 1],
        [SIGRTMIN, 2],
        [SIGRTMIN, 3],
      ],
    ],
    [
      'takes lower numbers first, standard before real-time',
      [info(64), info(SIGRTMIN), info(SIGTERM), info(SIGHUP), info(SIGKILL)],
      [
        [SIGHUP, 0],
        [SIGKILL, 0],
        [SIGTERM, 0],
        [SIGRTMIN, 0],
        [64, 0],
      ],
    ],
    [
      'takes faults before all others',
      [info(SIGHUP), info(SIGINT), info(SIGSEGV)],
      [
        [SIGSEGV, 0],
        [SIGHUP, 0],
        [SIGINT, 0],
      ],
    ],
  ])('%s', (_what, sent, expected) => {
    expect(drain(pendingOf(...sent))).toEqual(expected);
  });
});

it('takes only what it is asked for', () => {
  const pending = pendingOf(info(SIGHUP), info(40, 1), info(40, 2));
  const wanted = new SignalSet();
  wanted.add(40);
  expect(pending.take(wanted.low, wanted.high)?.valueLow).toBe(1);
  expect(pending.has(40)).toBe(true);
  expect(pending.take(wanted.low, wanted.high)?.valueLow).toBe(2);
  expect(pending.has(40)).toBe(false);
  expect(pending.take(wanted.low, wanted.high)).toBeNull();
  expect(pending.count).toBe(1);
});

it('knows whether anything may be taken under a mask', () => {
  const pending = pendingOf(info(32), info(33));
  const blocked = new SignalSet();
  expect(pending.hasUnblocked(blocked)).toBe(true);
  blocked.add(32);
  expect(pending.hasUnblocked(blocked)).toBe(true);
  blocked.add(33);
  expect(pending.hasUnblocked(blocked)).toBe(false);
  expect(new PendingSignals().hasUnblocked(new SignalSet())).toBe(false);
});

it('discards all of one signal, and everything', () => {
  const pending = pendingOf(info(40, 1), info(SIGHUP), info(40, 2));
  pending.discard(40);
  pending.discard(41);
  expect(drain(pending)).toEqual([[SIGHUP, 0]]);
  pending.add(info(40));
  pending.clear();
  expect([pending.count, pending.has(40), pending.take(ALL, ALL)]).toEqual([0, false, null]);
});

it('knows a signal from another of the same number', () => {
  const [first, second] = [info(40), info(40)];
  const pending = pendingOf(first, second);
  expect(pending.holds(first)).toBe(true);
  pending.take(ALL, ALL);
  expect([pending.holds(first), pending.holds(second)]).toEqual([false, true]);
});

it('loses and invents nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 64 })), (signals) => {
      const taken = drain(pendingOf(...signals.map((signal, index) => info(signal, index))));
      const seen = new Set<number>();
      const expected = signals.flatMap((signal, index): [number, number][] => {
        if (signal < SIGRTMIN && seen.has(signal)) return [];
        seen.add(signal);
        return [[signal, index]];
      });
      const byNumber = ([a, i]: [number, number], [b, j]: [number, number]): number => a - b || i - j;
      expect([...taken].sort(byNumber)).toEqual(expected.sort(byNumber));
      for (const [index, [signal, value]] of taken.entries()) {
        const next = taken.at(index + 1);
        if (next?.[0] === signal) expect(next[1]).toBeGreaterThan(value);
      }
    }),
  );
});
