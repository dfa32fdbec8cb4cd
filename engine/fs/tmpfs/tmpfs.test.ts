import { beforeEach, describe, expect, it } from 'vitest';
import {
  EBUSY,
  EEXIST,
  EFAULT,
  EISDIR,
  ENODATA,
  ENOENT,
  ENOSPC,
  ENOTDIR,
  ENOTEMPTY,
  EOPNOTSUPP,
  EPERM,
  ENXIO,
} from '../../abi/errno.ts';
import { F_SEAL_EXEC, F_SEAL_GROW, F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_WRITE } from '../../abi/fcntl.ts';
import { O_CREAT, O_RDWR, O_TMPFILE, SEEK_DATA, SEEK_HOLE } from '../../abi/open.ts';
import { KernelIo } from '../../mm/Io.ts';
import type { File } from '../../vfs/File.ts';
import { XATTR_CREATE, XATTR_REPLACE } from '../../vfs/Inode.ts';
import type { Path } from '../../vfs/Path.ts';
import * as operations from '../../vfs/pathOperations.ts';
import { TestMachine } from '../../vfs/vfs.testing.ts';
import { parseTmpfsOptions } from './options.ts';
import { Tmpfs } from './Tmpfs.ts';
import { TmpfsFile } from './TmpfsFile.ts';

const PAGE = 4096;
let machine: TestMachine;
let fs: Tmpfs;

beforeEach(() => {
  machine = new TestMachine(
    256,
    ({ memory, clock }) => (fs = new Tmpfs(memory, clock, { size: 64 * PAGE, mode: 0o755 })),
  );
});

function writeAt(file: File, text: string, offset: number): number {
  return file.writeAt(machine.actor as never, new KernelIo(Buffer.from(text)), offset);
}

function inode(path: string): Path['inode'] {
  return (machine.find(path) as Path).inode;
}

describe('files of a tmpfs', () => {
  it('hold what was written, with holes that cost nothing', () => {
    const file = machine.opened('/sparse', O_CREAT | O_RDWR);
    expect(writeAt(file, 'end', 40 * PAGE - 1)).toBe(3);
    expect(inode('/sparse')).toMatchObject({ size: 40 * PAGE + 2, blocks: 16 });
    expect(fs.quota.used).toBe(2);
    const text = machine.readFrom(file);
    expect(text.length).toBe(40 * PAGE + 2);
    expect(text.endsWith('\0end')).toBe(true);
    expect(file.seek(0, SEEK_DATA)).toBe(39 * PAGE);
    expect(file.seek(0, SEEK_HOLE)).toBe(0);
    expect(file.seek(39 * PAGE, SEEK_HOLE)).toBe(40 * PAGE + 2);
    expect(file.seek(50 * PAGE, SEEK_DATA)).toBe(-ENXIO);
    file.close();
  });

  it('show zeros, not old bytes, after being cut short and made longer', () => {
    const file = machine.opened('/f', O_CREAT | O_RDWR);
    writeAt(file, 'x'.repeat(2 * PAGE), 0);
    file.truncate(machine.actor as never, 10);
    file.truncate(machine.actor as never, 3 * PAGE);
    expect(machine.readFrom(file)).toBe('x'.repeat(10) + '\0'.repeat(3 * PAGE - 10));
    file.close();
  });

  it('do not show what frames held before', () => {
    machine.write('/secret', 's'.repeat(8 * PAGE));
    operations.unlink(machine.actor, null, '/secret');
    const file = machine.opened('/new', O_CREAT | O_RDWR);
    for (let page = 0; page < 8; page++) writeAt(file, 'n', page * PAGE + 7);
    expect(machine.readFrom(file)).not.toContain('s');
    file.close();
  });

  it('are seen alike by read and by a mapping', () => {
    const file = machine.opened('/f', O_CREAT | O_RDWR);
    writeAt(file, 'abc', 0);
    const frame = file.pages!.getPage(0, 1);
    const { bytes } = machine.memory;
    expect(bytes[frame * PAGE + 1]).toBe(0x62);
    bytes[frame * PAGE + 1] = 0x58;
    expect(machine.readFrom(file)).toBe('aXc');
    expect(machine.memory.references(frame)).toBe(2);
    expect(file.pages!.getPage(1, 0)).toBe(-EFAULT);
    const dropped: number[] = [];
    file.pages!.mappings.add({ dropPages: (_source, first) => dropped.push(first), mayWriteTo: () => false });
    file.truncate(machine.actor as never, 0);
    expect(dropped).toEqual([0]);
    expect(machine.memory.references(frame)).toBe(1);
    file.close();
  });

  it('give their pages back with their last name and user', () => {
    const free = machine.memory.freeFrames;
    machine.write('/f', 'x'.repeat(5 * PAGE));
    const file = machine.opened('/f', 0);
    operations.link(machine.actor, machine.find('/f') as Path, null, '/g');
    operations.unlink(machine.actor, null, '/f');
    operations.unlink(machine.actor, null, '/g');
    expect(fs.quota.used).toBe(5);
    expect(machine.readFrom(file).length).toBe(5 * PAGE);
    file.close();
    expect(fs.quota.used).toBe(0);
    expect(machine.memory.freeFrames).toBe(free);
  });

  it('without a name are there for their user only', () => {
    const file = machine.opened('/', O_TMPFILE | O_RDWR);
    writeAt(file, 'abc', 0);
    expect(machine.readFrom(file)).toBe('abc');
    expect(machine.list('/')).toEqual([]);
    file.close();
    expect(fs.quota.used).toBe(0);
  });

  it('fill the file system and no more', () => {
    const file = machine.opened('/big', O_CREAT | O_RDWR);
    expect(writeAt(file, 'x'.repeat(100 * PAGE), 0)).toBe(64 * PAGE);
    expect(writeAt(file, 'x', 64 * PAGE)).toBe(-ENOSPC);
    expect(fs.statistics()).toMatchObject({ blocks: 64, blocksFree: 0 });
    file.close();
    operations.unlink(machine.actor, null, '/big');
    expect(fs.statistics().blocksFree).toBe(64);
  });

  it.each([
    ['keeps the size', 1, 0, 3 * PAGE, 2, 3],
    ['extends', 0, PAGE, 3 * PAGE, 4 * PAGE, 4],
  ])('allocate space that %s', (_name, mode, offset, length, size, pages) => {
    machine.write('/f', 'ab');
    expect(inode('/f').allocate(mode, offset, length)).toBe(0);
    expect(inode('/f').size).toBe(size);
    expect(fs.quota.used).toBe(pages);
  });

  it('get holes punched, to the byte', () => {
    machine.write('/f', 'x'.repeat(4 * PAGE));
    expect(inode('/f').allocate(3, PAGE - 1, 2 * PAGE + 2)).toBe(0);
    expect(machine.read('/f')).toBe('x'.repeat(PAGE - 1) + '\0'.repeat(2 * PAGE + 2) + 'x'.repeat(PAGE - 1));
    expect(fs.quota.used).toBe(2);
    expect(inode('/f').allocate(3, 2, 3)).toBe(0);
    expect(machine.read('/f').substring(0, 6)).toBe('xx\0\0\0x');
    expect(inode('/f').allocate(0x10, 0, 1)).toBe(-EOPNOTSUPP);
  });
});

function tmpfsFile(path: string): TmpfsFile {
  const found = inode(path);
  if (!(found instanceof TmpfsFile)) throw new Error(`${path} is no file of a tmpfs`);
  return found;
}

describe('seals of a file', () => {
  let file: TmpfsFile;

  beforeEach(() => {
    machine.opened('/sealed', O_CREAT | O_RDWR);
    file = tmpfsFile('/sealed');
    file.seals = 0;
    file.truncate(PAGE + 4);
  });

  const write = (length: number, position: number): number =>
    file.writeBytes(new KernelIo(new Uint8Array(length)), position, length);

  // Asked of Linux 6.18.
  it('against growing let a write go on to the page that would grow the file', () => {
    file.addSeals(F_SEAL_GROW);
    expect([write(2 * PAGE, 0), write(100, PAGE - 46), write(PAGE + 4, 0)]).toEqual([PAGE, 46, PAGE + 4]);
    expect([file.truncate(PAGE + 5), file.allocate(0, 0, 2 * PAGE), file.truncate(1)]).toEqual([-EPERM, -EPERM, 0]);
  });

  it('against shrinking and writing refuse just that', () => {
    file.addSeals(F_SEAL_SHRINK);
    expect([file.truncate(1), file.truncate(2 * PAGE), write(1, 0)]).toEqual([-EPERM, 0, 1]);
    file.addSeals(F_SEAL_WRITE);
    expect([write(1, 0), file.pages.isWriteSealed]).toEqual([-EPERM, true]);
  });

  it('against writing wait until no mapping can write', () => {
    const holder = { dropPages: () => undefined, mayWriteTo: () => true };
    file.pages.mappings.add(holder);
    expect(file.addSeals(F_SEAL_WRITE)).toBe(-EBUSY);
    file.pages.mappings.delete(holder);
    expect(file.addSeals(F_SEAL_WRITE)).toBe(0);
  });

  it('against changing what is a program keep programs as they are', () => {
    file.setAttributes({ mode: 0o700 });
    file.addSeals(F_SEAL_EXEC);
    expect([file.setAttributes({ mode: 0o600 }), file.setAttributes({ mode: 0o744 })]).toEqual([-EPERM, 0]);
    expect(write(1, 0)).toBe(-EPERM);
  });

  it('end with the one against seals, which files with names have from the start', () => {
    file.addSeals(F_SEAL_SEAL);
    expect([file.addSeals(F_SEAL_GROW), file.seals]).toEqual([-EPERM, F_SEAL_SEAL]);
    machine.opened('/other', O_CREAT | O_RDWR);
    expect(tmpfsFile('/other').seals).toBe(F_SEAL_SEAL);
  });
});

describe('directories of a tmpfs', () => {
  it('count links and refuse what Linux refuses', () => {
    const { actor } = machine;
    const mkdir = (path: string): number => operations.mkdir(actor, null, path, 0o755);
    expect([mkdir('/a'), mkdir('/a/b'), mkdir('/a/b')]).toEqual([0, 0, -EEXIST]);
    expect(inode('/a').nlink).toBe(3);
    machine.write('/f', '');
    expect(operations.rmdir(actor, null, '/a')).toBe(-ENOTEMPTY);
    expect(operations.rmdir(actor, null, '/f')).toBe(-ENOTDIR);
    expect(operations.unlink(actor, null, '/a')).toBe(-EISDIR);
    expect(operations.rename(actor, null, '/f', null, '/a', 0)).toBe(-EISDIR);
    expect(operations.rename(actor, null, '/a', null, '/f', 0)).toBe(-ENOTDIR);
    expect(operations.rename(actor, null, '/a', null, '/a/b/c', 0)).toBeLessThan(0);
    expect(operations.rename(actor, null, '/a/b', null, '/c', 0)).toBe(0);
    expect([inode('/a').nlink, inode('/').nlink]).toEqual([2, 4]);
    expect(operations.rename(actor, null, '/a', null, '/c', operations.RENAME_NOREPLACE)).toBe(-EEXIST);
    expect(operations.rename(actor, null, '/f', null, '/c', operations.RENAME_EXCHANGE)).toBe(0);
    expect(inode('/f').isDirectory).toBe(true);
    expect(inode('/c').isRegular).toBe(true);
  });

  it('list what was there when the listing began', () => {
    for (const name of ['a', 'b', 'c']) machine.write(`/${name}`, '');
    const directory = machine.opened('/', 0);
    const seen: string[] = [];
    directory.readDirectory(machine.actor as never, (name) => seen.push(name) < 4);
    operations.unlink(machine.actor, null, '/a');
    machine.write('/d', '');
    directory.readDirectory(machine.actor as never, (name) => seen.push(name) > 0);
    expect([...new Set(seen)].sort()).toEqual(['.', '..', 'a', 'b', 'c']);
    directory.seek(0, 0);
    const again: string[] = [];
    directory.readDirectory(machine.actor as never, (name) => again.push(name) > 0);
    expect(again.sort()).toEqual(['.', '..', 'b', 'c', 'd']);
    directory.close();
  });

  it('take no more names once removed', () => {
    const { actor } = machine;
    operations.mkdir(actor, null, '/gone', 0o755);
    actor.fs.cwd = machine.find('/gone') as Path;
    operations.rmdir(actor, null, '/gone');
    expect(machine.open('x', O_CREAT | 1)).toBe(-ENOENT);
    expect(operations.mkdir(actor, null, 'y', 0o755)).toBe(-ENOENT);
    expect(machine.find('..')).not.toBe(-ENOENT);
  });
});

it('extended attributes are kept by name', () => {
  machine.write('/f', '');
  const file = inode('/f');
  expect(file.getXattr('user.a')).toBe(-ENODATA);
  expect(file.setXattr('user.a', Uint8Array.of(1), XATTR_REPLACE)).toBe(-ENODATA);
  expect(file.setXattr('user.a', Uint8Array.of(1), XATTR_CREATE)).toBe(0);
  expect(file.setXattr('user.a', Uint8Array.of(2), XATTR_CREATE)).toBe(-EEXIST);
  expect(file.getXattr('user.a')).toEqual(Uint8Array.of(1));
  expect(file.listXattr()).toEqual(['user.a']);
  expect(file.removeXattr('user.a')).toBe(0);
  expect(file.listXattr()).toEqual([]);
});

it.each<[string, ReturnType<typeof parseTmpfsOptions>]>([
  ['', {}],
  ['size=1m,mode=1777,uid=7', { size: 1 << 20, mode: 0o1777, uid: 7 }],
  ['size=50%,nr_inodes=2k', { size: 512, inodes: 2048 }],
  ['size=x', -22],
  ['nonsense', -22],
])('options %s', (text, expected) => {
  expect(parseTmpfsOptions(text, 1024)).toEqual(expected);
});
