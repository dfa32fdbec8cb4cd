import { expect, test } from 'vitest';
import type { InitConfig } from './initSettings.ts';
import { formatInitSettings } from './initSettings.ts';

const bare: InitConfig = { name: 'h1', interfaces: [], routes: [], forwarding: false, environment: {} };

test.each<[string, Partial<InitConfig>, string[]]>([
  ['nothing but a name', {}, []],
  [
    'interfaces before routes, gateways last',
    {
      interfaces: [
        { name: 'eth0', addresses: ['10.0.0.1/24', 'fd00::1/64'], gateway: '10.0.0.254' },
        { name: 'eth1', addresses: [] },
      ],
      routes: [
        { to: '10.1.0.0/16', via: '10.0.0.2' },
        { to: '10.2.0.0/16', interface: 'eth1' },
        { to: '10.3.0.0/16', via: '10.0.0.3', interface: 'eth0' },
      ],
    },
    [
      'up eth0',
      'address eth0 10.0.0.1/24',
      'address eth0 fd00::1/64',
      'up eth1',
      'route 10.1.0.0/16 via 10.0.0.2',
      'route 10.2.0.0/16 dev eth1',
      'route 10.3.0.0/16 via 10.0.0.3 dev eth0',
      'route default via 10.0.0.254 dev eth0',
    ],
  ],
  ['forwarding', { forwarding: true }, ['sysctl net.ipv4.ip_forward 1']],
  [
    'forwarding of both versions',
    { forwarding: true, interfaces: [{ name: 'eth0', addresses: ['fd00::1/64'] }] },
    ['sysctl net.ipv4.ip_forward 1', 'sysctl net.ipv6.conf.all.forwarding 1', 'up eth0', 'address eth0 fd00::1/64'],
  ],
  [
    'variables, whatever is in them',
    { environment: { PLAIN: 'a b', EMPTY: '', ODD: ' \\a\nb' } },
    ['environment PLAIN a b', 'environment EMPTY ', 'environment ODD \\ \\\\a\\nb'],
  ],
  ['a script', { startupScript: 'true\n' }, ['script /run/umlaut/startup.sh']],
])('%s', (_what, config, lines) => {
  expect(formatInitSettings({ ...bare, ...config })).toBe(['hostname h1', ...lines, ''].join('\n'));
});
