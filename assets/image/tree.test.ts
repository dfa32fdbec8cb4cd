import { describe, expect, test } from 'vitest';
import { furnish, linkAlternatives, makeSkeleton } from './furnish.ts';
import { Tree, makeDirectory, makeFile, makeSymbolicLink } from './tree.ts';

const file = makeFile(new Uint8Array(0));

describe('a tree', () => {
  test('puts what a package has in /bin where /bin leads to', () => {
    const tree = makeSkeleton();
    tree.put('./bin/', makeDirectory());
    tree.put('./bin/ls', file);
    expect(tree.findUnfollowed('bin')?.kind).toBe('symbolicLink');
    expect(tree.findUnfollowed('usr/bin/ls')).toBe(file);
    expect(tree.realPath('bin/ls')).toBe('usr/bin/ls');
  });

  test('keeps what is in a directory that comes again', () => {
    const tree = new Tree();
    tree.put('a/b', file);
    tree.put('a', { ...makeDirectory(0o700), uid: 5 });
    expect(tree.find('a')).toMatchObject({ permissions: 0o700, uid: 5 });
    expect(tree.find('a/b')).toBe(file);
  });

  test('puts a directory in the place of a link that leads nowhere', () => {
    const tree = new Tree();
    tree.put('a', makeSymbolicLink('nowhere'));
    tree.put('a', makeDirectory());
    expect(tree.findUnfollowed('a')?.kind).toBe('directory');
  });

  test.each([
    ['relative', 'usr/bin', 'real/x'],
    ['absolute', 'usr/bin', '/usr/bin/real/x'],
    ['upwards', 'usr/bin', '../bin/./real/x'],
    ['above the root', 'usr/bin', '../../../usr/bin/real/x'],
  ])('follows links: %s', (_kind, directory, target) => {
    const tree = new Tree();
    tree.put(`${directory}/real/x`, file);
    tree.put(`${directory}/link`, makeSymbolicLink(target));
    expect(tree.find(`/${directory}/link`)).toBe(file);
  });

  test('gives up on links in a circle', () => {
    const tree = new Tree();
    tree.put('a', makeSymbolicLink('b'));
    tree.put('b', makeSymbolicLink('a'));
    expect(tree.find('a')).toBeUndefined();
  });

  test('refuses a file below a file', () => {
    const tree = new Tree();
    tree.put('a', file);
    expect(() => tree.put('a/b', file)).toThrow(/not a directory/);
  });

  test('walks in the order of names, and not into what was removed', () => {
    const tree = new Tree();
    for (const path of ['b/2', 'b/1', 'a', 'c/3']) tree.put(path, file);
    const seen: string[] = [];
    for (const [path] of tree.walk()) {
      seen.push(path);
      if (path === 'b') tree.remove('b');
    }
    expect(seen).toEqual(['a', 'b', 'c', 'c/3']);
  });
});

describe('the furniture', () => {
  test('links generic names to programs that are there, and spares names that are taken', () => {
    const tree = makeSkeleton();
    for (const name of ['mawk', 'vim.tiny', 'view']) tree.put(`usr/bin/${name}`, file);
    linkAlternatives(tree);
    expect(tree.findUnfollowed('etc/alternatives/awk')).toMatchObject({ target: '/usr/bin/mawk' });
    expect(tree.realPath('bin/vi')).toBe('usr/bin/vim.tiny');
    expect(tree.realPath('bin/view')).toBe('usr/bin/view');
    expect(tree.find('usr/bin/nc')).toBeUndefined();
  });

  test('has an /etc that is whole', () => {
    const tree = makeSkeleton();
    furnish(tree, `${import.meta.dirname}/etc`);
    const users = textOf(tree, 'etc/passwd')
      .trim()
      .split('\n')
      .map((line) => line.split(':'));
    const groups = textOf(tree, 'etc/group')
      .trim()
      .split('\n')
      .map((line) => line.split(':')[2]);
    for (const user of users) {
      expect(user).toHaveLength(7);
      expect(groups).toContain(user[3]);
    }
    expect(tree.find('root')).toMatchObject({ permissions: 0o700, uid: 0 });
    expect(tree.find('home/user')).toMatchObject({ uid: 1000, gid: 1000 });
    expect(tree.find('tmp')).toMatchObject({ permissions: 0o1777 });
  });

  function textOf(tree: Tree, path: string): string {
    const node = tree.find(path);
    return node?.kind === 'file' ? Buffer.from(node.content).toString() : '';
  }
});
