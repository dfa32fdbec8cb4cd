/** Files that are either as before or wholly new, whatever happens in between. */
import { randomBytes } from 'node:crypto';
import { copyFile, link, mkdir, open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

type KeepPrevious = 'keep-previous' | 'drop-previous';

/**
 * Writes beside the file, forces it to the disk, and renames it into place. With `keep-previous` what was there before
 * stays as `name~`. Rejects with the system's error, and leaves the file as it was.
 */
export async function atomicWrite(path: string, contents: string, previous: KeepPrevious): Promise<void> {
  // The person may keep the lab file elsewhere and have a symbolic link here: replace what it points to.
  const target = await realpath(path).catch(() => path);
  const directory = dirname(target);
  await mkdir(directory, { recursive: true });
  const temporary = join(directory, `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  const mode = (await stat(target).catch(() => undefined))?.mode;
  try {
    const file = await open(temporary, 'wx', mode === undefined ? 0o666 : mode & 0o777);
    try {
      await file.writeFile(contents);
      await file.sync();
    } finally {
      await file.close();
    }
    if (previous === 'keep-previous' && mode !== undefined) await keepPrevious(target);
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncDirectory(directory);
}

/** A second name for the present contents: the rename then takes only the first one away. */
async function keepPrevious(target: string): Promise<void> {
  const backup = `${target}~`;
  await unlink(backup).catch(() => undefined);
  // Some file systems have no hard links.
  await link(target, backup).catch(() => copyFile(target, backup));
}

/** The new name is on the disk only when its directory is: rename(2) promises nothing about a power cut. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
