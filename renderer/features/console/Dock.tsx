import './Dock.css';
import type { KeyboardEvent } from 'react';
import { ChevronDown, CircleAlert, X } from 'lucide-react';
import { keysOf, runCommand } from '../../lib/commands.ts';
import { IconButton } from '../../ui/Button.tsx';
import { useDocument } from '../lab/documentStore.ts';
import { Problems } from '../lab/Problems.tsx';
import { useProblemCount } from '../lab/problems.ts';
import { useMachineState } from '../lab/runningStore.ts';
import { stateWord } from '../lab/stateWords.ts';
import { StateMark } from '../topology/StateRing.tsx';
import { ConsoleView } from './ConsoleView.tsx';
import { bringToFront, closeConsole, useConsoles } from './consoleStore.ts';
import { enterConsole } from './terminalSessions.ts';

/** The panel below the canvas: a tab for each open console, and the list of problems. */
export function Dock() {
  const documentId = useDocument((state) => state.document?.id);
  const { open, front } = useConsoles();
  const problemCount = useProblemCount();
  const shown = front.tab === 'console' && documentId !== undefined ? front.machine : undefined;

  return (
    <section className="dock" aria-label="Dock">
      <div className="dock__bar">
        <div className="dock__tabs" role="tablist" aria-label="Dock" onKeyDown={walkTabs}>
          {open.map((machine) => (
            <ConsoleTab key={machine} machine={machine} isInFront={machine === shown} />
          ))}
          <button
            type="button"
            role="tab"
            className="dock__tab"
            aria-selected={shown === undefined}
            tabIndex={shown === undefined ? 0 : -1}
            data-testid="tab-problems"
            onClick={() => {
              bringToFront({ tab: 'problems' });
            }}
          >
            <CircleAlert size={13} aria-hidden />
            Problems
            {problemCount > 0 && <span className="dock__count">{problemCount}</span>}
          </button>
        </div>
        <IconButton
          label="Fold the dock"
          shortcut={keysOf('view.toggleDock')}
          side="top"
          icon={<ChevronDown size={15} />}
          onClick={() => runCommand('view.toggleDock')}
        />
      </div>
      <div className="dock__content" role="tabpanel">
        {shown !== undefined && documentId !== undefined ? (
          <ConsoleView key={shown} documentId={documentId} machine={shown} />
        ) : (
          <Problems />
        )}
      </div>
    </section>
  );
}

function ConsoleTab({ machine, isInFront }: { machine: string; isInFront: boolean }) {
  const state = useMachineState(machine);
  return (
    <button
      type="button"
      role="tab"
      className="dock__tab dock__tab--closes"
      aria-selected={isInFront}
      aria-keyshortcuts="Delete"
      title="Delete or middle click closes it"
      tabIndex={isInFront ? 0 : -1}
      data-testid={`tab-${machine}`}
      onClick={() => {
        enterConsole(machine);
      }}
      onAuxClick={(event) => {
        if (event.button === 1) closeConsole(machine);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Delete') return;
        // Not also what is selected on the canvas.
        event.preventDefault();
        closeConsole(machine);
      }}
    >
      <StateMark state={state.state} />
      {machine}
      <span className="visually-hidden">{stateWord(state)}</span>
      {/* For the mouse only: a button has no place inside of a tab. The keyboard has Delete. */}
      <span
        className="dock__close"
        aria-hidden
        data-testid={`close-tab-${machine}`}
        onClick={(event) => {
          event.stopPropagation();
          closeConsole(machine);
        }}
      >
        <X size={12} />
      </span>
    </button>
  );
}

/** Arrow keys walk along the tabs, as in every tab list. */
function walkTabs(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  if (step === 0) return;
  const tabs = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="tab"]')];
  const index = tabs.findIndex((tab) => tab === document.activeElement);
  tabs.at((index + step) % tabs.length)?.focus();
}
