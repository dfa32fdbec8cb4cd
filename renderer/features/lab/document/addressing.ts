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

/** Fills in what is missing on the segment of this port. */
export function addressSegment(lab: Lab, start: LinkEnd): Lab {
  const members = interfacesOnSegment(lab, start);
  const network = networkOfSegment(lab, members) ?? firstUnusedNetwork(lab);
  if (network === undefined || members.length === 0) return lab;
  const addressed = members.reduce((current, end) => addressInterface(current, end, members, network), lab);
  return setMissingGateways(addressed, members);
}

function networkOfSegment(lab: Lab, members: readonly LinkEnd[]): Ipv4Address | undefined {
  const first = members.flatMap((end) => ipv4Of(lab, end)).at(0);
  return first === undefined ? undefined : { value: networkOf(first), prefixLength: first.prefixLength };
}

function firstUnusedNetwork(lab: Lab): Ipv4Address | undefined {
  const used = lab.machines.flatMap((machine) => machine.interfaces.flatMap(ipv4OfInterface));
  for (let value = FIRST_NETWORK; value < LAST_NETWORK; value += networkSize(PREFIX_LENGTH)) {
    const candidate = { value, prefixLength: PREFIX_LENGTH };
    if (!used.some((address) => networksOverlap(address, candidate))) return candidate;
  }
  return undefined;
}

function addressInterface(lab: Lab, end: LinkEnd, members: readonly LinkEnd[], network: Ipv4Address): Lab {
  const machine = lab.machines.find((one) => one.name === end.node);
  const own = machine?.interfaces.find((one) => one.name === end.port);
  if (machine === undefined || own === undefined || own.addresses.length > 0) return lab;
  const taken = new Set(members.flatMap((member) => ipv4Of(lab, member)).map((address) => address.value));
  const value = freeAddress(machine, network, taken);
  if (value === undefined) return lab;
  return replaceInterface(lab, end, { ...own, addresses: [`${formatIpv4(value)}/${String(network.prefixLength)}`] });
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

function setMissingGateways(lab: Lab, members: readonly LinkEnd[]): Lab {
  const kinds = new Map(lab.machines.map((machine) => [machine.name, machine.kind]));
  const router = members.find((end) => kinds.get(end.node) === 'router');
  const gateway = router && ipv4Of(lab, router).at(0);
  if (gateway === undefined) return lab;
  return members.reduce((current, end) => {
    const machine = current.machines.find((one) => one.name === end.node);
    const own = machine?.interfaces.find((one) => one.name === end.port);
    if (machine?.kind !== 'host' || own === undefined || hasDefaultRoute(machine)) return current;
    const reachesGateway = ipv4OfInterface(own).some((address) => networksOverlap(address, gateway));
    if (!reachesGateway) return current;
    return replaceInterface(current, end, { ...own, gateway: formatIpv4(gateway.value) });
  }, lab);
}

function hasDefaultRoute(machine: Machine): boolean {
  return (
    machine.interfaces.some((one) => one.gateway !== undefined) ||
    machine.routes.some((route) => route.to === 'default')
  );
}

function ipv4Of(lab: Lab, end: LinkEnd): Ipv4Address[] {
  const machine = lab.machines.find((one) => one.name === end.node);
  const own = machine?.interfaces.find((one) => one.name === end.port);
  return own === undefined ? [] : ipv4OfInterface(own);
}

function ipv4OfInterface(one: NetworkInterface): Ipv4Address[] {
  return one.addresses.flatMap((text) => parseIpv4(text) ?? []);
}

function replaceInterface(lab: Lab, end: LinkEnd, next: NetworkInterface): Lab {
  return {
    ...lab,
    machines: lab.machines.map((machine) =>
      machine.name === end.node
        ? { ...machine, interfaces: machine.interfaces.map((one) => (one.name === end.port ? next : one)) }
        : machine,
    ),
  };
}
