/** Edits of machines and switches. Every edit takes a lab and answers a new one; nothing is changed in place. */
import type { CanvasPosition, Lab, Machine, Switch } from '../../../../engine/api/lab/model.ts';
import { DEFAULTS, forwardsByDefault } from '../../../../engine/api/lab/model.ts';
import type { NodeKind } from './naming.ts';
import { freshInterfaceName } from '../../../../engine/api/lab/topology.ts';
import { nameForNew } from './naming.ts';

/** How many interfaces a new machine has before anything is plugged in. */
const FIRST_INTERFACES = { host: 1, router: 2 } as const;

export function addNode(lab: Lab, kind: NodeKind, position: CanvasPosition): { lab: Lab; name: string } {
  const name = nameForNew(lab, kind);
  if (kind === 'switch') {
    const added: Switch = { name, ports: DEFAULTS.switchPorts, position };
    return { lab: { ...lab, switches: [...lab.switches, added] }, name };
  }
  const added: Machine = {
    name,
    kind,
    memoryBytes: DEFAULTS.memoryBytes,
    cpus: DEFAULTS.cpus,
    root: DEFAULTS.root,
    interfaces: Array.from({ length: FIRST_INTERFACES[kind] }, (_, index) => ({
      name: `eth${String(index)}`,
      addresses: [],
    })),
    routes: [],
    forwarding: forwardsByDefault(kind),
    environment: {},
    position,
  };
  return { lab: { ...lab, machines: [...lab.machines, added] }, name };
}

/** Links at the removed nodes go with them. */
export function removeNodes(lab: Lab, names: ReadonlySet<string>): Lab {
  return {
    ...lab,
    machines: lab.machines.filter((machine) => !names.has(machine.name)),
    switches: lab.switches.filter((one) => !names.has(one.name)),
    links: lab.links.filter((link) => !names.has(link.a.node) && !names.has(link.b.node)),
  };
}

export function renameNode(lab: Lab, from: string, to: string): Lab {
  const renamed = <Named extends { readonly name: string }>(one: Named): Named =>
    one.name === from ? { ...one, name: to } : one;
  const follow = (end: Lab['links'][number]['a']) => (end.node === from ? { ...end, node: to } : end);
  return {
    ...lab,
    machines: lab.machines.map(renamed),
    switches: lab.switches.map(renamed),
    links: lab.links.map((link) => ({ ...link, a: follow(link.a), b: follow(link.b) })),
  };
}

export function moveNodes(lab: Lab, positions: ReadonlyMap<string, CanvasPosition>): Lab {
  const moved = <Placed extends { readonly name: string; readonly position: CanvasPosition }>(one: Placed): Placed => {
    const position = positions.get(one.name);
    return position === undefined ? one : { ...one, position };
  };
  return { ...lab, machines: lab.machines.map(moved), switches: lab.switches.map(moved) };
}

export function updateMachine(lab: Lab, name: string, change: (machine: Machine) => Machine): Lab {
  return { ...lab, machines: lab.machines.map((machine) => (machine.name === name ? change(machine) : machine)) };
}

export function updateSwitch(lab: Lab, name: string, change: (one: Switch) => Switch): Lab {
  return { ...lab, switches: lab.switches.map((one) => (one.name === name ? change(one) : one)) };
}

/** A host that becomes a router starts to forward, and the other way round, as a new one would. */
export function changeKind(lab: Lab, name: string, kind: Machine['kind']): Lab {
  return updateMachine(lab, name, (machine) => ({ ...machine, kind, forwarding: forwardsByDefault(kind) }));
}

export function addInterface(lab: Lab, name: string): Lab {
  return updateMachine(lab, name, (machine) => ({
    ...machine,
    interfaces: [...machine.interfaces, { name: freshInterfaceName(machine), addresses: [] }],
  }));
}

/** The link in the interface is unplugged, and routes through it go. */
export function removeInterface(lab: Lab, node: string, port: string): Lab {
  const isAt = (end: { node: string; port: string }) => end.node === node && end.port === port;
  const without = updateMachine(lab, node, (machine) => ({
    ...machine,
    interfaces: machine.interfaces.filter((one) => one.name !== port),
    routes: machine.routes.filter((route) => route.interface !== port),
  }));
  return { ...without, links: without.links.filter((link) => !isAt(link.a) && !isAt(link.b)) };
}

export function renameInterface(lab: Lab, node: string, from: string, to: string): Lab {
  const renamed = updateMachine(lab, node, (machine) => ({
    ...machine,
    interfaces: machine.interfaces.map((one) => (one.name === from ? { ...one, name: to } : one)),
    routes: machine.routes.map((route) => (route.interface === from ? { ...route, interface: to } : route)),
  }));
  const follow = (end: Lab['links'][number]['a']) =>
    end.node === node && end.port === from ? { ...end, port: to } : end;
  return { ...renamed, links: renamed.links.map((link) => ({ ...link, a: follow(link.a), b: follow(link.b) })) };
}
