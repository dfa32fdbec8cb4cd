/** Joins the window to the main process: events come in, edits go out. */
import type { Lab } from '../../engine/api/lab/model.ts';
import type { WindowEvent } from '../../main/ipc/contract/events.ts';
import { bridge } from '../lib/bridge.ts';
import { runCommand } from '../lib/commands.ts';
import { orToast, showToast } from '../lib/toasts.ts';
import { disposeTerminals, followEngine, followTabs } from '../features/console/terminalSessions.ts';
import { keepConsolesOf } from '../features/console/consoleStore.ts';
import { markSaved, useDocument } from '../features/lab/documentStore.ts';
import { killMachines } from '../features/lab/engineActions.ts';
import { openLab, showCurrentDocument } from '../features/lab/labActions.ts';
import { afterEngineEvent, afterHostChange, useRunning } from '../features/lab/runningStore.ts';
import { keepExisting } from '../features/topology/selectionStore.ts';
import { useTheme } from './theme.ts';

export async function startSession(): Promise<void> {
  bridge.onEvent(receive);
  followTabs();
  followEngine();
  useDocument.subscribe(({ document, lab }, before) => {
    if (document?.id !== before.document?.id) disposeTerminals();
    if (lab === before.lab) return;
    keepExisting(lab);
    if (document?.id === before.document?.id) killVanished(before.lab, lab);
    keepConsolesOf(new Set(lab.machines.map((machine) => machine.name)));
    const isEdit = document !== undefined && document.id === before.document?.id;
    if (isEdit) tellMain(document.id);
  });
  await orToast('The application does not answer as it should.', Promise.all([askTheme(), showCurrentDocument()]));
}

async function askTheme(): Promise<void> {
  const { theme } = await bridge.request('app.information');
  useTheme.setState({ theme });
}

/** A machine that was deleted, or whose adding was undone, has nothing to run for. */
function killVanished(before: Lab, lab: Lab): void {
  const names = new Set(lab.machines.map((machine) => machine.name));
  killMachines(before.machines.map((machine) => machine.name).filter((name) => !names.has(name)));
}

let isTelling = false;

/** Sends the edit when the turn ends: by then lab and revision belong together, also after undo. */
function tellMain(documentId: string): void {
  if (isTelling) return;
  isTelling = true;
  queueMicrotask(() => {
    isTelling = false;
    const { document, lab, revision } = useDocument.getState();
    if (document?.id !== documentId) return;
    void orToast('The edit could not be kept.', bridge.request('lab.edited', { documentId, revision, lab }));
  });
}

function receive(event: WindowEvent): void {
  if (event.type === 'command') {
    runCommand(event.command);
    return;
  }
  if (event.type === 'openRequested') {
    openLab(event.folder);
    return;
  }
  const { document, lab, revision } = useDocument.getState();
  if (event.documentId !== document?.id) return;
  switch (event.type) {
    case 'engineHost':
      useRunning.setState((running) => afterHostChange(running, event.host));
      break;
    case 'engine':
      useRunning.setState((running) => afterEngineEvent(running, event.event));
      break;
    case 'saved':
      // What was edited since is not in the file.
      if (event.revision === revision) markSaved(lab, event.folder);
      break;
    case 'changedOnDisk':
      showToast('The file of this lab was changed by another program. Saving will ask which one to keep.');
      break;
  }
}
