/** Documents as window and main process exchange them: open labs, their problems, how a save ended. */
import { z } from 'zod';
import type { Lab, LabFileProblem } from '../../../engine/api/lab/model.ts';
import { labSchema } from '../../../engine/api/lab/schema.ts';

/** One open lab. A window shows one at a time, and each has an engine host of its own. */
export interface OpenDocument {
  readonly id: string;
  /** The lab's folder. A lab that was never saved has one too, in the application's own data. */
  readonly folder: string;
  /** Never saved by the user: `save` asks for a folder. */
  readonly untitled: boolean;
  readonly lab: Lab;
  /** These are edits that an earlier run of the application, or a crashed window, did not get to save. */
  readonly unsaved: boolean;
  /** Said once above the canvas: where recovered edits come from, for instance. */
  readonly notice?: string;
}

export type OpenOutcome =
  | { readonly outcome: 'opened'; readonly document: OpenDocument }
  | { readonly outcome: 'cancelled' }
  /** The file is untouched. `problems` is empty where it could not even be read. */
  | { readonly outcome: 'failed'; readonly message: string; readonly problems: readonly LabFileProblem[] };

export type SaveOutcome =
  | { readonly outcome: 'saved'; readonly folder: string }
  | { readonly outcome: 'cancelled' }
  /** Nothing was lost: the former file is as it was, and the edits are kept in the recovery journal. */
  | { readonly outcome: 'failed'; readonly message: string; readonly problems: readonly LabFileProblem[] };

export interface RecentLab {
  readonly folder: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly openedAt: number;
}

export interface SampleLab {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

export const documentIdSchema = z.string().min(1).max(64);

/** Every edit is told to the main process at once; it writes the journal, and it saves even when the window has died. */
export const editSchema = z.strictObject({
  documentId: documentIdSchema,
  /** Grows with every edit, undo and redo. A save tells which one it wrote. */
  revision: z.int().min(0),
  lab: labSchema,
});
export type Edit = z.infer<typeof editSchema>;
