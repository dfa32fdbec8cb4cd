import './LinkLine.css';
import { memo, useState } from 'react';
import { useInternalNode, useStore, type Edge, type EdgeProps } from '@xyflow/react';
import type { Link, LinkEnd } from '../../../engine/api/lab/model.ts';
import { classNames } from '../../lib/classNames.ts';
import type { CardNode } from './NodeCard.tsx';
import { FAR_ZOOM, NEAR_ZOOM, linkLine, pointAlong, type Line } from './geometry.ts';

export type LinkData = {
  link: Link;
  /** Which of the parallel links between the same two cards; 0 is the middle. */
  lane: number;
};

export type LinkEdge = Edge<LinkData, 'link'>;

const PORT_SIZE = 8;

export const LinkLine = memo(function LinkLine({ source, target, data, selected }: EdgeProps<LinkEdge>) {
  const [isHovered, setHovered] = useState(false);
  const from = useInternalNode<CardNode>(source);
  const to = useInternalNode<CardNode>(target);
  const detail = useStore(({ transform: [, , zoom] }) =>
    zoom < FAR_ZOOM ? 'far' : zoom >= NEAR_ZOOM ? 'near' : 'middle',
  );
  if (from === undefined || to === undefined || data === undefined) return null;

  const { link, lane } = data;
  const line = linkLine(
    from.internals.positionAbsolute,
    to.internals.positionAbsolute,
    lane,
    detail === 'far' ? 'far' : 'cards',
  );
  const path = `M${point(line.from)}L${point(line.to)}`;
  const showsAddresses = detail === 'near' || isHovered || selected === true;
  const back: Line = { from: line.to, to: line.from };

  return (
    <g
      className={classNames('link-line', selected === true && 'link-line--selected')}
      data-testid={`link-${link.a.node}-${link.a.port}-${link.b.node}-${link.b.port}`}
      onPointerEnter={() => {
        setHovered(true);
      }}
      onPointerLeave={() => {
        setHovered(false);
      }}
    >
      <path className="link-line__reach" d={path} />
      <path className="link-line__line" d={path} />
      {detail !== 'far' && (
        <>
          <LinkPort end={link.a} line={line} address={showsAddresses ? addressAt(from.data, link.a) : undefined} />
          <LinkPort end={link.b} line={back} address={showsAddresses ? addressAt(to.data, link.b) : undefined} />
        </>
      )}
    </g>
  );
});

/** The port at the near end of the line: its square on the card's edge, and its name beside it on the line. */
function LinkPort({ end, line, address }: { end: LinkEnd; line: Line; address: string | undefined }) {
  const slant = Math.abs(line.to.x - line.from.x) / (Math.hypot(line.to.x - line.from.x, line.to.y - line.from.y) || 1);
  // Words are wider than high: along a flat line they need more room before the card's edge than along a steep one.
  const place = pointAlong(line, 16 + slant * 12);
  return (
    <g>
      <rect
        className="link-line__port"
        data-testid={`port-${end.node}-${end.port}`}
        x={line.from.x - PORT_SIZE / 2}
        y={line.from.y - PORT_SIZE / 2}
        width={PORT_SIZE}
        height={PORT_SIZE}
        rx="2.5"
      />
      <text className="link-line__name mono" x={place.x} y={place.y}>
        {end.port}
      </text>
      {address !== undefined && (
        <text className="link-line__address mono" x={place.x} y={place.y + 14}>
          {address}
        </text>
      )}
    </g>
  );
}

function addressAt({ node }: CardNode['data'], end: LinkEnd): string | undefined {
  return 'interfaces' in node ? node.interfaces.find((one) => one.name === end.port)?.addresses[0] : undefined;
}

function point({ x, y }: { x: number; y: number }): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}
