import './EngineBanner.css';
import { useEffect, useState } from 'react';
import { RotateCw, TriangleAlert } from 'lucide-react';
import type { EngineHostState } from '../../main/ipc/contract/events.ts';
import { Button } from '../ui/Button.tsx';
import { reviveEngine } from '../features/lab/engineActions.ts';
import { useRunning } from '../features/lab/runningStore.ts';

/** Says that the engine died, what that means, and what can be done. */
export function EngineBanner() {
  const host = useRunning((running) => running.host);
  if (host.state !== 'crashed') return null;
  return (
    <div className="banner banner--crashed" role="alert" data-testid="engine-banner">
      <TriangleAlert size={16} aria-hidden />
      <div className="banner__words">
        <strong>The engine stopped unexpectedly, and the machines with it.</strong> {host.reason} Nothing in the lab is
        lost.
        <Retry key={host.reason} host={host} />
      </div>
      <Button icon={<RotateCw size={13} />} data-testid="revive-engine" onClick={reviveEngine}>
        Start engine again
      </Button>
    </div>
  );
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
  return <span> It starts again by itself in {secondsLeft} s.</span>;
}
