/** Names that a person would choose: `h1`, `r2`, `sw1`. */
import type { Lab } from '../../../../engine/api/lab/model.ts';
import { freshNodeName } from '../../../../engine/api/lab/topology.ts';

export type NodeKind = 'host' | 'router' | 'switch';

const PREFIXES: Record<NodeKind, string> = { host: 'h', router: 'r', switch: 'sw' };

export function nameForNew(lab: Lab, kind: NodeKind): string {
  return freshNodeName(lab, PREFIXES[kind]);
}

/** The name for a copy: `h1` becomes the next free `h2`, `web` becomes `web2`. */
export function nameForCopy(name: string, taken: ReadonlySet<string>): string {
  const stem = name.replace(/\d+$/, '');
  // A name of digits only has no stem to count from.
  const prefix = stem === '' ? `${name}-` : stem;
  let number = stem === '' || stem === name ? 2 : Number(name.slice(stem.length)) + 1;
  while (taken.has(`${prefix}${String(number)}`)) number += 1;
  return `${prefix}${String(number)}`;
}
