/**
 * Proposes addresses when a link is drawn, so that what was drawn can talk at once: every segment gets a /24 of its own
 * out of 10.0.0.0/8, hosts count up from 1, routers down from 254, and a host on a segment with a router takes it as its
 * gateway. What a person has filled in is never changed.
 */
import type { Lab, LinkEnd, Machine, NetworkInterface } from '../../../../engine/api/lab/model.ts';
import type { Ipv4Address } from './ipv4.ts';
import { formatIpv4, networkOf, networkSize, networksOverlap, parseIpv4 } from './ipv4.ts';
import { interfacesOnSegment } from './segments.ts';

const FIRST_NETWORK = 10 * 2 ** 24;
const LAST_NETWORK = 11 * 2 ** 24;
const PREFIX_LENGTH = 24;

/** Machines by name while they are being addressed; the map is changed, the machines in it are replaced. */
type Machines = Map<string, Machine>;

/** Fills in what is missing on the segment of this port. */
export function addressSegment(lab: Lab, start: LinkEnd): Lab {
  const members = interfacesOnSegment(lab, start);
  const machines: Machines = new Map(lab.machines.map((machine) => [machine.name, machine]));
  const taken = members.flatMap((end) => ipv4At(machines, end));
  const network = networkOfSegment(taken) ?? firstUnusedNetwork(lab);
  if (network === undefined) return lab;
  addressInterfaces(machines, members, network, new Set(taken.map((address) => address.value)));
  setMissingGateways(machines, members);
  return { ...lab, machines: lab.machines.map((machine) => machines.get(machine.name) ?? machine) };
}

function networkOfSegment([first]: readonly Ipv4Address[]): Ipv4Address | undefined {
  return first === undefined ? undefined : { value: networkOf(first), prefixLength: first.prefixLength };
}

function firstUnusedNetwork(lab: Lab): Ipv4Address | undefined {
  const used = lab.machines.flatMap((machine) => machine.interfaces.flatMap(ipv4Of));
  for (let value = FIRST_NETWORK; value < LAST_NETWORK; value += networkSize(PREFIX_LENGTH)) {
    const candidate = { value, prefixLength: PREFIX_LENGTH };
    if (!used.some((address) => networksOverlap(address, candidate))) return candidate;
  }
  return undefined;
}

function addressInterfaces(machines: Machines, members: readonly LinkEnd[], network: Ipv4Address, taken: Set<number>) {
  for (const end of members) {
    const machine = machines.get(end.node);
    if (machine === undefined || interfaceAt(machine, end)?.addresses.length !== 0) continue;
    const value = freeAddress(machine, network, taken);
    if (value === undefined) continue;
    taken.add(value);
    const addresses = [`${formatIpv4(value)}/${String(network.prefixLength)}`];
    machines.set(end.node, changeInterface(machine, end, { addresses }));
  }
}

/** `h7` takes 7 when it can; the next free number otherwise. The first and last address of a network are not hosts'. */
function freeAddress(machine: Machine, network: Ipv4Address, taken: ReadonlySet<number>): number | undefined {
  const last = networkSize(network.prefixLength) - 2;
  const isFree = (host: number) => host >= 1 && host <= last && !taken.has(network.value + host);
  if (machine.kind === 'router') {
    for (let host = last; host >= 1; host -= 1) if (isFree(host)) return network.value + host;
    return undefined;
  }
  const wished = Number(/\d+$/.exec(machine.name)?.[0]);
  if (isFree(wished)) return network.value + wished;
  for (let host = 1; host <= last; host += 1) if (isFree(host)) return network.value + host;
  return undefined;
}

function setMissingGateways(machines: Machines, members: readonly LinkEnd[]) {
  const router = members.find((end) => machines.get(end.node)?.kind === 'router');
  const gateway = router && ipv4At(machines, router).at(0);
  if (gateway === undefined) return;
  for (const end of members) {
    const machine = machines.get(end.node);
    if (machine?.kind !== 'host' || hasDefaultRoute(machine)) continue;
    const reachesGateway = ipv4At(machines, end).some((address) => networksOverlap(address, gateway));
    if (!reachesGateway) continue;
    machines.set(end.node, changeInterface(machine, end, { gateway: formatIpv4(gateway.value) }));
  }
}

function hasDefaultRoute(machine: Machine): boolean {
  return (
    machine.interfaces.some((one) => one.gateway !== undefined) ||
    machine.routes.some((route) => route.to === 'default')
  );
}

function ipv4At(machines: Machines, end: LinkEnd): Ipv4Address[] {
  const machine = machines.get(end.node);
  const own = machine && interfaceAt(machine, end);
  return own === undefined ? [] : ipv4Of(own);
}

function ipv4Of(one: NetworkInterface): Ipv4Address[] {
  return one.addresses.flatMap((text) => parseIpv4(text) ?? []);
}

function interfaceAt(machine: Machine, end: LinkEnd): NetworkInterface | undefined {
  return machine.interfaces.find((one) => one.name === end.port);
}

function changeInterface(machine: Machine, end: LinkEnd, change: Partial<NetworkInterface>): Machine {
  const interfaces = machine.interfaces.map((one) => (one.name === end.port ? { ...one, ...change } : one));
  return { ...machine, interfaces };
}
