/** What the main process tells the window without being asked. */
import type { EngineEvent } from '../../../engine/api/engine.ts';
import type { CommandId } from './commands.ts';

/** The process that runs the machines of one document. It starts with the first machine. */
export type EngineHostState =
  | { readonly state: 'absent' }
  | { readonly state: 'starting' }
  | { readonly state: 'running' }
  /**
   * It died, and its machines with it; the document is untouched. `retryInMs` when it will be started again by itself;
   * the machines are started again by the person.
   */
  | { readonly state: 'crashed'; readonly reason: string; readonly retryInMs?: number };

export type WindowEvent =
  /** Something of the native menu was chosen. */
  | { readonly type: 'command'; readonly command: CommandId }
  /** A recent lab was chosen from the native menu: ask for it with `lab.open`. */
  | { readonly type: 'openRequested'; readonly folder: string }
  | { readonly type: 'engineHost'; readonly documentId: string; readonly host: EngineHostState }
  | { readonly type: 'engine'; readonly documentId: string; readonly event: EngineEvent }
  /** The main process saved, for instance when asked about unsaved edits; edits up to this revision are in the file. */
  | { readonly type: 'saved'; readonly documentId: string; readonly revision: number; readonly folder: string }
  /** The file of the open lab was changed by another program. */
  | { readonly type: 'changedOnDisk'; readonly documentId: string };
