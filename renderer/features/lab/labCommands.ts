/** The commands of the lab as a whole: its file, its history, all of its machines. */
import { provideCommands } from '../../lib/commands.ts';
import { historyDepth, redo, undo, useDocument } from './documentStore.ts';
import { canStart, canStop, startMachines, stopMachines } from './engineActions.ts';
import { closeLab, newLab, openLab, revealLab, saveLab } from './labActions.ts';

const hasDocument = () => useDocument.getState().document !== undefined;
const allMachines = () => useDocument.getState().lab.machines.map((machine) => machine.name);

provideCommands({
  'lab.new': { run: newLab },
  'lab.open': {
    run: () => {
      openLab();
    },
  },
  'lab.save': {
    run: () => {
      saveLab('itself');
    },
    isEnabled: hasDocument,
  },
  'lab.saveAs': {
    run: () => {
      saveLab('another');
    },
    isEnabled: hasDocument,
  },
  'lab.reveal': { run: revealLab, isEnabled: hasDocument },
  'lab.close': { run: closeLab, isEnabled: hasDocument },
  'edit.undo': { run: undo, isEnabled: () => historyDepth().canUndo },
  'edit.redo': { run: redo, isEnabled: () => historyDepth().canRedo },
  'machine.startAll': {
    run: () => {
      startMachines(allMachines());
    },
    isEnabled: () => allMachines().some(canStart),
  },
  'machine.stopAll': {
    run: () => {
      stopMachines(allMachines());
    },
    isEnabled: () => allMachines().some(canStop),
  },
});
