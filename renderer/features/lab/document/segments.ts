/** A segment is what one Ethernet broadcast reaches: interfaces joined by links and switches. */
import type { Lab, Link, LinkEnd } from '../../../../engine/api/lab/model.ts';

/** The machine interfaces on the segment that a port belongs to, the port's own included if it is one. */
export function interfacesOnSegment(lab: Lab, start: LinkEnd): LinkEnd[] {
  const switchNames = new Set(lab.switches.map((one) => one.name));
  const linksAt = indexLinks(lab, switchNames);
  const seen = new Set<string>();
  const found: LinkEnd[] = [];
  const pending: LinkEnd[] = [start];
  for (let end = pending.pop(); end !== undefined; end = pending.pop()) {
    const key = keyOf(end, switchNames);
    if (seen.has(key)) continue;
    seen.add(key);
    if (!switchNames.has(end.node)) found.push(end);
    for (const link of linksAt.get(key) ?? []) {
      pending.push(keyOf(link.a, switchNames) === key ? link.b : link.a);
    }
  }
  return found;
}

/** All ports of a switch are one place; every interface of a machine is its own. */
function keyOf(end: LinkEnd, switchNames: ReadonlySet<string>): string {
  return switchNames.has(end.node) ? end.node : `${end.node}:${end.port}`;
}

function indexLinks(lab: Lab, switchNames: ReadonlySet<string>): Map<string, Link[]> {
  const index = new Map<string, Link[]>();
  for (const link of lab.links) {
    for (const end of [link.a, link.b]) {
      const key = keyOf(end, switchNames);
      const links = index.get(key);
      if (links === undefined) index.set(key, [link]);
      else links.push(link);
    }
  }
  return index;
}
