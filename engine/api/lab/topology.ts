/** Questions that canvas, engine and checks ask of a lab: which ports are there, which are free, what changed. */
import type { Lab, Link, LinkEnd, Machine, Switch } from './model.ts';
import { formatLinkEnd } from './model.ts';

/** Names of all nodes, machines and switches. */
export function nodeNames(lab: Lab): Set<string> {
  return new Set([...lab.machines.map((machine) => machine.name), ...lab.switches.map((one) => one.name)]);
}

export function portsOfMachine(machine: Machine): string[] {
  return machine.interfaces.map((one) => one.name);
}

export function portsOfSwitch(one: Switch): string[] {
  return Array.from({ length: one.ports }, (_, index) => String(index + 1));
}

/** The ports of a node in their order; undefined where there is no such node. */
export function portsOfNode(lab: Lab, node: string): string[] | undefined {
  const machine = lab.machines.find((candidate) => candidate.name === node);
  if (machine !== undefined) return portsOfMachine(machine);
  const found = lab.switches.find((candidate) => candidate.name === node);
  return found === undefined ? undefined : portsOfSwitch(found);
}

/** The link at this port, if one is plugged in. */
export function linkAt(lab: Lab, end: LinkEnd): Link | undefined {
  const matches = (other: LinkEnd): boolean => other.node === end.node && other.port === end.port;
  return lab.links.find((link) => matches(link.a) || matches(link.b));
}

/** The node's first port without a link; undefined when all are taken. */
export function firstFreePort(lab: Lab, node: string): string | undefined {
  const taken = new Set(lab.links.flatMap((link) => [formatLinkEnd(link.a), formatLinkEnd(link.b)]));
  return portsOfNode(lab, node)?.find((port) => !taken.has(formatLinkEnd({ node, port })));
}

/** The first of `h1`, `h2`, … that no node bears. */
export function freshNodeName(lab: Lab, prefix: string): string {
  const taken = nodeNames(lab);
  let number = 1;
  while (taken.has(`${prefix}${String(number)}`)) number++;
  return `${prefix}${String(number)}`;
}

/** The first of `eth0`, `eth1`, … that the machine has not. */
export function freshInterfaceName(machine: Machine): string {
  const taken = new Set(portsOfMachine(machine));
  let number = 0;
  while (taken.has(`eth${String(number)}`)) number++;
  return `eth${String(number)}`;
}

/** A name of a link that does not depend on which end is called `a`. */
export function linkKey(link: Link): string {
  return [formatLinkEnd(link.a), formatLinkEnd(link.b)].sort().join(' ');
}

export interface TopologyChange {
  readonly removedLinks: readonly Link[];
  readonly removedSwitches: readonly string[];
  readonly addedSwitches: readonly Switch[];
  readonly addedLinks: readonly Link[];
}

type Wiring = Pick<Lab, 'switches' | 'links'>;

/**
 * What has to be unplugged and plugged to get from one wiring to another, in the order of the fields. A switch whose
 * number of ports changed is removed and added again, with its links.
 */
export function diffTopology(before: Wiring, after: Wiring): TopologyChange {
  const portsBefore = new Map(before.switches.map((one) => [one.name, one.ports]));
  const portsAfter = new Map(after.switches.map((one) => [one.name, one.ports]));
  const isRebuilt = (node: string): boolean => portsBefore.get(node) !== portsAfter.get(node);
  const touchesRebuilt = (link: Link): boolean => isRebuilt(link.a.node) || isRebuilt(link.b.node);
  const keysBefore = new Set(before.links.map(linkKey));
  const keysAfter = new Set(after.links.map(linkKey));
  return {
    removedLinks: before.links.filter((link) => !keysAfter.has(linkKey(link)) || touchesRebuilt(link)),
    removedSwitches: before.switches.map((one) => one.name).filter(isRebuilt),
    addedSwitches: after.switches.filter((one) => isRebuilt(one.name)),
    addedLinks: after.links.filter((link) => !keysBefore.has(linkKey(link)) || touchesRebuilt(link)),
  };
}
