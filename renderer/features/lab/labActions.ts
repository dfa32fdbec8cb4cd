/** What a person does with the lab as a whole. The main process asks about unsaved edits and for folders. */
import { create } from 'zustand';
import type { LabFileProblem } from '../../../engine/api/lab/model.ts';
import type { OpenOutcome, SaveOutcome } from '../../../main/ipc/contract/documents.ts';
import { bridge } from '../../lib/bridge.ts';
import { commitOpenDraft } from '../../lib/drafts.ts';
import { orToast } from '../../lib/toasts.ts';
import { closeDocument, markSaved, openDocument, useDocument } from './documentStore.ts';
import { NOTHING_RUNS, afterReport, useRunning } from './runningStore.ts';

export interface Failure {
  readonly title: string;
  readonly message: string;
  readonly problems: readonly LabFileProblem[];
}

/** What went wrong with a file, until it was read; and what main had to say about the open lab. */
export const useLabMessages = create<{ failure: Failure | undefined; notice: string | undefined }>()(() => ({
  failure: undefined,
  notice: undefined,
}));

export function newLab(): void {
  void orToast('The new lab could not be made.', bridge.request('lab.new').then(afterOpening));
}

export function openLab(folder?: string): void {
  const parameters = folder === undefined ? {} : { folder };
  void orToast('The lab could not be opened.', bridge.request('lab.open', parameters).then(afterOpening));
}

export function openSample(sample: string): void {
  void orToast('The sample could not be opened.', bridge.request('lab.openSample', { sample }).then(afterOpening));
}

async function afterOpening(outcome: OpenOutcome): Promise<void> {
  if (outcome.outcome === 'opened') await showDocument(outcome.document);
  if (outcome.outcome === 'failed') fail('The lab could not be opened', outcome);
}

/** Asks which document this window has: after it was loaded, reloaded, or died. */
export async function showCurrentDocument(): Promise<void> {
  const current = await bridge.request('lab.current');
  if (current !== null) await showDocument(current);
}

async function showDocument(document: Extract<OpenOutcome, { outcome: 'opened' }>['document']): Promise<void> {
  useRunning.setState(NOTHING_RUNS);
  openDocument(document);
  useLabMessages.setState({ failure: undefined, notice: document.notice });
  const report = await bridge.request('engine.report', { documentId: document.id });
  if (useDocument.getState().document?.id === document.id) {
    useRunning.setState((running) => afterReport(running, report));
  }
}

export function closeLab(): void {
  const work = bridge.request('lab.close').then((outcome) => {
    if (outcome === 'cancelled') return;
    closeDocument();
    useRunning.setState(NOTHING_RUNS);
    useLabMessages.setState({ notice: undefined });
  });
  void orToast('The lab could not be closed.', work);
}

export function saveLab(as: 'itself' | 'another'): void {
  commitOpenDraft();
  const { document, lab, revision } = useDocument.getState();
  if (document === undefined) return;
  const request = as === 'itself' ? 'lab.save' : 'lab.saveAs';
  const work = bridge.request(request, { documentId: document.id, revision, lab }).then((outcome: SaveOutcome) => {
    if (outcome.outcome === 'saved') markSaved(lab, outcome.folder);
    if (outcome.outcome === 'failed') fail('The lab could not be saved', outcome);
  });
  void orToast('The lab could not be saved.', work);
}

export function revealLab(): void {
  const { document } = useDocument.getState();
  if (document === undefined) return;
  void orToast('The folder could not be shown.', bridge.request('lab.reveal', { documentId: document.id }));
}

function fail(title: string, { message, problems }: Omit<Failure, 'title'>): void {
  useLabMessages.setState({ failure: { title, message, problems } });
}
