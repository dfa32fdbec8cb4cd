import { describe, expect, it } from 'vitest';
import { Clock } from './Clock.ts';
import type { TimeSource } from './Clock.ts';
import { WaitNode } from './WaitQueue.ts';

const BOOT_WALL_SECONDS = 1_700_000_000;

/** A host whose clocks stand still until they are moved. */
class FakeHost implements TimeSource {
  private nowNs = 5_000_000_123;

  pass(ns: number): void {
    this.nowNs += ns;
  }

  monotonicNs(): number {
    return this.nowNs;
  }

  realtime() {
    const ns = this.nowNs - 5_000_000_123 + 250_000_000;
    const seconds = Math.floor(ns / 1e9);
    return { seconds: BOOT_WALL_SECONDS + seconds, nanoseconds: ns - seconds * 1e9 };
  }
}

function boot() {
  const host = new FakeHost();
  return { host, clock: new Clock(host) };
}

describe('Clock', () => {
  it('counts from one second at boot, and shows the time of day of the host', () => {
    const { host, clock } = boot();
    expect(clock.monotonicNs()).toBe(1e9);
    expect(clock.realtime()).toEqual({ seconds: BOOT_WALL_SECONDS, nanoseconds: 250_000_000 });
    expect(clock.bootSeconds).toBe(BOOT_WALL_SECONDS - 1);
    host.pass(1_900_000_000);
    expect(clock.monotonicNs()).toBe(2_900_000_000);
    expect(clock.realtime()).toEqual({ seconds: BOOT_WALL_SECONDS + 2, nanoseconds: 150_000_000 });
  });

  it.each([
    ['forward', { seconds: 2_000_000_000, nanoseconds: 999_999_999 }],
    ['back', { seconds: 7, nanoseconds: 0 }],
  ])('is set %s, and goes on from there; monotonic time does not notice', (_name, wanted) => {
    const { host, clock } = boot();
    host.pass(12_345);
    clock.setRealtime(wanted);
    expect(clock.realtime()).toEqual(wanted);
    expect(clock.monotonicNs()).toBe(1e9 + 12_345);
    host.pass(1);
    const total = wanted.nanoseconds + 1;
    expect(clock.realtime()).toEqual({ seconds: wanted.seconds + Math.floor(total / 1e9), nanoseconds: total % 1e9 });
  });

  it('tells who waits for a time of day that it was set', () => {
    const { clock } = boot();
    let told = 0;
    clock.stepQueue.add(new WaitNode({ onWake: () => told++ }), 1);
    clock.setRealtime({ seconds: 1, nanoseconds: 0 });
    expect(told).toBe(1);
  });

  it('turns a time of day into the monotonic instant at which it comes', () => {
    const { host, clock } = boot();
    host.pass(777);
    expect(clock.monotonicOf(clock.realtime())).toBe(clock.monotonicNs());
    clock.setRealtime({ seconds: 100, nanoseconds: 900_000_000 });
    expect(clock.monotonicOf({ seconds: 102, nanoseconds: 100_000_000 }) - clock.monotonicNs()).toBe(1_200_000_000);
    expect(clock.monotonicOf({ seconds: 100, nanoseconds: 0 })).toBeLessThan(clock.monotonicNs());
  });
});
