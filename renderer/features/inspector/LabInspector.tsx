import { StickyNote } from 'lucide-react';
import type { Lab } from '../../../engine/api/lab/model.ts';
import { LIMITS } from '../../../engine/api/lab/model.ts';
import { DraftInput } from '../../ui/DraftInput.tsx';
import { edit, endEditGroup } from '../lab/documentStore.ts';
import { Section } from './Section.tsx';

export function LabInspector({ lab }: { lab: Lab }) {
  const hosts = lab.machines.filter((machine) => machine.kind === 'host').length;
  return (
    <>
      <Section>
        <DraftInput
          label="Lab name"
          value={lab.name}
          testId="inspector-lab-name"
          validate={(text) => {
            if (text.trim() === '') return 'A lab needs a name.';
            return text.length > LIMITS.labNameLength ? `At most ${LIMITS.labNameLength} characters.` : undefined;
          }}
          onCommit={(name) => {
            edit((current) => ({ ...current, name }), 'lab name');
          }}
          onLeave={endEditGroup}
        />
        <dl className="facts">
          <dt>Hosts</dt>
          <dd>{hosts}</dd>
          <dt>Routers</dt>
          <dd>{lab.machines.length - hosts}</dd>
          <dt>Switches</dt>
          <dd>{lab.switches.length}</dd>
          <dt>Links</dt>
          <dd>{lab.links.length}</dd>
        </dl>
      </Section>
      <Section title="Notes" action={<StickyNote size={14} className="label-text" aria-hidden />}>
        <DraftInput
          label="Notes"
          labelHidden
          multiline
          rows={12}
          value={lab.notes}
          placeholder="What this lab is about, and what to try in it"
          testId="inspector-notes"
          onCommit={(notes) => {
            edit((current) => ({ ...current, notes }), 'lab notes');
          }}
          onLeave={endEditGroup}
        />
      </Section>
    </>
  );
}
