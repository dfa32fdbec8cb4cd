import './Frame.css';
import { useEffect, useRef, type ReactNode } from 'react';
import { Group, Panel, Separator, useDefaultLayout, usePanelRef, type PanelSize } from 'react-resizable-panels';
import { classNames } from '../../lib/classNames.ts';
import { setPanelOpen, useLayout, type PanelName } from './layoutStore.ts';

type FrameProps = { palette: ReactNode; canvas: ReactNode; dock: ReactNode; inspector: ReactNode };

/** Palette, canvas above dock, inspector. Every divider drags, each panel folds away at its end, and sizes are remembered. */
export function Frame({ palette, canvas, dock, inspector }: FrameProps) {
  const columns = useDefaultLayout({ id: 'umlaut.columns', storage: localStorage });
  const rows = useDefaultLayout({ id: 'umlaut.rows', storage: localStorage });
  return (
    <Group className="frame" orientation="horizontal" {...columns}>
      <FoldingPanel name="palette" defaultSize={196} minSize={132} maxSize={280}>
        {palette}
      </FoldingPanel>
      <Divider beside="palette" />
      <Panel id="panel-middle" minSize={280}>
        <Group orientation="vertical" {...rows}>
          <Panel id="panel-canvas" minSize={120}>
            {canvas}
          </Panel>
          <Divider beside="dock" />
          <FoldingPanel name="dock" defaultSize="42%" minSize={110} maxSize="80%">
            {dock}
          </FoldingPanel>
        </Group>
      </Panel>
      <Divider beside="inspector" />
      <FoldingPanel name="inspector" defaultSize={284} minSize={232} maxSize={460}>
        {inspector}
      </FoldingPanel>
    </Group>
  );
}

/** Beside a folded panel it is not seen, but still drags the panel open. */
function Divider({ beside }: { beside: PanelName }) {
  const isShown = useLayout(({ open, canvasOnly }) => open[beside] && !canvasOnly);
  const direction = beside === 'dock' ? 'divider--horizontal' : 'divider--vertical';
  return <Separator className={classNames('divider', direction, !isShown && 'divider--folded')} />;
}

type FoldingPanelProps = {
  name: PanelName;
  defaultSize: number | string;
  minSize: number;
  maxSize: number | string;
  children: ReactNode;
};

function FoldingPanel({ name, defaultSize, minSize, maxSize, children }: FoldingPanelProps) {
  const panel = usePanelRef();
  const isOpen = useLayout((layout) => layout.open[name]);
  const canvasOnly = useLayout((layout) => layout.canvasOnly);
  const isShown = isOpen && !canvasOnly;
  const wasShownFirst = useRef(isShown);
  const lastSize = useRef<number | string>(defaultSize);

  useEffect(() => {
    const handle = panel.current;
    if (handle === null || handle.isCollapsed() === !isShown) return;
    if (isShown) handle.resize(lastSize.current);
    else handle.collapse();
  }, [panel, isShown]);

  const onResize = (size: PanelSize, _id: unknown, before: PanelSize | undefined) => {
    if (size.inPixels > 0) lastSize.current = size.inPixels;
    // The first call tells the size that was remembered, not that somebody dragged.
    if (before === undefined || useLayout.getState().canvasOnly) return;
    const isNowOpen = size.inPixels > 0;
    if (isNowOpen !== before.inPixels > 0) setPanelOpen(name, isNowOpen);
  };

  return (
    <Panel
      id={`panel-${name}`}
      className="frame__panel"
      panelRef={panel}
      collapsible
      collapsedSize={0}
      defaultSize={wasShownFirst.current ? defaultSize : 0}
      minSize={minSize}
      maxSize={maxSize}
      groupResizeBehavior="preserve-pixel-size"
      onResize={onResize}
      inert={!isShown}
    >
      {children}
    </Panel>
  );
}
