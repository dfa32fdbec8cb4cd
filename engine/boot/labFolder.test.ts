import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadLab, machineConfig } from './labFolder.ts';

let directory: string;
let folder: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'umlaut-lab-'));
  folder = join(directory, 'lab');
  mkdirSync(join(folder, 'h1'), { recursive: true });
  writeFileSync(join(directory, 'secret'), 'not yours');
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function configOf(fields: string) {
  writeFileSync(join(folder, 'lab.yaml'), `name: x\nmachines:\n  h1: {${fields}}\n`);
  const { lab } = await loadLab(folder);
  return machineConfig(folder, lab.machines[0]);
}

test('a machine gets its script, its root and a directory for its changes', async () => {
  writeFileSync(join(folder, 'h1', 'start.sh'), 'echo hi\n');
  mkdirSync(join(folder, 'roots', 'tiny'), { recursive: true });
  expect(await configOf('startup: {file: start.sh}, root: ./roots/tiny, memory: 64M')).toEqual({
    name: 'h1',
    memoryBytes: 64 * 1024 * 1024,
    cpus: 1,
    root: { kind: 'path', path: join(folder, 'roots', 'tiny') },
    changesDirectory: join(folder, 'h1', 'changes'),
    interfaces: [],
    routes: [],
    forwarding: false,
    startupScript: 'echo hi\n',
    environment: {},
  });
});

test.each([
  {
    name: 'a script behind a symbolic link',
    fields: 'startup: {file: start.sh}',
    plant: () => symlinkSync(join(directory, 'secret'), join(folder, 'h1', 'start.sh')),
    expected: /start-up script of h1.*leads out of the lab folder/,
  },
  {
    name: 'a root behind a symbolic link',
    fields: 'root: ./root',
    plant: () => symlinkSync('/', join(folder, 'root')),
    expected: /root of h1.*leads out of the lab folder/,
  },
  {
    name: 'a machine directory that is a symbolic link',
    fields: '',
    plant: () => {
      rmSync(join(folder, 'h1'), { recursive: true });
      symlinkSync(directory, join(folder, 'h1'));
    },
    expected: /directory of h1.*leads out of the lab folder/,
  },
  {
    name: 'a script that is a directory',
    fields: 'startup: {file: start.sh}',
    plant: () => mkdirSync(join(folder, 'h1', 'start.sh')),
    expected: /not an ordinary file/,
  },
  {
    name: 'a missing script',
    fields: 'startup: {file: start.sh}',
    plant: () => {},
    expected: /cannot be found: it is not there/,
  },
])('$name is refused', async ({ fields, plant, expected }) => {
  plant();
  await expect(configOf(fields)).rejects.toThrow(expected);
});

test.each([
  ['no file', () => {}, /There is no lab in/],
  ['a directory', () => mkdirSync(join(folder, 'lab.yaml')), /not an ordinary file/],
  ['no text', () => writeFileSync(join(folder, 'lab.yaml'), Buffer.from([0xff, 0xfe, 0x00])), /not text in UTF-8/],
  ['far too much', () => writeFileSync(join(folder, 'lab.yaml'), Buffer.alloc(5_000_000)), /has 5000000 bytes/],
  ['two mistakes', () => writeFileSync(join(folder, 'lab.yaml'), 'nam: x\n'), /has 2 mistakes. It was left as it is/],
])('a lab file that is %s', async (_name, make, expected) => {
  make();
  await expect(loadLab(folder)).rejects.toThrow(expected);
});
