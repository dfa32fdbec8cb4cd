/** What the right button offers on the canvas. */
import {
  Cable,
  Copy,
  CopyPlus,
  LayoutDashboard,
  Maximize,
  PencilLine,
  Play,
  PlugZap,
  BoxSelect,
  RotateCw,
  Square,
  SquareTerminal,
  Trash2,
  ClipboardPaste,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type { CommandId } from '../../../main/ipc/contract/commands.ts';
import type { CanvasPosition } from '../../../engine/api/lab/model.ts';
import { isCommandEnabled, keysOf, runCommand, titleOf } from '../../lib/commands.ts';
import { Glyph } from '../../ui/Glyph.tsx';
import type { MenuItem } from '../../ui/Menu.tsx';
import type { NodeKind } from '../lab/document/naming.ts';
import { useSelection } from './selectionStore.ts';
import { addNode, linkSelected } from './topologyActions.ts';

export type MenuTarget = { on: 'nodes' } | { on: 'link' } | { on: 'canvas'; at?: CanvasPosition };

const SIZE = 14;

export function menuFor(target: MenuTarget): MenuItem[] {
  switch (target.on) {
    case 'nodes':
      return nodeMenu();
    case 'link':
      return [command('edit.delete', <Trash2 size={SIZE} />, { label: 'Delete link', danger: true })];
    case 'canvas':
      return canvasMenu(target.at);
  }
}

function nodeMenu(): MenuItem[] {
  const { nodes } = useSelection.getState();
  const isSingle = nodes.size === 1;
  const items: MenuItem[] = [
    command('machine.openConsole', <SquareTerminal size={SIZE} />),
    'separator',
    command('machine.start', <Play size={SIZE} />, { label: 'Start' }),
    command('machine.stop', <Square size={SIZE} />, { label: 'Stop' }),
    command('machine.restart', <RotateCw size={SIZE} />, { label: 'Restart' }),
    command('machine.kill', <PlugZap size={SIZE} />, { label: 'Pull the plug' }),
    'separator',
  ];
  if (isSingle) items.push(command('edit.rename', <PencilLine size={SIZE} />));
  else
    items.push({ id: 'link-selected', label: 'Link with each other', icon: <Cable size={SIZE} />, run: linkSelected });
  items.push(
    command('edit.copy', <Copy size={SIZE} />),
    command('edit.duplicate', <CopyPlus size={SIZE} />),
    'separator',
    command('edit.delete', <Trash2 size={SIZE} />, { danger: true }),
  );
  return items;
}

function canvasMenu(at: CanvasPosition | undefined): MenuItem[] {
  const add = (kind: NodeKind, label: string): MenuItem => ({
    id: `add-${kind}`,
    label,
    icon: <Glyph kind={kind} size={SIZE + 2} />,
    run: () => {
      addNode(kind, at);
    },
  });
  return [
    add('host', 'Add host here'),
    add('router', 'Add router here'),
    add('switch', 'Add switch here'),
    'separator',
    command('edit.paste', <ClipboardPaste size={SIZE} />),
    command('edit.selectAll', <BoxSelect size={SIZE} />),
    'separator',
    command('edit.arrange', <LayoutDashboard size={SIZE} />),
    command('view.fit', <Maximize size={SIZE} />),
  ];
}

function command(id: CommandId, icon: ReactNode, change: { label?: string; danger?: boolean } = {}): MenuItem {
  return {
    id,
    label: titleOf(id),
    icon,
    shortcut: keysOf(id),
    disabled: !isCommandEnabled(id),
    run: () => {
      runCommand(id);
    },
    ...change,
  };
}
