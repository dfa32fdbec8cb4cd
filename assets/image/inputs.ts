/** What decides whether an image must be built anew. */
import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

const FORMAT = ['checksum.ts', 'encode.ts', 'layout.ts'].map((name) => `../../engine/fs/image/${name}`);

/** A hash over the build scripts, the list of packages, our `/etc`, and the writer of the format. */
export function hashInputs(directory: string): string {
  const hash = createHash('sha256');
  const add = (path: string): void => {
    const status = lstatSync(join(directory, path));
    if (status.isDirectory()) {
      for (const name of readdirSync(join(directory, path)).sort()) add(`${path}/${name}`);
    } else if (!/\.(test\.ts|md)$/.test(path)) {
      hash.update(`${path}\0${(status.mode & 0o111).toString(8)}\0`);
      hash.update(status.isSymbolicLink() ? readlinkSync(join(directory, path)) : readFileSync(join(directory, path)));
    }
  };
  for (const path of ['.', ...FORMAT]) add(path);
  return hash.digest('hex');
}
