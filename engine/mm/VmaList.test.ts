import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MIN_ADDRESS, PAGE_SIZE, TASK_SIZE } from '../trap/layout.ts';
import type { PageSource } from './PageSource.ts';
import { Vma } from './Vma.ts';
import { VmaList } from './VmaList.ts';

const BASE = 0x40_0000;

/** A source that counts who holds it. */
class CountedSource implements PageSource {
  references = 0;
  readonly mappings = new Set<never>();

  getPage(): number {
    return 0;
  }

  writeBack(): number {
    return 0;
  }

  retain(): void {
    this.references++;
  }

  release(): void {
    this.references--;
  }
}

function address(page: number): number {
  return BASE + page * PAGE_SIZE;
}

function makeVma(first: number, last: number, protection = 3, source: PageSource | null = null, sourcePage = 0): Vma {
  source?.retain();
  return new Vma(address(first), address(last), protection, false, source, sourcePage);
}

/** Mappings as `first-last:protection[@page of the source]`. */
function show(list: VmaList): string[] {
  return list.items.map((vma) => {
    const [first, last] = [vma.start, vma.end].map((at) => (at - BASE) / PAGE_SIZE);
    return `${first}-${last}:${vma.protection}${vma.source === null ? '' : `@${vma.sourcePage}`}`;
  });
}

function makeList(...vmas: Vma[]): VmaList {
  const list = new VmaList();
  for (const vma of vmas) list.insert(vma);
  return list;
}

describe('find', () => {
  const list = makeList(makeVma(8, 10), makeVma(0, 2), makeVma(2, 4, 1));

  it.each([
    [0, '0-2'],
    [1, '0-2'],
    [2, '2-4'],
    [3, '2-4'],
    [4, null],
    [7, null],
    [8, '8-10'],
    [10, null],
  ])('at page %i finds %s', (page, expected) => {
    for (const inPage of [0, PAGE_SIZE - 1]) {
      const vma = list.find(address(page) + inPage);
      expect(vma === null ? null : show(makeList(vma))[0].replace(/:.*/, '')).toBe(expected);
    }
  });

  it('does not find what was taken out, though it was found last', () => {
    const short = makeList(makeVma(0, 2), makeVma(5, 6));
    const found = short.find(address(1));
    short.remove(found!);
    expect(short.find(address(1))).toBeNull();
    expect(() => short.remove(found!)).toThrow();
    short.find(address(5));
    short.clear();
    expect(short.find(address(5))).toBeNull();
  });
});

describe('splitAt', () => {
  it.each([
    [0, ['0-4:3@10']],
    [1, ['0-1:3@10', '1-4:3@11']],
    [3, ['0-3:3@10', '3-4:3@13']],
    [4, ['0-4:3@10']],
    [9, ['0-4:3@10']],
  ])('page %i makes %j', (page, expected) => {
    const source = new CountedSource();
    const list = makeList(makeVma(0, 4, 3, source, 10));
    list.find(address(2));
    list.splitAt(address(page));
    expect(show(list)).toEqual(expected);
    expect(source.references).toBe(expected.length);
    for (let at = 0; at < 4; at++) expect(list.find(address(at))!.pageOfSource(address(at) / PAGE_SIZE)).toBe(10 + at);
  });

  it('leaves both halves what the whole was', () => {
    const whole = makeVma(0, 2, 5);
    Object.assign(whole, { maxProtection: 5, growsDown: true, onFork: 'wipe', name: '[stack]', isShared: true });
    const list = makeList(whole);
    list.splitAt(address(1));
    const [lower, upper] = list.items;
    const place = { start: 0, end: 0, sourcePage: 0 };
    expect(Object.assign({}, upper, place)).toEqual(Object.assign({}, lower, place));
    expect(lower.canMerge(upper)).toBe(true);
  });
});

describe('mergeAround', () => {
  const source = new CountedSource();
  const other = new CountedSource();

  it.each<[string, Vma[], string[]]>([
    ['joins anonymous neighbours', [makeVma(0, 2), makeVma(2, 4), makeVma(4, 5)], ['0-5:3']],
    ['leaves gaps', [makeVma(0, 2), makeVma(3, 4)], ['0-2:3', '3-4:3']],
    ['leaves other protections', [makeVma(0, 2), makeVma(2, 4, 1)], ['0-2:3', '2-4:1']],
    ['joins what continues in the source', [makeVma(0, 2, 3, source, 7), makeVma(2, 4, 3, source, 9)], ['0-4:3@7']],
    [
      'leaves what jumps in the source',
      [makeVma(0, 2, 3, source, 7), makeVma(2, 4, 3, source, 10)],
      ['0-2:3@7', '2-4:3@10'],
    ],
    ['leaves other sources', [makeVma(0, 2, 3, source), makeVma(2, 4, 3, other, 2)], ['0-2:3@0', '2-4:3@2']],
  ])('%s', (_what, vmas, expected) => {
    const list = makeList(...vmas);
    list.mergeAround(address(2), address(4));
    expect(show(list)).toEqual(expected);
  });

  it('gives back what the swallowed mapping held', () => {
    const counted = new CountedSource();
    const list = makeList(makeVma(0, 2, 3, counted, 0), makeVma(2, 4, 3, counted, 2));
    list.find(address(3));
    list.mergeAround(address(2), address(4));
    expect(counted.references).toBe(1);
    expect(list.find(address(3))).toBe(list.items[0]);
  });
});

describe('findFree', () => {
  const top = address(20);

  it.each<[string, Vma[], number, number]>([
    ['the top when nothing is there', [], 4, 16],
    ['what is below the highest mapping', [makeVma(18, 20)], 4, 14],
    ['a gap that fits exactly', [makeVma(18, 20), makeVma(10, 15)], 3, 15],
    ['below a gap that is too small', [makeVma(18, 20), makeVma(10, 15)], 4, 6],
    ['nothing of what lies above the top', [makeVma(30, 40)], 4, 16],
    ['what is left of a mapping across the top', [makeVma(19, 30)], 4, 15],
  ])('finds %s', (_what, vmas, pages, expected) => {
    expect(makeList(...vmas).findFree(pages * PAGE_SIZE, top)).toBe(address(expected));
  });

  it('keeps to what guests may have', () => {
    expect(new VmaList().findFree(PAGE_SIZE, Infinity)).toBe(TASK_SIZE - PAGE_SIZE);
    expect(new VmaList().findFree(PAGE_SIZE, MIN_ADDRESS)).toBe(-1);
    expect(new VmaList().findFree(TASK_SIZE, TASK_SIZE)).toBe(-1);
  });
});

describe('as a whole', () => {
  const PAGES = 24;

  it('behaves like an array with the mapping of each page', () => {
    const range = fc
      .tuple(fc.nat(PAGES - 1), fc.integer({ min: 1, max: 6 }))
      .map(([first, count]) => ({ first, last: Math.min(PAGES, first + count) }));
    const step = fc.record({
      do: fc.constantFrom('map' as const, 'unmap' as const, 'look' as const),
      range,
      protection: fc.constantFrom(1, 3),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const list = new VmaList();
        const model = new Array<number>(PAGES).fill(0);
        for (const { do: what, range: pages, protection } of steps) {
          const { first, last } = pages;
          const [start, end] = [address(first), address(last)];
          if (what === 'look') {
            list.find(start);
          } else {
            // As munmap(2) does it, then as mmap(2) does it.
            list.splitAt(start);
            list.splitAt(end);
            for (const vma of list.items.filter((one) => one.start >= start && one.end <= end)) list.remove(vma);
            expect(list.isFree(start, end)).toBe(true);
            model.fill(0, first, last);
            if (what === 'map') {
              list.insert(makeVma(first, last, protection));
              list.mergeAround(start, end);
              model.fill(protection, first, last);
            }
          }
          expect(pagesOf(list)).toEqual(model);
          expectSortedAndMerged(list);
          for (let pagesWanted = 1; pagesWanted <= 4; pagesWanted++) {
            const found = list.findFree(pagesWanted * PAGE_SIZE, address(PAGES));
            const naive = highestGap(model, pagesWanted);
            if (naive >= 0) expect(found).toBe(address(naive));
            else expect(found).toBeLessThanOrEqual(BASE - PAGE_SIZE + (pagesWanted - 1) * PAGE_SIZE);
          }
        }
      }),
    );
  });

  function pagesOf(list: VmaList): number[] {
    return Array.from({ length: PAGES }, (_, page) => list.find(address(page))?.protection ?? 0);
  }

  function expectSortedAndMerged(list: VmaList): void {
    list.items.forEach((vma, index) => {
      expect(vma.start).toBeLessThan(vma.end);
      const next = list.items.at(index + 1);
      if (next === undefined) return;
      expect(vma.end).toBeLessThanOrEqual(next.start);
      expect(vma.canMerge(next)).toBe(false);
    });
  }

  function highestGap(model: readonly number[], count: number): number {
    for (let first = PAGES - count; first >= 0; first--) {
      if (model.slice(first, first + count).every((protection) => protection === 0)) return first;
    }
    return -1;
  }
});
