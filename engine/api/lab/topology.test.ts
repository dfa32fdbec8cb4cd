import { expect, test } from 'vitest';
import type { Link } from './model.ts';
import { parseLab } from './parse.ts';
import { diffTopology, firstFreePort, freshInterfaceName, freshNodeName, linkAt } from './topology.ts';

const parsed = parseLab(
  `name: x
machines: { h1: { interfaces: { eth0: , eth1: } }, h3: }
switches: { s1: { ports: 2 } }
links: [[h1:eth0, s1:1]]
`,
  'lab.yaml',
);
if (!parsed.ok) throw new Error('the lab of this test is wrong');
const { lab } = parsed;

test('free ports and fresh names', () => {
  expect(firstFreePort(lab, 'h1')).toBe('eth1');
  expect(firstFreePort(lab, 's1')).toBe('2');
  expect(firstFreePort(lab, 'h3')).toBeUndefined();
  expect(firstFreePort(lab, 'nobody')).toBeUndefined();
  expect(freshNodeName(lab, 'h')).toBe('h2');
  expect(freshNodeName(lab, 's')).toBe('s2');
  expect(freshInterfaceName(lab.machines[0])).toBe('eth2');
  expect(linkAt(lab, { node: 's1', port: '1' })).toBe(lab.links[0]);
  expect(linkAt(lab, { node: 's1', port: '2' })).toBeUndefined();
});

const link = (a: string, b: string): Link => {
  const [nodeA = '', portA = ''] = a.split(':');
  const [nodeB = '', portB = ''] = b.split(':');
  return { a: { node: nodeA, port: portA }, b: { node: nodeB, port: portB } };
};
const s1 = { name: 's1', ports: 8, position: { x: 0, y: 0 } };

test.each([
  {
    name: 'nothing changed, ends exchanged',
    before: { switches: [s1], links: [link('h1:eth0', 's1:1')] },
    after: { switches: [{ ...s1, position: { x: 9, y: 9 } }], links: [link('s1:1', 'h1:eth0')] },
    expected: { removedLinks: [], removedSwitches: [], addedSwitches: [], addedLinks: [] },
  },
  {
    name: 'a link was moved',
    before: { switches: [s1], links: [link('h1:eth0', 's1:1')] },
    after: { switches: [s1], links: [link('h1:eth0', 's1:2')] },
    expected: {
      removedLinks: [link('h1:eth0', 's1:1')],
      removedSwitches: [],
      addedSwitches: [],
      addedLinks: [link('h1:eth0', 's1:2')],
    },
  },
  {
    name: 'a switch got more ports: its links are plugged anew, others are not',
    before: { switches: [s1], links: [link('h1:eth0', 's1:1'), link('h2:eth0', 'h3:eth0')] },
    after: { switches: [{ ...s1, ports: 16 }], links: [link('h1:eth0', 's1:1'), link('h2:eth0', 'h3:eth0')] },
    expected: {
      removedLinks: [link('h1:eth0', 's1:1')],
      removedSwitches: ['s1'],
      addedSwitches: [{ ...s1, ports: 16 }],
      addedLinks: [link('h1:eth0', 's1:1')],
    },
  },
  {
    name: 'all is gone',
    before: { switches: [s1], links: [link('h1:eth0', 's1:1')] },
    after: { switches: [], links: [] },
    expected: {
      removedLinks: [link('h1:eth0', 's1:1')],
      removedSwitches: ['s1'],
      addedSwitches: [],
      addedLinks: [],
    },
  },
])('difference of wirings: $name', ({ before, after, expected }) => {
  expect(diffTopology(before, after)).toEqual(expected);
});
