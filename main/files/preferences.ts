/** Small things that the application remembers between runs: recent labs, the theme, the window's place. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { THEMES } from '../ipc/contract/requests.ts';
import { atomicWrite } from './atomicWrite.ts';

const bounds = z.object({ x: z.int().optional(), y: z.int().optional(), width: z.int(), height: z.int() });

// A preference that cannot be read is no reason not to start: each falls back on its own.
const schema = z.object({
  theme: z.enum(THEMES).catch('system'),
  recent: z.array(z.object({ folder: z.string(), name: z.string(), openedAt: z.number() })).catch([]),
  window: z.object({ bounds, isMaximized: z.boolean() }).optional().catch(undefined),
});

export type PreferenceValues = z.infer<typeof schema>;

export class Preferences {
  readonly #path: string;
  #values: PreferenceValues;
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
    this.#values = schema.parse(readJson(path) ?? {});
  }

  get values(): Readonly<PreferenceValues> {
    return this.#values;
  }

  change(changes: Partial<PreferenceValues>): void {
    this.#values = { ...this.#values, ...changes };
    const text = JSON.stringify(this.#values, undefined, 2);
    // A preference that cannot be written is lost at the end of this run, and nothing else is.
    this.#writing = this.#writing.then(() => atomicWrite(this.#path, text, 'drop-previous')).catch(() => undefined);
  }

  settled(): Promise<void> {
    return this.#writing;
  }
}

function readJson(path: string): unknown {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
