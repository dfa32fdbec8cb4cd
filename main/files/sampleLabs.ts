/** The labs that come with the application, each a folder in `assets/labs`. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SampleLab } from '../ipc/contract/documents.ts';
import { loadLab } from '../../engine/boot/labFolder.ts';

const SAMPLE_ID = /^[a-z0-9][a-z0-9-]*$/;

export class SampleLabs {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async list(): Promise<SampleLab[]> {
    const names = await readdir(this.#directory).catch(() => []);
    const samples = await Promise.all(
      names.filter((name) => SAMPLE_ID.test(name)).map((id) => this.#describe(id).catch(() => undefined)),
    );
    return samples.filter((sample) => sample !== undefined).sort((one, other) => one.name.localeCompare(other.name));
  }

  /** Undefined for what is no sample's name, so that it cannot lead elsewhere. */
  folder(id: string): string | undefined {
    return SAMPLE_ID.test(id) ? join(this.#directory, id) : undefined;
  }

  async #describe(id: string): Promise<SampleLab> {
    const { lab, text } = await loadLab(join(this.#directory, id));
    // Samples open with a comment that says in a sentence what they are.
    const comment = /^# (.+)$/m.exec(text)?.[1];
    return { id, name: lab.name, description: comment ?? `${lab.machines.length} machines` };
  }
}
