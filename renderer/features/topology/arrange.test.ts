import { expect, test } from 'vitest';
import { labOf } from '../lab/document/document.testing.ts';
import { arrange } from './arrange.ts';
import { CARD_HEIGHT, CARD_WIDTH, GRID } from './geometry.ts';

const hosts = Array.from({ length: 20 }, (_, index) => `h${String(index + 1)}`);

const cases = [
  { what: 'an empty lab', lab: labOf('') },
  { what: 'a star', lab: labOf(`sw1 ${hosts.join(' ')}`, hosts.map((host) => `${host}-sw1`).join(' ')) },
  { what: 'machines without links', lab: labOf(hosts.join(' ')) },
  { what: 'some of both', lab: labOf('h1 h2 sw1 h3 r1', 'h1-sw1 h2-sw1') },
];

test.each(cases)('$what: every card has a place of its own on the grid', ({ lab }) => {
  const positions = [...arrange(lab).values()];
  expect(positions).toHaveLength(lab.machines.length + lab.switches.length);
  for (const [index, one] of positions.entries()) {
    expect([Math.abs(one.x % GRID), Math.abs(one.y % GRID)]).toEqual([0, 0]);
    for (const other of positions.slice(index + 1)) {
      const isApart = Math.abs(one.x - other.x) >= CARD_WIDTH || Math.abs(one.y - other.y) >= CARD_HEIGHT;
      expect(isApart).toBe(true);
    }
  }
});

test('what is not linked lies in rows, not in one line', () => {
  const rows = new Set([...arrange(labOf(hosts.join(' '))).values()].map((position) => position.y));
  expect(rows.size).toBeGreaterThan(3);
});
