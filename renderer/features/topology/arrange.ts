/** Automatic arrangement: switches and routers in the middle, what hangs on them around, by layers. */
import dagre from '@dagrejs/dagre';
import type { CanvasPosition, Lab } from '../../../engine/api/lab/model.ts';
import { snap } from './alignment.ts';
import { CARD_HEIGHT, CARD_WIDTH } from './geometry.ts';

export function arrange(lab: Lab): Map<string, CanvasPosition> {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 64, ranksep: 96 });
  graph.setDefaultEdgeLabel(() => ({}));
  const nodes = [...lab.switches, ...lab.machines];
  for (const { name } of nodes) graph.setNode(name, { width: CARD_WIDTH, height: CARD_HEIGHT });
  for (const link of lab.links) graph.setEdge(link.a.node, link.b.node);
  dagre.layout(graph);
  return new Map(
    nodes.map(({ name }) => {
      const { x, y } = graph.node(name) as CanvasPosition;
      return [name, { x: snap(x - CARD_WIDTH / 2), y: snap(y - CARD_HEIGHT / 2) }];
    }),
  );
}
