/** The commands of the canvas: edits of what is selected, and the view. */
import type { CommandHandler } from '../../lib/commands.ts';
import { provideCommands } from '../../lib/commands.ts';
import { canStart, canStop, killMachines, restartMachines, startMachines, stopMachines } from '../lab/engineActions.ts';
import { useDocument } from '../lab/documentStore.ts';
import * as actions from './topologyActions.ts';
import { fitView, zoomIn, zoomOut } from './canvasView.ts';
import { startRenaming, useSelection } from './selectionStore.ts';

const hasDocument = () => useDocument.getState().document !== undefined;
const hasNodes = () => useSelection.getState().nodes.size > 0;
const hasSelection = () => hasNodes() || useSelection.getState().links.size > 0;

/** The selected machines in the order of the lab. */
function selectedMachines(): string[] {
  const { nodes } = useSelection.getState();
  return useDocument
    .getState()
    .lab.machines.map((machine) => machine.name)
    .filter((name) => nodes.has(name));
}

function selectedNode(): string | undefined {
  const { nodes } = useSelection.getState();
  return nodes.size === 1 ? [...nodes][0] : undefined;
}

function onMachines(run: (names: readonly string[]) => void, can: (name: string) => boolean): CommandHandler {
  return {
    run: () => {
      run(selectedMachines());
    },
    isEnabled: () => selectedMachines().some(can),
  };
}

function whenOpen(run: () => void): CommandHandler {
  return { run, isEnabled: hasDocument };
}

provideCommands({
  'insert.host': whenOpen(() => {
    actions.addNode('host');
  }),
  'insert.router': whenOpen(() => {
    actions.addNode('router');
  }),
  'insert.switch': whenOpen(() => {
    actions.addNode('switch');
  }),
  'edit.delete': { run: actions.removeSelected, isEnabled: hasSelection },
  'edit.copy': { run: actions.copySelected, isEnabled: hasNodes },
  'edit.paste': { run: actions.pasteCopied, isEnabled: () => hasDocument() && actions.canPaste() },
  'edit.duplicate': { run: actions.duplicateSelected, isEnabled: hasNodes },
  'edit.selectAll': whenOpen(actions.selectAll),
  'edit.arrange': whenOpen(actions.arrangeAll),
  'edit.rename': {
    run: () => {
      const name = selectedNode();
      if (name !== undefined) startRenaming(name);
    },
    isEnabled: () => selectedNode() !== undefined,
  },
  'machine.start': onMachines(startMachines, canStart),
  'machine.stop': onMachines(stopMachines, canStop),
  'machine.restart': onMachines(restartMachines, canStop),
  'machine.kill': onMachines(killMachines, canStop),
  'view.zoomIn': whenOpen(zoomIn),
  'view.zoomOut': whenOpen(zoomOut),
  'view.fit': whenOpen(() => {
    fitView();
  }),
});
