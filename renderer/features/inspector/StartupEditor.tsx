import type { Machine, StartupScript } from '../../../engine/api/lab/model.ts';
import { LIMITS } from '../../../engine/api/lab/model.ts';
import { DraftInput } from '../../ui/DraftInput.tsx';
import { updateMachine } from '../lab/document/nodes.ts';
import { edit, endEditGroup } from '../lab/documentStore.ts';
import { Section } from './Section.tsx';
import { validateScriptFile } from './fieldRules.ts';

/** The start-up script: its text, or the name of the file in the machine's directory that the lab says. */
export function StartupEditor({ machine }: { machine: Machine }) {
  const set = (startup: StartupScript | undefined) => {
    edit(
      (current) =>
        updateMachine(current, machine.name, ({ startup: _former, ...rest }) =>
          startup === undefined ? rest : { ...rest, startup },
        ),
      `${machine.name} startup`,
    );
  };

  if (machine.startup?.kind === 'file') {
    return (
      <Section title="Start-up script">
        <DraftInput
          label="File in the machine’s directory"
          mono
          value={machine.startup.path}
          validate={validateScriptFile}
          testId="inspector-startup-file"
          onCommit={(path) => {
            set({ kind: 'file', path });
          }}
          onLeave={endEditGroup}
        />
      </Section>
    );
  }
  return (
    <Section title="Start-up script">
      <DraftInput
        label="Start-up script"
        labelHidden
        multiline
        mono
        rows={8}
        hint="Shell commands. They run once the network is up."
        value={machine.startup?.text ?? ''}
        placeholder="ip route add 10.1.0.0/16 via 10.0.0.254"
        validate={(text) => (text.length > LIMITS.textLength ? 'This script is too long.' : undefined)}
        testId="inspector-startup"
        onCommit={(text) => {
          set(text === '' ? undefined : { kind: 'inline', text });
        }}
        onLeave={endEditGroup}
      />
    </Section>
  );
}
