/**
 * The lab as the tree that its file spells: sections as plain objects, mappings of the user's names as `Map`s (their
 * order counts), defaults left out. Two labs with equal trees are the same to the file.
 */
import type { CanvasPosition, Lab, Machine, NetworkInterface, Route, Switch } from './model.ts';
import { DEFAULTS, formatLinkEnd, forwardsByDefault } from './model.ts';
import { formatSize } from './rules.ts';

export type Plain = string | number | boolean | readonly Plain[] | PlainSection | PlainDictionary;
export interface PlainSection {
  readonly [key: string]: Plain;
}
export type PlainDictionary = ReadonlyMap<string, Plain>;

function unless(condition: boolean, section: PlainSection): PlainSection {
  return condition ? {} : section;
}

function plainInterface(one: NetworkInterface): PlainSection {
  return {
    ...unless(one.addresses.length === 0, { addresses: one.addresses }),
    ...(one.gateway !== undefined && { gateway: one.gateway }),
    ...(one.mac !== undefined && { mac: one.mac }),
  };
}

function plainRoute(route: Route): PlainSection {
  return {
    to: route.to,
    ...(route.via !== undefined && { via: route.via }),
    ...(route.interface !== undefined && { interface: route.interface }),
  };
}

function plainStartup({ startup }: Machine): PlainSection {
  if (startup === undefined) return {};
  return { startup: startup.kind === 'inline' ? startup.text : { file: startup.path } };
}

function plainMachine(machine: Machine): PlainSection {
  const environment = Object.entries(machine.environment);
  return {
    kind: machine.kind,
    ...unless(machine.memoryBytes === DEFAULTS.memoryBytes, { memory: formatSize(machine.memoryBytes) }),
    ...unless(machine.cpus === DEFAULTS.cpus, { cpus: machine.cpus }),
    ...unless(machine.root === DEFAULTS.root, { root: machine.root }),
    ...unless(machine.interfaces.length === 0, {
      interfaces: new Map(machine.interfaces.map((one) => [one.name, plainInterface(one)])),
    }),
    ...unless(machine.routes.length === 0, { routes: machine.routes.map(plainRoute) }),
    ...unless(machine.forwarding === forwardsByDefault(machine.kind), { forwarding: machine.forwarding }),
    ...plainStartup(machine),
    ...unless(environment.length === 0, { environment: Object.fromEntries(environment) }),
  };
}

function plainSwitch(one: Switch): PlainSection {
  return unless(one.ports === DEFAULTS.switchPorts, { ports: one.ports });
}

function plainPosition(position: CanvasPosition): Plain {
  return [position.x, position.y];
}

export function plainLab(lab: Lab): PlainSection {
  const nodes = [...lab.machines, ...lab.switches];
  return {
    name: lab.name,
    ...unless(lab.notes === '', { notes: lab.notes }),
    ...unless(lab.machines.length === 0, {
      machines: new Map(lab.machines.map((machine) => [machine.name, plainMachine(machine)])),
    }),
    ...unless(lab.switches.length === 0, {
      switches: new Map(lab.switches.map((one) => [one.name, plainSwitch(one)])),
    }),
    ...unless(lab.links.length === 0, {
      links: lab.links.map((link) => [formatLinkEnd(link.a), formatLinkEnd(link.b)]),
    }),
    ...unless(nodes.length === 0, {
      positions: Object.fromEntries(nodes.map((node) => [node.name, plainPosition(node.position)])),
    }),
  };
}

function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}

/** Dictionaries are equal only in the same order; sections in any. */
export function isSamePlain(one: Plain, other: Plain): boolean {
  if (typeof one !== 'object' || typeof other !== 'object') return Object.is(one, other) || one === other;
  if (isList(one) || isList(other)) {
    if (!isList(one) || !isList(other) || one.length !== other.length) return false;
    return one.every((value, index) => isSamePlain(value, other[index] ?? []));
  }
  const isDictionary = one instanceof Map;
  if (isDictionary !== other instanceof Map) return false;
  const entries = plainEntries(one);
  const otherEntries = plainEntries(other);
  if (entries.length !== otherEntries.length) return false;
  if (isDictionary) {
    const inOrder = otherEntries.values();
    return entries.every(([key, value]) => {
      const entry = inOrder.next();
      return entry.done !== true && entry.value[0] === key && isSamePlain(value, entry.value[1]);
    });
  }
  const values = new Map(otherEntries);
  return entries.every(([key, value]) => {
    const found = values.get(key);
    return found !== undefined && isSamePlain(value, found);
  });
}

export function plainEntries(value: PlainSection | PlainDictionary): [string, Plain][] {
  return value instanceof Map ? [...(value as PlainDictionary)] : Object.entries(value as PlainSection);
}
