/** Keeps what is seen in the middle of the canvas there when panels open, fold or are dragged. */
import { useEffect, type RefObject } from 'react';
import { useReactFlow, type Viewport } from '@xyflow/react';
import type { CanvasPosition } from '../../../engine/api/lab/model.ts';
import { FIT } from './canvasView.ts';
import { CARD_HEIGHT, CARD_WIDTH } from './geometry.ts';

type Size = { width: number; height: number };

export function useSteadyView(element: RefObject<HTMLElement | null>): void {
  const flow = useReactFlow();
  useEffect(() => {
    const canvas = element.current;
    if (canvas === null) return;
    let before: Size | undefined;
    const observer = new ResizeObserver(() => {
      const size = { width: canvas.clientWidth, height: canvas.clientHeight };
      if (before !== undefined) follow(before, size);
      before = size;
    });
    const follow = (old: Size, size: Size) => {
      const cards = flow.getNodes().map((node) => node.position);
      const { x, y, zoom } = flow.getViewport();
      const moved = { x: x + (size.width - old.width) / 2, y: y + (size.height - old.height) / 2, zoom };
      // Whoever saw the whole lab wants to go on seeing it.
      const sawAll = cards.length > 0 && isWholeLabInView(cards, { x, y, zoom }, old);
      if (sawAll && !isWholeLabInView(cards, moved, size)) void flow.fitView(FIT);
      else void flow.setViewport(moved);
    };
    observer.observe(canvas);
    return () => {
      observer.disconnect();
    };
  }, [element, flow]);
}

export function isWholeLabInView(cards: readonly CanvasPosition[], { x, y, zoom }: Viewport, size: Size): boolean {
  return cards.every((card) => {
    const [left, top] = [card.x * zoom + x, card.y * zoom + y];
    const [right, bottom] = [left + CARD_WIDTH * zoom, top + CARD_HEIGHT * zoom];
    return left >= 0 && top >= 0 && right <= size.width && bottom <= size.height;
  });
}
