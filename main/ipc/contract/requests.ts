/**
 * What the window may ask of the main process. Every request names the schema that its parameters are held to where
 * they enter main; the answer is a type only, for main is trusted by the window. A request that fails rejects with an
 * Error whose message is a sentence for the window to show.
 */
import { z } from 'zod';
import type { MachineReport } from '../../../engine/api/engine.ts';
import { nodeName } from '../../../engine/api/lab/rules.ts';
import { labSchema } from '../../../engine/api/lab/schema.ts';
import type { CommandId } from './commands.ts';
import { COMMAND_IDS } from './commands.ts';
import type { OpenDocument, OpenOutcome, RecentLab, SampleLab, SaveOutcome } from './documents.ts';
import { documentIdSchema, editSchema } from './documents.ts';
import type { EngineHostState } from './events.ts';

const nothing = z.undefined();
const folder = z.string().min(1).max(4096);
const machineName = z.string().refine((name) => nodeName(name) === undefined, 'not a name of a machine');
const commandId = z.enum(COMMAND_IDS as readonly [CommandId, ...CommandId[]]);
const wholeLab = z.strictObject({ documentId: documentIdSchema, lab: labSchema });
const machines = z.strictObject({ documentId: documentIdSchema, machines: z.array(machineName).max(2000) });

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export interface ApplicationInformation {
  readonly version: string;
  readonly electron: string;
  readonly node: string;
  readonly platform: string;
  readonly theme: Theme;
}

export interface EngineReport {
  readonly host: EngineHostState;
  readonly machines: readonly MachineReport[];
}

export const REQUESTS = {
  'app.information': nothing,
  'app.setTheme': z.strictObject({ theme: z.enum(THEMES) }),

  /** The document that this window shows: asked when the window loads, also after a reload or a crash of it. */
  'lab.current': nothing,
  'lab.recent': nothing,
  'lab.forgetRecent': z.strictObject({ folder }),
  'lab.samples': nothing,
  /** The four ways to a document. Unsaved edits of the one before are asked about; `cancelled` leaves it open. */
  'lab.new': nothing,
  /** With a folder opens that; without, asks the person. */
  'lab.open': z.strictObject({ folder: folder.optional() }),
  /** Opens a copy, as an untitled lab. */
  'lab.openSample': z.strictObject({ sample: z.string().max(64) }),
  /** Back to the start page. */
  'lab.close': nothing,
  /** Every edit, undo and redo. Cheap; call it at once. */
  'lab.edited': editSchema,
  'lab.save': editSchema,
  'lab.saveAs': editSchema,
  /** Opens the lab's folder in the file manager. */
  'lab.reveal': z.strictObject({ documentId: documentIdSchema }),

  /** Starts these machines as this lab describes them, saved or not; switches and links come with them. */
  'engine.start': z.strictObject({ ...wholeLab.shape, machines: z.array(machineName).max(2000) }),
  'engine.stop': machines,
  'engine.kill': machines,
  'engine.restart': z.strictObject({ ...wholeLab.shape, machines: z.array(machineName).max(2000) }),
  /** Host and machines as they are now. Events tell of the changes afterwards. */
  'engine.report': z.strictObject({ documentId: documentIdSchema }),
  /** Starts an engine host that has crashed again, without waiting for the next attempt. */
  'engine.revive': z.strictObject({ documentId: documentIdSchema }),
  /**
   * Connects a terminal to a machine's console. The port arrives as a message event of the window, see `CONSOLE_PORT_MESSAGE`.
   */
  'console.open': z.strictObject({
    documentId: documentIdSchema,
    machine: machineName,
    console: z.int().min(0).max(63),
    /** Chosen by the window; comes back with the port. */
    ticket: z.string().min(1).max(64),
  }),

  /** Which commands make sense now, and which bear a check mark, for the native menu. */
  'menu.update': z.strictObject({ enabled: z.array(commandId), checked: z.array(commandId) }),
} as const satisfies Record<string, z.ZodType>;

export type RequestName = keyof typeof REQUESTS;
export type RequestParameters<Name extends RequestName> = z.infer<(typeof REQUESTS)[Name]>;

export interface RequestResults {
  'app.information': ApplicationInformation;
  'app.setTheme': undefined;
  'lab.current': OpenDocument | null;
  'lab.recent': readonly RecentLab[];
  'lab.forgetRecent': undefined;
  'lab.samples': readonly SampleLab[];
  'lab.new': OpenOutcome;
  'lab.open': OpenOutcome;
  'lab.openSample': OpenOutcome;
  'lab.close': 'closed' | 'cancelled';
  'lab.edited': undefined;
  'lab.save': SaveOutcome;
  'lab.saveAs': SaveOutcome;
  'lab.reveal': undefined;
  'engine.start': undefined;
  'engine.stop': undefined;
  'engine.kill': undefined;
  'engine.restart': undefined;
  'engine.report': EngineReport;
  'engine.revive': undefined;
  'console.open': undefined;
  'menu.update': undefined;
}
