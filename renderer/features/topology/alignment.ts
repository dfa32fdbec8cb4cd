/** Snapping while nodes are moved: to the centre lines of other nodes when one is near, to the grid otherwise. */
import type { CanvasPosition } from '../../../engine/api/lab/model.ts';
import { GRID, centreOf } from './geometry.ts';

export interface Alignment {
  readonly position: CanvasPosition;
  /** The centre lines that the node now shares with others: drawn as helper lines. */
  readonly vertical: number | undefined;
  readonly horizontal: number | undefined;
}

const REACH = 6;

export function align(position: CanvasPosition, others: readonly CanvasPosition[]): Alignment {
  const centre = centreOf(position);
  const centres = others.map(centreOf);
  const vertical = nearest(
    centre.x,
    centres.map((other) => other.x),
  );
  const horizontal = nearest(
    centre.y,
    centres.map((other) => other.y),
  );
  return {
    position: {
      x: vertical === undefined ? snap(position.x) : position.x + vertical - centre.x,
      y: horizontal === undefined ? snap(position.y) : position.y + horizontal - centre.y,
    },
    vertical,
    horizontal,
  };
}

export function snap(coordinate: number): number {
  // Adding zero turns the -0 of small negative coordinates into 0.
  return Math.round(coordinate / GRID) * GRID + 0;
}

function nearest(value: number, candidates: readonly number[]): number | undefined {
  const near = candidates.filter((candidate) => Math.abs(candidate - value) <= REACH);
  near.sort((one, other) => Math.abs(one - value) - Math.abs(other - value));
  return near.at(0);
}
