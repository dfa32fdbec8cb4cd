/** The terminals of the open tabs. They live here, outside of React, for as long as their tabs. */
import { stateOf, useRunning } from '../lab/runningStore.ts';
import { TerminalSession } from './TerminalSession.ts';
import { openConsole, useConsoles } from './consoleStore.ts';
import { useDocument } from '../lab/documentStore.ts';

const sessions = new Map<string, TerminalSession>();

export function terminalOf(documentId: string, machine: string): TerminalSession {
  const existing = sessions.get(machine);
  if (existing !== undefined) return existing;
  const session = new TerminalSession(documentId, machine);
  sessions.set(machine, session);
  return session;
}

/** Brings the console to the front and gives it the keyboard. */
export function enterConsole(machine: string): void {
  const { document } = useDocument.getState();
  if (document === undefined) return;
  openConsole(machine);
  terminalOf(document.id, machine).focus();
}

/** Ends the terminals whose tabs were closed. */
export function followTabs(): () => void {
  return useConsoles.subscribe(({ open }) => {
    for (const [machine, session] of sessions) {
      if (open.includes(machine)) continue;
      session.dispose();
      sessions.delete(machine);
    }
  });
}

/** Connects the open terminals again when their machines come up, should the engine have died in between. */
export function followEngine(): () => void {
  return useRunning.subscribe((running, before) => {
    for (const [machine, session] of sessions) {
      if (stateOf(running, machine) !== stateOf(before, machine) && stateOf(running, machine).state !== 'stopped') {
        session.connect();
      }
    }
  });
}

/** Another lab is shown: its machines may have the same names. */
export function disposeTerminals(): void {
  useConsoles.setState({ open: [], front: { tab: 'problems' } });
}
