/** Labs for tests, written as short as one thinks of them. */
import type { Lab, Link, LinkEnd } from '../../../../engine/api/lab/model.ts';
import { EMPTY_LAB } from '../../../../engine/api/lab/model.ts';
import { connect } from './links.ts';
import type { NodeKind } from './naming.ts';
import { addNode } from './nodes.ts';

const KINDS: Record<string, NodeKind> = { h: 'host', r: 'router', s: 'switch' };

/** `labOf('h1 h2 sw1', 'h1-sw1 h2-sw1')`: nodes by name, whose first letter tells the kind, and links drawn in this order. */
export function labOf(nodes: string, links = ''): Lab {
  const withNodes = words(nodes).reduce((lab, name, index) => {
    const kind = KINDS[name.charAt(0)] ?? 'host';
    const added = addNode(lab, kind, { x: index * 200, y: 0 });
    const rename = <Named extends { readonly name: string }>(one: Named) =>
      one.name === added.name ? { ...one, name } : one;
    return { ...added.lab, machines: added.lab.machines.map(rename), switches: added.lab.switches.map(rename) };
  }, EMPTY_LAB);
  return words(links).reduce((lab, pair) => {
    const [from = '', to = ''] = pair.split('-');
    const connected = connect(lab, endOf(from), endOf(to));
    if ('problem' in connected) throw new Error(connected.problem);
    return connected.lab;
  }, withNodes);
}

/** `h1:eth0`, or `h1` for its next free interface. */
export function endOf(text: string): { node: string; port?: string } {
  const [node = '', port] = text.split(':');
  return port === undefined ? { node } : { node, port };
}

export function linksOf(lab: Lab): string[] {
  const write = (end: LinkEnd) => `${end.node}:${end.port}`;
  return lab.links.map((link: Link) => `${write(link.a)}-${write(link.b)}`);
}

/** Addresses by interface: `{ 'h1:eth0': '10.0.0.1/24' }`; interfaces without any are left out. */
export function addressesOf(lab: Lab): Record<string, string> {
  return Object.fromEntries(
    lab.machines.flatMap((machine) =>
      machine.interfaces
        .filter((one) => one.addresses.length > 0)
        .map((one) => [`${machine.name}:${one.name}`, one.addresses.join(' ')]),
    ),
  );
}

export function gatewaysOf(lab: Lab): Record<string, string> {
  return Object.fromEntries(
    lab.machines.flatMap((machine) =>
      machine.interfaces.flatMap((one) => (one.gateway === undefined ? [] : [[machine.name, one.gateway]])),
    ),
  );
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}
