import { Cable, Unplug } from 'lucide-react';
import type { Lab, Link, LinkEnd } from '../../../engine/api/lab/model.ts';
import { linkKey } from '../../../engine/api/lab/topology.ts';
import { runCommand } from '../../lib/commands.ts';
import { Button } from '../../ui/Button.tsx';
import { Select } from '../../ui/Select.tsx';
import { freePorts, movePlug } from '../lab/document/links.ts';
import { edit } from '../lab/documentStore.ts';
import { select } from '../topology/selectionStore.ts';
import { Section } from './Section.tsx';

export function LinkInspector({ link, lab }: { link: Link; lab: Lab }) {
  return (
    <>
      <Section>
        <header className="inspector__head">
          <Cable size={20} aria-hidden />
          <div className="inspector__head-words">
            <h2 className="inspector__head-name">
              {link.a.node} – {link.b.node}
            </h2>
            <p className="inspector__head-state">Ethernet link</p>
          </div>
        </header>
        <div className="inspector__buttons">
          <Button icon={<Unplug size={14} />} onClick={() => runCommand('edit.delete')} data-testid="unplug">
            Unplug
          </Button>
        </div>
      </Section>
      <PlugEditor lab={lab} link={link} side="a" />
      <PlugEditor lab={lab} link={link} side="b" />
    </>
  );
}

/** One end: which port it is plugged into, and the addresses there. */
function PlugEditor({ lab, link, side }: { lab: Lab; link: Link; side: 'a' | 'b' }) {
  const end = link[side];
  const noun = lab.switches.some((one) => one.name === end.node) ? 'Port' : 'Interface';
  const ports = [end.port, ...freePorts(lab, end.node)];
  const addresses = addressesAt(lab, end);
  return (
    <Section title={end.node}>
      <Select
        label={noun}
        value={end.port}
        testId={`plug-${side}`}
        options={ports.map((port) => ({ value: port, label: port }))}
        onChange={(port) => {
          const moved = { ...link, [side]: { ...end, port } };
          edit((current) => movePlug(current, linkKey(link), side, port));
          select([], [linkKey(moved)]);
        }}
      />
      {addresses !== undefined && (
        <dl className="facts">
          <dt>Addresses</dt>
          <dd className="mono">{addresses.length === 0 ? 'none' : addresses.join(', ')}</dd>
        </dl>
      )}
    </Section>
  );
}

function addressesAt(lab: Lab, end: LinkEnd): readonly string[] | undefined {
  const machine = lab.machines.find((one) => one.name === end.node);
  return machine?.interfaces.find((one) => one.name === end.port)?.addresses;
}
