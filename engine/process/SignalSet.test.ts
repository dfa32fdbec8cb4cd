import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SignalSet } from './SignalSet.ts';

const signal = fc.integer({ min: 1, max: 64 });

it('is the sigset_t of the kernel: signal n is bit n - 1', () => {
  for (let number = 1; number <= 64; number++) {
    const set = new SignalSet();
    set.add(number);
    const bits = 1n << BigInt(number - 1);
    expect([set.low >>> 0, set.high >>> 0]).toEqual([Number(bits & 0xffff_ffffn), Number(bits >> 32n)]);
    expect(SignalSet.of(Number(bits & 0xffff_ffffn), Number(bits >> 32n)).has(number)).toBe(true);
  }
});

it('behaves like a set', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ do: fc.constantFrom('add' as const, 'delete' as const), signal })), (steps) => {
      const set = new SignalSet();
      const model = new Set<number>();
      for (const step of steps) {
        set[step.do](step.signal);
        model[step.do](step.signal);
      }
      for (let number = 1; number <= 64; number++) expect(set.has(number)).toBe(model.has(number));
      expect(set.isEmpty).toBe(model.size === 0);
    }),
  );
});

it('is copied, not shared', () => {
  const set = SignalSet.of(1, -1);
  const clone = set.clone();
  const copy = new SignalSet();
  copy.copyFrom(set);
  set.set(0, 0);
  for (const other of [clone, copy]) expect([other.low, other.high]).toEqual([1, -1]);
});
