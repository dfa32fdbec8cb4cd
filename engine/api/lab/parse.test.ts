import { describe, expect, test } from 'vitest';
import { EXAMPLE_LAB } from './describe.ts';
import { formatProblem, parseLab } from './parse.ts';
import { LIMITS } from './model.ts';

function problemsOf(text: string): string[] {
  const parsed = parseLab(text, 'lab.yaml');
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

function labOf(text: string) {
  const parsed = parseLab(text, 'lab.yaml');
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return parsed.lab;
}

describe('a good file', () => {
  test('the example of the documentation is read whole', () => {
    const lab = labOf(EXAMPLE_LAB);
    expect(lab.machines.map((machine) => machine.name)).toEqual(['client', 'r1', 'server']);
    expect(lab.machines[1]).toEqual({
      name: 'r1',
      kind: 'router',
      memoryBytes: 64 * 1024 * 1024,
      cpus: 1,
      root: 'standard',
      interfaces: [
        { name: 'eth0', addresses: ['10.0.1.254/24'] },
        { name: 'eth1', addresses: ['10.0.2.254/24', 'fd00:2::fe/64'], mac: '02:00:00:00:02:fe' },
      ],
      routes: [{ to: '10.3.0.0/16', via: '10.0.2.3' }],
      forwarding: true,
      environment: {},
      position: { x: 400, y: 0 },
    });
    expect(lab.machines[2]?.startup).toEqual({ kind: 'inline', text: 'echo hello > /tmp/greeting\n' });
    expect(lab.switches).toEqual([{ name: 's1', ports: 4, position: { x: 200, y: 0 } }]);
    expect(lab.links[1]).toEqual({ a: { node: 's1', port: '2' }, b: { node: 'r1', port: 'eth0' } });
  });

  test('what is absent has its default', () => {
    const lab = labOf('name: Small\nmachines:\n  h1:\nswitches:\n  s1:\n');
    expect(lab.machines[0]).toMatchObject({ kind: 'host', memoryBytes: 128 * 1024 * 1024, cpus: 1, forwarding: false });
    expect(lab.switches[0]?.ports).toBe(8);
    expect(lab.machines[0]?.position).not.toEqual(lab.switches[0]?.position);
  });

  test('text keeps its spelling where YAML sees a number', () => {
    const lab = labOf('name: 2024\nmachines:\n  1:\n    environment: { DEBUG: 1.0, FLAG: true, EMPTY: "" }\n');
    expect(lab.name).toBe('2024');
    expect(lab.machines[0]?.name).toBe('1');
    expect(lab.machines[0]?.environment).toEqual({ DEBUG: '1.0', FLAG: 'true', EMPTY: '' });
  });
});

const MACHINE = 'name: x\nmachines:\n  h1:\n';
const TWO = 'name: x\nmachines:\n  h1: { interfaces: { eth0: } }\n  h2: { interfaces: { eth0: } }\n';

describe('an error names the place and what was expected', () => {
  test.each([
    [
      'a size',
      `${MACHINE}    memory: lots\n`,
      "lab.yaml:4:13: machines.h1.memory: expected a size such as 128M, between 8M and 64G, found 'lots'",
    ],
    [
      'a size out of range',
      `${MACHINE}    memory: 1M\n`,
      "lab.yaml:4:13: machines.h1.memory: expected a size such as 128M, between 8M and 64G, found '1M'",
    ],
    [
      'an unknown key',
      `${MACHINE}    memroy: 64M\n`,
      "lab.yaml:4:5: machines.h1.memroy: unknown key 'memroy', did you mean 'memory'?",
    ],
    [
      'an unlike key',
      `name: x\ncolour: red\n`,
      "lab.yaml:2:1: colour: unknown key 'colour'; known here: name, notes, machines, switches, links, positions",
    ],
    [
      'a number',
      `${MACHINE}    cpus: 0\n`,
      "lab.yaml:4:11: machines.h1.cpus: expected a number of processors from 1 to 64, found '0'",
    ],
    [
      'a kind',
      `${MACHINE}    kind: hub\n`,
      "lab.yaml:4:11: machines.h1.kind: expected 'host' or 'router', found 'hub'",
    ],
    [
      'a mapping',
      'name: x\nmachines: [h1]\n',
      'lab.yaml:2:11: machines: expected a mapping from names to machines, found a list',
    ],
    [
      'an address',
      `${MACHINE}    interfaces: { eth0: { addresses: [10.0.0.256/24] } }\n`,
      "lab.yaml:4:39: machines.h1.interfaces.eth0.addresses[0]: expected an address with its prefix length, such as 10.0.0.1/24, found '10.0.0.256/24'",
    ],
    [
      'an address without prefix',
      `${MACHINE}    interfaces: { eth0: { addresses: [10.0.0.2] } }\n`,
      "lab.yaml:4:39: machines.h1.interfaces.eth0.addresses[0]: expected an address with its prefix length, such as 10.0.0.1/24, found '10.0.0.2'",
    ],
    ['a missing name', 'machines:\n', "lab.yaml:1:1: 'name' is missing: expected a name of 1 to 200 characters"],
    ['an empty file', '', "lab.yaml:1:1: 'name' is missing: expected a name of 1 to 200 characters"],
    [
      'a text file',
      'hello world',
      "lab.yaml:1:1: expected a lab: a mapping with name, machines, switches and links, found 'hello world'",
    ],
    ['a key given twice', 'name: x\nmachines:\n  h1:\n  h1:\n', "lab.yaml:4:3: machines.h1: 'h1' is there twice"],
    [
      'a name given twice',
      'name: x\nmachines:\n  n1:\nswitches:\n  n1:\n',
      "lab.yaml:5:3: switches.n1: the name 'n1' is given twice; machines and switches share names",
    ],
    [
      'a link to nowhere',
      `${TWO}links:\n  - [h1:eth0, h22:eth0]\n`,
      "lab.yaml:6:15: links[0][1]: there is no machine or switch 'h22', did you mean 'h2'?",
    ],
    [
      'a link to no port',
      `${TWO}links:\n  - [h1:eth0, h2:eth1]\n`,
      "lab.yaml:6:15: links[0][1]: h2 has no interface 'eth1', did you mean 'eth0'?",
    ],
    [
      'a link with one end',
      `${TWO}links:\n  - [h1:eth0]\n`,
      'lab.yaml:6:5: links[0]: expected a link: a list of its two ends, such as [h1:eth0, s1:1], found 1 of them',
    ],
    [
      'a link as text',
      `${TWO}links:\n  - h1:eth0 h2:eth0\n`,
      "lab.yaml:6:5: links[0]: expected a link: a list of its two ends, such as [h1:eth0, s1:1], found 'h1:eth0 h2:eth0'",
    ],
    [
      'a link to itself',
      `${TWO}links:\n  - [h1:eth0, h1:eth0]\n`,
      'lab.yaml:6:15: links[0][1]: both ends of the link are h1:eth0',
    ],
    [
      'a port used twice',
      `${TWO}switches: { s1: }\nlinks:\n  - [h1:eth0, h2:eth0]\n  - [s1:1, h2:eth0]\n`,
      'lab.yaml:8:12: links[1][1]: h2:eth0 is already in use by the link h1:eth0 to h2:eth0',
    ],
    [
      'a route without a way',
      `${MACHINE}    routes:\n      - to: default\n`,
      "lab.yaml:5:9: machines.h1.routes[0]: the route to default needs 'via' or 'interface'",
    ],
    [
      'a route by no interface',
      `${MACHINE}    routes: [{ to: default, interface: eth0 }]\n`,
      "lab.yaml:4:40: machines.h1.routes[0].interface: h1 has no interface 'eth0'",
    ],
    [
      'a position of nothing',
      'name: x\npositions:\n  h1: [1, 2]\n',
      "lab.yaml:3:3: positions.h1: there is no machine or switch 'h1'",
    ],
    [
      'a position of one number',
      'name: x\nmachines: { h1: }\npositions:\n  h1: [1]\n',
      'lab.yaml:4:7: positions.h1: expected a position: a list of two numbers, such as [120, 80]',
    ],
    ['a broken line', 'name: x\nmachines:\n  h1:\n   - [\n', expect.stringMatching(/^lab\.yaml:5:1: not valid YAML: /)],
  ])('%s', (_name, text, expected) => {
    expect(problemsOf(text)[0]).toEqual(expected);
  });

  test('all problems come, in the order of the file', () => {
    const problems = problemsOf(
      'name: x\nmachines:\n  h1: { cpus: no, memory: no }\n  -bad: {}\nswitches: { s1: { ports: 0 } }\n',
    );
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'lab.yaml:3:15:',
      'lab.yaml:3:27:',
      'lab.yaml:4:3:',
      'lab.yaml:5:26:',
    ]);
  });
});

describe('a hostile file', () => {
  const bomb = Array.from({ length: 9 }, (_, depth) =>
    depth === 0 ? 'a0: &a0 [x, x, x, x, x, x, x, x]' : `a${depth}: &a${depth} [${`*a${depth - 1}, `.repeat(8)}]`,
  ).join('\n');

  test.each([
    ['aliases of aliases', bomb, /anchors and aliases are not allowed/],
    [
      'a name that leaves the folder',
      'name: x\nmachines: { "../../etc": }\n',
      /expected a name of letters, digits and hyphens/,
    ],
    ['a name with a slash', 'name: x\nmachines: { "a/b": }\n', /expected a name of letters, digits and hyphens/],
    [
      'a script outside',
      `${MACHINE}    startup: { file: ../../.ssh/id_rsa }\n`,
      /expected a path inside the machine's directory/,
    ],
    [
      'an absolute script',
      `${MACHINE}    startup: { file: /etc/shadow }\n`,
      /expected a path inside the machine's directory/,
    ],
    ['a root outside', `${MACHINE}    root: /\n`, /expected 'standard', 'host-tools', or a path inside the lab folder/],
    [
      'a root that climbs',
      `${MACHINE}    root: ./../..\n`,
      /expected 'standard', 'host-tools', or a path inside the lab folder/,
    ],
    ['deep nesting', `name: ${'['.repeat(100_000)}`, /./],
    ['too much of it', `name: x\nnotes: ${'x'.repeat(LIMITS.fileBytes)}`, /expected at most 4194304 bytes/],
    [
      'too many machines',
      `name: x\nmachines:\n${Array.from({ length: 2001 }, (_, index) => `  h${index}:\n`).join('')}`,
      /expected at most 2000 entries, found 2001/,
    ],
    ['a prototype', `${MACHINE}    environment: { __proto__: x }\n`, /expected a variable name/],
    ['a prototype key', 'name: x\n__proto__: { polluted: true }\n', /unknown key '__proto__'/],
    ['a foreign tag', 'name: !!js/function "() => 1"\n', /not valid YAML/],
    ['two documents', 'name: x\n---\nname: y\n', /not valid YAML/],
  ])('%s is refused quickly', (_name, text, expected) => {
    const began = performance.now();
    expect(problemsOf(text)[0]).toMatch(expected);
    expect(performance.now() - began).toBeLessThan(5000);
  });
});
