import { describe, expect, it } from 'vitest';
import { EACCES, EEXIST, EHOSTUNREACH, EINVAL, ENETUNREACH, ENOENT, ESRCH } from '../../abi/errno.ts';
import { EthernetDevice } from '../link/EthernetDevice.ts';
import { bringUp } from '../NetStack.ts';
import { ip } from '../testing/simulation.testing.ts';
import { Fib, FR_ACT_TO_TBL, type InsertMode } from './Fib.ts';
import { RTN_BLACKHOLE, RTN_PROHIBIT, RTN_THROW, RTN_UNICAST, RTN_UNREACHABLE, type FibRoute } from './FibRoute.ts';

const device = new EthernetDevice('eth0', 1);
device.index = 1;
bringUp(device);
const other = new EthernetDevice('eth1', 2);
other.index = 2;
bringUp(other);

const ADD: InsertMode = { create: true, exclusive: true, replace: false, append: false };
const REPLACE: InsertMode = { create: true, exclusive: false, replace: true, append: false };
const CHANGE: InsertMode = { create: false, exclusive: false, replace: true, append: false };

function route(text: string, more: Partial<FibRoute> = {}): FibRoute {
  const [destination, length] = text.split('/');
  return {
    table: 254,
    destination: ip(destination),
    prefixLength: Number(length),
    tos: 0,
    priority: 0,
    type: RTN_UNICAST,
    scope: 0,
    protocol: 4,
    preferredSource: 0,
    nextHops: [{ device, gateway: 0, weight: 1, flags: 0 }],
    metrics: new Map(),
    ...more,
  };
}

function makeFib(...routes: FibRoute[]): Fib {
  const fib = new Fib((index) => (index === 1 ? 'eth0' : 'eth1'));
  for (const one of routes) expect(fib.insert(one, ADD)).toBe(0);
  return fib;
}

function lookup(fib: Fib, destination: string, outputIndex = 0): FibRoute | number {
  return fib.lookup(ip(destination), 0, null, outputIndex, 0, 0);
}

describe('lookup', () => {
  const wide = route('0.0.0.0/0');
  const middle = route('10.0.0.0/8');
  const narrow = route('10.1.0.0/16');
  const host = route('10.1.2.3/32');
  const fib = makeFib(narrow, wide, host, middle);

  it.each([
    ['10.1.2.3', host],
    ['10.1.2.4', narrow],
    ['10.2.0.0', middle],
    ['11.0.0.1', wide],
    ['255.255.255.255', wide],
  ])('finds the longest prefix for %s', (destination, expected) => {
    expect(lookup(fib, destination)).toBe(expected);
  });

  it('prefers the smaller metric', () => {
    const cheap = route('10.0.0.0/8', { priority: 5 });
    const dear = route('10.0.0.0/8', { priority: 50 });
    expect(lookup(makeFib(dear, cheap), '10.0.0.1')).toBe(cheap);
  });

  it('passes over routes through other devices when one is asked for', () => {
    const through1 = route('10.0.0.0/8', { nextHops: [{ device: other, gateway: 0, weight: 1, flags: 0 }] });
    const two = makeFib(wide, through1);
    expect(lookup(two, '10.0.0.1')).toBe(through1);
    expect(lookup(two, '10.0.0.1', 1)).toBe(wide);
  });

  it.each([
    [RTN_UNREACHABLE, -EHOSTUNREACH],
    [RTN_BLACKHOLE, -EINVAL],
    [RTN_PROHIBIT, -EACCES],
    [RTN_THROW, -ENETUNREACH],
  ])('answers a route of type %i as Linux does', (type, error) => {
    expect(lookup(makeFib(route('10.0.0.0/8', { type, nextHops: [] })), '10.0.0.1')).toBe(error);
  });

  it('knows no way without routes', () => {
    expect(lookup(makeFib(), '10.0.0.1')).toBe(-ENETUNREACH);
  });
});

describe('insert', () => {
  it('refuses what is there', () => {
    expect(makeFib(route('10.0.0.0/8')).insert(route('10.0.0.0/8'), ADD)).toBe(-EEXIST);
  });

  it('takes another metric beside it', () => {
    expect(makeFib(route('10.0.0.0/8')).insert(route('10.0.0.0/8', { priority: 1 }), ADD)).toBe(0);
  });

  it('replaces', () => {
    const fib = makeFib(route('10.0.0.0/8'));
    const next = route('10.0.0.0/8', { protocol: 9 });
    expect(fib.insert(next, REPLACE)).toBe(0);
    expect(fib.table(254)?.list()).toEqual([next]);
  });

  it('does not change what is not there', () => {
    expect(makeFib().insert(route('10.0.0.0/8'), CHANGE)).toBe(-ENOENT);
  });
});

describe('remove', () => {
  it.each([
    [{}, 0],
    [{ priority: 7 }, -ESRCH],
    [{ gateway: 99 }, -ESRCH],
    [{ device: other }, -ESRCH],
    [{ device }, 0],
  ])('with %o', (selector, result) => {
    const fib = makeFib(route('10.0.0.0/8'));
    expect(fib.remove({ table: 254, destination: ip('10.0.0.0'), prefixLength: 8, ...selector })).toBe(result);
  });

  it('tells the generation', () => {
    const fib = makeFib(route('10.0.0.0/8'));
    const { generation } = fib;
    fib.remove({ table: 254, destination: ip('10.0.0.0'), prefixLength: 8 });
    expect(fib.generation).toBeGreaterThan(generation);
  });
});

describe('rules', () => {
  const rule = {
    priority: 100,
    action: FR_ACT_TO_TBL,
    table: 77,
    source: ip('10.9.0.0'),
    sourceLength: 16,
    destination: 0,
    destinationLength: 0,
    inputName: '',
    outputName: '',
    mark: 0,
    markMask: 0,
    tos: 0,
    invert: false,
    protocol: 0,
  };

  it('choose the table by source', () => {
    const special = route('0.0.0.0/0', { table: 77 });
    const plain = route('0.0.0.0/0');
    const fib = makeFib(special, plain);
    expect(fib.addRule(rule)).toBe(0);
    expect(fib.lookup(ip('8.8.8.8'), ip('10.9.1.1'), null, 0, 0, 0)).toBe(special);
    expect(fib.lookup(ip('8.8.8.8'), ip('10.8.1.1'), null, 0, 0, 0)).toBe(plain);
  });

  it('choose the table by mark, or its absence', () => {
    const special = route('0.0.0.0/0', { table: 77 });
    const plain = route('0.0.0.0/0');
    const fib = makeFib(special, plain);
    fib.addRule({ ...rule, sourceLength: 0, source: 0, mark: 3, markMask: 0xff, invert: true });
    expect(fib.lookup(ip('8.8.8.8'), 0, null, 0, 0, 3)).toBe(plain);
    expect(fib.lookup(ip('8.8.8.8'), 0, null, 0, 0, 4)).toBe(special);
  });
});
