/** Which panels are open. The sizes are kept by the panels' library under the keys given in `Frame.tsx`. */
import { create } from 'zustand';
import { persist } from 'zustand/middleware';

export type PanelName = 'palette' | 'inspector' | 'dock';

export interface LayoutState {
  readonly open: Readonly<Record<PanelName, boolean>>;
  /** Everything but the canvas steps aside for a while; what was open stays remembered. */
  readonly canvasOnly: boolean;
}

export const useLayout = create<LayoutState>()(
  persist((): LayoutState => ({ open: { palette: true, inspector: true, dock: false }, canvasOnly: false }), {
    name: 'umlaut.panels',
    partialize: ({ open }) => ({ open }),
  }),
);

export function setPanelOpen(panel: PanelName, isOpen: boolean): void {
  if (useLayout.getState().open[panel] === isOpen) return;
  useLayout.setState(({ open }) => ({ open: { ...open, [panel]: isOpen } }));
}

/** Opens a panel also out of the canvas-only view, which shows none. */
export function togglePanel(panel: PanelName): void {
  const { open, canvasOnly } = useLayout.getState();
  useLayout.setState({ open: { ...open, [panel]: canvasOnly || !open[panel] }, canvasOnly: false });
}

export function toggleCanvasOnly(): void {
  useLayout.setState(({ canvasOnly }) => ({ canvasOnly: !canvasOnly }));
}
