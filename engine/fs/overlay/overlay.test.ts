import { beforeEach, describe, expect, it } from 'vitest';
import { EEXIST, ENOENT, ENOTEMPTY, EPERM, EXDEV } from '../../abi/errno.ts';
import { S_IFCHR } from '../../abi/mode.ts';
import { changeMode, changeOwner, truncatePath } from '../../vfs/attributes.ts';
import type { Path } from '../../vfs/Path.ts';
import * as operations from '../../vfs/pathOperations.ts';
import { TestMachine } from '../../vfs/vfs.testing.ts';
import { Tmpfs } from '../tmpfs/Tmpfs.ts';
import { OverlayFs } from './OverlayFs.ts';

let machine: TestMachine;
let lower: Tmpfs;
let upper: Tmpfs;

/** The layers themselves are mounted at /lower and /upper, the overlay at /o. */
beforeEach(() => {
  machine = new TestMachine();
  const { actor, memory, clock } = machine;
  lower = new Tmpfs(memory, clock, { mode: 0o755 });
  upper = new Tmpfs(memory, clock, { mode: 0o755 });
  for (const directory of ['/lower', '/upper', '/o']) operations.mkdir(actor, null, directory, 0o755);
  machine.mount(lower, '/lower');
  machine.mount(upper, '/upper');
  for (const directory of ['/lower/etc', '/lower/etc/sub', '/lower/var'])
    operations.mkdir(actor, null, directory, 0o755);
  machine.write('/lower/etc/hosts', 'below');
  machine.write('/lower/etc/sub/deep', 'deep');
  machine.write('/lower/big', 'b'.repeat(9000));
  operations.symlink(actor, 'etc/hosts', null, '/lower/link');
  mountOverlay();
});

function mountOverlay(): void {
  const { memory, clock } = machine;
  machine.mount(new OverlayFs(lower.root, upper.root, memory, clock), '/o');
}

/** What a second machine on the same layers would see. */
function remounted(): TestMachine {
  const other = new TestMachine(16, () => new OverlayFs(lower.root, upper.root, machine.memory, machine.clock));
  Object.assign(other.vfs, { frames: machine.memory });
  return other;
}

function inode(path: string): Path['inode'] {
  const place = machine.find(path, 0);
  if (typeof place === 'number') throw new Error(`${path}: ${place}`);
  return place.inode;
}

describe('an overlay', () => {
  it('shows what is below, and reading copies nothing', () => {
    expect(machine.list('/o')).toEqual(['big', 'etc', 'link', 'var']);
    expect(machine.read('/o/link')).toBe('below');
    expect(machine.list('/upper')).toEqual([]);
  });

  it('copies up what is written, with its directories, and keeps the lower one', () => {
    const before = inode('/o/etc/hosts').ino;
    const { actor } = machine;
    changeOwner(actor, machine.find('/lower/etc') as Path, 5, 6);
    const file = machine.opened('/o/etc/hosts', 0o2001);
    machine.writeTo(file, ' and above');
    file.close();
    expect(machine.read('/o/etc/hosts')).toBe('below and above');
    expect(machine.read('/lower/etc/hosts')).toBe('below');
    expect(machine.read('/upper/etc/hosts')).toBe('below and above');
    expect(machine.list('/upper/etc')).toEqual(['hosts']);
    expect(inode('/o/etc/hosts').ino).toBe(before);
    expect(inode('/upper/etc')).toMatchObject({ uid: 5, gid: 6 });
    expect(machine.list('/o/etc')).toEqual(['hosts', 'sub']);
    expect(inode('/o/etc/hosts').size).toBe(15);
  });

  it('shows a copy to who opened the file before', () => {
    const early = machine.opened('/o/big', 0);
    const file = machine.opened('/o/big', 1);
    machine.writeTo(file, 'X');
    expect(machine.readFrom(early)).toBe(`X${'b'.repeat(8999)}`);
    file.close();
    early.close();
  });

  it.each<[string, (path: Path) => number, Partial<Path['inode']>]>([
    ['chmod', (path) => changeMode(machine.actor, path, 0o600), { mode: 0o100600 }],
    ['chown', (path) => changeOwner(machine.actor, path, 1, 2), { uid: 1, gid: 2 }],
    ['truncate', (path) => truncatePath(machine.actor, path, 3), { size: 3 }],
  ])('copies up for %s', (_name, action, expected) => {
    expect(action(machine.find('/o/big') as Path)).toBe(0);
    expect(inode('/o/big')).toMatchObject(expected);
    expect(inode('/upper/big')).toMatchObject(expected);
    expect(inode('/lower/big')).toMatchObject({ mode: 0o100644, uid: 0, size: 9000 });
  });

  it('hides what was removed, and shows what came in its place', () => {
    const { actor } = machine;
    expect(operations.unlink(actor, null, '/o/etc/hosts')).toBe(0);
    expect(machine.find('/o/etc/hosts')).toBe(-ENOENT);
    expect(machine.list('/o/etc')).toEqual(['sub']);
    expect(machine.list('/upper/etc')).toEqual(['.wh.hosts']);
    expect(remounted().find('/etc/hosts')).toBe(-ENOENT);
    machine.write('/o/etc/hosts', 'new');
    expect(machine.list('/upper/etc')).toEqual(['hosts']);
    expect(machine.read('/o/etc/hosts')).toBe('new');
    expect(operations.unlink(actor, null, '/o/etc/hosts')).toBe(0);
    expect(machine.find('/o/etc/hosts')).toBe(-ENOENT);
    expect(remounted().list('/etc')).toEqual(['sub']);
  });

  it('makes a directory in the place of a removed one without what that had', () => {
    const { actor } = machine;
    expect(operations.rmdir(actor, null, '/o/etc/sub')).toBe(-ENOTEMPTY);
    expect(operations.unlink(actor, null, '/o/etc/sub/deep')).toBe(0);
    expect(operations.rmdir(actor, null, '/o/etc/sub')).toBe(0);
    expect(machine.find('/o/etc/sub')).toBe(-ENOENT);
    expect(machine.list('/upper/etc')).toEqual(['.wh.sub']);
    expect(operations.mkdir(actor, null, '/o/etc/sub', 0o755)).toBe(0);
    expect(machine.list('/o/etc/sub')).toEqual([]);
    expect(machine.list('/upper/etc/sub')).toEqual(['.wh..wh..opq']);
    expect(remounted().list('/etc/sub')).toEqual([]);
    expect(operations.rmdir(actor, null, '/o/etc/sub')).toBe(0);
    expect(remounted().find('/etc/sub')).toBe(-ENOENT);
  });

  it('renames files of both layers, over each other', () => {
    const { actor } = machine;
    machine.write('/o/fresh', 'fresh');
    expect(operations.rename(actor, null, '/o/fresh', null, '/o/etc/hosts', 0)).toBe(0);
    expect(machine.read('/o/etc/hosts')).toBe('fresh');
    expect(operations.rename(actor, null, '/o/big', null, '/o/var/big', 0)).toBe(0);
    expect(machine.find('/o/big')).toBe(-ENOENT);
    expect(machine.read('/o/var/big').length).toBe(9000);
    const other = remounted();
    expect(other.list('/')).toEqual(['etc', 'link', 'var']);
    expect(other.list('/var')).toEqual(['big']);
    expect(operations.rename(actor, null, '/o/var/big', null, '/o/big', 0)).toBe(0);
    expect(remounted().list('/')).toEqual(['big', 'etc', 'link', 'var']);
  });

  it('renames directories of its own, and leaves those below to who copies', () => {
    const { actor } = machine;
    expect(operations.rename(actor, null, '/o/etc', null, '/o/other', 0)).toBe(-EXDEV);
    operations.mkdir(actor, null, '/o/mine', 0o755);
    machine.write('/o/mine/x', 'x');
    expect(operations.rename(actor, null, '/o/mine', null, '/o/var', 0)).toBe(0);
    expect(machine.list('/o/var')).toEqual(['x']);
    expect(remounted().list('/var')).toEqual(['x']);
  });

  it('lets names change places', () => {
    const { actor } = machine;
    operations.mkdir(actor, null, '/o/mine', 0o755);
    machine.write('/o/mine/x', 'x');
    const exchange = (a: string, b: string): number =>
      operations.rename(actor, null, a, null, b, operations.RENAME_EXCHANGE);
    expect(exchange('/o/mine', '/o/var')).toBe(-EXDEV);
    expect(exchange('/o/mine', '/o/big')).toBe(0);
    for (const view of [machine, remounted()]) {
      const top = view === machine ? '/o' : '';
      expect(view.list(`${top}/big`)).toEqual(['x']);
      expect(view.read(`${top}/mine`).length).toBe(9000);
    }
  });

  it('makes hard links by copying up once', () => {
    const { actor } = machine;
    expect(operations.link(actor, machine.find('/o/big') as Path, null, '/o/twin')).toBe(0);
    expect(inode('/o/twin')).toBe(inode('/o/big'));
    expect(inode('/o/big').nlink).toBe(2);
    expect(operations.unlink(actor, null, '/o/big')).toBe(0);
    expect(inode('/o/twin').nlink).toBe(1);
    expect(machine.read('/o/twin').length).toBe(9000);
  });

  it('keeps its marks to itself', () => {
    const { actor } = machine;
    operations.unlink(actor, null, '/o/big');
    expect(machine.find('/o/.wh.big')).toBe(-ENOENT);
    expect(machine.open('/o/.wh.etc', 0o101)).toBe(-EPERM);
    expect(operations.mkdir(actor, null, '/o/.wh.etc', 0o755)).toBe(-EPERM);
    expect(machine.list('/o')).toEqual(['etc', 'link', 'var']);
  });

  it('makes special files above', () => {
    expect(operations.mknod(machine.actor, null, '/o/null', S_IFCHR | 0o666, 0x103)).toBe(0);
    expect(operations.mknod(machine.actor, null, '/o/etc/hosts', 0o644, 0)).toBe(-EEXIST);
    expect(inode('/o/null').rdev).toBe(0x103);
  });

  it('keeps removed files and working directories for who uses them', () => {
    const { actor } = machine;
    operations.mkdir(actor, null, '/o/gone', 0o755);
    const open = machine.opened('/o/big', 0);
    const user = machine.as(actor.credentials);
    user.fs.cwd = machine.find('/o/gone') as Path;
    operations.unlink(actor, null, '/o/big');
    operations.rmdir(actor, null, '/o/gone');
    expect(machine.readFrom(open).length).toBe(9000);
    expect(machine.open('new', 0o101, 0o644, user)).toBe(-ENOENT);
    expect(machine.open('.', 0, 0, user)).toBeTypeOf('object');
    open.close();
  });
});
