import { describe, expect, test } from 'vitest';
import { labOf } from '../lab/document/document.testing.ts';
import * as rules from './fieldRules.ts';

const [h1] = labOf('h1').machines;
if (h1 === undefined) throw new Error('no machine');

describe('routes as text', () => {
  const text = '10.1.0.0/16 via 10.0.0.254\ndefault via 10.0.0.1 dev eth0\n10.2.0.0/16 dev eth0';
  const routes = [
    { to: '10.1.0.0/16', via: '10.0.0.254' },
    { to: 'default', via: '10.0.0.1', interface: 'eth0' },
    { to: '10.2.0.0/16', interface: 'eth0' },
  ];

  test('are read and written alike', () => {
    expect(rules.parseRoutes(text)).toEqual(routes);
    expect(rules.formatRoutes(routes)).toBe(text);
    expect(rules.validateRoutes(h1)(text)).toBeUndefined();
  });

  const wrong = [
    ['10.1.0.0/16', /needs ‘via’ or ‘dev’/],
    ['10.1.0.0/16 through 10.0.0.1', /expected a line such as/],
    ['10.1.0.0 via 10.0.0.1', /a network such as/],
    ['10.1.0.0/16 via 10.0.0.300', /an address/],
    ['10.1.0.0/16 dev eth7', /no interface eth7/],
  ] as const;
  test.each(wrong)('‘%s’ is explained', (line, explanation) => {
    expect(rules.validateRoutes(h1)(line)).toMatch(explanation);
  });
});

describe('fields', () => {
  const cases = [
    ['memory', rules.validateMemory, '128M', undefined],
    ['memory', rules.validateMemory, '1M', /between 8M and 64G/],
    ['memory', rules.validateMemory, 'much', /a size such as/],
    ['processors', rules.validateCpus, '2', undefined],
    ['processors', rules.validateCpus, '', /from 1 to 64/],
    ['processors', rules.validateCpus, '1.5', /from 1 to 64/],
    ['addresses', rules.validateAddresses, '10.0.0.1/24, fd00::1/64', undefined],
    ['addresses', rules.validateAddresses, '', undefined],
    ['addresses', rules.validateAddresses, '10.0.0.1', /‘10.0.0.1’: expected an address with its prefix length/],
    ['gateway', rules.validateGateway, '', undefined],
    ['gateway', rules.validateGateway, '10.0.0', /an address/],
    ['hardware address', rules.validateMac, '02:00:00:00:00:01', undefined],
    ['hardware address', rules.validateMac, '01:00:00:00:00:01', /unicast/],
    ['interface name', rules.validateInterfaceName(h1, 'eth1'), 'eth0', /h1 has an interface eth0 already/],
    ['interface name', rules.validateInterfaceName(h1, 'eth0'), 'eth0', undefined],
  ] as const;
  test.each(cases)('%s: %#', (_field, validate, text, expected) => {
    const problem = validate(text);
    if (expected === undefined) expect(problem).toBeUndefined();
    else expect(problem).toMatch(expected);
  });
});
