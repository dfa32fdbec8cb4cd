import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TASK_SIZE } from '../trap/layout.ts';
import { PageTable, PTE_FRAME_SHIFT, PTE_PRESENT } from './PageTable.ts';
import { IMAGE_FRAME_BASE } from './PhysicalMemory.ts';

const LAST_PAGE = TASK_SIZE / 4096 - 1;

describe('PageTable', () => {
  it('has nothing at first, and forgets what becomes 0', () => {
    const table = new PageTable();
    expect(table.get(0)).toBe(0);
    table.set(LAST_PAGE, 0);
    expect(table.get(LAST_PAGE)).toBe(0);
    table.set(LAST_PAGE, 257);
    expect([table.get(LAST_PAGE), table.get(LAST_PAGE - 1)]).toEqual([257, 0]);
    table.set(LAST_PAGE, 0);
    expect(table.get(LAST_PAGE)).toBe(0);
  });

  it.each([0, 1, 0x7f_ffff, IMAGE_FRAME_BASE, IMAGE_FRAME_BASE + 0x7f_ffff])('keeps frame %i whole', (frame) => {
    const table = new PageTable();
    table.set(5, (frame << PTE_FRAME_SHIFT) | PTE_PRESENT);
    expect(table.get(5) >>> PTE_FRAME_SHIFT).toBe(frame);
    expect(table.get(5) & 0xff).toBe(PTE_PRESENT);
  });

  it('visits what is there, in order, and no page outside', () => {
    const table = new PageTable();
    for (const page of [0, 511, 512, 1023, 1024, 5000, LAST_PAGE]) table.set(page, page * 256 + 1);
    const seen: number[] = [];
    table.update(511, 5000, (entry, page) => {
      seen.push(page);
      return page === 1023 ? 0 : entry | 2;
    });
    expect(seen).toEqual([511, 512, 1023, 1024]);
    expect([0, 511, 512, 1023, 1024, 5000].map((page) => table.get(page) & 0xff)).toEqual([1, 3, 3, 0, 3, 1]);
  });

  it('walks all of an address space by what is in it', () => {
    const table = new PageTable();
    const pages = [3, 700_000, 1 << 30, LAST_PAGE];
    for (const page of [...pages].reverse()) table.set(page, 1);
    const seen: number[] = [];
    table.update(0, LAST_PAGE + 1, (_entry, page) => {
      seen.push(page);
      return 0;
    });
    expect(seen).toEqual(pages);
    expect(pages.map((page) => table.get(page))).toEqual([0, 0, 0, 0]);
  });

  it('behaves like a map from pages to entries', () => {
    // Few leaves with many entries, some far away: borders of leaves and gaps both occur.
    const page = fc.oneof(
      fc.nat(1600),
      fc.nat(40).map((near) => 600_000 + near),
    );
    const entry = fc.integer({ min: 1, max: 0xffff });
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ do: fc.constant('set' as const), page, entry }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('set' as const), page, entry: fc.constant(0) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('clear' as const), page, count: fc.nat(700_000) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('mark' as const), page, count: fc.nat(2000) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.array(page, { maxLength: 20 }), (steps, others) => {
        const table = new PageTable();
        const model = new Map<number, number>();
        for (const action of steps) {
          if (action.do === 'set') {
            table.set(action.page, action.entry);
            if (action.entry === 0) model.delete(action.page);
            else model.set(action.page, action.entry);
          } else {
            const last = action.page + action.count;
            const expected = [...model.keys()].filter((at) => at >= action.page && at < last).sort((a, b) => a - b);
            const seen: number[] = [];
            table.update(action.page, last, (found, at) => {
              seen.push(at);
              expect(found).toBe(model.get(at));
              return action.do === 'clear' ? 0 : found | 0x10000;
            });
            expect(seen).toEqual(expected);
            for (const at of seen) {
              if (action.do === 'clear') model.delete(at);
              else model.set(at, model.get(at)! | 0x10000);
            }
          }
        }
        for (const at of [...model.keys(), ...others]) expect(table.get(at)).toBe(model.get(at) ?? 0);
      }),
    );
  });
});
