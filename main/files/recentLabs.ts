/** The labs that were opened lately, newest first. */
import { existsSync } from 'node:fs';
import type { RecentLab } from '../ipc/contract/documents.ts';
import { labFile } from '../../engine/boot/labFolder.ts';
import type { Preferences } from './preferences.ts';

const MOST_RECENT = 12;

export class RecentLabs {
  readonly #preferences: Preferences;

  constructor(preferences: Preferences) {
    this.#preferences = preferences;
  }

  /** Only those that are still there. The others stay remembered: their disk may come back. */
  list(): readonly RecentLab[] {
    return this.#preferences.values.recent.filter((lab) => existsSync(labFile(lab.folder)));
  }

  remember(lab: RecentLab): void {
    this.#preferences.change({ recent: [lab, ...this.#without(lab.folder)].slice(0, MOST_RECENT) });
  }

  forget(folder: string): void {
    this.#preferences.change({ recent: this.#without(folder) });
  }

  #without(folder: string): RecentLab[] {
    return this.#preferences.values.recent.filter((lab) => lab.folder !== folder);
  }
}
