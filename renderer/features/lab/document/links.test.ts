import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../../../engine/api/lab/model.ts';
import { addressesOf, endOf, gatewaysOf, labOf, linksOf } from './document.testing.ts';
import { connect, freePorts, highestLinkedPort, movePlug, refusesLink, removeLinks } from './links.ts';
import { updateMachine, updateSwitch } from './nodes.ts';
import { linkKey } from '../../../../engine/api/lab/topology.ts';

describe('connect', () => {
  const cases = [
    { what: 'takes the first free ports', nodes: 'h1 sw1', links: 'h1-sw1', drawn: ['h1:eth0-sw1:1'] },
    {
      what: 'skips ports that are taken',
      nodes: 'h1 h2 sw1',
      links: 'h1-sw1 h2-sw1',
      drawn: ['h1:eth0-sw1:1', 'h2:eth0-sw1:2'],
    },
    {
      what: 'adds an interface to a machine that has none free',
      nodes: 'h1 h2 h3',
      links: 'h1-h2 h1-h3',
      drawn: ['h1:eth0-h2:eth0', 'h1:eth1-h3:eth0'],
    },
    { what: 'takes the ports that it is told', nodes: 'r1 sw1', links: 'r1:eth1-sw1:5', drawn: ['r1:eth1-sw1:5'] },
    {
      what: 'joins two nodes twice',
      nodes: 'r1 r2',
      links: 'r1-r2 r1-r2',
      drawn: ['r1:eth0-r2:eth0', 'r1:eth1-r2:eth1'],
    },
  ];
  test.each(cases)('$what', ({ nodes, links, drawn }) => {
    expect(linksOf(labOf(nodes, links))).toEqual(drawn);
  });

  test('a full switch grows', () => {
    const hosts = Array.from({ length: 9 }, (_, index) => `h${String(index + 1)}`);
    const lab = labOf(`sw1 ${hosts.join(' ')}`, hosts.map((host) => `${host}-sw1`).join(' '));
    expect(lab.switches[0]?.ports).toBe(16);
    expect(linksOf(lab).at(-1)).toBe('h9:eth0-sw1:9');
  });

  const refusals = [
    { what: 'a link to itself', from: 'h1', to: 'h1', problem: /two different nodes/ },
    { what: 'a port that is taken', from: 'h2', to: 'sw1:1', problem: /sw1:1 is already linked/ },
    { what: 'a port that is not there', from: 'h2', to: 'sw1:99', problem: /sw1:99 does not exist/ },
    { what: 'a node that is not there', from: 'h2', to: 'h9', problem: /no node named h9/ },
  ];
  test.each(refusals)('refuses $what', ({ from, to, problem }) => {
    const lab = labOf('h1 h2 sw1', 'h1-sw1:1');
    expect(refusesLink(lab, endOf(from), endOf(to))).toMatch(problem);
  });

  test('refuses more than a machine or a switch can have', () => {
    const interfaces = Array.from({ length: LIMITS.interfacesPerMachine }, (_, index) => ({
      name: `eth${String(index)}`,
      addresses: [],
    }));
    const crowded = interfaces.map((one) => ({ a: { node: 'h1', port: one.name }, b: { node: 'gone', port: '1' } }));
    const lab = { ...updateMachine(labOf('h1 h2'), 'h1', (machine) => ({ ...machine, interfaces })), links: crowded };
    expect(refusesLink(lab, { node: 'h1' }, { node: 'h2' })).toMatch(/cannot have more than 64/);
  });
});

describe('addresses proposed for a link', () => {
  const cases = [
    {
      what: 'hosts on a switch, numbered as they are named, whatever the order',
      nodes: 'h1 h2 sw1',
      links: 'h2-sw1 h1-sw1',
      addresses: { 'h1:eth0': '10.0.0.1/24', 'h2:eth0': '10.0.0.2/24' },
      gateways: {},
    },
    {
      what: 'two hosts, cable between them',
      nodes: 'h1 h2',
      links: 'h1-h2',
      addresses: { 'h1:eth0': '10.0.0.1/24', 'h2:eth0': '10.0.0.2/24' },
      gateways: {},
    },
    {
      what: 'a router between two networks becomes the gateway of both',
      nodes: 'h1 h2 r1',
      links: 'h1-r1 h2-r1',
      addresses: {
        'h1:eth0': '10.0.0.1/24',
        'r1:eth0': '10.0.0.254/24',
        'h2:eth0': '10.0.1.2/24',
        'r1:eth1': '10.0.1.254/24',
      },
      gateways: { h1: '10.0.0.254', h2: '10.0.1.254' },
    },
    {
      what: 'hosts that were there before their router',
      nodes: 'h1 h2 sw1 r1',
      links: 'h1-sw1 h2-sw1 r1-sw1',
      addresses: { 'h1:eth0': '10.0.0.1/24', 'h2:eth0': '10.0.0.2/24', 'r1:eth0': '10.0.0.254/24' },
      gateways: { h1: '10.0.0.254', h2: '10.0.0.254' },
    },
    {
      what: 'one network over two switches',
      nodes: 'h1 h2 sw1 sw2',
      links: 'sw1-sw2 h1-sw1 h2-sw2',
      addresses: { 'h1:eth0': '10.0.0.1/24', 'h2:eth0': '10.0.0.2/24' },
      gateways: {},
    },
    {
      what: 'nothing for switches among themselves',
      nodes: 'sw1 sw2',
      links: 'sw1-sw2',
      addresses: {},
      gateways: {},
    },
    {
      what: 'two routers on a cable of their own',
      nodes: 'r1 r2',
      links: 'r1-r2',
      addresses: { 'r1:eth0': '10.0.0.254/24', 'r2:eth0': '10.0.0.253/24' },
      gateways: {},
    },
    {
      what: 'the next free number when the one of the name is taken',
      nodes: 'h1 host1 sw1',
      links: 'h1-sw1 host1-sw1',
      addresses: { 'h1:eth0': '10.0.0.1/24', 'host1:eth0': '10.0.0.2/24' },
      gateways: {},
    },
  ];
  test.each(cases)('$what', ({ nodes, links, addresses, gateways }) => {
    const lab = labOf(nodes, links);
    expect(addressesOf(lab)).toEqual(addresses);
    expect(gatewaysOf(lab)).toEqual(gateways);
  });

  test('what a person has filled in stays, and its network is taken over', () => {
    const interfaces = [{ name: 'eth0', addresses: ['192.168.7.10/28'], gateway: '192.168.7.1' }];
    const own = updateMachine(labOf('h1 h2 sw1'), 'h1', (machine) => ({ ...machine, interfaces }));
    const first = connect(own, { node: 'h1' }, { node: 'sw1' });
    if ('problem' in first) throw new Error(first.problem);
    const second = connect(first.lab, { node: 'h2' }, { node: 'sw1' });
    if ('problem' in second) throw new Error(second.problem);
    expect(addressesOf(second.lab)).toEqual({ 'h1:eth0': '192.168.7.10/28', 'h2:eth0': '192.168.7.2/28' });
    expect(gatewaysOf(second.lab)).toEqual({ h1: '192.168.7.1' });
  });

  test('a host with a default route of its own gets no gateway', () => {
    const routes = [{ to: 'default', via: '10.0.0.77' }];
    const own = updateMachine(labOf('h1 r1'), 'h1', (machine) => ({ ...machine, routes }));
    const connected = connect(own, { node: 'h1' }, { node: 'r1' });
    if ('problem' in connected) throw new Error(connected.problem);
    expect(gatewaysOf(connected.lab)).toEqual({});
  });
});

describe('plugs', () => {
  const lab = labOf('h1 h2 sw1', 'h1-sw1 h2-sw1:7');

  test('removing a link frees its ports and leaves the addresses', () => {
    const [first] = lab.links;
    if (first === undefined) throw new Error('no link');
    const after = removeLinks(lab, new Set([linkKey(first)]));
    expect(linksOf(after)).toEqual(['h2:eth0-sw1:7']);
    expect(freePorts(after, 'h1')).toEqual(['eth0']);
    expect(addressesOf(after)).toEqual(addressesOf(lab));
  });

  test('a plug moves to another port', () => {
    const [first] = lab.links;
    if (first === undefined) throw new Error('no link');
    expect(linksOf(movePlug(lab, linkKey(first), 'b', '3'))).toEqual(['h1:eth0-sw1:3', 'h2:eth0-sw1:7']);
  });

  test('the highest linked port bounds the size of a switch', () => {
    expect(highestLinkedPort(lab, 'sw1')).toBe(7);
    expect(
      highestLinkedPort(
        updateSwitch(labOf('sw1'), 'sw1', (one) => one),
        'sw1',
      ),
    ).toBe(1);
  });
});
