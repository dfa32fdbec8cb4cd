/**
 * The open lab. All edits go through `edit`, which undo and redo follow; the running state is elsewhere (`runningStore.ts`).
 *
 * Slices of the state: `document` says which lab this is; `lab` is the content, and all that undo remembers; `savedLab` is
 * the content that the file has, so that undoing back to it makes the lab saved again; `revision` counts the changes
 * for the main process.
 */
import { temporal } from 'zundo';
import { create, useStore } from 'zustand';
import type { Lab } from '../../../engine/api/lab/model.ts';
import { EMPTY_LAB } from '../../../engine/api/lab/model.ts';
import type { OpenDocument } from '../../../main/ipc/contract/documents.ts';

type DocumentIdentity = Pick<OpenDocument, 'id' | 'folder' | 'untitled'>;

export interface DocumentState {
  readonly document: DocumentIdentity | undefined;
  readonly lab: Lab;
  readonly savedLab: Lab | undefined;
  readonly revision: number;
}

type Remembered = Pick<DocumentState, 'lab'>;

const UNDO_STEPS = 200;

/** Typing into one field is one step of undo: edits with the same group in a row fall together. */
let openGroup: string | undefined;

export const useDocument = create<DocumentState>()(
  temporal((): DocumentState => ({ document: undefined, lab: EMPTY_LAB, savedLab: EMPTY_LAB, revision: 0 }), {
    limit: UNDO_STEPS,
    partialize: ({ lab }): Remembered => ({ lab }),
    equality: (past, current) => past.lab === current.lab,
  }),
);

const history = useDocument.temporal;

export function openDocument({ lab, unsaved, ...document }: OpenDocument): void {
  openGroup = undefined;
  useDocument.setState({ document, lab, savedLab: unsaved ? undefined : lab, revision: 0 });
  history.getState().clear();
}

export function closeDocument(): void {
  openGroup = undefined;
  useDocument.setState({ document: undefined, lab: EMPTY_LAB, savedLab: EMPTY_LAB, revision: 0 });
  history.getState().clear();
}

/**
 * Changes the lab. `group` names what a person sees as one edit that arrives in pieces, for example `notes` or
 * `h1.startup`: undo takes it back in one step.
 */
export function edit(change: (lab: Lab) => Lab, group?: string): void {
  const { lab, revision, document } = useDocument.getState();
  if (document === undefined) return;
  const next = change(lab);
  if (next === lab) return;
  const continuesGroup = group !== undefined && group === openGroup;
  if (continuesGroup) history.getState().pause();
  useDocument.setState({ lab: next, revision: revision + 1 });
  if (continuesGroup) history.getState().resume();
  openGroup = group;
}

/** What comes next is a step of undo of its own, for example because the field lost the focus. */
export function endEditGroup(): void {
  openGroup = undefined;
}

export function undo(): void {
  openGroup = undefined;
  travel(history.getState().undo);
}

export function redo(): void {
  openGroup = undefined;
  travel(history.getState().redo);
}

function travel(step: () => void): void {
  const before = useDocument.getState().lab;
  step();
  const { lab, revision } = useDocument.getState();
  // The revision is no part of what undo remembers: it only ever grows.
  if (lab !== before) useDocument.setState({ revision: revision + 1 });
}

/** The file has this content now; edits made while it was written stay unsaved. */
export function markSaved(lab: Lab, folder: string): void {
  const { document } = useDocument.getState();
  if (document === undefined) return;
  useDocument.setState({ savedLab: lab, document: { ...document, folder, untitled: false } });
}

export function isUnsaved(state: DocumentState): boolean {
  return state.document !== undefined && state.lab !== state.savedLab;
}

export function useHistoryDepth(): { canUndo: boolean; canRedo: boolean } {
  const canUndo = useStore(history, (state) => state.pastStates.length > 0);
  const canRedo = useStore(history, (state) => state.futureStates.length > 0);
  return { canUndo, canRedo };
}

export function historyDepth(): { canUndo: boolean; canRedo: boolean } {
  const { pastStates, futureStates } = history.getState();
  return { canUndo: pastStates.length > 0, canRedo: futureStates.length > 0 };
}
