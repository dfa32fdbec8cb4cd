import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { encodeImage } from '../fs/image/encode.ts';
import { ImageFile } from './ImageFile.ts';

const attributes = { permissions: 0o755, uid: 0, gid: 0, mtimeSeconds: 0 };
const content = new TextEncoder().encode('mapped, not read');
const image = encodeImage({
  ...attributes,
  kind: 'directory',
  entries: new Map([['name', { ...attributes, kind: 'file' as const, content }]]),
});
const directory = mkdtempSync(join(tmpdir(), 'umlaut-image-'));
afterAll(() => rmSync(directory, { recursive: true }));

function write(name: string, bytes: Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, bytes);
  return path;
}

describe('an image file', () => {
  test('is mapped and looked into', () => {
    const file = ImageFile.open(write('good', image));
    if (typeof file === 'string') throw new Error(file);
    const { reader } = file;
    expect(file.bytes.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(Uint8Array.from(reader.content(reader.lookup(reader.rootIno, 'name')))).toEqual(content);
    file.dispose();
    // After its end the array is plain memory: nothing faults, nothing is left of the file.
    expect(file.bytes[0]).toBe(0);
  });

  test.each<[string, () => string, RegExp]>([
    ['there is none', () => join(directory, 'none'), /none cannot be read: ENOENT/],
    ['it is empty', () => write('empty', new Uint8Array(0)), /empty is not an image: it is empty/],
    ['it is a directory', () => directory, /no ordinary file/],
    ['it is cut off', () => write('short', image.subarray(0, -100)), /short: the image is cut off/],
    ['it is something else', () => write('text', new TextEncoder().encode('text')), /text: not an image/],
  ])('says when %s', (_what, path, message) => {
    expect(ImageFile.open(path())).toMatch(message);
  });
});
