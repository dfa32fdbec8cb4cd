import { Panel, useStore } from '@xyflow/react';
import { Maximize, Minus, Plus } from 'lucide-react';
import { keysOf, runCommand } from '../../lib/commands.ts';
import { IconButton } from '../../ui/Button.tsx';

export function ZoomBar() {
  const zoom = useStore(({ transform: [, , level] }) => Math.round(level * 100));
  return (
    <Panel position="bottom-left" className="zoom-bar">
      <IconButton
        label="Zoom out"
        shortcut={keysOf('view.zoomOut')}
        side="top"
        icon={<Minus size={14} />}
        onClick={() => runCommand('view.zoomOut')}
      />
      <span className="zoom-bar__level" aria-label="Zoom">
        {zoom} %
      </span>
      <IconButton
        label="Zoom in"
        shortcut={keysOf('view.zoomIn')}
        side="top"
        icon={<Plus size={14} />}
        onClick={() => runCommand('view.zoomIn')}
      />
      <IconButton
        label="Fit the whole lab"
        shortcut={keysOf('view.fit')}
        side="top"
        icon={<Maximize size={14} />}
        onClick={() => runCommand('view.fit')}
      />
    </Panel>
  );
}
