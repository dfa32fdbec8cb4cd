import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { S_IFCHR, S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../../abi/mode.ts';
import { checksum } from './checksum.ts';
import type { DirectoryNode, FileNode, ImageNode, SymbolicLinkNode } from './encode.ts';
import { encodeImage } from './encode.ts';
import { ENTRY, HEADER, HEADER_SIZE, INODE, PAGE_SIZE } from './layout.ts';
import type { ImageReader } from './ImageReader.ts';
import { openImage } from './ImageReader.ts';

const plain = { permissions: 0o644, uid: 0, gid: 0, mtimeSeconds: 1_700_000_000 };

function directory(entries: Record<string, ImageNode>): DirectoryNode {
  return { ...plain, permissions: 0o755, kind: 'directory', entries: new Map(Object.entries(entries)) };
}

function file(content: string | Uint8Array): FileNode {
  return { ...plain, kind: 'file', content: typeof content === 'string' ? new TextEncoder().encode(content) : content };
}

function link(target: string): SymbolicLinkNode {
  return { ...plain, permissions: 0o777, kind: 'symbolicLink', target };
}

function open(bytes: Uint8Array): ImageReader {
  const reader = openImage(bytes);
  if (typeof reader === 'string') throw new Error(reader);
  return reader;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

describe('a written image', () => {
  const shared = file('two names\n');
  const bytes = encodeImage(
    directory({
      bin: link('usr/bin'),
      dev: directory({ null: { ...plain, permissions: 0o666, kind: 'character', major: 1, minor: 3 } }),
      etc: directory({ hostname: shared, name: shared, empty: file('') }),
      usr: directory({ bin: directory({ sh: { ...file('#!'), permissions: 0o4755, uid: 5, gid: 6 } }) }),
    }),
  );
  const image = open(bytes);
  const find = (path: string): number =>
    path.split('/').reduce((ino, name) => (ino === 0 ? 0 : image.lookup(ino, name)), image.rootIno);

  test('is made of whole pages', () => {
    expect(bytes.length).toBe(image.totalPages * PAGE_SIZE);
  });

  test('finds files by name, and only those', () => {
    expect(text(image.content(find('etc/hostname')))).toBe('two names\n');
    expect(find('etc/hostnam')).toBe(0);
    expect(find('etc/hostname2')).toBe(0);
    expect(find('etc/')).toBe(0);
  });

  test('keeps type, permissions, owner and time', () => {
    const shell = find('usr/bin/sh');
    expect(image.mode(shell)).toBe(S_IFREG | 0o4755);
    expect([image.uid(shell), image.gid(shell), image.size(shell)]).toEqual([5, 6, 2]);
    expect([image.mtimeSeconds(shell), image.mtimeNanoseconds(shell)]).toEqual([1_700_000_000, 0]);
    expect(image.mode(image.rootIno)).toBe(S_IFDIR | 0o755);
  });

  test('keeps links, symbolic and hard', () => {
    expect(image.mode(find('bin')) & S_IFMT).toBe(S_IFLNK);
    expect(image.target(find('bin'))).toBe('usr/bin');
    expect(find('etc/hostname')).toBe(find('etc/name'));
    expect(image.linkCount(find('etc/name'))).toBe(2);
    expect(image.linkCount(image.rootIno)).toBe(2 + 3);
  });

  test('keeps devices', () => {
    const node = find('dev/null');
    expect(image.mode(node)).toBe(S_IFCHR | 0o666);
    expect([image.deviceMajor(node), image.deviceMinor(node)]).toEqual([1, 3]);
  });

  test('lists directories in the order of their names, with types', () => {
    const listed = Array.from({ length: image.entryCount(image.rootIno) }, (_, index) => [
      image.entryName(image.rootIno, index),
      image.entryType(image.rootIno, index),
    ]);
    expect(listed).toEqual([
      ['bin', 10],
      ['dev', 4],
      ['etc', 4],
      ['usr', 4],
    ]);
  });

  test('knows the directory above', () => {
    expect(image.parent(find('usr/bin'))).toBe(find('usr'));
    expect(image.parent(find('usr'))).toBe(image.rootIno);
    expect(image.parent(image.rootIno)).toBe(image.rootIno);
  });

  test('reads from a shared buffer, anywhere in it', () => {
    const memory = new SharedArrayBuffer(bytes.length + PAGE_SIZE);
    const window = new Uint8Array(memory, PAGE_SIZE);
    window.set(bytes);
    expect(text(open(window).content(find('etc/hostname')))).toBe('two names\n');
  });
});

test('files of equal content share their pages', () => {
  const content = 'x'.repeat(PAGE_SIZE + 1);
  const image = open(encodeImage(directory({ a: file(content), b: file(content), c: file(content.slice(1)) })));
  const [a, b, c] = ['a', 'b', 'c'].map((name) => image.firstPage(image.lookup(image.rootIno, name)));
  expect(a).toBe(b);
  expect(c).not.toBe(a);
  expect(image.totalPages).toBe(1 + 2 + 1);
});

test('a file that lost its end is filled with zeroes up to the page', () => {
  const bytes = encodeImage(directory({ a: file('abc') }));
  const image = open(bytes);
  const start = image.firstPage(image.lookup(image.rootIno, 'a')) * PAGE_SIZE;
  expect(bytes.subarray(start + 3, start + PAGE_SIZE).every((byte) => byte === 0)).toBe(true);
});

test.each([
  ['', /a name/],
  ['a/b', /not a name/],
  ['..', /not a name/],
  ['ü€', /a name/],
  ['x'.repeat(256), /a name/],
])('the name %j is refused', (name, message) => {
  expect(() => encodeImage(directory({ [name]: file('') }))).toThrow(message);
});

test('a directory in two places is refused', () => {
  const twice = directory({});
  expect(() => encodeImage(directory({ a: twice, b: twice }))).toThrow(/two names/);
});

describe('damage is named', () => {
  const intact = encodeImage(directory({ a: file('a'.repeat(5000)), b: directory({ c: link('../a') }) }));

  /** Puts `value` at `offset` and makes the checksums right again: what a hostile author would do. */
  function forge(offset: number, value: number, write: 'setUint8' | 'setUint32' = 'setUint32'): Uint8Array {
    const bytes = intact.slice();
    const view = new DataView(bytes.buffer);
    view[write](offset, value, true);
    const contentStart = view.getUint32(HEADER.contentPage, true) * PAGE_SIZE;
    view.setUint32(HEADER.metadataChecksum, checksum(bytes, HEADER_SIZE, Math.min(contentStart, bytes.length)), true);
    view.setUint32(HEADER.headerChecksum, checksum(bytes, 0, HEADER.headerChecksum), true);
    return bytes;
  }

  const view = new DataView(intact.buffer);
  const inode = (ino: number, field: number): number => HEADER_SIZE + (ino - 1) * 48 + field;
  const entry = (index: number, field: number): number => view.getUint32(HEADER.entryTable, true) + index * 12 + field;

  test.each<[string, Uint8Array, RegExp]>([
    ['nothing at all', new Uint8Array(0), /magic number/],
    ['another file', new TextEncoder().encode('#!/bin/sh\n'), /magic number/],
    ['less than a page', intact.slice(0, 100), /cut off.*first page/],
    ['a flipped bit in the header', flip(intact, HEADER.inodeCount), /header .* checksum/],
    ['a newer version', forge(HEADER.version, 2), /version 2, .* version 1/],
    ['other pages', forge(HEADER.pageSize, 16384), /pages of 16384 bytes/],
    ['a page less', intact.slice(0, -PAGE_SIZE), /cut off: it has \d+ bytes/],
    ['a page more', new Uint8Array([...intact, ...new Uint8Array(PAGE_SIZE)]), /too long/],
    ['a flipped bit in the inodes', flip(intact, HEADER_SIZE + 3), /file table .* checksum/],
    ['a flipped bit in the names', flip(intact, view.getUint32(HEADER.names, true)), /file table .* checksum/],
    ['no inodes', forge(HEADER.inodeCount, 0), /no root/],
    ['too many inodes', forge(HEADER.inodeCount, 0xffff_ffff), /inode table .* outside/],
    ['too many entries', forge(HEADER.entryCount, 0xffff_ffff), /entry table .* outside/],
    ['names outside', forge(HEADER.names, 0xffff_fff0), /names .* outside/],
    ['a root that is a file', forge(inode(1, INODE.mode), S_IFREG), /root of the image is not a directory/],
    ['an unknown file type', forge(inode(2, INODE.mode), 0o030000), /inode 2 /],
    ['contents past the end', forge(inode(2, INODE.sizeLow), 1_000_000), /inode 2 /],
    ['a huge file', forge(inode(2, INODE.sizeHigh), 0xffff_ffff), /inode 2 /],
    ['contents that are metadata', forge(inode(2, INODE.start), 0), /inode 2 /],
    ['entries past the end', forge(inode(3, INODE.count), 100), /inode 3 /],
    ['a parent that is not there', forge(inode(3, INODE.parent), 100), /inode 3 /],
    ['a target past the end', forge(inode(4, INODE.start), 1_000_000), /inode 4 /],
    ['an entry of no inode', forge(entry(0, ENTRY.ino), 0), /entry 0 /],
    ['an entry of an inode too high', forge(entry(1, ENTRY.ino), 5), /entry 1 /],
    ['a name past the end', forge(entry(1, ENTRY.nameOffset), 1000), /entry 1 /],
    ['an empty name', forge(entry(1, ENTRY.nameLength), 0, 'setUint8'), /entry 1 /],
  ])('%s', (_what, bytes, message) => {
    expect(openImage(bytes)).toMatch(message);
  });

  test('contents are checked on demand', () => {
    expect(open(intact).damagedFiles()).toEqual([]);
    expect(open(flip(intact, PAGE_SIZE + 4999)).damagedFiles()).toEqual(['/a']);
  });

  test('any flipped bit of header and metadata is found', () => {
    fc.assert(
      fc.property(fc.nat(PAGE_SIZE - 1), fc.nat(7), (offset, bit) => {
        expect(typeof openImage(flip(intact, offset, 1 << bit))).toBe('string');
      }),
    );
  });

  function flip(bytes: Uint8Array, offset: number, mask = 1): Uint8Array {
    const copy = bytes.slice();
    copy[offset] ^= mask;
    return copy;
  }
});

describe('any tree', () => {
  const byteName = fc
    .array(fc.integer({ min: 1, max: 255 }), { minLength: 1, maxLength: 12 })
    .map((codes) => String.fromCharCode(...codes))
    .filter((name) => name !== '.' && name !== '..' && !name.includes('/'));
  const attributes = {
    permissions: fc.nat(0o7777),
    uid: fc.nat(0xffff_ffff),
    gid: fc.nat(0xffff_ffff),
    mtimeSeconds: fc.nat(0xffff_ffff),
  };
  const { tree } = fc.letrec<{ tree: DirectoryNode; node: ImageNode }>((tie) => ({
    tree: fc.record({
      ...attributes,
      kind: fc.constant('directory' as const),
      entries: fc.array(fc.tuple(byteName, tie('node')), { maxLength: 20 }).map((entries) => new Map(entries)),
    }),
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({ ...attributes, kind: fc.constant('file' as const), content: fc.uint8Array({ maxLength: 9000 }) }),
      fc.record({ ...attributes, kind: fc.constant('symbolicLink' as const), target: byteName }),
      fc.record({
        ...attributes,
        kind: fc.constantFrom('character' as const, 'block' as const, 'fifo' as const),
        major: fc.nat(4095),
        minor: fc.nat(0xf_ffff),
      }),
      tie('tree'),
    ),
  }));

  function expectSame(image: ImageReader, ino: number, node: ImageNode): void {
    expect(image.mode(ino) & 0o7777).toBe(node.permissions);
    expect([image.uid(ino), image.gid(ino), image.mtimeSeconds(ino)]).toEqual([node.uid, node.gid, node.mtimeSeconds]);
    switch (node.kind) {
      case 'file':
        expect(Buffer.from(image.content(ino)).equals(Buffer.from(node.content))).toBe(true);
        break;
      case 'symbolicLink':
        expect(image.target(ino)).toBe(node.target);
        break;
      case 'directory': {
        const names = Array.from({ length: image.entryCount(ino) }, (_, index) => image.entryName(ino, index));
        expect(names).toEqual([...node.entries.keys()].sort());
        names.forEach((name, index) => {
          expect(image.lookup(ino, name)).toBe(image.entryIno(ino, index));
          expectSame(image, image.entryIno(ino, index), node.entries.get(name)!);
        });
        break;
      }
      default:
        expect([image.deviceMajor(ino), image.deviceMinor(ino)]).toEqual([node.major, node.minor]);
    }
  }

  test('comes back as it was', () => {
    fc.assert(
      fc.property(tree, (root) => {
        const image = open(encodeImage(root));
        expectSame(image, image.rootIno, root);
        expect(image.damagedFiles()).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('gives the same bytes whatever the order of insertion', () => {
    fc.assert(
      fc.property(tree, (root) => {
        const reversed: DirectoryNode = { ...root, entries: new Map([...root.entries].reverse()) };
        expect(Buffer.from(encodeImage(reversed)).equals(Buffer.from(encodeImage(root)))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
