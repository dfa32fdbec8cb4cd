import './CommandPalette.css';
import { Command } from 'cmdk';
import { SquareTerminal } from 'lucide-react';
import { create } from 'zustand';
import type { CommandId } from '../../../main/ipc/contract/commands.ts';
import { COMMANDS, COMMAND_IDS } from '../../../main/ipc/contract/commands.ts';
import { isCommandEnabled, keysOf, runCommand, titleOf } from '../../lib/commands.ts';
import { Glyph } from '../../ui/Glyph.tsx';
import { Keys } from '../../ui/Keys.tsx';
import { enterConsole } from '../../features/console/terminalSessions.ts';
import type { NodeKind } from '../../features/lab/document/naming.ts';
import { useDocument } from '../../features/lab/documentStore.ts';
import { fitView } from '../../features/topology/canvasView.ts';
import { select } from '../../features/topology/selectionStore.ts';

export const useCommandPalette = create<{ open: boolean }>()(() => ({ open: false }));

/** Finds machines, consoles and commands by a few letters. */
export function CommandPalette() {
  const open = useCommandPalette((state) => state.open);
  const setOpen = (isOpen: boolean) => {
    useCommandPalette.setState({ open: isOpen });
  };
  return (
    <Command.Dialog
      open={open}
      onOpenChange={setOpen}
      label="Find or run"
      overlayClassName="command-palette__scrim"
      contentClassName="command-palette"
      loop
    >
      <Command.Input
        className="command-palette__input"
        placeholder="Find a machine or run a command"
        data-testid="command-input"
      />
      <Command.List className="command-palette__list">
        <Command.Empty className="command-palette__empty">Nothing has this name.</Command.Empty>
        <FoundNodes
          onChoose={() => {
            setOpen(false);
          }}
        />
        <Command.Group heading="Commands">
          {COMMAND_IDS.filter((id) => id !== 'view.commandPalette' && isCommandEnabled(id)).map((id) => (
            <CommandLine
              key={id}
              id={id}
              onChoose={() => {
                setOpen(false);
              }}
            />
          ))}
        </Command.Group>
      </Command.List>
    </Command.Dialog>
  );
}

function CommandLine({ id, onChoose }: { id: CommandId; onChoose: () => void }) {
  const { menu, alsoKnownAs } = COMMANDS[id];
  const keys = keysOf(id);
  return (
    <Command.Item
      value={`${menu} ${titleOf(id)} ${id}`}
      keywords={alsoKnownAs === undefined ? [] : [...alsoKnownAs]}
      onSelect={() => {
        onChoose();
        runCommand(id);
      }}
    >
      <span className="command-palette__menu">{menu}</span>
      <span className="command-palette__title">{titleOf(id)}</span>
      {keys !== undefined && <Keys keys={keys} />}
    </Command.Item>
  );
}

function FoundNodes({ onChoose }: { onChoose: () => void }) {
  const lab = useDocument((state) => state.lab);
  const nodes: { name: string; kind: NodeKind }[] = [
    ...lab.machines.map(({ name, kind }) => ({ name, kind })),
    ...lab.switches.map(({ name }) => ({ name, kind: 'switch' as const })),
  ];
  if (nodes.length === 0) return null;
  return (
    <>
      <Command.Group heading="On the canvas">
        {nodes.map(({ name, kind }) => (
          <Command.Item
            key={name}
            value={`go to ${name}`}
            onSelect={() => {
              onChoose();
              select([name]);
              fitView([name]);
            }}
          >
            <Glyph kind={kind} size={16} />
            <span className="command-palette__title">{name}</span>
            <span className="label-text">{kind}</span>
          </Command.Item>
        ))}
      </Command.Group>
      <Command.Group heading="Consoles">
        {lab.machines.map(({ name }) => (
          <Command.Item
            key={name}
            value={`console of ${name}`}
            onSelect={() => {
              onChoose();
              // The closing dialog gives the focus back first.
              setTimeout(() => {
                enterConsole(name);
              });
            }}
          >
            <SquareTerminal size={16} aria-hidden />
            <span className="command-palette__title">Console of {name}</span>
          </Command.Item>
        ))}
      </Command.Group>
    </>
  );
}
