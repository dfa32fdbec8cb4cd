/** The document as React Flow wants it. Elements that did not change keep their identity, so that only the rest is drawn. */
import { useMemo, useRef } from 'react';
import type { CanvasPosition, Lab, Link, Machine, Switch } from '../../../engine/api/lab/model.ts';
import { formatLinkEnd } from '../../../engine/api/lab/model.ts';
import { linkKey, portsOfMachine, portsOfSwitch } from '../../../engine/api/lab/topology.ts';
import { usedPorts } from '../lab/document/links.ts';
import type { NodeKind } from '../lab/document/naming.ts';
import type { LinkEdge } from './LinkLine.tsx';
import type { CardNode } from './NodeCard.tsx';
import { CARD_HEIGHT, CARD_WIDTH } from './geometry.ts';

const SIZE = { width: CARD_WIDTH, height: CARD_HEIGHT };

/** `dragged` are the positions of cards under the pointer; they reach the document when they are let go. */
export function useCards(
  lab: Lab,
  selected: ReadonlySet<string>,
  dragged: ReadonlyMap<string, CanvasPosition>,
): CardNode[] {
  const former = useRef(new Map<string, CardNode>());
  const used = useMemo(() => usedPorts(lab), [lab]);
  return useMemo(() => {
    const next = new Map<string, CardNode>();
    const add = (kind: NodeKind, node: Machine | Switch, all: readonly string[]) => {
      const ports = all.filter((port) => !used.has(formatLinkEnd({ node: node.name, port })));
      const isLinked = ports.length < all.length;
      const before = former.current.get(node.name);
      const isSameData =
        before?.data.node === node &&
        before.data.freePorts.join() === ports.join() &&
        before.data.isLinked === isLinked;
      const card: CardNode = {
        id: node.name,
        type: 'card',
        position: dragged.get(node.name) ?? node.position,
        selected: selected.has(node.name),
        data: isSameData ? before.data : { kind, node, freePorts: ports, isLinked },
        ariaLabel: `${kind} ${node.name}`,
        measured: SIZE,
        ...SIZE,
      };
      next.set(node.name, before !== undefined && isSameCard(before, card) ? before : card);
    };
    for (const machine of lab.machines) add(machine.kind, machine, portsOfMachine(machine));
    for (const one of lab.switches) add('switch', one, portsOfSwitch(one));
    former.current = next;
    return [...next.values()];
  }, [lab, used, selected, dragged]);
}

function isSameCard(one: CardNode, other: CardNode): boolean {
  return one.data === other.data && one.selected === other.selected && one.position === other.position;
}

export function useLinks(lab: Lab, selected: ReadonlySet<string>): LinkEdge[] {
  return useMemo(() => {
    const lanes = lanesOf(lab.links);
    return lab.links.map((link): LinkEdge => {
      const id = linkKey(link);
      return {
        id,
        type: 'link',
        source: link.a.node,
        target: link.b.node,
        selected: selected.has(id),
        data: { link, lane: lanes.get(link) ?? 0 },
        ariaLabel: `Link from ${link.a.node} ${link.a.port} to ${link.b.node} ${link.b.port}`,
      };
    });
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
