import './Problems.css';
import { CircleCheck, CircleX, Info, TriangleAlert } from 'lucide-react';
import type { LogLevel } from '../../../engine/api/engine.ts';
import { select } from '../topology/selectionStore.ts';
import { useProblems } from './problems.ts';
import { useRunning } from './runningStore.ts';

type Severity = 'error' | 'warning' | 'info';

const SEVERITIES: Record<LogLevel, Severity | undefined> = {
  error: 'error',
  warning: 'warning',
  info: 'info',
  debug: undefined,
};

/** The lab's problems first, then what the engine said, the latest on top. */
export function Problems() {
  const problems = useProblems();
  const log = useRunning((state) => state.log);
  const said = log.filter((entry) => SEVERITIES[entry.level] !== undefined).reverse();

  if (problems.length + said.length === 0) {
    return (
      <div className="problems problems--empty">
        <CircleCheck size={16} aria-hidden />
        Nothing is wrong.
      </div>
    );
  }
  return (
    <ul className="problems" aria-label="Problems" data-testid="problems">
      {problems.map(({ severity, message, node }) => (
        <ProblemLine key={message} severity={severity} text={message} node={node} />
      ))}
      {said.map(({ id, level, machine, text }) => (
        <ProblemLine key={id} severity={SEVERITIES[level] ?? 'info'} text={text} node={machine} />
      ))}
    </ul>
  );
}

const ICONS = { error: CircleX, warning: TriangleAlert, info: Info };

function ProblemLine({ severity, text, node }: { severity: Severity; text: string; node: string | undefined }) {
  const Icon = ICONS[severity];
  return (
    <li className={`problems__line problems__line--${severity}`}>
      <Icon size={14} aria-label={severity} />
      <span className="problems__text">{text}</span>
      {node !== undefined && (
        <button
          type="button"
          className="problems__node mono"
          onClick={() => {
            select([node]);
          }}
        >
          {node}
        </button>
      )}
    </li>
  );
}
