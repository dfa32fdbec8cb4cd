/** Opening consoles. Which machines that concerns follows from what is selected on the canvas. */
import { provideCommands } from '../../lib/commands.ts';
import { useDocument } from '../lab/documentStore.ts';
import { useSelection } from '../topology/selectionStore.ts';
import { enterConsole } from './terminalSessions.ts';

function selectedMachines(): string[] {
  const { nodes } = useSelection.getState();
  const { lab } = useDocument.getState();
  return lab.machines.map((machine) => machine.name).filter((name) => nodes.has(name));
}

provideCommands({
  'machine.openConsole': {
    run: () => {
      for (const machine of selectedMachines()) enterConsole(machine);
    },
    isEnabled: () => selectedMachines().length > 0,
  },
});
