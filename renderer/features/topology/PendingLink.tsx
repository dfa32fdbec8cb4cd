import type { ConnectionLineComponentProps } from '@xyflow/react';
import { edgeTowards } from './geometry.ts';
import type { CardNode } from './NodeCard.tsx';

/** The link while it is being drawn: from the card to the pointer, or to the card that it would land on. */
export function PendingLink({
  fromNode,
  fromX,
  fromY,
  toNode,
  toX,
  toY,
  fromHandle,
}: ConnectionLineComponentProps<CardNode>) {
  const isOnCard = toNode !== null && toNode.id !== fromNode.id;
  const isFromPort = fromHandle.id?.startsWith('port:') === true;
  const from = isFromPort
    ? { x: fromX, y: fromY }
    : edgeTowards(fromNode.internals.positionAbsolute, { x: toX, y: toY });
  const to = isOnCard ? edgeTowards(toNode.internals.positionAbsolute, from) : { x: toX, y: toY };
  return (
    <g className="pending-link">
      <path className="pending-link__line" d={`M${String(from.x)} ${String(from.y)}L${String(to.x)} ${String(to.y)}`} />
      <circle className="pending-link__end" cx={to.x} cy={to.y} r="4" />
    </g>
  );
}
