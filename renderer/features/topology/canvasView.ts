/** The part of the canvas that is in sight, for commands that come from elsewhere. */
import type { ReactFlowInstance } from '@xyflow/react';
import type { CanvasPosition } from '../../../engine/api/lab/model.ts';
import type { LinkEdge } from './LinkLine.tsx';
import type { CardNode } from './NodeCard.tsx';

export interface CanvasView {
  readonly flow: Pick<ReactFlowInstance<CardNode, LinkEdge>, 'fitView' | 'zoomIn' | 'zoomOut' | 'screenToFlowPosition'>;
  readonly element: HTMLElement;
}

/** Never so near that two machines fill the window. */
export const FIT = { maxZoom: 1.2, padding: 0.15 };

let view: CanvasView | undefined;

/** How the view moves; at once where the system asks for less motion. */
function duration(): number {
  return matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 150;
}

export function setCanvasView(next: CanvasView | undefined): void {
  view = next;
}

export function zoomIn(): void {
  void view?.flow.zoomIn({ duration: duration() });
}

export function zoomOut(): void {
  void view?.flow.zoomOut({ duration: duration() });
}

export function fitView(nodes?: readonly string[]): void {
  void view?.flow.fitView({
    duration: duration(),
    ...FIT,
    ...(nodes && { nodes: nodes.map((id) => ({ id })) }),
  });
}

export function focusCanvas(): void {
  view?.element.focus();
}

/** The canvas position in the middle of the view; undefined while there is no canvas. */
export function middleOfView(): CanvasPosition | undefined {
  if (view === undefined) return undefined;
  const { left, top, width, height } = view.element.getBoundingClientRect();
  return view.flow.screenToFlowPosition({ x: left + width / 2, y: top + height / 2 });
}
