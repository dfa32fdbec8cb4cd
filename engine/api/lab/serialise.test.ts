import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkLab } from './check.ts';
import { EXAMPLE_LAB } from './describe.ts';
import type { Lab, Machine, NetworkInterface, Switch } from './model.ts';
import { formatProblem, parseLab } from './parse.ts';
import { labSchema } from './schema.ts';
import { serialiseLab } from './serialise.ts';
import { portsOfNode } from './topology.ts';

function labOf(text: string): Lab {
  const parsed = parseLab(text, 'lab.yaml');
  if (!parsed.ok) throw new Error(`${parsed.problems.map(formatProblem).join('\n')}\n${text}`);
  return parsed.lab;
}

const name = fc.stringMatching(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,8}[A-Za-z0-9])?$/);
const octet = fc.nat(255);
const ipv4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
const address = fc.oneof(
  fc.tuple(ipv4, fc.nat(32)).map((pair) => pair.join('/')),
  fc.tuple(fc.ipV6(), fc.nat(128)).map((pair) => pair.join('/')),
);
const position = fc.record({ x: fc.integer({ min: -5000, max: 5000 }), y: fc.integer({ min: -5000, max: 5000 }) });
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ maxLength: 200 }), fc.lorem());

const networkInterface: fc.Arbitrary<NetworkInterface> = fc.record(
  {
    name: fc.stringMatching(/^[a-z][a-z0-9_.-]{2,9}$/),
    addresses: fc.array(address, { maxLength: 6 }),
    gateway: ipv4,
    mac: fc.constantFrom('02:00:00:00:00:01', '0a:ff:10:20:30:40'),
  },
  { requiredKeys: ['name', 'addresses'] },
);

const machine: fc.Arbitrary<Machine> = fc
  .record(
    {
      name,
      kind: fc.constantFrom('host' as const, 'router' as const),
      memoryBytes: fc.integer({ min: 2048, max: 100_000 }).map((pages) => pages * 4096),
      cpus: fc.integer({ min: 1, max: 64 }),
      root: fc.constantFrom('standard', 'host-tools', './images/router'),
      interfaces: fc.uniqueArray(networkInterface, { selector: (one) => one.name, maxLength: 4 }),
      forwarding: fc.boolean(),
      startup: fc.oneof(
        text.map((script) => ({ kind: 'inline' as const, text: script })),
        fc.constant({ kind: 'file' as const, path: 'scripts/start.sh' }),
      ),
      environment: fc.dictionary(fc.stringMatching(/^[A-Z_]{1,8}$/), text, { noNullPrototype: true }),
      position,
      routes: fc.array(fc.record({ to: address, via: ipv4 }), { maxLength: 3 }),
    },
    {
      requiredKeys: [
        'name',
        'kind',
        'memoryBytes',
        'cpus',
        'root',
        'interfaces',
        'forwarding',
        'environment',
        'position',
        'routes',
      ],
    },
  )
  .map((one): Machine => one);

const networkSwitch: fc.Arbitrary<Switch> = fc.record({ name, ports: fc.integer({ min: 1, max: 12 }), position });

/** A good lab: names are distinct, and its links pair up free ports. */
const lab: fc.Arbitrary<Lab> = fc
  .record({
    name: fc.string({ minLength: 1, maxLength: 30 }),
    notes: text,
    machines: fc.array(machine, { maxLength: 5 }),
    switches: fc.array(networkSwitch, { maxLength: 3 }),
    seed: fc.infiniteStream(fc.nat()),
    linkCount: fc.nat(6),
  })
  .map(({ seed, linkCount, ...parts }) => {
    const seen = new Set<string>();
    const isNew = (node: { name: string }): boolean => !seen.has(node.name) && seen.add(node.name).size > 0;
    const bare: Lab = {
      ...parts,
      machines: parts.machines.filter(isNew),
      switches: parts.switches.filter(isNew),
      links: [],
    };
    const ports = [...seen].flatMap((node) => (portsOfNode(bare, node) ?? []).map((port) => ({ node, port })));
    const draw = () => ports.splice((seed.next().value ?? 0) % ports.length, 1)[0];
    const links = [];
    while (ports.length >= 2 && links.length < linkCount) links.push({ a: draw(), b: draw() });
    return { ...bare, links };
  });

describe('round trips', () => {
  test('what is written reads back the same, and passes the schema of messages', () => {
    fc.assert(
      fc.property(lab, (one) => {
        expect(checkLab(one)).toEqual([]);
        expect(labSchema.safeParse(one).success).toBe(true);
        expect(labOf(serialiseLab(one))).toEqual(one);
      }),
      { numRuns: 200 },
    );
  });

  test('any lab can be written over the text of any other', () => {
    fc.assert(
      fc.property(lab, lab, (one, other) => {
        const edited = serialiseLab(other, serialiseLab(one));
        expect(labOf(edited)).toEqual(other);
        expect(serialiseLab(other, edited)).toBe(edited);
      }),
      { numRuns: 200 },
    );
  });

  test('an unchanged lab leaves the text as it is, byte by byte', () => {
    const odd = 'name:   "Odd"\n\n\n# nothing\nmachines: {h1: {memory: 131072K,   cpus: 1}}\n';
    expect(serialiseLab(labOf(odd), odd)).toBe(odd);
  });
});

describe('an edit touches what it changes', () => {
  const commented = `# the whole lab
name: Edited # in short

machines:
  # the first
  h1:
    memory: 131072K # plenty
    interfaces:
      eth0: {addresses: [10.0.0.1/24]}
  # the second
  h2:
    interfaces:
      eth0: {addresses: [10.0.0.2/24]}

switches:
  s1:

links:
  # left
  - [h1:eth0, s1:1]
  # right
  - [h2:eth0, s1:2]

positions:
  h1: [0, 0]
  s1: [100, 0]
  h2: [200, 0]
`;

  /** The lines that differ, `-` before and `+` after, as far as each occurs once. */
  function changedLines(before: string, after: string): string[] {
    const linesBefore = before.split('\n');
    const linesAfter = after.split('\n');
    return [
      ...linesBefore.filter((line) => !linesAfter.includes(line)).map((line) => `-${line}`),
      ...linesAfter.filter((line) => !linesBefore.includes(line)).map((line) => `+${line}`),
    ];
  }

  function edit(change: (lab: Lab) => Lab): string[] {
    return changedLines(commented, serialiseLab(change(labOf(commented)), commented));
  }

  test('a value', () => {
    const lines = edit((before) => ({
      ...before,
      machines: before.machines.map((one) => (one.name === 'h1' ? { ...one, memoryBytes: 64 * 1024 * 1024 } : one)),
    }));
    expect(lines).toEqual(['-    memory: 131072K # plenty', '+    memory: 64M # plenty']);
  });

  test('a position', () => {
    const lines = edit((before) => ({
      ...before,
      machines: before.machines.map((one) => (one.name === 'h2' ? { ...one, position: { x: 240, y: 60 } } : one)),
    }));
    expect(lines).toEqual(['-  h2: [200, 0]', '+  h2: [240, 60]']);
  });

  test('a new name, everywhere, with its comments', () => {
    const lines = edit((before) => ({
      ...before,
      machines: before.machines.map((one) => (one.name === 'h1' ? { ...one, name: 'web' } : one)),
      links: before.links.map((link) => (link.a.node === 'h1' ? { ...link, a: { ...link.a, node: 'web' } } : link)),
    }));
    expect(lines).toEqual([
      '-  h1:',
      '-  - [h1:eth0, s1:1]',
      '-  h1: [0, 0]',
      '+  web:',
      '+  - [web:eth0, s1:1]',
      '+  web: [0, 0]',
    ]);
  });

  test('a machine taken out, with its link', () => {
    const lines = edit((before) => ({
      ...before,
      machines: before.machines.slice(0, 1),
      links: before.links.slice(0, 1),
    }));
    expect(lines).toEqual([
      '-  # the second',
      '-  h2:',
      '-      eth0: {addresses: [10.0.0.2/24]}',
      '-  # right',
      '-  - [h2:eth0, s1:2]',
      '-  h2: [200, 0]',
    ]);
  });

  test('a switch that said nothing of itself', () => {
    const lines = edit((before) => ({ ...before, switches: before.switches.map((one) => ({ ...one, ports: 24 })) }));
    expect(lines).toEqual(['+    ports: 24']);
  });

  test('the example', () => {
    const before = labOf(EXAMPLE_LAB);
    const after = serialiseLab({ ...before, links: before.links.slice(0, 2) }, EXAMPLE_LAB);
    expect(changedLines(EXAMPLE_LAB, after)).toEqual(['-  - [r1:eth1, server:eth0]']);
  });

  test('a text that is no lab is not edited but replaced', () => {
    expect(labOf(serialiseLab(labOf(commented), 'name: [')).machines).toHaveLength(2);
  });
});
