import { describe, expect, test } from 'vitest';
import { checkLab } from '../../../../engine/api/lab/check.ts';
import { EMPTY_LAB } from '../../../../engine/api/lab/model.ts';
import { addressesOf, labOf, linksOf } from './document.testing.ts';
import { copyNodes, pasteFragment } from './fragment.ts';
import { nameForCopy } from './naming.ts';
import * as nodes from './nodes.ts';

describe('addNode', () => {
  test('names count up by kind', () => {
    const kinds = ['host', 'switch', 'host', 'router', 'switch'] as const;
    const names: string[] = [];
    let lab = EMPTY_LAB;
    for (const kind of kinds) {
      const added = nodes.addNode(lab, kind, { x: 0, y: 0 });
      names.push(added.name);
      lab = added.lab;
    }
    expect(names).toEqual(['h1', 'sw1', 'h2', 'r1', 'sw2']);
    expect(checkLab(lab)).toEqual([]);
  });

  test('a gap in the names is filled', () => {
    const lab = nodes.removeNodes(labOf('h1 h2 h3'), new Set(['h2']));
    expect(nodes.addNode(lab, 'host', { x: 0, y: 0 }).name).toBe('h2');
  });

  test('a router forwards and a host does not, also when one becomes the other', () => {
    const lab = labOf('h1 r1');
    expect(lab.machines.map((machine) => machine.forwarding)).toEqual([false, true]);
    expect(nodes.changeKind(lab, 'h1', 'router').machines[0]?.forwarding).toBe(true);
  });
});

describe('edits keep the lab whole', () => {
  const lab = labOf('h1 h2 sw1 r1', 'h1-sw1 h2-sw1 sw1-r1');

  test('removing a node takes its links along', () => {
    expect(linksOf(nodes.removeNodes(lab, new Set(['h1', 'r1'])))).toEqual(['h2:eth0-sw1:2']);
  });

  test('renaming a node renames the ends of its links', () => {
    const renamed = nodes.renameNode(lab, 'sw1', 'core');
    expect(linksOf(renamed)).toEqual(['h1:eth0-core:1', 'h2:eth0-core:2', 'core:3-r1:eth0']);
    expect(checkLab(renamed)).toEqual([]);
  });

  test('renaming an interface renames plugs and routes', () => {
    const routed = nodes.updateMachine(lab, 'h1', (machine) => ({
      ...machine,
      routes: [{ to: '10.9.0.0/16', interface: 'eth0' }],
    }));
    const renamed = nodes.renameInterface(routed, 'h1', 'eth0', 'lan');
    expect(linksOf(renamed)[0]).toBe('h1:lan-sw1:1');
    expect(renamed.machines[0]?.routes).toEqual([{ to: '10.9.0.0/16', interface: 'lan' }]);
    expect(checkLab(renamed)).toEqual([]);
  });

  test('removing an interface unplugs it and drops its routes', () => {
    const routed = nodes.updateMachine(lab, 'h1', (machine) => ({
      ...machine,
      routes: [{ to: '10.9.0.0/16', interface: 'eth0' }],
    }));
    const removed = nodes.removeInterface(routed, 'h1', 'eth0');
    expect(linksOf(removed)).toEqual(['h2:eth0-sw1:2', 'sw1:3-r1:eth0']);
    expect(checkLab(removed)).toEqual([]);
  });

  test('moving leaves the others where they are, as the same objects', () => {
    const moved = nodes.moveNodes(lab, new Map([['h1', { x: 5, y: 6 }]]));
    expect(moved.machines[0]?.position).toEqual({ x: 5, y: 6 });
    expect(moved.machines[1]).toBe(lab.machines[1]);
  });
});

describe('nameForCopy', () => {
  const cases = [
    ['h1', ['h1'], 'h2'],
    ['h1', ['h1', 'h2', 'h3'], 'h4'],
    ['web', ['web'], 'web2'],
    ['web', ['web', 'web2'], 'web3'],
    ['7', ['7'], '7-2'],
  ] as const;
  test.each(cases)('%s beside %j becomes %s', (name, taken, expected) => {
    expect(nameForCopy(name, new Set(taken))).toBe(expected);
  });
});

describe('copy and paste', () => {
  const lab = labOf('h1 h2 sw1 h3', 'h1-sw1 h2-sw1 h3-sw1');

  test('links come along when both of their ends do', () => {
    const fragment = copyNodes(lab, new Set(['h1', 'sw1']));
    expect(fragment.links).toHaveLength(1);
  });

  test('copies get names and addresses of their own', () => {
    const fragment = copyNodes(lab, new Set(['h1', 'h2', 'sw1']));
    const pasted = pasteFragment(lab, fragment, { x: 32, y: 32 });
    expect(pasted.names).toEqual(['h4', 'h5', 'sw2']);
    expect(linksOf(pasted.lab).slice(3)).toEqual(['h4:eth0-sw2:1', 'h5:eth0-sw2:2']);
    expect(addressesOf(pasted.lab)).toMatchObject({ 'h4:eth0': '10.0.1.4/24', 'h5:eth0': '10.0.1.5/24' });
    expect(checkLab(pasted.lab)).toEqual([]);
  });

  test('into another lab everything keeps its name and address', () => {
    const fragment = copyNodes(lab, new Set(['h1', 'h2', 'sw1']));
    const pasted = pasteFragment(EMPTY_LAB, fragment, { x: 0, y: 0 });
    expect(pasted.names).toEqual(['h1', 'h2', 'sw1']);
    expect(addressesOf(pasted.lab)).toEqual({ 'h1:eth0': '10.0.0.1/24', 'h2:eth0': '10.0.0.2/24' });
  });

  test('hardware addresses stay behind', () => {
    const withMac = nodes.updateMachine(lab, 'h1', (machine) => ({
      ...machine,
      interfaces: machine.interfaces.map((one) => ({ ...one, mac: '02:00:00:00:00:01' })),
    }));
    const pasted = pasteFragment(withMac, copyNodes(withMac, new Set(['h1'])), { x: 0, y: 0 });
    expect(pasted.lab.machines.at(-1)?.interfaces[0]?.mac).toBeUndefined();
  });
});
