import './StateRing.css';
import { classNames } from '../../lib/classNames.ts';
import { Glyph } from '../../ui/Glyph.tsx';
import type { MachineState } from '../../../engine/api/machine.ts';
import type { NodeKind } from '../lab/document/naming.ts';

/** A switch has no state of its own: it is there when the lab runs. */
type RingState = MachineState['state'] | 'none';

/** The glyph of a node in a ring that shows its state: by colour, and by the mark at its lower right. */
export function StateRing({ kind, state }: { kind: NodeKind; state: RingState }) {
  return (
    <span className={classNames('state-ring', `state-ring--${state}`)}>
      <svg className="state-ring__circle" viewBox="0 0 36 36" aria-hidden>
        <circle className="state-ring__track" cx="18" cy="18" r="16.5" />
        {(state === 'booting' || state === 'stopping') && (
          <path className="state-ring__arc" d="M18 1.5a16.5 16.5 0 0 1 16.5 16.5" />
        )}
      </svg>
      <Glyph kind={kind} />
      <StateMark state={state} />
    </span>
  );
}

/** Tells the states apart without their colours; the same mark stands in tabs and lists. */
export function StateMark({ state }: { state: RingState }) {
  if (state === 'none') return null;
  return (
    <svg className={classNames('state-mark', `state-mark--${state}`)} viewBox="0 0 12 12" aria-hidden>
      <circle className="state-mark__ground" cx="6" cy="6" r="5.5" />
      {state === 'running' && <path className="state-mark__sign" d="M4.75 3.75v4.5L8.5 6Z" />}
      {state === 'crashed' && <path className="state-mark__stroke" d="M6 3.25v3M6 8.6v.05" />}
      {state === 'stopped' && <rect className="state-mark__sign" x="4" y="4" width="4" height="4" rx="0.5" />}
      {(state === 'booting' || state === 'stopping') && (
        <path className="state-mark__stroke" d="M3.6 6h.02M6 6h.02M8.4 6h.02" />
      )}
    </svg>
  );
}
