import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Timer, Timers } from './Timers.ts';

describe('Timers', () => {
  it('knows the next deadline', () => {
    const timers = new Timers();
    const [early, late] = [new Timer(() => undefined), new Timer(() => undefined)];
    expect(timers.nextDeadlineNs).toBe(Infinity);
    timers.arm(late, 200);
    expect(timers.nextDeadlineNs).toBe(200);
    timers.arm(early, 100);
    expect(timers.nextDeadlineNs).toBe(100);
    timers.cancel(early);
    expect(timers.nextDeadlineNs).toBe(200);
    expect([early.isArmed, late.isArmed]).toEqual([false, true]);
    timers.cancel(early);
    timers.cancel(late);
    expect(timers.nextDeadlineNs).toBe(Infinity);
  });

  it('runs what is due, with the time it is told, and not twice', () => {
    const timers = new Timers();
    const runs: number[] = [];
    const timer = new Timer((nowNs) => runs.push(nowNs));
    timers.arm(timer, 100);
    timers.expire(99);
    expect(runs).toEqual([]);
    timers.expire(100);
    timers.expire(500);
    expect(runs).toEqual([100]);
  });

  it('moves a timer that is armed again, later and earlier', () => {
    const timers = new Timers();
    const order: string[] = [];
    const moved = new Timer(() => order.push('moved'));
    const other = new Timer(() => order.push('other'));
    timers.arm(moved, 10);
    timers.arm(other, 20);
    timers.arm(moved, 30);
    timers.expire(20);
    expect(order).toEqual(['other']);
    timers.arm(other, 40);
    timers.arm(moved, 5);
    timers.expire(5);
    expect(order).toEqual(['other', 'moved']);
  });

  it('lets a callback arm its own timer and cancel others', () => {
    const timers = new Timers();
    const runs: number[] = [];
    const victim = new Timer(() => runs.push(-1));
    const periodic: Timer = new Timer((nowNs) => {
      runs.push(nowNs);
      timers.cancel(victim);
      timers.arm(periodic, nowNs + 10);
    });
    timers.arm(periodic, 10);
    timers.arm(victim, 10);
    for (let nowNs = 10; nowNs <= 30; nowNs++) timers.expire(nowNs);
    expect(runs).toEqual([10, 20, 30]);
    expect(timers.nextDeadlineNs).toBe(40);
  });

  it('behaves like a list that is sorted by deadline', () => {
    const count = 12;
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ do: fc.constant('arm' as const), which: fc.nat(count - 1), at: fc.nat(60) }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), which: fc.nat(count - 1) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const), at: fc.nat(70) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const timers = new Timers();
        const model = new Map<number, number>();
        const expired: number[] = [];
        const all = Array.from({ length: count }, (_, which) => new Timer(() => expired.push(which)));
        for (const action of steps) {
          if (action.do === 'arm') {
            timers.arm(all[action.which], action.at);
            model.set(action.which, action.at);
          } else if (action.do === 'cancel') {
            timers.cancel(all[action.which]);
            model.delete(action.which);
          } else {
            expired.length = 0;
            timers.expire(action.at);
            const due = [...model].filter(([, deadline]) => deadline <= action.at);
            // Timers of one deadline may come in any order.
            const deadlines = expired.map((which) => model.get(which));
            expect(deadlines).toEqual(due.map(([, deadline]) => deadline).sort((a, b) => a - b));
            expect([...expired].sort((a, b) => a - b)).toEqual(due.map(([which]) => which).sort((a, b) => a - b));
            for (const which of expired) model.delete(which);
          }
          expect(timers.nextDeadlineNs).toBe(Math.min(...model.values()));
          all.forEach((timer, which) => expect(timer.isArmed).toBe(model.has(which)));
        }
      }),
    );
  });
});
