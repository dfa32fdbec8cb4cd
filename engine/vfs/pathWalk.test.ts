import { beforeEach, describe, expect, it } from 'vitest';
import { EACCES, EEXIST, EISDIR, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, EXDEV } from '../abi/errno.ts';
import { Tmpfs } from '../fs/tmpfs/Tmpfs.ts';
import { FsContext } from './FsContext.ts';
import { Path } from './Path.ts';
import * as operations from './pathOperations.ts';
import { pathString } from './pathString.ts';
import {
  WALK_BENEATH,
  WALK_DIRECTORY,
  WALK_EMPTY,
  WALK_FOLLOW,
  WALK_IN_ROOT,
  WALK_NO_LINKS,
  WALK_NO_MOUNTS,
  walkPath,
} from './pathWalk.ts';
import { TestMachine, userCredentials } from './vfs.testing.ts';

let machine: TestMachine;

beforeEach(() => {
  machine = new TestMachine();
  const { actor } = machine;
  for (const directory of ['/a', '/a/b', '/a/b/c', '/mnt', '/closed', '/closed/inner']) {
    operations.mkdir(actor, null, directory, 0o755);
  }
  machine.write('/a/file', 'x');
  operations.symlink(actor, '/a/b', null, '/absolute');
  operations.symlink(actor, 'b/c', null, '/a/relative');
  operations.symlink(actor, '../../a/file', null, '/a/b/up');
  operations.symlink(actor, 'loop2', null, '/loop1');
  operations.symlink(actor, 'loop1', null, '/loop2');
  operations.symlink(actor, 'nowhere', null, '/dangling');
  operations.symlink(actor, 'a/file', null, '/tofile');
  const closed = machine.find('/closed');
  if (typeof closed !== 'number') closed.inode.mode = 0o040700;
  machine.mount(new Tmpfs(machine.memory, machine.clock, { mode: 0o755 }), '/mnt');
  operations.mkdir(actor, null, '/mnt/below', 0o755);
});

function spelled(place: Path | number): string | number {
  return typeof place === 'number' ? place : pathString(place, machine.actor.fs);
}

describe('walkPath', () => {
  it.each<[string, string | number]>([
    ['/', '/'],
    ['//a///b/', '/a/b'],
    ['/a/./b/../b/c/.', '/a/b/c'],
    ['/../../a', '/a'],
    ['/absolute', '/a/b'],
    ['/absolute/c', '/a/b/c'],
    ['/a/relative', '/a/b/c'],
    ['/a/relative/..', '/a/b'],
    ['/absolute/up', '/a/file'],
    ['/tofile', '/a/file'],
    ['/tofile/', -ENOTDIR],
    ['/mnt/below/../..', '/'],
    ['/mnt/below', '/mnt/below'],
    ['/a/file/', -ENOTDIR],
    ['/a/file/..', -ENOTDIR],
    ['/a/file/.', -ENOTDIR],
    ['/none', -ENOENT],
    ['/none/x', -ENOENT],
    ['/dangling', -ENOENT],
    ['/loop1', -ELOOP],
    ['/loop1/x', -ELOOP],
    ['', -ENOENT],
    [`/${'n'.repeat(255)}`, -ENOENT],
    [`/${'n'.repeat(256)}`, -ENAMETOOLONG],
    [`/a/file/${'n'.repeat(256)}`, -ENOTDIR],
  ])('takes %s to %s', (path, expected) => {
    expect(spelled(machine.find(path))).toBe(expected);
    // Once more, now from the cache.
    expect(spelled(machine.find(path))).toBe(expected);
  });

  it('leaves a final link alone unless told, and follows it before a slash', () => {
    expect(spelled(machine.find('/absolute', 0))).toBe('/absolute');
    expect(spelled(machine.find('/absolute/', 0))).toBe('/a/b');
    expect(spelled(machine.find('/tofile', WALK_DIRECTORY))).toBe(-ENOTDIR);
  });

  it('follows 40 links and no more', () => {
    operations.symlink(machine.actor, 'a', null, '/l0');
    for (let index = 1; index <= 41; index++) operations.symlink(machine.actor, `l${index - 1}`, null, `/l${index}`);
    expect(spelled(machine.find('/l39'))).toBe('/a');
    expect(spelled(machine.find('/l40'))).toBe(-ELOOP);
  });

  it('needs search permission on every directory, the starting one included', () => {
    const user = machine.as(userCredentials(1000));
    expect(machine.find('/closed/inner', WALK_FOLLOW, user)).toBe(-EACCES);
    expect(machine.find('/closed', WALK_FOLLOW, user)).toBeInstanceOf(Path);
    expect(machine.find('/closed/none', WALK_FOLLOW, user)).toBe(-EACCES);
    const inside = machine.find('/closed') as Path;
    user.fs.cwd = inside;
    expect(walkPath(user, null, '.', 0)).toBe(-EACCES);
    expect(walkPath(user, null, '..', 0)).toBe(-EACCES);
  });

  it('starts at a base, and takes the empty path for it when allowed', () => {
    const base = machine.find('/a') as Path;
    expect(spelled(walkPath(machine.actor, base, 'b', 0))).toBe('/a/b');
    expect(spelled(walkPath(machine.actor, base, '/mnt', 0))).toBe('/mnt');
    expect(spelled(walkPath(machine.actor, base, '', WALK_EMPTY))).toBe('/a');
    const file = machine.find('/a/file') as Path;
    expect(spelled(walkPath(machine.actor, file, 'x', 0))).toBe(-ENOTDIR);
    expect(spelled(walkPath(machine.actor, file, '', WALK_EMPTY))).toBe('/a/file');
  });

  it('does not leave a changed root', () => {
    const jail = machine.find('/a') as Path;
    const actor = { ...machine.actor, fs: new FsContext(jail) };
    for (const path of ['/..', '../../..', '/b/../../b/../..']) {
      expect((walkPath(actor, null, path, WALK_FOLLOW) as Path).equals(jail)).toBe(true);
    }
    expect(walkPath(actor, null, '/mnt', WALK_FOLLOW)).toBe(-ENOENT);
    operations.symlink(actor, '/b', null, '/link');
    expect(pathString(walkPath(actor, null, '/link', WALK_FOLLOW) as Path, actor.fs)).toBe('/b');
    expect(pathString(machine.find('/mnt') as Path, actor.fs)).toBe('(unreachable)/mnt');
  });

  it('keeps openat2(2) restrictions', () => {
    const base = machine.find('/a') as Path;
    const walk = (path: string, flags: number): string | number =>
      spelled(walkPath(machine.actor, base, path, flags | WALK_FOLLOW));
    expect(walk('../a/b', WALK_BENEATH)).toBe(-EXDEV);
    expect(walk('/a', WALK_BENEATH)).toBe(-EXDEV);
    expect(walk('b/../b', WALK_BENEATH)).toBe('/a/b');
    expect(walk('b/up', WALK_BENEATH)).toBe(-EXDEV);
    expect(walk('../../b', WALK_IN_ROOT)).toBe('/a/b');
    expect(walk('relative', WALK_NO_LINKS)).toBe(-ELOOP);
    expect(walk('../mnt', WALK_NO_MOUNTS)).toBe(-EXDEV);
  });
});

describe('openFile', () => {
  const O_CREAT = 0o100;
  const O_EXCL = 0o200;
  const O_NOFOLLOW = 0o400000;
  const O_DIRECTORY = 0o200000;
  it.each<[string, number, number]>([
    ['/tofile', O_NOFOLLOW, -ELOOP],
    ['/tofile', O_CREAT | O_EXCL, -EEXIST],
    ['/dangling', O_CREAT | O_EXCL, -EEXIST],
    ['/a', 1, -EISDIR],
    ['/a', O_CREAT, -EISDIR],
    ['/new/', O_CREAT | 1, -EISDIR],
    ['/none/new', O_CREAT | 1, -ENOENT],
    ['/a/file', O_DIRECTORY, -ENOTDIR],
    ['/a/file/new', O_CREAT | 1, -ENOTDIR],
  ])('answers %s with flags %i by %i', (path, flags, expected) => {
    expect(machine.open(path, flags)).toBe(expected);
  });

  it('creates through a dangling link, where the link leads', () => {
    machine.opened('/dangling', O_CREAT | 1).close();
    expect(spelled(machine.find('/nowhere'))).toBe('/nowhere');
  });

  it('lets the creator of a file write it whatever its mode says', () => {
    const user = machine.as(userCredentials(1000));
    const shared = machine.find('/a') as Path;
    shared.inode.mode = 0o040777;
    expect(machine.open('/a/mine', O_CREAT | 1, 0o400, user)).toBeTypeOf('object');
    expect(machine.open('/a/mine', 1, 0, user)).toBe(-EACCES);
  });
});
