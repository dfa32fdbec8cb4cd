/** Brings the commands to life: their handlers, their keys, and what the native menu shows of them. */
import '../../features/console/consoleCommands.ts';
import '../../features/lab/labCommands.ts';
import '../../features/topology/topologyCommands.ts';
import './windowCommands.ts';
import { COMMAND_IDS } from '../../../main/ipc/contract/commands.ts';
import { bridge } from '../../lib/bridge.ts';
import { isCommandChecked, isCommandEnabled } from '../../lib/commands.ts';
import { orToast } from '../../lib/toasts.ts';
import { useConsoles } from '../../features/console/consoleStore.ts';
import { useDocument } from '../../features/lab/documentStore.ts';
import { useRunning } from '../../features/lab/runningStore.ts';
import { useSelection } from '../../features/topology/selectionStore.ts';
import { setPanelOpen, useLayout } from '../layout/layoutStore.ts';
import { useTheme } from '../theme.ts';
import { listenToKeys } from './keymap.ts';

export function startCommands(): void {
  listenToKeys();
  showDockForConsoles();
  for (const store of [useDocument, useRunning, useSelection, useLayout, useTheme]) store.subscribe(updateMenuSoon);
  updateMenuSoon();
}

/** A console that comes to the front is no use behind a folded dock. */
function showDockForConsoles(): void {
  useConsoles.subscribe(({ front }, before) => {
    if (front !== before.front && front.tab === 'console') setPanelOpen('dock', true);
  });
}

let isUpdating = false;
let shown = '';

function updateMenuSoon(): void {
  if (isUpdating) return;
  isUpdating = true;
  requestAnimationFrame(() => {
    isUpdating = false;
    const enabled = COMMAND_IDS.filter(isCommandEnabled);
    const checked = COMMAND_IDS.filter(isCommandChecked);
    const next = JSON.stringify([enabled, checked]);
    if (next === shown) return;
    shown = next;
    void orToast('The menu could not be updated.', bridge.request('menu.update', { enabled, checked }));
  });
}
