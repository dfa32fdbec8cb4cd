import type { Lab, Switch } from '../../../engine/api/lab/model.ts';
import { switchPortCount } from '../../../engine/api/lab/rules.ts';
import { linkAt, portsOfSwitch } from '../../../engine/api/lab/topology.ts';
import { DraftInput } from '../../ui/DraftInput.tsx';
import { Glyph } from '../../ui/Glyph.tsx';
import { highestLinkedPort } from '../lab/document/links.ts';
import { updateSwitch } from '../lab/document/nodes.ts';
import { edit, endEditGroup } from '../lab/documentStore.ts';
import { refusesName, rename } from '../topology/topologyActions.ts';
import { Section } from './Section.tsx';

export function SwitchInspector({ networkSwitch, lab }: { networkSwitch: Switch; lab: Lab }) {
  const { name, ports } = networkSwitch;
  const linked = portsOfSwitch(networkSwitch).flatMap((port) => {
    const link = linkAt(lab, { node: name, port });
    if (link === undefined) return [];
    const isNear = link.a.node === name && link.a.port === port;
    return [{ port, far: isNear ? link.b : link.a }];
  });
  const needed = highestLinkedPort(lab, name);

  return (
    <>
      <Section>
        <header className="inspector__head">
          <Glyph kind="switch" size={24} />
          <div className="inspector__head-words">
            <h2 className="inspector__head-name">{name}</h2>
            <p className="inspector__head-state">
              {linked.length} of {ports} ports linked
            </p>
          </div>
        </header>
        <DraftInput
          label="Name"
          value={name}
          commitOn="leaving"
          testId="inspector-name"
          validate={(text) => refusesName(name, text)}
          onCommit={(next) => {
            rename(name, next);
          }}
        />
        <DraftInput
          label="Ports"
          mono
          commitOn="leaving"
          value={String(ports)}
          testId="inspector-ports"
          validate={(text) => {
            const expected = switchPortCount(Number(text));
            if (expected !== undefined) return `Expected ${expected}.`;
            return Number(text) < needed ? `Port ${needed} is linked; unplug it first.` : undefined;
          }}
          onCommit={(text) => {
            edit((current) => updateSwitch(current, name, (one) => ({ ...one, ports: Number(text) })));
          }}
          onLeave={endEditGroup}
        />
      </Section>
      <Section title="Linked ports">
        {linked.length === 0 && <p className="label-text">None yet. Drag from a port to a machine.</p>}
        <ul className="port-list">
          {linked.map(({ port, far }) => (
            <li key={port} className="port-list__port mono">
              <span className="port-list__number">{port}</span>
              {far.node} {far.port}
            </li>
          ))}
        </ul>
      </Section>
    </>
  );
}
