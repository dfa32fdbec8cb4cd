import { basename, dirname, join } from 'node:path';
import type { Lab } from '../../../engine/api/lab/model.ts';
import { formatProblem } from '../../../engine/api/lab/parse.ts';
import type { MachineConfig } from '../../../engine/api/machine.ts';
import { LAB_FILE, LabFileError, loadLab, machineConfig } from '../../../engine/boot/labFolder.ts';
import { UsageError } from '../arguments/model.ts';
import type { EngineSession } from '../EngineSession.ts';

export interface OpenLab {
  readonly lab: Lab;
  /** Of all machines, in the order of the file. */
  readonly configs: readonly MachineConfig[];
}

/** Reads a lab and all that its machines start with. Throws a `UsageError`: what is wrong with a lab is for its author to mend. */
export async function openLab(path: string): Promise<OpenLab> {
  const folder = basename(path) === LAB_FILE ? dirname(path) : path;
  try {
    const { lab } = await loadLab(folder);
    const configs: MachineConfig[] = [];
    for (const machine of lab.machines) configs.push(await machineConfig(folder, machine));
    return { lab, configs };
  } catch (error) {
    if (!(error instanceof LabFileError)) throw error;
    const problems = error.problems.map((problem) => formatProblem({ ...problem, file: join(folder, problem.file) }));
    throw new UsageError(error.message, problems);
  }
}

/** Switches and cables come first: a machine finds its links when its interfaces appear. */
export async function wire({ engine }: EngineSession, lab: Lab): Promise<void> {
  for (const { name, ports } of lab.switches) await engine.addSwitch(name, ports);
  for (const link of lab.links) await engine.plugLink(link);
}
