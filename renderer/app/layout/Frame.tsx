import './Frame.css';
import { useEffect, useRef, type ReactNode } from 'react';
import { Group, Panel, Separator, useDefaultLayout, usePanelRef, type PanelSize } from 'react-resizable-panels';
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
      <Separator className="divider divider--vertical" />
      <Panel id="middle" minSize={280}>
        <Group orientation="vertical" {...rows}>
          <Panel id="canvas" minSize={120}>
            {canvas}
          </Panel>
          <Separator className="divider divider--horizontal" />
          <FoldingPanel name="dock" defaultSize={260} minSize={110} maxSize="80%">
            {dock}
          </FoldingPanel>
        </Group>
      </Panel>
      <Separator className="divider divider--vertical" />
      <FoldingPanel name="inspector" defaultSize={284} minSize={232} maxSize={460}>
        {inspector}
      </FoldingPanel>
    </Group>
  );
}

type FoldingPanelProps = {
  name: PanelName;
  defaultSize: number;
  minSize: number;
  maxSize: number | string;
  children: ReactNode;
};

function FoldingPanel({ name, defaultSize, minSize, maxSize, children }: FoldingPanelProps) {
  const panel = usePanelRef();
  const isOpen = useLayout((layout) => layout.open[name]);
  const canvasOnly = useLayout((layout) => layout.canvasOnly);
  const isShown = isOpen && !canvasOnly;
  const wasDraggedTo = useRef(isShown);

  useEffect(() => {
    const handle = panel.current;
    if (handle === null || handle.isCollapsed() === !isShown) return;
    if (!isShown) {
      handle.collapse();
      return;
    }
    handle.expand();
    // Folded since the window was opened, so there is no size to go back to.
    if (handle.getSize().inPixels < minSize) handle.resize(defaultSize);
  }, [panel, isShown, minSize, defaultSize]);

  const onResize = (size: PanelSize, _id: unknown, before: PanelSize | undefined) => {
    // The first call tells the size that was remembered, not that somebody dragged.
    if (before === undefined || useLayout.getState().canvasOnly) return;
    const isNowOpen = size.inPixels > 0;
    if (isNowOpen === wasDraggedTo.current) return;
    wasDraggedTo.current = isNowOpen;
    setPanelOpen(name, isNowOpen);
  };

  return (
    <Panel
      id={name}
      className="frame__panel"
      panelRef={panel}
      collapsible
      collapsedSize={0}
      defaultSize={defaultSize}
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
