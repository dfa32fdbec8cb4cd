import './StatusBar.css';
import { CircleAlert } from 'lucide-react';
import type { EngineHostState } from '../../main/ipc/contract/events.ts';
import { bringToFront } from '../features/console/consoleStore.ts';
import { useDocument } from '../features/lab/documentStore.ts';
import { useProblemCount } from '../features/lab/problems.ts';
import { stateOf, useRunning } from '../features/lab/runningStore.ts';
import { setPanelOpen } from './layout/layoutStore.ts';

const HOST_WORDS: Record<EngineHostState['state'], string> = {
  absent: 'Engine off',
  starting: 'Engine starting',
  running: 'Engine running',
  crashed: 'Engine crashed',
};

const MEBIBYTE = 1024 * 1024;

export function StatusBar() {
  const machines = useDocument((state) => state.lab.machines);
  const running = useRunning();
  const problemCount = useProblemCount();
  const count = (state: string) => machines.filter(({ name }) => stateOf(running, name).state === state).length;
  const stats = Object.values(running.stats);
  const cpuPercent = stats.reduce((sum, one) => sum + one.cpuPercent, 0);
  const memoryBytes = stats.reduce((sum, one) => sum + one.memoryBytes, 0);
  const [starting, stopping, crashed] = [count('booting'), count('stopping'), count('crashed')];

  return (
    <footer className="status-bar" data-testid="status-bar">
      <span className="status-bar__engine" data-state={running.host.state}>
        <span className="status-bar__dot" aria-hidden />
        {HOST_WORDS[running.host.state]}
      </span>
      <span>{count('running')} running</span>
      {starting > 0 && <span>{starting} starting</span>}
      {stopping > 0 && <span>{stopping} stopping</span>}
      {crashed > 0 && <span className="status-bar__bad">{crashed} crashed</span>}
      {stats.length > 0 && (
        <>
          <span>{cpuPercent.toFixed(0)} % CPU</span>
          <span>{(memoryBytes / MEBIBYTE).toFixed(0)} MB</span>
        </>
      )}
      <span className="status-bar__space" />
      {problemCount > 0 && (
        <button
          type="button"
          className="status-bar__problems"
          onClick={() => {
            bringToFront({ tab: 'problems' });
            setPanelOpen('dock', true);
          }}
        >
          <CircleAlert size={12} aria-hidden />
          {problemCount} {problemCount === 1 ? 'problem' : 'problems'}
        </button>
      )}
    </footer>
  );
}
