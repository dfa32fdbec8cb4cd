import './LinkLine.css';
import { memo, useState, type ReactNode } from 'react';
import { ViewportPortal, useInternalNode, useStore, type Edge, type EdgeProps } from '@xyflow/react';
import type { CanvasPosition, Link, LinkEnd } from '../../../engine/api/lab/model.ts';
import { classNames } from '../../lib/classNames.ts';
import type { CardNode } from './NodeCard.tsx';
import { NEAR_ZOOM, farScaleAt, linkLine, pointAlong, type Line } from './geometry.ts';

export type LinkData = {
  link: Link;
  /** Which of the parallel links between the same two cards; 0 is the middle. */
  lane: number;
};

export type LinkEdge = Edge<LinkData, 'link'>;

const PORT_SIZE = 8;
/** Where the names of both ends do not fit on the link, one stands above it and the other below. */
const ROOM_ON_LINK = 84;
const ROOM_BESIDE_LINK = 28;
const ROOM_FOR_ADDRESSES = 240;

type Label = 'none' | 'name' | 'all';

export const LinkLine = memo(function LinkLine({ source, target, data, selected }: EdgeProps<LinkEdge>) {
  const [isHovered, setHovered] = useState(false);
  const from = useInternalNode<CardNode>(source);
  const to = useInternalNode<CardNode>(target);
  const farScale = useStore(({ transform: [, , zoom] }) => farScaleAt(zoom));
  const isNear = useStore(({ transform: [, , zoom] }) => zoom >= NEAR_ZOOM);
  if (from === undefined || to === undefined || data === undefined) return null;

  const { link, lane } = data;
  const line = linkLine(from.internals.positionAbsolute, to.internals.positionAbsolute, lane, farScale);
  const path = `M${point(line.from)}L${point(line.to)}`;
  const length = Math.hypot(line.to.x - line.from.x, line.to.y - line.from.y);
  const isRoomy = isNear && length >= ROOM_FOR_ADDRESSES;
  const label = isRoomy ? 'all' : length >= ROOM_BESIDE_LINK ? 'name' : 'none';
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
      {farScale === undefined && (
        <>
          <LinkPort end={link.a} line={line} label={label} address={addressAt(from.data, link.a)} />
          <LinkPort end={link.b} line={back} label={label} address={addressAt(to.data, link.b)} />
        </>
      )}
      {isHovered && (
        <LinkNote at={pointAlong(line, length / 2)}>
          <NoteLine end={link.a} address={addressAt(from.data, link.a)} />
          <NoteLine end={link.b} address={addressAt(to.data, link.b)} />
        </LinkNote>
      )}
    </g>
  );
});

/** What is known of the link, beside the pointer; as large at every zoom. */
function LinkNote({ at, children }: { at: CanvasPosition; children: ReactNode }) {
  const zoom = useStore(({ transform: [, , level] }) => level);
  return (
    <ViewportPortal>
      <div
        className="link-note"
        style={{ transform: `translate(${at.x}px, ${at.y}px) scale(${1 / zoom}) translate(-50%, 12px)` }}
      >
        {children}
      </div>
    </ViewportPortal>
  );
}

function NoteLine({ end, address }: { end: LinkEnd; address: string | undefined }) {
  return (
    <>
      <span>{end.node}</span>
      <span className="mono">{end.port}</span>
      <span className="mono">{address ?? ''}</span>
    </>
  );
}

type LinkPortProps = { end: LinkEnd; line: Line; label: Label; address: string | undefined };

/** The port at the near end of the line: its square on the card's edge, and its name beside it on the line. */
function LinkPort({ end, line, label, address }: LinkPortProps) {
  const place = nameAt(line);
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
      {label !== 'none' && (
        <text className="link-line__name mono" x={place.x} y={place.y}>
          {end.port}
        </text>
      )}
      {label === 'all' && address !== undefined && (
        <text className="link-line__address mono" x={place.x} y={place.y + 14}>
          {address}
        </text>
      )}
    </g>
  );
}

function nameAt(line: Line): CanvasPosition {
  const [across, down] = [line.to.x - line.from.x, line.to.y - line.from.y];
  const length = Math.hypot(across, down) || 1;
  // Words are wider than high: along a flat line they need more room before the card's edge than along a steep one.
  const flatness = Math.abs(across) / length;
  if (length >= ROOM_ON_LINK) return pointAlong(line, 16 + flatness * 12);
  const { x, y } = pointAlong(line, Math.max(15, length * 0.36));
  const distance = 10 + (1 - flatness) * 10;
  return { x: x + (down / length) * distance, y: y - (across / length) * distance };
}

function addressAt({ node }: CardNode['data'], end: LinkEnd): string | undefined {
  return 'interfaces' in node ? node.interfaces.find((one) => one.name === end.port)?.addresses[0] : undefined;
}

function point({ x, y }: { x: number; y: number }): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}
