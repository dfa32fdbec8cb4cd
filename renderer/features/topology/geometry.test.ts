import { describe, expect, test } from 'vitest';
import { align, snap } from './alignment.ts';
import { CARD_HEIGHT, CARD_WIDTH, edgeTowards, farScaleAt, linkLine } from './geometry.ts';

const at = (x: number, y: number) => ({ x, y });

describe('linkLine', () => {
  test('side by side it joins the facing edges in the middle', () => {
    expect(linkLine(at(0, 0), at(400, 0), 0)).toEqual({
      from: at(CARD_WIDTH, CARD_HEIGHT / 2),
      to: at(400, CARD_HEIGHT / 2),
    });
  });

  test('one above the other it joins bottom and top', () => {
    expect(linkLine(at(0, 0), at(0, 300), 0)).toEqual({
      from: at(CARD_WIDTH / 2, CARD_HEIGHT),
      to: at(CARD_WIDTH / 2, 300),
    });
  });

  test('lanes lie side by side and still begin at the edge', () => {
    const left = linkLine(at(0, 0), at(400, 0), -0.5);
    const right = linkLine(at(0, 0), at(400, 0), 0.5);
    expect(left.from.x).toBe(CARD_WIDTH);
    expect(right.from.y - left.from.y).toBe(18);
  });

  test('from afar it begins at the ring', () => {
    const line = linkLine(at(0, 0), at(400, 0), 0, 2);
    expect(line.from.x).toBe(CARD_WIDTH / 2 + 38);
  });

  test('cards in one place make a line of numbers all the same', () => {
    const { from, to } = linkLine(at(0, 0), at(0, 0), 0);
    for (const value of [from.x, from.y, to.x, to.y]) expect(Number.isFinite(value)).toBe(true);
  });
});

test('a link that is being drawn leaves the card towards the pointer', () => {
  expect(edgeTowards(at(0, 0), at(1000, CARD_HEIGHT / 2))).toEqual(at(CARD_WIDTH, CARD_HEIGHT / 2));
  expect(edgeTowards(at(0, 0), at(10, 10))).toEqual(at(10, 10));
});

test('rings grow as the zoom shrinks, within bounds', () => {
  expect(farScaleAt(1)).toBeUndefined();
  expect(farScaleAt(0.5)).toBe(1.4);
  expect(farScaleAt(0.1)).toBe(2.4);
});

describe('align', () => {
  const cases = [
    { what: 'the grid, away from others', position: at(13, 21), others: [at(400, 400)], snapped: at(16, 24) },
    {
      what: 'the centre line of another card',
      position: at(203, 21),
      others: [at(200, 400)],
      snapped: at(200, 24),
      vertical: 280,
    },
    {
      what: 'both centre lines',
      position: at(203, 397),
      others: [at(200, 0), at(0, 400)],
      snapped: at(200, 400),
      vertical: 280,
      horizontal: 428,
    },
    {
      what: 'the nearer of two',
      position: at(203, 21),
      others: [at(198, 400), at(202, 500)],
      snapped: at(202, 24),
      vertical: 282,
    },
  ];
  test.each(cases)('snaps to $what', ({ position, others, snapped, vertical, horizontal }) => {
    expect(align(position, others)).toEqual({ position: snapped, vertical, horizontal });
  });

  test('zero has no sign', () => {
    expect(Object.is(snap(-1), 0)).toBe(true);
  });
});
