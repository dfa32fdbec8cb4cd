import { Cable, Copy, Play, Square, Trash2 } from 'lucide-react';
import type { Lab } from '../../../engine/api/lab/model.ts';
import { runCommand } from '../../lib/commands.ts';
import { Button } from '../../ui/Button.tsx';
import { stateOf, useRunning } from '../lab/runningStore.ts';
import { linkSelected } from '../topology/topologyActions.ts';
import { Section } from './Section.tsx';

type SeveralInspectorProps = { lab: Lab; nodes: ReadonlySet<string>; links: ReadonlySet<string> };

export function SeveralInspector({ lab, nodes, links }: SeveralInspectorProps) {
  const machines = lab.machines.filter((machine) => nodes.has(machine.name));
  const running = useRunning((state) => machines.filter(({ name }) => stateOf(state, name).state === 'running').length);
  const hosts = machines.filter((machine) => machine.kind === 'host').length;
  const facts = [
    ['Hosts', hosts],
    ['Routers', machines.length - hosts],
    ['Switches', nodes.size - machines.length],
    ['Links', links.size],
    ['Running', running],
  ] as const;
  return (
    <>
      <Section>
        <header className="inspector__head">
          <div className="inspector__head-words">
            <h2 className="inspector__head-name">{nodes.size + links.size} selected</h2>
          </div>
        </header>
        <dl className="facts">
          {facts
            .filter(([, count]) => count > 0)
            .map(([what, count]) => [<dt key={what}>{what}</dt>, <dd key={`${what} count`}>{count}</dd>])}
        </dl>
      </Section>
      <Section>
        <div className="inspector__buttons">
          <Button
            icon={<Play size={13} />}
            disabled={machines.length === 0}
            onClick={() => runCommand('machine.start')}
          >
            Start
          </Button>
          <Button icon={<Square size={12} />} disabled={running === 0} onClick={() => runCommand('machine.stop')}>
            Stop
          </Button>
        </div>
        <div className="inspector__buttons">
          <Button
            icon={<Cable size={14} />}
            disabled={nodes.size < 2}
            onClick={linkSelected}
            data-testid="link-selected"
          >
            Link
          </Button>
          <Button icon={<Copy size={13} />} disabled={nodes.size === 0} onClick={() => runCommand('edit.duplicate')}>
            Duplicate
          </Button>
          <Button icon={<Trash2 size={13} />} onClick={() => runCommand('edit.delete')}>
            Delete
          </Button>
        </div>
      </Section>
    </>
  );
}
