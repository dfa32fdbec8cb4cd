import { MiniMap, useStore, type ReactFlowState } from '@xyflow/react';
import { isWholeLabInView } from './steadyView.ts';

/** Fewer are found by looking. */
const NODES_WORTH_A_MAP = 8;

function isOfUse({ nodeLookup, transform: [x, y, zoom], width, height }: ReactFlowState): boolean {
  if (nodeLookup.size < NODES_WORTH_A_MAP) return false;
  const positions = [...nodeLookup.values()].map((node) => node.position);
  return !isWholeLabInView(positions, { x, y, zoom }, { width, height });
}

/** The small map in the corner: there when the lab is larger than the view. */
export function Overview() {
  if (!useStore(isOfUse)) return null;
  return (
    <MiniMap
      className="canvas__minimap"
      pannable
      zoomable
      ariaLabel="Overview of the lab"
      nodeBorderRadius={16}
      nodeColor="var(--line-link)"
      maskColor="var(--minimap-mask)"
      bgColor="transparent"
    />
  );
}
