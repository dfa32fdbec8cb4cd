/** The document as React Flow wants it. Elements that did not change keep their identity, so that only the rest is drawn. */
import { useMemo, useRef } from 'react';
import type { CanvasPosition, Lab, Link, Machine, Switch } from '../../../engine/api/lab/model.ts';
import { formatLinkEnd } from '../../../engine/api/lab/model.ts';
import { linkKey, portsOfMachine, portsOfSwitch } from '../../../engine/api/lab/topology.ts';
import { usedPorts } from '../lab/document/links.ts';
import type { NodeKind } from '../lab/document/naming.ts';
import type { LinkEdge } from './LinkLine.tsx';
import type { CardData, CardNode } from './NodeCard.tsx';
import { CARD_HEIGHT, CARD_WIDTH } from './geometry.ts';

const SIZE = { width: CARD_WIDTH, height: CARD_HEIGHT };

/** `dragged` are the positions of cards under the pointer; they reach the document when they are let go. */
export function useCards(
  lab: Lab,
  selected: ReadonlySet<string>,
  dragged: ReadonlyMap<string, CanvasPosition>,
): CardNode[] {
  const all = useCardData(lab);
  const former = useRef(new Map<string, CardNode>());
  return useMemo(() => {
    const cards = [...all].map(([name, data]): CardNode => {
      const position = dragged.get(name) ?? data.node.position;
      const isSelected = selected.has(name);
      const before = former.current.get(name);
      const isSame = before?.data === data && before.position === position && before.selected === isSelected;
      if (isSame) return before;
      const ariaLabel = `${data.kind} ${name}`;
      return { id: name, type: 'card', position, selected: isSelected, data, ariaLabel, measured: SIZE, ...SIZE };
    });
    former.current = new Map(cards.map((card) => [card.id, card]));
    return cards;
  }, [all, selected, dragged]);
}

/** What the cards show, by name. Apart from the positions, for these change with every move of the pointer. */
function useCardData(lab: Lab): Map<string, CardData> {
  const former = useRef(new Map<string, CardData>());
  return useMemo(() => {
    const used = usedPorts(lab);
    const dataOf = (kind: NodeKind, node: Machine | Switch, ports: readonly string[]): [string, CardData] => {
      const freePorts = ports.filter((port) => !used.has(formatLinkEnd({ node: node.name, port })));
      const isLinked = freePorts.length < ports.length;
      const before = former.current.get(node.name);
      const isSame =
        before?.node === node && before.isLinked === isLinked && before.freePorts.join() === freePorts.join();
      return [node.name, isSame ? before : { kind, node, freePorts, isLinked }];
    };
    former.current = new Map([
      ...lab.machines.map((machine) => dataOf(machine.kind, machine, portsOfMachine(machine))),
      ...lab.switches.map((one) => dataOf('switch', one, portsOfSwitch(one))),
    ]);
    return former.current;
  }, [lab]);
}

export function useLinks(lab: Lab, selected: ReadonlySet<string>): LinkEdge[] {
  const former = useRef(new Map<string, LinkEdge>());
  return useMemo(() => {
    const lanes = lanesOf(lab.links);
    const edges = lab.links.map((link): LinkEdge => {
      const id = linkKey(link);
      const isSelected = selected.has(id);
      const lane = lanes.get(link) ?? 0;
      const before = former.current.get(id);
      const isSame = before?.data?.link === link && before.data.lane === lane && before.selected === isSelected;
      if (isSame) return before;
      const ariaLabel = `Link from ${link.a.node} ${link.a.port} to ${link.b.node} ${link.b.port}`;
      const [source, target] = [link.a.node, link.b.node];
      return { id, type: 'link', source, target, selected: isSelected, data: { link, lane }, ariaLabel };
    });
    former.current = new Map(edges.map((edge) => [edge.id, edge]));
    return edges;
  }, [lab.links, selected]);
}

/** Spreads the links between the same two nodes around the middle: -0.5 and 0.5 for two, -1, 0 and 1 for three. */
function lanesOf(links: readonly Link[]): Map<Link, number> {
  const groups = new Map<string, Link[]>();
  for (const link of links) {
    const pair = [link.a.node, link.b.node].sort().join(' ');
    const group = groups.get(pair);
    if (group === undefined) groups.set(pair, [link]);
    else group.push(link);
  }
  const lanes = new Map<Link, number>();
  for (const group of groups.values()) {
    for (const [index, link] of group.entries()) {
      const lane = index - (group.length - 1) / 2;
      // The lane is seen from the link's own direction; a link drawn the other way round sees its neighbours mirrored.
      lanes.set(link, link.a.node < link.b.node ? lane : -lane);
    }
  }
  return lanes;
}
