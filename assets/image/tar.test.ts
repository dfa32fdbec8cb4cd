import { spawnSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unpackTar } from './tar.ts';
import { Tree } from './tree.ts';

const MAXIMUM = 16 * 1024 * 1024;
const LONG = `${'directory-with-a-long-name/'.repeat(8)}and-a-file-in-it`;

let directory = '';

/** The host's tar is the oracle. */
function pack(...options: string[]): Buffer {
  const { stdout, status } = spawnSync('tar', ['-c', '-C', directory, ...options, '.'], { maxBuffer: MAXIMUM });
  expect(status).toBe(0);
  return stdout;
}

function unpack(archive: Buffer): Tree {
  const tree = new Tree();
  unpackTar(archive, tree);
  return tree;
}

function textOf(tree: Tree, path: string): string | undefined {
  const node = tree.find(path);
  return node?.kind === 'file' ? Buffer.from(node.content).toString() : undefined;
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'umlaut-tar-'));
  writeFileSync(join(directory, 'program'), 'a program\n');
  chmodSync(join(directory, 'program'), 0o4755);
  utimesSync(join(directory, 'program'), 1_700_000_000, 1_700_000_000);
  linkSync(join(directory, 'program'), join(directory, 'same'));
  symlinkSync('program', join(directory, 'link'));
  symlinkSync(`/${LONG}`, join(directory, 'long-link'));
  mkdirSync(join(directory, LONG, '..'), { recursive: true });
  writeFileSync(join(directory, LONG), 'deep');
  writeFileSync(join(directory, 'empty'), '');
  writeFileSync(join(directory, 'block'), Buffer.alloc(512, 'x'));
  spawnSync('mkfifo', [join(directory, 'pipe')]);
});
afterAll(() => rmSync(directory, { recursive: true }));

// The oldest format has no room for a long target.
describe.each([
  ['gnu', `/${LONG}`],
  ['posix', `/${LONG}`],
  ['ustar', undefined],
])('an archive of format %s', (format, longTarget) => {
  const options = [`--format=${format}`, '--owner=1234', '--group=5678', '--numeric-owner'];
  if (longTarget === undefined) options.push('--exclude=long-link');

  test('comes out with contents, owners, permissions and times', () => {
    const tree = unpack(pack(...options));
    expect(tree.find('program')).toMatchObject({
      kind: 'file',
      permissions: 0o4755,
      uid: 1234,
      gid: 5678,
      mtimeSeconds: 1_700_000_000,
    });
    expect(textOf(tree, 'program')).toBe('a program\n');
    expect(textOf(tree, 'empty')).toBe('');
    expect(textOf(tree, 'block')).toBe('x'.repeat(512));
  });

  test('keeps links, pipes and long names', () => {
    const tree = unpack(pack(...options));
    expect(tree.find('same')).toBe(tree.find('program'));
    expect(tree.findUnfollowed('link')).toMatchObject({ kind: 'symbolicLink', target: 'program' });
    expect(tree.findUnfollowed('pipe')).toMatchObject({ kind: 'fifo' });
    const longLink = tree.findUnfollowed('long-link');
    expect(longLink?.kind === 'symbolicLink' ? longLink.target : undefined).toBe(longTarget);
    expect(textOf(tree, LONG)).toBe('deep');
  });
});

describe('damage is found', () => {
  test('in a header', () => {
    const archive = pack();
    archive[0] ^= 1;
    expect(() => unpack(archive)).toThrow(/wrong checksum/);
  });

  test('at the end', () => {
    const archive = pack('--exclude=pipe');
    const content = archive.indexOf(Buffer.alloc(512, 'x'));
    expect(() => unpack(archive.subarray(0, content + 100))).toThrow(/ends inside of a file/);
  });
});
