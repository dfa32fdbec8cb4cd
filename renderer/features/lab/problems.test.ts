import { describe, expect, test } from 'vitest';
import type { Lab, Machine } from '../../../engine/api/lab/model.ts';
import { labOf } from './document/document.testing.ts';
import { updateMachine } from './document/nodes.ts';
import { problemsOf } from './problems.ts';

function withInterface(lab: Lab, name: string, change: Partial<Machine['interfaces'][number]>): Lab {
  return updateMachine(lab, name, (machine) => ({
    ...machine,
    interfaces: machine.interfaces.map((one, index) => (index === 0 ? { ...one, ...change } : one)),
  }));
}

describe('problemsOf', () => {
  test('what was drawn and addressed by itself has none', () => {
    expect(problemsOf(labOf('h1 h2 sw1 r1 h3', 'h1-sw1 h2-sw1 sw1-r1 r1-h3'))).toEqual([]);
  });

  test('one address twice on a network is told, on two networks it is not', () => {
    const near = withInterface(labOf('h1 h2 sw1', 'h1-sw1 h2-sw1'), 'h2', { addresses: ['10.0.0.1/24'] });
    expect(problemsOf(near)).toEqual([
      { severity: 'warning', node: 'h2', message: 'h1 and h2 both have 10.0.0.1 on the same network.' },
    ]);
    const far = withInterface(labOf('h1 h2 sw1 sw2', 'h1-sw1 h2-sw2'), 'h2', { addresses: ['10.0.0.1/24'] });
    expect(problemsOf(far)).toEqual([]);
  });

  test('a gateway out of reach is told', () => {
    const lab = withInterface(labOf('h1 sw1', 'h1-sw1'), 'h1', { gateway: '192.168.0.1' });
    expect(problemsOf(lab).map((problem) => problem.message)).toEqual([
      'The gateway 192.168.0.1 of h1 is in none of the networks of eth0.',
    ]);
  });

  test('what the lab’s own check finds is told as an error at its node', () => {
    const lab = labOf('h1 h2', 'h1-h2');
    const broken = {
      ...lab,
      links: [...lab.links, { a: { node: 'h1', port: 'eth0' }, b: { node: 'h9', port: 'eth0' } }],
    };
    const [first] = problemsOf(broken);
    expect(first).toMatchObject({ severity: 'error', node: 'h1' });
  });
});
