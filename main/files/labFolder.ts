/** Writing labs: `engine/boot/labFolder.ts` reads them. */
import { execFile } from 'node:child_process';
import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Lab } from '../../engine/api/lab/model.ts';
import { parseLab } from '../../engine/api/lab/parse.ts';
import { serialiseLab } from '../../engine/api/lab/serialise.ts';
import { CHANGES_DIRECTORY, LAB_FILE, LabFileError, labFile } from '../../engine/boot/labFolder.ts';
import { atomicWrite } from './atomicWrite.ts';
import { describeSystemError } from '../../engine/api/systemErrors.ts';

const run = promisify(execFile);

/** What the person chose may be the folder or the file in it. */
export function labFolderOf(path: string): string {
  return basename(path) === LAB_FILE ? dirname(path) : path;
}

/**
 * The text to write for a lab, by editing the text of the file that is there. It is read back before anyone may write
 * it: a file that would not open again is never written.
 */
export function labText(lab: Lab, previous: string | undefined): string {
  const text = serialiseLab(lab, previous);
  const parsed = parseLab(text, LAB_FILE);
  if (parsed.ok) return text;
  throw new LabFileError('The lab has mistakes, and was not saved.', parsed.problems);
}

/** Rejects with a `LabFileError`. */
export async function writeLabText(folder: string, text: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await atomicWrite(labFile(folder), text, 'keep-previous');
  } catch (error) {
    throw new LabFileError(`${labFile(folder)} cannot be written: ${describeSystemError(error)}.`);
  }
}

/** Whether a save as may take this folder without asking: it is empty or not there. */
export async function isVacant(folder: string): Promise<boolean> {
  return (await readdir(folder).catch(() => [])).length === 0;
}

/** Everything but the lab file and what belongs to it: the machines' directories, images, scripts. */
async function labContents(folder: string): Promise<string[]> {
  // A lab that never ran has nothing but its file, or not even a folder.
  if (!(await isFolder(folder))) return [];
  return (await readdir(folder)).filter((name) => !name.startsWith(LAB_FILE) && !name.startsWith(`.${LAB_FILE}`));
}

/** Whether any machine of the lab has changed a file. */
export async function hasMachineChanges(folder: string): Promise<boolean> {
  for (const machine of await labContents(folder)) {
    if (!(await isVacant(join(folder, machine, CHANGES_DIRECTORY)))) return true;
  }
  return false;
}

/**
 * Copies what a lab has besides its file. `cp` and not our own walk: what a guest left behind has owners, modes, extended
 * attributes, holes, links and device nodes, and all of them are the machine's state.
 */
export async function copyLabContents(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await labContents(from)) {
    await rm(join(to, name), { recursive: true, force: true });
    await run('cp', ['-a', '--', join(from, name), join(to, name)]);
  }
}

/** As `copyLabContents`, and the old folder is gone afterwards. */
export async function moveLabContents(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await labContents(from)) {
    const target = join(to, name);
    await rm(target, { recursive: true, force: true });
    try {
      await rename(join(from, name), target);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
      await run('cp', ['-a', '--', join(from, name), target]);
    }
  }
  await rm(from, { recursive: true, force: true });
}

async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isDirectory() === true;
}
