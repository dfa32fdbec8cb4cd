/** Where things are on the canvas, in canvas units. A node's position is the top left corner of its card. */
import type { CanvasPosition } from '../../../engine/api/lab/model.ts';

export const CARD_WIDTH = 160;
export const CARD_HEIGHT = 56;
export const GRID = 8;

/** Below this zoom a card is only its ring, and the links end at the ring. */
const FAR_ZOOM = 0.55;
/** From this zoom on, links show the addresses of their ends. */
export const NEAR_ZOOM = 1.4;

const RING_RADIUS = 18;
const LANE_HEIGHT = 18;
const LANE_WIDTH = 36;

/**
 * How much larger than at full size the rings are drawn from afar, so that they stay readable; in steps, for each step draws
 * the links anew. Undefined while the zoom shows cards.
 */
export function farScaleAt(zoom: number): number | undefined {
  if (zoom >= FAR_ZOOM) return undefined;
  const wanted = 26 / (2 * RING_RADIUS * zoom);
  return Math.round(Math.min(2.4, Math.max(1.4, wanted)) * 5) / 5;
}

export interface Line {
  readonly from: CanvasPosition;
  readonly to: CanvasPosition;
}

export function centreOf(position: CanvasPosition): CanvasPosition {
  return { x: position.x + CARD_WIDTH / 2, y: position.y + CARD_HEIGHT / 2 };
}

/**
 * The visible part of a link between two cards. Links between the same two cards lie in lanes side by side: lane 0 joins
 * the centres, the others are shifted across by whole or half lanes. With a scale the ends are at the rings, as from afar.
 */
export function linkLine(one: CanvasPosition, other: CanvasPosition, lane: number, farScale?: number): Line {
  const start = centreOf(one);
  const end = centreOf(other);
  const length = Math.hypot(end.x - start.x, end.y - start.y) || 1;
  const along = { x: (end.x - start.x) / length, y: (end.y - start.y) / length };
  // Names are written across the link: beside each other they need more room than above each other.
  const laneWidth = LANE_HEIGHT + Math.abs(along.y) * (LANE_WIDTH - LANE_HEIGHT);
  const shift = { x: -along.y * lane * laneWidth, y: along.x * lane * laneWidth };
  const leave = (centre: CanvasPosition, sign: 1 | -1): CanvasPosition => {
    const direction = { x: along.x * sign, y: along.y * sign };
    const distance = farScale === undefined ? distanceToEdge(shift, direction) : RING_RADIUS * farScale + 2;
    return { x: centre.x + shift.x + direction.x * distance, y: centre.y + shift.y + direction.y * distance };
  };
  return { from: leave(start, 1), to: leave(end, -1) };
}

/** How far from a point inside of a card, given relative to its centre, to the card's edge in a direction. */
function distanceToEdge(inside: CanvasPosition, direction: CanvasPosition): number {
  // Two cards in one place have no direction between them.
  if (direction.x === 0 && direction.y === 0) return 0;
  const along = (half: number, offset: number, part: number) =>
    part === 0 ? Infinity : (half - Math.sign(part) * offset) / Math.abs(part);
  const horizontal = along(CARD_WIDTH / 2, inside.x, direction.x);
  const vertical = along(CARD_HEIGHT / 2, inside.y, direction.y);
  return Math.max(0, Math.min(horizontal, vertical));
}

/** Where a link from a card to the pointer leaves the card. */
export function edgeTowards(card: CanvasPosition, target: CanvasPosition): CanvasPosition {
  const centre = centreOf(card);
  const isInside = Math.abs(target.x - centre.x) < CARD_WIDTH / 2 && Math.abs(target.y - centre.y) < CARD_HEIGHT / 2;
  if (isInside) return target;
  const corner = { x: target.x - CARD_WIDTH / 2, y: target.y - CARD_HEIGHT / 2 };
  return linkLine(card, corner, 0).from;
}

export function pointAlong(line: Line, distance: number): CanvasPosition {
  const length = Math.hypot(line.to.x - line.from.x, line.to.y - line.from.y) || 1;
  const part = distance / length;
  return { x: line.from.x + (line.to.x - line.from.x) * part, y: line.from.y + (line.to.y - line.from.y) * part };
}
