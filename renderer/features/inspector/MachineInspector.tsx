import { Info, Play, Plus, RotateCw, Square, SquareTerminal, TriangleAlert } from 'lucide-react';
import type { Lab, Machine } from '../../../engine/api/lab/model.ts';
import * as rules from '../../../engine/api/lab/rules.ts';
import { classNames } from '../../lib/classNames.ts';
import { runCommand } from '../../lib/commands.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import { Details } from '../../ui/Details.tsx';
import { DraftInput } from '../../ui/DraftInput.tsx';
import { Select } from '../../ui/Select.tsx';
import { Switch } from '../../ui/Switch.tsx';
import { addInterface, changeKind, updateMachine } from '../lab/document/nodes.ts';
import { edit, endEditGroup } from '../lab/documentStore.ts';
import { isUp, useMachineState, useRunning } from '../lab/runningStore.ts';
import { describeState } from '../lab/stateWords.ts';
import { refusesName, rename } from '../topology/topologyActions.ts';
import { StateRing } from '../topology/StateRing.tsx';
import { InterfaceEditor } from './InterfaceEditor.tsx';
import { Section } from './Section.tsx';
import { StartupEditor } from './StartupEditor.tsx';
import { formatRoutes, parseRoutes, validateCpus, validateMemory, validateRoutes } from './fieldRules.ts';

const ROOT_LABELS: Record<string, string> = { standard: 'Standard image', 'host-tools': 'Tools of this computer' };

export function MachineInspector({ machine, lab }: { machine: Machine; lab: Lab }) {
  const state = useMachineState(machine.name);
  const update = (change: Partial<Machine>, field: string) => {
    edit(
      (current) => updateMachine(current, machine.name, (one) => ({ ...one, ...change })),
      `${machine.name} ${field}`,
    );
  };
  const roots = [...new Set([...rules.BUILT_IN_ROOTS, machine.root])];

  return (
    <>
      <Section>
        <header className="inspector__head">
          <StateRing kind={machine.kind} state={state.state} />
          <div className="inspector__head-words">
            <h2 className="inspector__head-name">{machine.name}</h2>
            <p className="inspector__head-state" data-testid="inspector-state">
              {state.state === 'crashed' ? 'crashed' : describeState(state)}
              <Load machine={machine.name} />
            </p>
          </div>
        </header>
        <Actions isOn={isUp(state)} />
        {state.state === 'crashed' && (
          <div className="inspector__note inspector__note--crashed" role="alert">
            <TriangleAlert size={14} aria-hidden />
            <div>
              {state.reason}
              {state.details !== undefined && <Details text={state.details} />}
            </div>
          </div>
        )}
        {isUp(state) && (
          <p className="inspector__note">
            <Info size={14} aria-hidden />
            Links change at once. The settings below count from the next start on.
          </p>
        )}
        <DraftInput
          label="Name"
          value={machine.name}
          commitOn="leaving"
          disabled={isUp(state)}
          testId="inspector-name"
          validate={(text) => refusesName(machine.name, text)}
          onCommit={(name) => {
            rename(machine.name, name);
          }}
        />
        <Select
          label="Kind"
          value={machine.kind}
          testId="inspector-kind"
          options={[
            { value: 'host', label: 'Host' },
            { value: 'router', label: 'Router' },
          ]}
          onChange={(kind) => {
            edit((current) => changeKind(current, machine.name, kind));
          }}
        />
        <Switch
          label="Forward packets"
          hint="From one of its networks to another"
          checked={machine.forwarding}
          testId="inspector-forwarding"
          onChange={(forwarding) => {
            update({ forwarding }, 'forwarding');
            endEditGroup();
          }}
        />
      </Section>
      <Section
        title="Interfaces"
        action={
          <IconButton
            label="Add interface"
            size="small"
            icon={<Plus size={14} />}
            data-testid="add-interface"
            onClick={() => {
              edit((current) => addInterface(current, machine.name));
            }}
          />
        }
      >
        {machine.interfaces.length === 0 && <p className="label-text">None. This machine cannot be linked.</p>}
        {machine.interfaces.map((one) => (
          <InterfaceEditor key={one.name} machine={machine} own={one} lab={lab} />
        ))}
      </Section>
      <Section title="Resources">
        <div className="input-row">
          <DraftInput
            label="Memory"
            mono
            value={rules.formatSize(machine.memoryBytes)}
            validate={validateMemory}
            testId="inspector-memory"
            onCommit={(text) => {
              const memoryBytes = rules.parseSize(text);
              if (memoryBytes !== undefined) update({ memoryBytes }, 'memory');
            }}
            onLeave={endEditGroup}
          />
          <DraftInput
            label="Processors"
            mono
            value={String(machine.cpus)}
            validate={validateCpus}
            testId="inspector-cpus"
            onCommit={(text) => {
              update({ cpus: Number(text) }, 'cpus');
            }}
            onLeave={endEditGroup}
          />
        </div>
        <Select
          label="Root file system"
          value={machine.root}
          options={roots.map((value) => ({ value, label: ROOT_LABELS[value] ?? value }))}
          testId="inspector-root"
          onChange={(root) => {
            update({ root }, 'root');
            endEditGroup();
          }}
        />
      </Section>
      <Section title="Routes">
        <DraftInput
          label="Routes"
          labelHidden
          multiline
          mono
          rows={3}
          value={formatRoutes(machine.routes)}
          placeholder="10.1.0.0/16 via 10.0.0.254"
          validate={validateRoutes(machine)}
          testId="inspector-routes"
          onCommit={(text) => {
            update({ routes: parseRoutes(text) }, 'routes');
          }}
          onLeave={endEditGroup}
        />
      </Section>
      <StartupEditor machine={machine} />
    </>
  );
}

function Actions({ isOn }: { isOn: boolean }) {
  return (
    <div className={classNames('inspector__buttons')}>
      {isOn ? (
        <>
          <Button
            icon={<SquareTerminal size={14} />}
            data-testid="inspector-console"
            onClick={() => runCommand('machine.openConsole')}
          >
            Console
          </Button>
          <Button
            icon={<RotateCw size={13} />}
            data-testid="inspector-restart"
            onClick={() => runCommand('machine.restart')}
          >
            Restart
          </Button>
          <Button icon={<Square size={12} />} data-testid="inspector-stop" onClick={() => runCommand('machine.stop')}>
            Stop
          </Button>
        </>
      ) : (
        <Button icon={<Play size={13} />} data-testid="inspector-start" onClick={() => runCommand('machine.start')}>
          Start
        </Button>
      )}
    </div>
  );
}

const MEBIBYTE = 1024 * 1024;

function Load({ machine }: { machine: string }) {
  const stats = useRunning((running) => running.stats[machine]);
  if (stats === undefined) return null;
  return ` · ${stats.cpuPercent.toFixed(0)} % CPU · ${(stats.memoryBytes / MEBIBYTE).toFixed(1)} MB`;
}
