import type { MenuItemConstructorOptions } from 'electron';
import { expect, test, vi } from 'vitest';
import type { CommandId } from '../ipc/contract/commands.ts';
import { COMMANDS, COMMAND_IDS } from '../ipc/contract/commands.ts';
import { menuTemplate } from './menu.ts';

const actions = { command: vi.fn(), openRecent: vi.fn(), quit: vi.fn() };
const recent = [{ folder: '/labs/two-hosts', name: 'Two hosts', openedAt: 0 }];

function itemsOf(enabled: CommandId[], checked: CommandId[]): MenuItemConstructorOptions[] {
  const state = { enabled: new Set(enabled), checked: new Set(checked) };
  const submenus = menuTemplate(state, recent, actions).map(({ submenu }) => submenu as MenuItemConstructorOptions[]);
  return submenus.flat();
}

test('every command is in the menu once, under its title, and reaches the window', () => {
  const items = itemsOf([], []);
  for (const id of COMMAND_IDS) {
    const found = items.filter((item) => item.id === id);
    expect(found.map((item) => item.label)).toEqual([COMMANDS[id].title]);
    found[0].click?.(...([] as unknown as Parameters<NonNullable<(typeof found)[0]['click']>>));
    expect(actions.command).toHaveBeenLastCalledWith(id);
  }
});

test('only what can be done now is enabled, and what is on is marked', () => {
  const items = itemsOf(['lab.save', 'view.toggleDock'], ['view.toggleDock', 'view.darkTheme']);
  const commands = items.filter((item) => item.id !== undefined);
  expect(commands.filter((item) => item.enabled === true).map((item) => item.id)).toEqual([
    'lab.save',
    'view.toggleDock',
  ]);
  expect(commands.filter((item) => item.checked === true).map((item) => item.id)).toEqual([
    'view.toggleDock',
    'view.darkTheme',
  ]);
});

test('keys of commands are shown but left to the window, or a terminal would never get them', () => {
  const items = itemsOf([], []);
  const save = items.find((item) => item.id === 'lab.save');
  expect(save).toMatchObject({ accelerator: 'CommandOrControl+S', registerAccelerator: false });
  const taken = items.filter((item) => item.accelerator !== undefined && item.registerAccelerator !== false);
  expect(taken.map((item) => item.label)).toEqual(['Quit']);
});

test('recent labs', () => {
  const menu = itemsOf([], []).find((item) => item.label === 'Open recent')?.submenu as MenuItemConstructorOptions[];
  expect(menu.map((item) => item.label)).toEqual(['Two hosts (two-hosts)']);
});
