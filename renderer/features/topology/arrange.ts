/** Automatic arrangement: what is linked in layers, switches towards the middle; what is not linked in rows below. */
import dagre from '@dagrejs/dagre';
import type { CanvasPosition, Lab } from '../../../engine/api/lab/model.ts';
import { snap } from './alignment.ts';
import { CARD_HEIGHT, CARD_WIDTH } from './geometry.ts';

const GAP = { x: 64, y: 96 };

export function arrange(lab: Lab): Map<string, CanvasPosition> {
  const linked = new Set(lab.links.flatMap((link) => [link.a.node, link.b.node]));
  const names = [...lab.switches, ...lab.machines].map((node) => node.name);
  const layered = inLayers(
    lab,
    names.filter((name) => linked.has(name)),
  );
  const lowest = Math.max(-CARD_HEIGHT - GAP.y, ...[...layered.values()].map((position) => position.y));
  const alone = names.filter((name) => !linked.has(name));
  return new Map([...layered, ...inRows(alone, lowest + CARD_HEIGHT + GAP.y)]);
}

function inLayers(lab: Lab, names: readonly string[]): Map<string, CanvasPosition> {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: GAP.x, ranksep: GAP.y });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const name of names) graph.setNode(name, { width: CARD_WIDTH, height: CARD_HEIGHT });
  for (const link of lab.links) graph.setEdge(link.a.node, link.b.node);
  dagre.layout(graph);
  return new Map(
    names.map((name) => {
      const { x, y } = graph.node(name) as CanvasPosition;
      return [name, { x: snap(x - CARD_WIDTH / 2), y: snap(y - CARD_HEIGHT / 2) }];
    }),
  );
}

function inRows(names: readonly string[], top: number): Map<string, CanvasPosition> {
  // Cards are wider than high: as many columns as make the block about square.
  const columns = Math.ceil(Math.sqrt(names.length * 0.7));
  return new Map(
    names.map((name, index) => [
      name,
      {
        x: (index % columns) * (CARD_WIDTH + GAP.x),
        y: snap(top + Math.floor(index / columns) * (CARD_HEIGHT + GAP.y)),
      },
    ]),
  );
}
