/**
 * Keys for commands. What is typed into a field belongs to the field, and what is typed into a console to the machine: there
 * only chords with Shift reach the window, for Control with a letter is the guest's.
 */
import type { CommandId } from '../../../main/ipc/contract/commands.ts';
import { COMMAND_IDS } from '../../../main/ipc/contract/commands.ts';
import { keysOf, runCommand } from '../../lib/commands.ts';
import { matchesChord } from '../../lib/keys.ts';
import { closeConsole, useConsoles } from '../../features/console/consoleStore.ts';
import { GRID } from '../../features/topology/geometry.ts';
import { select } from '../../features/topology/selectionStore.ts';
import { linkSelected, nudgeSelected } from '../../features/topology/topologyActions.ts';
import { toggleCanvasOnly, useLayout } from '../layout/layoutStore.ts';

type Place = 'console' | 'field' | 'control' | 'window';

/** Other spellings of the same commands. */
const FURTHER_KEYS: readonly (readonly [chord: string, id: CommandId])[] = [
  ['Backspace', 'edit.delete'],
  ['Mod+Y', 'edit.redo'],
  ['Mod+=', 'view.zoomIn'],
  ['Shift+1', 'view.fit'],
];

const CONSOLE_KEYS: readonly (readonly [chord: string, run: () => void])[] = [
  ['Mod+Shift+K', () => runCommand('view.commandPalette')],
  ['Mod+Shift+W', closeFrontConsole],
  ['F11', () => runCommand('view.canvasOnly')],
];

const ARROWS: Record<string, { x: number; y: number }> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

export function listenToKeys(): void {
  window.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (handle(event, placeOf(event.target))) event.preventDefault();
  });
}

function placeOf(target: EventTarget | null): Place {
  if (!(target instanceof HTMLElement)) return 'window';
  if (target.closest('.xterm') !== null) return 'console';
  // A dialog or menu that is open has all keys but those of the window.
  if (target.matches('input, textarea, select') || target.closest('[role="dialog"], [role="menu"]') !== null)
    return 'field';
  if (target.closest('button, a, [role="tab"], [role="separator"], [role="combobox"], summary') !== null)
    return 'control';
  return 'window';
}

function handle(event: KeyboardEvent, place: Place): boolean {
  if (place === 'console') return runFirst(event, CONSOLE_KEYS);
  const id = commandFor(event);
  if (place === 'field') return id !== undefined && isOfTheWindow(id) && runCommand(id);
  // Enter, Space and the arrows act on a control that has the focus.
  const isControlKey = ['Enter', ' ', ...Object.keys(ARROWS)].includes(event.key);
  if (place === 'control' && isControlKey) return false;
  if (id !== undefined) return runCommand(id);
  return handleCanvasKey(event) || runFirst(event, CONSOLE_KEYS);
}

function commandFor(event: KeyboardEvent): CommandId | undefined {
  const own = COMMAND_IDS.find((id) => {
    const keys = keysOf(id);
    return keys !== undefined && matchesChord(event, keys);
  });
  return own ?? FURTHER_KEYS.find(([chord]) => matchesChord(event, chord))?.[1];
}

/** What makes sense while a text is being edited: not undo, copy or delete, which are the text's own there. */
function isOfTheWindow(id: CommandId): boolean {
  const isKeyOfText = keysOf(id)?.includes('Mod+') !== true;
  return !id.startsWith('edit.') && !isKeyOfText;
}

function handleCanvasKey(event: KeyboardEvent): boolean {
  const hasModifier = event.ctrlKey || event.metaKey || event.altKey;
  const arrow = ARROWS[event.key];
  if (arrow !== undefined && !hasModifier) {
    const distance = event.shiftKey ? 1 : GRID;
    nudgeSelected({ x: arrow.x * distance, y: arrow.y * distance });
    return true;
  }
  if (matchesChord(event, 'L')) {
    linkSelected();
    return true;
  }
  if (event.key === 'Escape') {
    if (useLayout.getState().canvasOnly) toggleCanvasOnly();
    else select([]);
    return true;
  }
  return false;
}

function runFirst(event: KeyboardEvent, keys: readonly (readonly [string, () => void])[]): boolean {
  const found = keys.find(([chord]) => matchesChord(event, chord));
  found?.[1]();
  return found !== undefined;
}

function closeFrontConsole(): void {
  const { front } = useConsoles.getState();
  if (front.tab === 'console') closeConsole(front.machine);
}
