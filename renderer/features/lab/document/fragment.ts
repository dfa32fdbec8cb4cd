/** Copy, paste and duplicate: a part of a lab with the links inside of it. */
import type { CanvasPosition, Lab } from '../../../../engine/api/lab/model.ts';
import { nodeNames } from '../../../../engine/api/lab/topology.ts';
import { addressSegment } from './addressing.ts';
import { nameForCopy } from './naming.ts';

export type Fragment = Pick<Lab, 'machines' | 'switches' | 'links'>;

export function copyNodes(lab: Lab, names: ReadonlySet<string>): Fragment {
  return {
    machines: lab.machines.filter((machine) => names.has(machine.name)),
    switches: lab.switches.filter((one) => names.has(one.name)),
    links: lab.links.filter((link) => names.has(link.a.node) && names.has(link.b.node)),
  };
}

/**
 * Puts the fragment into the lab under new names where theirs are taken. Hardware addresses stay behind, and addresses
 * that the lab uses already are proposed anew.
 */
export function pasteFragment(lab: Lab, fragment: Fragment, offset: CanvasPosition): { lab: Lab; names: string[] } {
  const renaming = renameAll(fragment, nodeNames(lab));
  const nameOf = (old: string) => renaming.get(old) ?? old;
  const used = new Set(lab.machines.flatMap((machine) => machine.interfaces.flatMap((one) => one.addresses)));
  const place = (position: CanvasPosition) => ({ x: position.x + offset.x, y: position.y + offset.y });

  const machines = fragment.machines.map((machine) => ({
    ...machine,
    name: nameOf(machine.name),
    position: place(machine.position),
    interfaces: machine.interfaces.map(({ mac: _mac, gateway, ...one }) => {
      const isTaken = one.addresses.some((address) => used.has(address));
      if (isTaken) return { ...one, addresses: [] };
      return gateway === undefined ? one : { ...one, gateway };
    }),
  }));
  const switches = fragment.switches.map((one) => ({
    ...one,
    name: nameOf(one.name),
    position: place(one.position),
  }));
  const links = fragment.links.map((link) => ({
    a: { ...link.a, node: nameOf(link.a.node) },
    b: { ...link.b, node: nameOf(link.b.node) },
  }));

  const pasted: Lab = {
    ...lab,
    machines: [...lab.machines, ...machines],
    switches: [...lab.switches, ...switches],
    links: [...lab.links, ...links],
  };
  const addressed = links.reduce((current, link) => addressSegment(current, link.a), pasted);
  return { lab: addressed, names: [...machines, ...switches].map((one) => one.name) };
}

function renameAll(fragment: Fragment, existing: ReadonlySet<string>): Map<string, string> {
  const taken = new Set(existing);
  const renaming = new Map<string, string>();
  for (const { name } of [...fragment.machines, ...fragment.switches]) {
    const next = taken.has(name) ? nameForCopy(name, taken) : name;
    taken.add(next);
    renaming.set(name, next);
  }
  return renaming;
}
