import './TopBar.css';
import { FolderOpen, PanelBottom, PanelLeft, PanelRight, Play, Redo2, Save, Search, Square, Undo2 } from 'lucide-react';
import { keysOf, runCommand } from '../lib/commands.ts';
import { Button, IconButton } from '../ui/Button.tsx';
import { Glyph } from '../ui/Glyph.tsx';
import { Keys } from '../ui/Keys.tsx';
import { DropdownMenu } from '../ui/Menu.tsx';
import { isUnsaved, useDocument, useHistoryDepth } from '../features/lab/documentStore.ts';
import { isUp, stateOf, useRunning } from '../features/lab/runningStore.ts';
import { commandItem } from '../ui/commandItem.ts';
import { useLayout } from './layout/layoutStore.ts';

export function TopBar() {
  const name = useDocument((state) => state.lab.name);
  return (
    <header className="top-bar">
      <h1 className="visually-hidden">{name}</h1>
      <div className="top-bar__side">
        <LabMenu />
        <History />
      </div>
      <RunControls />
      <div className="top-bar__side top-bar__side--end">
        <button
          type="button"
          className="top-bar__find"
          data-testid="find-or-run"
          onClick={() => runCommand('view.commandPalette')}
        >
          <Search size={14} aria-hidden />
          <span>Find or run</span>
          <Keys keys={keysOf('view.commandPalette') ?? ''} />
        </button>
        <PanelToggles />
      </div>
    </header>
  );
}

function LabMenu() {
  const name = useDocument((state) => state.lab.name);
  const unsaved = useDocument(isUnsaved);
  const untitled = useDocument((state) => state.document?.untitled ?? false);
  const items = [
    commandItem('lab.new'),
    commandItem('lab.open'),
    'separator' as const,
    commandItem('lab.save', <Save size={14} />),
    commandItem('lab.saveAs'),
    commandItem('lab.reveal', <FolderOpen size={14} />),
    'separator' as const,
    commandItem('lab.close'),
  ];
  return (
    <DropdownMenu items={items}>
      <button type="button" className="top-bar__lab">
        <Glyph kind="umlaut" size={18} />
        <span className="top-bar__name" data-testid="lab-name">
          {name}
        </span>
        <span className="top-bar__saved" data-testid="save-state" data-unsaved={unsaved}>
          {unsaved && <span className="top-bar__dot" aria-hidden />}
          {unsaved ? 'unsaved' : untitled ? 'not saved yet' : 'saved'}
        </span>
      </button>
    </DropdownMenu>
  );
}

function History() {
  const { canUndo, canRedo } = useHistoryDepth();
  return (
    <div className="top-bar__group">
      <IconButton
        label="Undo"
        shortcut={keysOf('edit.undo')}
        icon={<Undo2 size={15} />}
        disabled={!canUndo}
        data-testid="undo"
        onClick={() => runCommand('edit.undo')}
      />
      <IconButton
        label="Redo"
        shortcut={keysOf('edit.redo')}
        icon={<Redo2 size={15} />}
        disabled={!canRedo}
        data-testid="redo"
        onClick={() => runCommand('edit.redo')}
      />
    </div>
  );
}

function RunControls() {
  const machines = useDocument((state) => state.lab.machines);
  const upCount = useRunning((running) => machines.filter(({ name }) => isUp(stateOf(running, name))).length);
  return (
    <div className="top-bar__run">
      <Button
        icon={<Play size={13} />}
        data-testid="start-all"
        disabled={machines.length === 0 || upCount === machines.length}
        onClick={() => runCommand('machine.startAll')}
      >
        Start all
      </Button>
      <Button
        icon={<Square size={12} />}
        data-testid="stop-all"
        disabled={upCount === 0}
        onClick={() => runCommand('machine.stopAll')}
      >
        Stop all
      </Button>
    </div>
  );
}

function PanelToggles() {
  const open = useLayout((layout) => layout.open);
  return (
    <div className="top-bar__group">
      <IconButton
        label="Palette"
        shortcut={keysOf('view.togglePalette')}
        icon={<PanelLeft size={15} />}
        aria-pressed={open.palette}
        onClick={() => runCommand('view.togglePalette')}
      />
      <IconButton
        label="Dock"
        shortcut={keysOf('view.toggleDock')}
        icon={<PanelBottom size={15} />}
        aria-pressed={open.dock}
        onClick={() => runCommand('view.toggleDock')}
      />
      <IconButton
        label="Inspector"
        shortcut={keysOf('view.toggleInspector')}
        icon={<PanelRight size={15} />}
        aria-pressed={open.inspector}
        onClick={() => runCommand('view.toggleInspector')}
      />
    </div>
  );
}
