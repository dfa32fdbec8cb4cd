import { expect, it } from 'vitest';
import type { Path } from './Path.ts';
import * as operations from './pathOperations.ts';
import { Tmpfs } from '../fs/tmpfs/Tmpfs.ts';
import { TestMachine } from './vfs.testing.ts';

it('names that nobody uses are forgotten, the others stay what they are', () => {
  const machine = new TestMachine();
  const { actor, vfs } = machine;
  const { fs } = vfs.rootMount;
  for (const path of ['/a', '/a/b', '/a/b/c', '/mnt', '/cwd']) operations.mkdir(actor, null, path, 0o755);
  for (let index = 0; index < 20000; index++) machine.find(`/a/absent-${index}`);
  machine.write('/a/open', 'x');
  machine.write('/a/b/closed', 'x');
  machine.mount(new Tmpfs(machine.memory, machine.clock), '/mnt');
  const file = machine.opened('/a/open', 0);
  actor.fs.cwd = machine.find('/cwd') as Path;
  expect(fs.entryCount).toBeGreaterThan(20000);
  for (let call = 0; call < 256; call++) vfs.trimEntries();
  // a, a/open, mnt, cwd.
  expect(fs.entryCount).toBe(4);
  operations.unlink(actor, null, '/a/open');
  expect(file.path?.dentry.isUnlinked).toBe(true);
  operations.rename(actor, null, '/cwd', null, '/moved', 0);
  expect(actor.fs.cwd.dentry.name).toBe('moved');
  expect(machine.list('/mnt')).toEqual([]);
  expect(machine.read('/a/b/closed')).toBe('x');
  file.close();
});
