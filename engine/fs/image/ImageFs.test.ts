import { describe, expect, test } from 'vitest';
import { EFAULT, ENOENT } from '../../abi/errno.ts';
import { S_IFDIR, S_IFLNK, S_IFREG } from '../../abi/mode.ts';
import { KernelIo } from '../../mm/Io.ts';
import { IMAGE_FRAME_BASE, PhysicalMemory } from '../../mm/PhysicalMemory.ts';
import { PAGE_SIZE } from '../../vfs/Frames.ts';
import type { Inode } from '../../vfs/Inode.ts';
import { readPages } from '../../vfs/RegularFile.ts';
import type { DirectoryNode, ImageNode } from './encode.ts';
import { encodeImage } from './encode.ts';
import { ImageFs } from './ImageFs.ts';
import { openImage } from './ImageReader.ts';

const attributes = { permissions: 0o755, uid: 0, gid: 0, mtimeSeconds: 1_700_000_000 };

function directory(entries: Record<string, ImageNode>): DirectoryNode {
  return { ...attributes, kind: 'directory', entries: new Map(Object.entries(entries)) };
}

const content = Uint8Array.from({ length: 2 * PAGE_SIZE + 5 }, (_, index) => index % 251);
const shared: ImageNode = { ...attributes, kind: 'file', content };
const bytes = encodeImage(
  directory({
    bin: { ...attributes, kind: 'symbolicLink', target: 'usr/bin' },
    null: { ...attributes, kind: 'character', major: 1, minor: 3 },
    usr: directory({ bin: directory({ one: shared, two: shared }) }),
  }),
);
const reader = openImage(bytes);
if (typeof reader === 'string') throw new Error(reader);

/** A machine without any memory but the image. */
function mount(): { fs: ImageFs; frames: PhysicalMemory; find: (path: string) => Inode } {
  const frames = new PhysicalMemory(new Uint8Array(0), bytes);
  const fs = new ImageFs(reader as Exclude<typeof reader, string>, {
    realtime: () => ({ seconds: 2_000_000_000, nanoseconds: 0 }),
  });
  const find = (path: string): Inode => {
    let inode = fs.root;
    for (const name of path.split('/')) {
      const next = inode.lookup(name, undefined as never);
      if (typeof next === 'number') throw new Error(`no ${path}`);
      inode = next;
    }
    return inode;
  };
  return { fs, frames, find };
}

describe('ImageFs', () => {
  test('finds names and lists them', () => {
    const { fs } = mount();
    expect(fs.root.lookup('nothing', undefined as never)).toBe(-ENOENT);
    expect(fs.root.entries(undefined as never)).toEqual([
      { name: 'bin', ino: 2, type: S_IFLNK },
      { name: 'null', ino: 3, type: 0o020000 },
      { name: 'usr', ino: 4, type: S_IFDIR },
    ]);
  });

  test('shows the attributes of the image, and reading changes none', () => {
    const { find } = mount();
    const file = find('usr/bin/one');
    file.touchAccess();
    const { mode, nlink, size, atime } = file;
    expect({ mode, nlink, size, atime }).toEqual({
      mode: S_IFREG | 0o755,
      nlink: 2,
      size: content.length,
      atime: { seconds: 1_700_000_000, nanoseconds: 0 },
    });
    expect(find('bin').readlink(undefined as never)).toBe('usr/bin');
    expect(find('null').rdev).toBe(0x103);
  });

  test('a file with two names is one object, as long as something holds it', () => {
    const { find } = mount();
    const one = find('usr/bin/one');
    one.retain();
    expect(find('usr/bin/two')).toBe(one);
    one.release();
    expect(find('usr/bin/two')).not.toBe(one);
  });

  test('its pages are those of the image', () => {
    const { find, frames } = mount();
    const { pages } = find('usr/bin/one');
    const first = pages!.getPage(0, 0);
    expect(pages!.getPage(2, 0)).toBe(first + 2);
    expect(first).toBeGreaterThanOrEqual(IMAGE_FRAME_BASE);
    expect(pages!.getPage(3, 0)).toBe(-EFAULT);
    expect(bytes.subarray(frames.pageOffset(first), frames.pageOffset(first) + content.length)).toEqual(content);
  });

  test.each([
    [0, 10],
    [PAGE_SIZE - 3, 6],
    [1, 2 * PAGE_SIZE + 100],
    [2 * PAGE_SIZE + 5, 10],
  ])('read at %d, %d bytes', (offset, length) => {
    const { find, frames } = mount();
    const file = find('usr/bin/one');
    const target = new Uint8Array(length);
    const expected = content.slice(offset, offset + length);
    expect(readPages(file.pages!, file.size, frames, new KernelIo(target), offset)).toBe(expected.length);
    expect(target.subarray(0, expected.length)).toEqual(expected);
  });
});
