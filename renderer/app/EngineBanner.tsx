import './EngineBanner.css';
import { useEffect, useState } from 'react';
import { Play, RotateCw, TriangleAlert, X } from 'lucide-react';
import type { EngineHostState } from '../../main/ipc/contract/events.ts';
import { Button, IconButton } from '../ui/Button.tsx';
import { reviveEngine, startMachines } from '../features/lab/engineActions.ts';
import { dismissInterruption, useRunning, type Interruption } from '../features/lab/runningStore.ts';

/** Says that the engine died, what that means, and what can be done. It stays when the engine is back, to be read. */
export function EngineBanner() {
  const host = useRunning((running) => running.host);
  const interruption = useRunning((running) => running.interruption);
  if (interruption === undefined) return null;
  return (
    <div className="banner banner--crashed" role="alert" data-testid="engine-banner">
      <TriangleAlert size={16} aria-hidden />
      <div className="banner__words">
        <strong>{whatHappened(interruption)}</strong> Nothing in the lab is lost.
        {host.state === 'crashed' ? <Retry key={host.retryInMs} host={host} /> : ' The engine is running again.'}
      </div>
      {host.state === 'crashed' && (
        <Button icon={<RotateCw size={13} />} data-testid="revive-engine" onClick={reviveEngine}>
          Start engine again
        </Button>
      )}
      {host.state !== 'crashed' && interruption.machines.length > 0 && (
        <Button
          icon={<Play size={13} />}
          data-testid="restart-interrupted"
          onClick={() => {
            startMachines(interruption.machines);
          }}
        >
          Start the machines again
        </Button>
      )}
      <IconButton
        label="Dismiss"
        size="small"
        side="left"
        icon={<X size={14} />}
        data-testid="dismiss-engine-banner"
        onClick={dismissInterruption}
      />
    </div>
  );
}

function whatHappened({ reason, machines }: Interruption): string {
  if (machines.length === 0) return `The engine ${reason}.`;
  return `The engine ${reason}, and ${machines.length === 1 ? (machines[0] ?? '') : 'its machines'} with it.`;
}

type Crashed = Extract<EngineHostState, { state: 'crashed' }>;

function Retry({ host }: { host: Crashed }) {
  const [secondsLeft, setSecondsLeft] = useState(Math.ceil((host.retryInMs ?? 0) / 1000));
  useEffect(() => {
    const timer = setInterval(() => {
      setSecondsLeft((seconds) => Math.max(0, seconds - 1));
    }, 1000);
    return () => {
      clearInterval(timer);
    };
  }, []);
  if (host.retryInMs === undefined || secondsLeft === 0) return null;
  return ` It starts again by itself in ${String(secondsLeft)} s.`;
}
