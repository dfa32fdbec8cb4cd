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
import type { CanvasPosition } from '../../../engine/api/lab/model.ts';
import { commandItem } from '../../ui/commandItem.ts';
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
      return [commandItem('edit.delete', <Trash2 size={SIZE} />, { label: 'Delete link', danger: true })];
    case 'canvas':
      return canvasMenu(target.at);
  }
}

function nodeMenu(): MenuItem[] {
  const { nodes } = useSelection.getState();
  const isSingle = nodes.size === 1;
  const items: MenuItem[] = [
    commandItem('machine.openConsole', <SquareTerminal size={SIZE} />),
    'separator',
    commandItem('machine.start', <Play size={SIZE} />, { label: 'Start' }),
    commandItem('machine.stop', <Square size={SIZE} />, { label: 'Stop' }),
    commandItem('machine.restart', <RotateCw size={SIZE} />, { label: 'Restart' }),
    commandItem('machine.kill', <PlugZap size={SIZE} />, { label: 'Pull the plug' }),
    'separator',
  ];
  if (isSingle) items.push(commandItem('edit.rename', <PencilLine size={SIZE} />));
  else
    items.push({ id: 'link-selected', label: 'Link with each other', icon: <Cable size={SIZE} />, run: linkSelected });
  items.push(
    commandItem('edit.copy', <Copy size={SIZE} />),
    commandItem('edit.duplicate', <CopyPlus size={SIZE} />),
    'separator',
    commandItem('edit.delete', <Trash2 size={SIZE} />, { danger: true }),
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
    commandItem('edit.paste', <ClipboardPaste size={SIZE} />),
    commandItem('edit.selectAll', <BoxSelect size={SIZE} />),
    'separator',
    commandItem('edit.arrange', <LayoutDashboard size={SIZE} />),
    commandItem('view.fit', <Maximize size={SIZE} />),
  ];
}
