import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CAP_CHOWN, CAP_LAST, CAP_MKNOD, CAP_SYS_ADMIN, CapabilitySet } from './Capabilities.ts';

const capability = fc.integer({ min: 0, max: CAP_LAST });
const someSet = fc.tuple(fc.integer(), fc.integer()).map(([low, high]) => new CapabilitySet(low, high));

function members(set: CapabilitySet): number[] {
  return Array.from({ length: CAP_LAST + 1 }, (_, number) => number).filter((number) => set.has(number));
}

describe('CapabilitySet', () => {
  it.each([
    ['nothing', CapabilitySet.none, '0000000000000000'],
    ['everything there is, and no more', CapabilitySet.all, '000001ffffffffff'],
    ['one of the lower half', new CapabilitySet(1 << CAP_MKNOD, 0), '0000000008000000'],
    ['what has no name', new CapabilitySet(0, -1), '000001ff00000000'],
  ])('shows %s as /proc does', (_what, set, text) => {
    expect(String(set)).toBe(text);
  });

  it('drops one at a time', () => {
    fc.assert(
      fc.property(someSet, capability, (set, dropped) => {
        expect(members(set.without(dropped))).toEqual(members(set).filter((number) => number !== dropped));
      }),
    );
  });

  it('joins and compares as sets do', () => {
    fc.assert(
      fc.property(someSet, someSet, (a, b) => {
        const union = a.union(b);
        expect(members(union)).toEqual([...new Set([...members(a), ...members(b)])].sort((x, y) => x - y));
        expect(union.contains(a) && union.contains(b)).toBe(true);
        expect(a.contains(b)).toBe(members(b).every((number) => a.has(number)));
      }),
    );
  });

  it('stays what it is when another is made of it', () => {
    CapabilitySet.all.without(CAP_SYS_ADMIN).union(new CapabilitySet(1 << CAP_CHOWN, 0));
    expect(CapabilitySet.all.has(CAP_SYS_ADMIN)).toBe(true);
  });
});
