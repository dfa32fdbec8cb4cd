import './ConsoleView.css';
import { useEffect, useRef, useState } from 'react';
import { Play, RotateCw, TriangleAlert } from 'lucide-react';
import { classNames } from '../../lib/classNames.ts';
import { matchesChord } from '../../lib/keys.ts';
import { Button } from '../../ui/Button.tsx';
import { Details } from '../../ui/Details.tsx';
import { startMachines } from '../lab/engineActions.ts';
import { useMachineState } from '../lab/runningStore.ts';
import { ConsoleSearch } from './ConsoleSearch.tsx';
import { terminalOf } from './terminalSessions.ts';

type ConsoleViewProps = { documentId: string; machine: string };

/** The console of one machine: its terminal, and above it what keeps the terminal from being of use. */
export function ConsoleView({ documentId, machine }: ConsoleViewProps) {
  const place = useRef<HTMLDivElement>(null);
  const [isSearching, setSearching] = useState(false);
  const state = useMachineState(machine);
  const isOff = state.state === 'stopped' || state.state === 'crashed';

  useEffect(() => {
    const parent = place.current;
    if (parent === null) return;
    const terminal = terminalOf(documentId, machine);
    terminal.attach(parent);
    terminal.connect();
    const observer = new ResizeObserver(() => {
      terminal.fit();
    });
    observer.observe(parent);
    return () => {
      observer.disconnect();
      terminal.detach();
    };
  }, [documentId, machine]);

  return (
    <section
      className="console"
      aria-label={`Console of ${machine}`}
      data-testid={`console-${machine}`}
      onKeyDown={(event) => {
        if (!matchesChord(event, 'Mod+Shift+F')) return;
        event.preventDefault();
        setSearching(true);
      }}
    >
      {isOff && (
        <div className={classNames('console__notice', state.state === 'crashed' && 'console__notice--crashed')}>
          {state.state === 'crashed' && <TriangleAlert size={14} aria-hidden />}
          <div className="console__notice-words">
            {state.state === 'crashed' ? `${machine} crashed: ${state.reason}` : `${machine} is stopped.`}
            {state.state === 'crashed' && state.details !== undefined && <Details text={state.details} />}
          </div>
          <Button
            icon={state.state === 'crashed' ? <RotateCw size={13} /> : <Play size={13} />}
            data-testid={`console-start-${machine}`}
            onClick={() => {
              startMachines([machine]);
            }}
          >
            {state.state === 'crashed' ? 'Start again' : `Start ${machine}`}
          </Button>
        </div>
      )}
      <div ref={place} className="terminal-place" data-testid={`terminal-${machine}`} />
      {isSearching && (
        <ConsoleSearch
          session={terminalOf(documentId, machine)}
          onClose={() => {
            setSearching(false);
            terminalOf(documentId, machine).focus();
          }}
        />
      )}
    </section>
  );
}
