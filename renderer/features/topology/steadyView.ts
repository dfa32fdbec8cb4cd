/** Keeps what is seen in the middle of the canvas there when panels open, fold or are dragged. */
import { useEffect, type RefObject } from 'react';
import { useReactFlow, type Rect, type Viewport } from '@xyflow/react';
import { FIT } from './canvasView.ts';

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
      const nodes = flow.getNodes();
      const lab = flow.getNodesBounds(nodes);
      const { x, y, zoom } = flow.getViewport();
      const moved = { x: x + (size.width - old.width) / 2, y: y + (size.height - old.height) / 2, zoom };
      // Whoever saw the whole lab wants to go on seeing it.
      const losesSight = nodes.length > 0 && isInside(lab, { x, y, zoom }, old) && !isInside(lab, moved, size);
      if (losesSight) void flow.fitView(FIT);
      else void flow.setViewport(moved);
    };
    observer.observe(canvas);
    return () => {
      observer.disconnect();
    };
  }, [element, flow]);
}

function isInside(lab: Rect, { x, y, zoom }: Viewport, { width, height }: Size): boolean {
  const [left, top] = [lab.x * zoom + x, lab.y * zoom + y];
  return left >= 0 && top >= 0 && left + lab.width * zoom <= width && top + lab.height * zoom <= height;
}
