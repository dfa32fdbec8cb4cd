import './Inspector.css';
import type { Lab } from '../../../engine/api/lab/model.ts';
import { linkKey } from '../../../engine/api/lab/topology.ts';
import { useDocument } from '../lab/documentStore.ts';
import type { Selection } from '../topology/selectionStore.ts';
import { useSelection } from '../topology/selectionStore.ts';
import { LabInspector } from './LabInspector.tsx';
import { LinkInspector } from './LinkInspector.tsx';
import { MachineInspector } from './MachineInspector.tsx';
import { SeveralInspector } from './SeveralInspector.tsx';
import { SwitchInspector } from './SwitchInspector.tsx';

/** Shows and edits what is selected: the lab itself when nothing is. */
export function Inspector() {
  const lab = useDocument((state) => state.lab);
  const selection = useSelection();
  return (
    <aside className="inspector" aria-label="Inspector" data-testid="inspector">
      {inspectorFor(lab, selection)}
    </aside>
  );
}

function inspectorFor(lab: Lab, { nodes, links }: Selection) {
  if (nodes.size === 0 && links.size === 0) return <LabInspector lab={lab} />;
  if (nodes.size === 1 && links.size === 0) {
    const [name] = nodes;
    const machine = lab.machines.find((one) => one.name === name);
    if (machine !== undefined) return <MachineInspector key={machine.name} machine={machine} lab={lab} />;
    const found = lab.switches.find((one) => one.name === name);
    if (found !== undefined) return <SwitchInspector key={found.name} networkSwitch={found} lab={lab} />;
  }
  if (nodes.size === 0 && links.size === 1) {
    const link = lab.links.find((one) => links.has(linkKey(one)));
    if (link !== undefined) return <LinkInspector key={linkKey(link)} link={link} lab={lab} />;
  }
  return <SeveralInspector lab={lab} nodes={nodes} links={links} />;
}
