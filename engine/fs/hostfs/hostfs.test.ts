import { chmodSync, linkSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EACCES, ELOOP, ENOENT, ENOTDIR, EROFS } from '../../abi/errno.ts';
import { S_IFCHR, S_IFIFO } from '../../abi/mode.ts';
import { O_RDWR, O_TMPFILE } from '../../abi/open.ts';
import { HostDirectory } from '../../host/HostDirectory.unsafe.ts';
import { KernelIo } from '../../mm/Io.ts';
import { changeMode, changeOwner } from '../../vfs/attributes.ts';
import type { Path } from '../../vfs/Path.ts';
import * as operations from '../../vfs/pathOperations.ts';
import { walkPath } from '../../vfs/pathWalk.ts';
import { TestMachine, userCredentials } from '../../vfs/vfs.testing.ts';
import type { AttributeLog } from './HostDirectoryPort.ts';
import { HostFs } from './HostFs.ts';

const identity = { uid: process.getuid!(), gid: process.getgid!() };

class MemoryLog implements AttributeLog {
  text = '';
  load(): string {
    return this.text;
  }
  append(line: string): void {
    this.text += line;
  }
  rewrite(text: string): void {
    this.text = text;
  }
}

let outside: string;
let root: string;
let log: MemoryLog;

beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), 'hostfs-'));
  root = join(outside, 'root');
  mkdirSync(join(root, 'dir'), { recursive: true });
  writeFileSync(join(outside, 'secret'), 'secret');
  writeFileSync(join(root, 'file'), 'content');
  log = new MemoryLog();
});

afterEach(() => {
  rmSync(outside, { recursive: true });
});

function boot(readOnly = false, nameTimeoutMs = 0): TestMachine {
  return new TestMachine(1024, ({ vfs, clock }) => {
    const host = new HostDirectory(root, identity);
    return new HostFs(host, vfs.pageCaches, clock, { readOnly, ownership: log, nameTimeoutMs });
  });
}

function attributes(machine: TestMachine, path: string): { mode: string; uid: number; gid: number; size: number } {
  const place = machine.find(path, 0) as Path;
  const { mode, uid, gid, size } = place.inode;
  return { mode: mode.toString(8), uid, gid, size };
}

describe('a host directory', () => {
  it('is read, listed and shown as root’s', () => {
    const machine = boot();
    chmodSync(join(root, 'file'), 0o640);
    expect(machine.read('/file')).toBe('content');
    expect(machine.list('/')).toEqual(['dir', 'file']);
    expect(attributes(machine, '/file')).toEqual({ mode: '100640', uid: 0, gid: 0, size: 7 });
  });

  it('is written through', () => {
    const machine = boot();
    machine.write('/new', 'a'.repeat(10000));
    expect(readFileSync(join(root, 'new'), 'latin1')).toBe('a'.repeat(10000));
    const file = machine.opened('/new', 2);
    file.writeAt(machine.actor as never, new KernelIo(Buffer.from('XY')), 5000);
    expect(machine.read('/new')).toBe(`${'a'.repeat(5000)}XY${'a'.repeat(4998)}`);
    expect(readFileSync(join(root, 'new'), 'latin1').substring(4999, 5003)).toBe('aXYa');
    file.truncate(machine.actor as never, 3);
    expect(readFileSync(join(root, 'new'), 'latin1')).toBe('aaa');
    file.close();
  });

  it('shows what the host changed at the next open', () => {
    const machine = boot();
    expect(machine.read('/file')).toBe('content');
    writeFileSync(join(root, 'file'), 'changed');
    utimesSync(join(root, 'file'), 1, 1);
    expect(machine.read('/file')).toBe('changed');
    writeFileSync(join(root, 'file'), 'longer than before');
    expect(machine.read('/file')).toBe('longer than before');
  });

  it('forgets names that the host took away and sees those that it made', () => {
    const machine = boot();
    expect(machine.find('/later')).toBe(-ENOENT);
    expect(machine.find('/file')).not.toBe(-ENOENT);
    renameSync(join(root, 'file'), join(root, 'later'));
    expect(machine.find('/file')).toBe(-ENOENT);
    expect(machine.read('/later')).toBe('content');
  });

  it('makes, renames and removes', () => {
    const machine = boot();
    const { actor } = machine;
    expect(operations.mkdir(actor, null, '/dir/sub', 0o755)).toBe(0);
    machine.write('/dir/sub/x', '1');
    expect(operations.rename(actor, null, '/dir/sub', null, '/moved', 0)).toBe(0);
    expect(machine.read('/moved/x')).toBe('1');
    expect(readFileSync(join(root, 'moved/x'), 'latin1')).toBe('1');
    expect(operations.symlink(actor, 'moved/x', null, '/link')).toBe(0);
    expect(machine.read('/link')).toBe('1');
    expect(operations.link(actor, machine.find('/moved/x') as Path, null, '/hard')).toBe(0);
    expect((machine.find('/hard') as Path).inode).toBe((machine.find('/moved/x') as Path).inode);
    expect((machine.find('/hard') as Path).inode.nlink).toBe(2);
    expect(operations.unlink(actor, null, '/moved/x')).toBe(0);
    expect(machine.read('/hard')).toBe('1');
    expect(operations.rmdir(actor, null, '/moved')).toBe(0);
    expect(machine.list('/')).toEqual(['dir', 'file', 'hard', 'link']);
  });

  it('keeps an unlinked file for who has it open', () => {
    const machine = boot();
    const file = machine.opened('/file', 0);
    expect(operations.unlink(machine.actor, null, '/file')).toBe(0);
    expect(machine.readFrom(file)).toBe('content');
    file.close();
    expect(() => statSync(join(root, 'file'))).toThrow();
  });

  it('goes deeper than one path of the host reaches', () => {
    const machine = boot();
    const { actor } = machine;
    for (let depth = 0; depth < 40; depth++) {
      expect(operations.mkdir(actor, null, 'd'.repeat(200), 0o755)).toBe(0);
      actor.fs.cwd = walkPath(actor, null, 'd'.repeat(200), 0) as Path;
    }
    machine.write('deep', 'down here');
    expect(machine.read('deep')).toBe('down here');
    expect(machine.list('.')).toEqual(['deep']);
  });

  it('has files without names, which may get one', () => {
    const machine = boot();
    const file = machine.opened('/dir', O_TMPFILE | O_RDWR, 0o600);
    machine.writeTo(file, 'abc');
    expect(machine.list('/dir')).toEqual([]);
    expect(operations.link(machine.actor, file.path!, null, '/dir/named')).toBe(0);
    expect(machine.read('/dir/named')).toBe('abc');
    expect(attributes(machine, '/dir/named')).toMatchObject({ mode: '100600', size: 3 });
    expect(readFileSync(join(root, 'dir/named'), 'latin1')).toBe('abc');
    file.close();
  });

  it('is refused every change when read-only', () => {
    const machine = boot(true);
    const { actor } = machine;
    expect(machine.open('/file', 1)).toBe(-EROFS);
    expect(machine.open('/new', 0o101)).toBe(-EROFS);
    expect(operations.mkdir(actor, null, '/x', 0o755)).toBe(-EROFS);
    expect(operations.unlink(actor, null, '/file')).toBe(-EROFS);
    expect(changeMode(actor, machine.find('/file') as Path, 0o600)).toBe(-EROFS);
    expect(machine.read('/file')).toBe('content');
  });
});

describe('what the host’s user cannot set', () => {
  it('is kept beside the files and survives a restart', () => {
    let machine = boot();
    const { actor } = machine;
    machine.write('/owned', 'x');
    expect(changeOwner(actor, machine.find('/owned') as Path, 1000, 100)).toBe(0);
    expect(changeMode(actor, machine.find('/owned') as Path, 0o4000)).toBe(0);
    expect(operations.mknod(actor, null, '/null', S_IFCHR | 0o666, 0x103)).toBe(0);
    expect(operations.mknod(actor, null, '/pipe\n', S_IFIFO | 0o600, 0)).toBe(0);
    expect(operations.mkdir(actor, null, '/dir/a', 0o700)).toBe(0);
    expect(changeOwner(actor, machine.find('/dir/a') as Path, 7, -1)).toBe(0);
    expect(operations.rename(actor, null, '/dir', null, '/folder', 0)).toBe(0);
    // On the host they stay ordinary, and usable.
    expect(statSync(join(root, 'owned')).mode & 0o7777).toBe(0o600);
    expect(statSync(join(root, 'null')).isFile()).toBe(true);
    machine = boot();
    expect(attributes(machine, '/owned')).toEqual({ mode: '104000', uid: 1000, gid: 100, size: 1 });
    expect(attributes(machine, '/null')).toMatchObject({ mode: '20644', size: 0 });
    expect((machine.find('/null') as Path).inode.rdev).toBe(0x103);
    expect(attributes(machine, '/pipe\n')).toMatchObject({ mode: '10600' });
    expect(attributes(machine, '/folder/a')).toMatchObject({ mode: '40700', uid: 7, gid: 0 });
    const user = machine.as(userCredentials(1001));
    expect(machine.open('/owned', 0, 0, user)).toBe(-EACCES);
  });

  it('goes with the file', () => {
    const machine = boot();
    machine.write('/owned', 'x');
    changeOwner(machine.actor, machine.find('/owned') as Path, 1000, 100);
    operations.unlink(machine.actor, null, '/owned');
    machine.write('/owned', 'y');
    expect(attributes(machine, '/owned')).toMatchObject({ uid: 0, gid: 0 });
  });
});

describe('confinement', () => {
  it('takes links for the guest’s own tree, never the host’s', () => {
    symlinkSync('/etc/passwd', join(root, 'absolute'));
    symlinkSync('../secret', join(root, 'relative'));
    symlinkSync('..', join(root, 'parent'));
    symlinkSync('/', join(root, 'top'));
    const machine = boot();
    expect(machine.open('/absolute')).toBe(-ENOENT);
    expect(machine.open('/relative')).toBe(-ENOENT);
    expect(machine.open('/parent/secret')).toBe(-ENOENT);
    expect(machine.read('/top/file')).toBe('content');
    expect(machine.open('/../secret')).toBe(-ENOENT);
    expect(machine.open('/dir/../../secret')).toBe(-ENOENT);
  });

  it('does not follow a link that took the place of a name it knows', () => {
    // Names are believed for an hour: the guest still thinks that `dir` and `file` are what they were.
    const machine = boot(false, 3_600_000);
    machine.write('/dir/inner', 'mine');
    machine.vfs.pageCaches.shrink(1000);
    expect(machine.find('/dir/inner')).not.toBe(-ENOENT);
    renameSync(join(root, 'dir'), join(root, 'old'));
    symlinkSync(outside, join(root, 'dir'));
    rmSync(join(root, 'file'));
    symlinkSync('../secret', join(root, 'file'));
    expect([-ELOOP, -ENOENT, -ENOTDIR]).toContain(machine.open('/dir/secret'));
    expect([-ELOOP, -ENOENT, -ENOTDIR]).toContain(machine.open('/dir/new', 0o101));
    expect(operations.mkdir(machine.actor, null, '/dir/evil', 0o755)).toBeLessThan(0);
    expect(machine.open('/file')).toBeLessThan(0);
    expect(() => statSync(join(outside, 'evil'))).toThrow();
    expect(() => statSync(join(outside, 'new'))).toThrow();
  });

  it('does not go along with a directory that was moved out', () => {
    const machine = boot(false, 3_600_000);
    machine.write('/dir/inner', 'mine');
    const { actor } = machine;
    actor.fs.cwd = machine.find('/dir') as Path;
    renameSync(join(root, 'dir'), join(outside, 'moved'));
    expect(machine.open('new', 0o101)).toBe(-ENOENT);
    expect(machine.open('../secret')).toBe(-ENOENT);
    expect(operations.mkdir(actor, null, 'evil', 0o755)).toBe(-ENOENT);
    expect(operations.unlink(actor, null, 'inner')).toBe(-ENOENT);
    expect(readFileSync(join(outside, 'moved/inner'), 'latin1')).toBe('mine');
  });

  it('refuses names that are paths', () => {
    const host = new HostDirectory(root, identity);
    for (const name of ['..', '.', '', 'a/b', '../x', 'a\0b']) {
      expect(() => host.mkdir('', name, 0o755)).toThrow();
      expect(() => host.unlink('dir', name)).toThrow();
      expect(() => host.rename('', 'file', 'dir', name, 0)).toThrow();
    }
    for (const path of ['..', '../secret', 'dir/../../secret', '/etc/passwd', 'file\0']) {
      expect(host.stat(path)).toBeLessThan(0);
      expect(host.open(path, 'read', 0)).toBeLessThan(0);
      expect(host.readlink(path)).toBeLessThan(0);
    }
    host.dispose();
  });

  it('opens nothing but plain files', () => {
    const machine = boot();
    linkSync(join(root, 'file'), join(root, 'twin'));
    expect(machine.read('/twin')).toBe('content');
    const host = new HostDirectory('/dev', identity);
    expect(host.open('null', 'read', 0)).toBeLessThan(0);
    host.dispose();
  });
});
