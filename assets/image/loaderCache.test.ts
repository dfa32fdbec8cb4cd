import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readLinkNeeds } from './elf.ts';
import { compareNames, makeLoaderCache } from './loaderCache.ts';
import { Tree, makeFile, makeSymbolicLink } from './tree.ts';

const LDCONFIG = ['/sbin/ldconfig', '/usr/sbin/ldconfig'].find((path) => existsSync(path)) ?? '/sbin/ldconfig';

/** The host's own libraries, by the host's own cache: the oracle. */
function hostLibraries(): { name: string; path: string }[] {
  const { stdout } = spawnSync(LDCONFIG, ['-p'], { encoding: 'utf8' });
  return [...stdout.matchAll(/^\t(\S+) \(libc6,x86-64\) => (\S+)$/gm)].map(([, name, path]) => ({ name, path }));
}

describe('the cache of the dynamic loader', () => {
  test('is one that ldconfig can read', () => {
    const names = ['libm.so.6', 'libc.so.6', 'libresolv.so.2', 'libdl.so.2'];
    const sources = hostLibraries().filter(({ name }) => names.includes(name));
    expect(sources).toHaveLength(names.length);
    const tree = new Tree();
    for (const { name, path } of sources) {
      tree.put(`usr/lib/real-${name}`, makeFile(readFileSync(path)));
      tree.put(`usr/lib/${name}`, makeSymbolicLink(`real-${name}`));
    }
    // No library by its headers, and one whose headers give another name.
    tree.put('usr/lib/libtext.so.1', makeFile(Buffer.from('text')));
    tree.put('usr/lib/libm-copy.so', makeSymbolicLink('libm.so.6'));

    const directory = mkdtempSync(join(tmpdir(), 'umlaut-cache-'));
    const file = join(directory, 'ld.so.cache');
    writeFileSync(file, makeLoaderCache(tree, 'usr/lib', '/lib/x'));
    const { stdout } = spawnSync(LDCONFIG, ['-p', '-C', file], { encoding: 'utf8' });
    rmSync(directory, { recursive: true });
    const listed = [...stdout.matchAll(/^\t(\S+) \(libc6,x86-64\) => (\S+)$/gm)].map(([, name, path]) => [name, path]);
    const inLoadersOrder = ['libresolv.so.2', 'libm.so.6', 'libdl.so.2', 'libc.so.6'];
    expect(listed).toEqual(inLoadersOrder.map((name) => [name, `/lib/x/${name}`]));
  });

  test("has the order of the host's", () => {
    const names = [...new Set(hostLibraries().map(({ name }) => name))];
    expect(names.length).toBeGreaterThan(3);
    expect([...names].sort((a, b) => compareNames(b, a))).toEqual(names);
  });

  test.each([
    ['libc.so.6', 'libc.so.6', 0],
    ['libc.so.10', 'libc.so.6', 1],
    ['libc.so', 'libc.so.6', -1],
    ['libc6.so', 'libcx.so', 1],
    ['liba.so', 'libb.so', -1],
  ])('%s against %s', (a, b, sign) => {
    expect(Math.sign(compareNames(a, b))).toBe(sign);
    expect(Math.sign(compareNames(b, a))).toBe(-sign || 0);
  });

  test('goes by the names that libraries give themselves', () => {
    const [{ name, path }] = hostLibraries().filter((library) => library.name === 'libm.so.6');
    expect(readLinkNeeds(readFileSync(path))?.ownName).toBe(basename(name));
  });
});
