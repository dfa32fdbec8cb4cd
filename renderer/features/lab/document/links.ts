/** Edits of links. An end without a port means "the next free one", which grows the node when it has none. */
import type { Lab, Link, LinkEnd } from '../../../../engine/api/lab/model.ts';
import { LIMITS, formatLinkEnd } from '../../../../engine/api/lab/model.ts';
import {
  firstFreePort,
  freshInterfaceName,
  linkAt,
  linkKey,
  portsOfNode,
} from '../../../../engine/api/lab/topology.ts';
import { addressSegment } from './addressing.ts';
import { addInterface, updateSwitch } from './nodes.ts';

export interface WantedEnd {
  readonly node: string;
  readonly port?: string | undefined;
}

export type Connected = { readonly lab: Lab; readonly link: Link } | { readonly problem: string };

/** How many ports a full switch gains at once. */
const SWITCH_GROWTH = 8;

/** Draws a link and proposes addresses for what it joins. */
export function connect(lab: Lab, from: WantedEnd, to: WantedEnd): Connected {
  const plugged = plug(lab, from, to);
  return 'problem' in plugged ? plugged : { lab: addressSegment(plugged.lab, plugged.link.a), link: plugged.link };
}

/** Why a link from here cannot end there; undefined when it can. */
export function refusesLink(lab: Lab, from: WantedEnd, to: WantedEnd): string | undefined {
  const plugged = plug(lab, from, to);
  return 'problem' in plugged ? plugged.problem : undefined;
}

function plug(lab: Lab, from: WantedEnd, to: WantedEnd): Connected {
  if (from.node === to.node) return { problem: `A link joins two different nodes; both ends are ${from.node}.` };
  const near = takePort(lab, from);
  if ('problem' in near) return near;
  const far = takePort(near.lab, to);
  if ('problem' in far) return far;
  const link: Link = { a: near.end, b: far.end };
  return { lab: { ...far.lab, links: [...far.lab.links, link] }, link };
}

type Taken = { readonly lab: Lab; readonly end: LinkEnd } | { readonly problem: string };

function takePort(lab: Lab, wanted: WantedEnd): Taken {
  const ports = portsOfNode(lab, wanted.node);
  if (ports === undefined) return { problem: `There is no node named ${wanted.node}.` };
  if (wanted.port === undefined) {
    const port = firstFreePort(lab, wanted.node);
    return port === undefined ? growNode(lab, wanted.node) : { lab, end: { node: wanted.node, port } };
  }
  const end = { node: wanted.node, port: wanted.port };
  if (!ports.includes(wanted.port)) return { problem: `${formatLinkEnd(end)} does not exist.` };
  const isTaken = linkAt(lab, end) !== undefined;
  return isTaken ? { problem: `${formatLinkEnd(end)} is already linked.` } : { lab, end };
}

function growNode(lab: Lab, node: string): Taken {
  const machine = lab.machines.find((one) => one.name === node);
  if (machine !== undefined) {
    if (machine.interfaces.length >= LIMITS.interfacesPerMachine) {
      return { problem: `${node} has no free interface and cannot have more than ${LIMITS.interfacesPerMachine}.` };
    }
    return { lab: addInterface(lab, node), end: { node, port: freshInterfaceName(machine) } };
  }
  const ports = lab.switches.find((one) => one.name === node)?.ports ?? 0;
  if (ports >= LIMITS.portsPerSwitch) return { problem: `All ${String(ports)} ports of ${node} are linked.` };
  const grown = Math.min(ports + SWITCH_GROWTH, LIMITS.portsPerSwitch);
  return {
    lab: updateSwitch(lab, node, (one) => ({ ...one, ports: grown })),
    end: { node, port: String(ports + 1) },
  };
}

export function removeLinks(lab: Lab, keys: ReadonlySet<string>): Lab {
  return { ...lab, links: lab.links.filter((link) => !keys.has(linkKey(link))) };
}

/** Plugs one end of a link into another port of the same node. */
export function movePlug(lab: Lab, key: string, side: 'a' | 'b', port: string): Lab {
  return {
    ...lab,
    links: lab.links.map((link) => (linkKey(link) === key ? { ...link, [side]: { ...link[side], port } } : link)),
  };
}

/** The ports of a node with nothing plugged in. */
export function freePorts(lab: Lab, node: string): string[] {
  const used = usedPorts(lab);
  return (portsOfNode(lab, node) ?? []).filter((port) => !used.has(formatLinkEnd({ node, port })));
}

/** Every port with something plugged in, written `h1:eth0`: to be asked many times. */
export function usedPorts(lab: Lab): Set<string> {
  return new Set(lab.links.flatMap((link) => [formatLinkEnd(link.a), formatLinkEnd(link.b)]));
}

/** A switch cannot have fewer ports than this without unplugging something. */
export function highestLinkedPort(lab: Lab, node: string): number {
  const ports = lab.links.flatMap((link) => [link.a, link.b]).filter((end) => end.node === node);
  return Math.max(1, ...ports.map((end) => Number(end.port)));
}
