/** A lab on the disk: a folder with `lab.yaml` and a directory for each machine. Read here for window and command line. */
import { constants } from 'node:fs';
import { mkdir, open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Lab, LabFileProblem, Machine } from '../api/lab/model.ts';
import { LIMITS } from '../api/lab/model.ts';
import { parseLab } from '../api/lab/parse.ts';
import { BUILT_IN_ROOTS } from '../api/lab/rules.ts';
import type { MachineConfig, RootSource } from '../api/machine.ts';
import { describeSystemError } from '../api/systemErrors.ts';

export const LAB_FILE = 'lab.yaml';

export function labFile(folder: string): string {
  return join(folder, LAB_FILE);
}

/** Files that could not be used. `problems` say where in the file; it is empty where there was no reading it. */
export class LabFileError extends Error {
  readonly problems: readonly LabFileProblem[];

  constructor(message: string, problems: readonly LabFileProblem[] = []) {
    super(message);
    this.name = 'LabFileError';
    this.problems = problems;
  }
}

/** The file's text, or undefined where there is no file. Never reads more than a lab file may have. */
export async function readLabText(folder: string): Promise<string | undefined> {
  let file;
  try {
    // Non-blocking: a named pipe of that name must not hang the application.
    file = await open(labFile(folder), constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new LabFileError(`${labFile(folder)} cannot be read: ${describeSystemError(error)}.`);
  }
  try {
    const status = await file.stat();
    if (!status.isFile()) throw new LabFileError(`${labFile(folder)} is not an ordinary file.`);
    if (status.size > LIMITS.fileBytes) {
      throw new LabFileError(
        `${labFile(folder)} has ${status.size} bytes; a lab file has at most ${LIMITS.fileBytes}.`,
      );
    }
    const bytes = await file.readFile();
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof LabFileError) throw error;
    if (error instanceof TypeError) throw new LabFileError(`${labFile(folder)} is not text in UTF-8.`);
    throw new LabFileError(`${labFile(folder)} cannot be read: ${describeSystemError(error)}.`);
  } finally {
    await file.close();
  }
}

export interface LoadedLab {
  readonly lab: Lab;
  readonly text: string;
}

/** Rejects with a `LabFileError`; the file is never touched. */
export async function loadLab(folder: string): Promise<LoadedLab> {
  const text = await readLabText(folder);
  if (text === undefined) {
    throw new LabFileError(`There is no lab in ${folder}: it has no file ${LAB_FILE}.`);
  }
  const parsed = parseLab(text, LAB_FILE);
  if (parsed.ok) return { lab: parsed.lab, text };
  const count = parsed.problems.length === 1 ? 'a mistake' : `${parsed.problems.length} mistakes`;
  throw new LabFileError(`${labFile(folder)} has ${count}. It was left as it is.`, parsed.problems);
}

/**
 * A lab may come from a stranger, and a symbolic link in it may point anywhere. Resolves a path in the lab folder to
 * where it really is, and rejects when that is outside.
 */
async function confined(folder: string, path: string, what: string): Promise<string> {
  const home = await realpath(folder);
  let real: string;
  try {
    real = await realpath(join(folder, path));
  } catch (error) {
    throw new LabFileError(`${what} cannot be found: ${describeSystemError(error)}.`);
  }
  if (real === home || real.startsWith(home + sep)) return real;
  throw new LabFileError(`${what} leads out of the lab folder, to ${real}. Labs may use only what is in their folder.`);
}

async function rootSource(folder: string, machine: Machine): Promise<RootSource> {
  if (!BUILT_IN_ROOTS.includes(machine.root)) {
    return {
      kind: 'path',
      path: await confined(folder, machine.root, `The root of ${machine.name}, ${machine.root},`),
    };
  }
  return machine.root === 'host-tools' ? { kind: 'host-tools' } : { kind: 'standard' };
}

async function startupText(folder: string, machine: Machine): Promise<string | undefined> {
  if (machine.startup?.kind !== 'file') return machine.startup?.text;
  const path = join(machine.name, machine.startup.path);
  const what = `The start-up script of ${machine.name}, ${path},`;
  const file = await open(await confined(folder, path, what), constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = await file.stat();
    if (!status.isFile() || status.size > LIMITS.textLength) {
      throw new LabFileError(`${what} is not an ordinary file of at most ${LIMITS.textLength} bytes.`);
    }
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** What the machine changes of its root is kept here, as plain files. */
export const CHANGES_DIRECTORY = 'changes';

/**
 * The machine of a lab as the engine starts it, with its start-up script read and its directory made. Rejects with a
 * `LabFileError` whose message is a sentence.
 */
export async function machineConfig(folder: string, machine: Machine): Promise<MachineConfig> {
  const what = `The directory of ${machine.name}`;
  // In this order: `mkdir` would follow a link out of the lab.
  await mkdir(join(folder, machine.name), { recursive: true });
  await confined(folder, machine.name, what);
  const changes = join(machine.name, CHANGES_DIRECTORY);
  await mkdir(join(folder, changes), { recursive: true });
  const startupScript = await startupText(folder, machine);
  return {
    name: machine.name,
    memoryBytes: machine.memoryBytes,
    cpus: machine.cpus,
    root: await rootSource(folder, machine),
    changesDirectory: await confined(folder, changes, what),
    interfaces: machine.interfaces,
    routes: machine.routes,
    forwarding: machine.forwarding,
    ...(startupScript !== undefined && { startupScript }),
    environment: machine.environment,
  };
}
