/**
 * Edits that are not in any lab file yet, one file a document in the application's own data. Written at every edit,
 * taken away when the edits are saved or given up; what is found at start is what a crash left behind.
 */
import { mkdir, readFile, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Lab } from '../../engine/api/lab/model.ts';
import { labSchema } from '../../engine/api/lab/schema.ts';
import { atomicWrite } from './atomicWrite.ts';

const entrySchema = z.strictObject({
  version: z.literal(1),
  documentId: z.string().regex(/^[a-z0-9-]{1,64}$/),
  folder: z.string(),
  untitled: z.boolean(),
  /** Where the machines' directories still are when the lab was saved elsewhere while machines ran. */
  contents: z.strictObject({ from: z.string(), plan: z.enum(['move', 'copy']) }).optional(),
  lab: labSchema,
  /** Text of the lab file that the edits start from; absent where there is none yet. */
  baseText: z.string().optional(),
});

export interface PendingContents {
  readonly from: string;
  readonly plan: 'move' | 'copy';
}

export interface JournalEntry {
  readonly version: 1;
  readonly documentId: string;
  readonly folder: string;
  readonly untitled: boolean;
  readonly contents?: PendingContents | undefined;
  readonly lab: Lab;
  readonly baseText?: string | undefined;
}

export class Journal {
  readonly #directory: string;
  /** Newest entry still to be written, by document; undefined where the file is to be taken away. */
  readonly #waiting = new Map<string, JournalEntry | undefined>();
  readonly #working = new Map<string, Promise<void>>();
  readonly #onFailure: (error: unknown) => void;
  #hasFailed = false;

  constructor(directory: string, onFailure: (error: unknown) => void) {
    this.#directory = directory;
    this.#onFailure = (error) => {
      this.#hasFailed = true;
      onFailure(error);
    };
  }

  /** Whether anything in it could not be read or written. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Comes back at once. Entries that overtake each other on the way to the disk are written once. */
  record(entry: JournalEntry): void {
    this.#enqueue(entry.documentId, entry);
  }

  forget(documentId: string): void {
    this.#enqueue(documentId, undefined);
  }

  /** When everything recorded so far is on the disk. */
  async settled(): Promise<void> {
    await Promise.all(this.#working.values());
  }

  /** What earlier runs left. A file that is no entry is left alone: it is somebody's work in a form not understood. */
  async entries(): Promise<JournalEntry[]> {
    const names = await readdir(this.#directory).catch(() => []);
    const found: JournalEntry[] = [];
    for (const name of names.filter((candidate) => candidate.endsWith('.json')).sort()) {
      try {
        const text = await readFile(join(this.#directory, name), 'utf8');
        found.push(entrySchema.parse(JSON.parse(text)));
      } catch (error) {
        this.#onFailure(error);
      }
    }
    return found;
  }

  #enqueue(documentId: string, entry: JournalEntry | undefined): void {
    this.#waiting.set(documentId, entry);
    if (this.#working.has(documentId)) return;
    const work = this.#drain(documentId).finally(() => this.#working.delete(documentId));
    this.#working.set(documentId, work);
  }

  async #drain(documentId: string): Promise<void> {
    const path = join(this.#directory, `${documentId}.json`);
    while (this.#waiting.has(documentId)) {
      const entry = this.#waiting.get(documentId);
      this.#waiting.delete(documentId);
      try {
        await mkdir(this.#directory, { recursive: true, mode: 0o700 });
        if (entry === undefined) await unlink(path).catch(() => undefined);
        else await atomicWrite(path, JSON.stringify(entry), 'drop-previous');
      } catch (error) {
        this.#onFailure(error);
      }
    }
  }
}
