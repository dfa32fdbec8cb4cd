/** The native menu: the command table once more. Choosing an item tells the window, which carries commands out. */
import type { MenuItemConstructorOptions } from 'electron';
import { basename } from 'node:path';
import type { CommandId, CommandMenu } from '../ipc/contract/commands.ts';
import { COMMANDS, COMMAND_IDS, COMMAND_MENUS } from '../ipc/contract/commands.ts';
import type { RecentLab } from '../ipc/contract/documents.ts';

/** Which commands a window can carry out now, and which bear a mark. */
export interface MenuState {
  readonly enabled: ReadonlySet<CommandId>;
  readonly checked: ReadonlySet<CommandId>;
}

export interface MenuActions {
  command(command: CommandId): void;
  openRecent(folder: string): void;
  quit(): void;
}

const isMac = process.platform === 'darwin';

function commandItem(id: CommandId, state: MenuState, actions: MenuActions): MenuItemConstructorOptions {
  const { title, keys, mark } = COMMANDS[id];
  return {
    id,
    label: title,
    type: mark === 'toggle' ? 'checkbox' : mark === 'choice' ? 'radio' : 'normal',
    enabled: state.enabled.has(id),
    ...(mark !== undefined && { checked: state.checked.has(id) }),
    ...(keys !== undefined && { accelerator: keys.replace('Mod', 'CommandOrControl') }),
    // Shown, not taken: the window handles keys itself, for Ctrl+C belongs to a terminal that has the focus.
    registerAccelerator: false,
    click: () => actions.command(id),
  };
}

function menuItems(menu: CommandMenu, state: MenuState, actions: MenuActions): MenuItemConstructorOptions[] {
  return COMMAND_IDS.filter((id) => COMMANDS[id].menu === menu).flatMap((id) => {
    const item = commandItem(id, state, actions);
    return COMMANDS[id].opensGroup === true ? [{ type: 'separator' as const }, item] : [item];
  });
}

function recentItems(recent: readonly RecentLab[], actions: MenuActions): MenuItemConstructorOptions {
  return {
    label: 'Open recent',
    enabled: recent.length > 0,
    submenu: recent.map((lab) => ({
      label: `${lab.name} (${basename(lab.folder)})`,
      click: () => actions.openRecent(lab.folder),
    })),
  };
}

export function menuTemplate(
  state: MenuState,
  recent: readonly RecentLab[],
  actions: MenuActions,
): MenuItemConstructorOptions[] {
  const template = COMMAND_MENUS.map((menu): MenuItemConstructorOptions => {
    const items = menuItems(menu, state, actions);
    if (menu === 'File') {
      items.splice(2, 0, recentItems(recent, actions));
      // The window may be dead when this is needed, so the main process takes the key.
      items.push({ label: 'Quit', accelerator: 'CommandOrControl+Q', click: () => actions.quit() });
    }
    return { label: menu, submenu: items };
  });
  return isMac ? [{ role: 'appMenu' }, ...template] : template;
}
