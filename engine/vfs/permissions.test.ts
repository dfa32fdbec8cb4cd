import { describe, expect, it } from 'vitest';
import { EACCES, EPERM } from '../abi/errno.ts';
import { rootCredentials } from '../process/Credentials.ts';
import { changeMode, changeOwner, changeTimes } from './attributes.ts';
import type { Path } from './Path.ts';
import * as operations from './pathOperations.ts';
import { checkAccess, checkRemoval, newAttributes } from './permissions.ts';
import { TestMachine, userCredentials } from './vfs.testing.ts';

const machine = new TestMachine();
const user = userCredentials(1000, 100, [200]);

function place(mode: number, uid: number, gid: number): Path {
  machine.write('/f', '');
  const path = machine.find('/f') as Path;
  Object.assign(path.inode, { mode: 0o100000 | mode, uid, gid });
  return path;
}

describe('checkAccess', () => {
  it.each<[string, number, number, number, number, number]>([
    ['the owner by the owner’s bits alone', 0o077, 1000, 100, 4, -EACCES],
    ['the owner', 0o700, 1000, 100, 7, 0],
    ['the group by the group’s bits alone', 0o707, 0, 100, 4, -EACCES],
    ['a supplementary group', 0o070, 0, 200, 7, 0],
    ['others', 0o704, 0, 0, 4, 0],
    ['others, writing', 0o704, 0, 0, 6, -EACCES],
  ])('%s', (_name, mode, uid, gid, wanted, expected) => {
    expect(checkAccess(place(mode, uid, gid).inode, user, wanted)).toBe(expected);
  });

  it('root may all but execute what nobody may', () => {
    expect(checkAccess(place(0o000, 1, 1).inode, rootCredentials, 6)).toBe(0);
    expect(checkAccess(place(0o666, 1, 1).inode, rootCredentials, 1)).toBe(-EACCES);
    expect(checkAccess(place(0o001, 1, 1).inode, rootCredentials, 1)).toBe(0);
  });
});

it('a sticky directory protects files of others', () => {
  const { inode } = place(0o644, 1, 1);
  const directory = machine.rootPath.inode;
  directory.mode = 0o041777;
  expect(checkRemoval(directory, inode, user)).toBe(-EPERM);
  inode.uid = 1000;
  expect(checkRemoval(directory, inode, user)).toBe(0);
  inode.uid = 1;
  directory.uid = 1000;
  expect(checkRemoval(directory, inode, user)).toBe(0);
  Object.assign(directory, { mode: 0o040755, uid: 0 });
});

it('a set-group-ID directory hands on its group, to directories the bit, too', () => {
  const directory = place(0o2775, 0, 50).inode;
  expect(newAttributes(directory, user, 0o100644)).toEqual({ mode: 0o100644, uid: 1000, gid: 50 });
  expect(newAttributes(directory, user, 0o040755)).toEqual({ mode: 0o042755, uid: 1000, gid: 50 });
  expect(newAttributes(directory, user, 0o102775).mode).toBe(0o100775);
});

describe('changes of attributes', () => {
  const actor = machine.as(user);

  it.each<[string, () => number, number]>([
    ['mode of someone else’s', () => changeMode(actor, place(0o666, 1, 1), 0o777), -EPERM],
    ['mode of one’s own', () => changeMode(actor, place(0o600, 1000, 100), 0o777), 0],
    ['owner, given away', () => changeOwner(actor, place(0o600, 1000, 100), 1, -1), -EPERM],
    ['owner, as it is', () => changeOwner(actor, place(0o600, 1000, 100), 1000, -1), 0],
    ['group, to one’s own', () => changeOwner(actor, place(0o600, 1000, 100), -1, 200), 0],
    ['group, to another', () => changeOwner(actor, place(0o600, 1000, 100), -1, 7), -EPERM],
    ['times to now, with write permission', () => changeTimes(actor, place(0o666, 1, 1), null, null, true), 0],
    ['times to now, without', () => changeTimes(actor, place(0o644, 1, 1), null, null, true), -EACCES],
    ['times to any, not the owner', () => changeTimes(actor, place(0o666, 1, 1), null, null, false), -EPERM],
  ])('%s', (_name, action, expected) => {
    expect(action()).toBe(expected);
  });

  it('take set-ID bits away with the owner and the group', () => {
    const path = place(0o6755, 1000, 100);
    changeOwner(actor, path, -1, 200);
    expect(path.inode.mode & 0o7777).toBe(0o755);
    changeMode(actor, Object.assign(path, {}), 0o2755);
    expect(path.inode.mode & 0o7777).toBe(0o2755);
    path.inode.gid = 7;
    changeMode(actor, path, 0o2755);
    expect(path.inode.mode & 0o7777).toBe(0o755);
  });

  it('writing takes them away, too', () => {
    const path = place(0o6777, 1, 1);
    const file = machine.open('/f', 1, 0, actor);
    if (typeof file === 'number') throw new Error(`open: ${file}`);
    machine.writeTo(file, 'by root');
    expect(path.inode.mode & 0o7777).toBe(0o6777);
    file.write(actor as never, { remaining: 1, take: () => 1 });
    expect(path.inode.mode & 0o7777).toBe(0o777);
    file.close();
  });
});

it('mknod of devices is root’s', () => {
  expect(operations.mknod(machine.as(user), null, '/dev', 0o020666, 0x103)).toBe(-EPERM);
});
