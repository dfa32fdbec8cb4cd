import fc from 'fast-check';
import { isIPv6 } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { Rule } from './rules.ts';
import * as rules from './rules.ts';

const table: { rule: Rule; name: string; good: string[]; bad: string[] }[] = [
  {
    rule: rules.nodeName,
    name: 'node names',
    good: ['h1', 'H1', '1', 'web-server', 'a'.repeat(63)],
    bad: ['', '-a', 'a-', 'a_b', 'a.b', 'ü', 'a b', '..', 'a/b', 'a'.repeat(64), 'a\n'],
  },
  {
    rule: rules.interfaceName,
    name: 'interface names',
    good: ['eth0', 'en-1', 'br0.100', 'a'.repeat(15)],
    bad: ['', 'lo', '0eth', 'eth 0', 'eth:0', 'a/b', '.', '..', 'a'.repeat(16), 'eth0\n'],
  },
  {
    rule: rules.interfaceAddress,
    name: 'interface addresses',
    good: ['10.0.0.1/24', '0.0.0.0/0', '255.255.255.255/32', 'fd00::1/64', '::/0', '::1/128', '1:2:3:4:5:6:7:8/64'],
    bad: ['10.0.0.1', '10.0.0.1/33', '10.0.0.1/', '10.0.0/24', '010.0.0.1/24', '10.0.0.256/24', '10.0.0.1/24/8', '/24'],
  },
  {
    rule: rules.hostAddress,
    name: 'addresses',
    good: ['10.0.0.1', 'fe80::1', '::ffff:10.0.0.1'],
    bad: ['', '10.0.0.1/24', 'router', '1:2', ':::', '1::2::3', '12345::', '::10.0.0.256', '10.0.0.1::'],
  },
  { rule: rules.routeTarget, name: 'route targets', good: ['default', '10.0.0.0/8'], bad: ['', 'all', '10.0.0.0'] },
  {
    rule: rules.macAddress,
    name: 'hardware addresses',
    good: ['02:00:00:00:00:01', 'AA:bb:cc:dd:ee:ff'],
    bad: ['', '01:00:5e:00:00:01', 'ff:ff:ff:ff:ff:ff', '00:00:00:00:00:00', '02-00-00-00-00-01', '02:00:00:00:00'],
  },
  {
    rule: rules.scriptFile,
    name: 'scripts',
    good: ['start.sh', 'scripts/start.sh', '..start'],
    bad: ['', '/etc/passwd', '../x', 'a/../../b', 'a//b', './a', 'a/', 'a\\b', 'a\0b'],
  },
  {
    rule: rules.rootName,
    name: 'roots',
    good: ['standard', 'host-tools', './image', './images/router'],
    bad: ['', '/', 'image', './', './..', '../image', '~/image'],
  },
  { rule: rules.environmentName, name: 'variables', good: ['LANG', '_x9'], bad: ['', '9x', 'a-b', 'a=b', '__proto__'] },
];

describe.each(table)('$name', ({ rule, good, bad }) => {
  test.each(good)('%j is one', (value) => expect(rule(value)).toBeUndefined());
  test.each(bad)('%j is none', (value) => expect(rule(value)).toMatch(/./));
});

test('IPv6 is what the system takes for it', () => {
  const group = fc.stringMatching(/^[0-9a-f]{0,5}$/);
  const nearly = fc.array(fc.oneof(group, fc.constant('1.2.3.4')), { maxLength: 10 }).map((groups) => groups.join(':'));
  fc.assert(
    fc.property(fc.oneof(fc.ipV6(), nearly), (text) => {
      expect(rules.hostAddress(text) === undefined || rules.isIpv4(text)).toBe(isIPv6(text) || rules.isIpv4(text));
    }),
    { numRuns: 2000 },
  );
});

test('sizes', () => {
  expect(rules.parseSize('128M')).toBe(128 * 1024 * 1024);
  expect(rules.parseSize('1.5 GiB')).toBe(1.5 * 1024 ** 3);
  expect(rules.parseSize('64kb')).toBe(65536);
  for (const text of ['', '128', 'M', '-1M', '1e3M', '1,5G']) expect(rules.parseSize(text)).toBeUndefined();
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 30 }), (pages) => {
      expect(rules.parseSize(rules.formatSize(pages * 4096))).toBe(pages * 4096);
    }),
  );
  expect(rules.formatSize(1024 ** 3)).toBe('1G');
  expect(rules.memoryBytes(8 * 1024 * 1024 + 1)).toMatch(/between 8M and 64G/);
});
