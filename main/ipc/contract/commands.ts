/**
 * All that a person can tell the window to do. The native menu, the command palette, the keys and the buttons are views
 * of this one table; the window carries a command out, wherever it was given.
 */

/** `Mod` is Ctrl, on macOS Cmd. Spelled as Electron's accelerators are. */
type Keys = string;

export interface CommandDescription {
  readonly title: string;
  readonly menu: CommandMenu;
  readonly keys?: Keys;
  /** Draws a separator above it in its menu. */
  readonly opensGroup?: true;
  /** Bears a mark when it is on; of the choices of one group exactly one is on. */
  readonly mark?: 'toggle' | 'choice';
  /** For the palette: other words by which people look for it. */
  readonly alsoKnownAs?: readonly string[];
}

export const COMMAND_MENUS = ['File', 'Edit', 'Insert', 'Machine', 'View', 'Help'] as const;
export type CommandMenu = (typeof COMMAND_MENUS)[number];

const table = {
  'lab.new': { title: 'New lab', menu: 'File', keys: 'Mod+N' },
  'lab.open': { title: 'Open lab…', menu: 'File', keys: 'Mod+O' },
  'lab.save': { title: 'Save', menu: 'File', keys: 'Mod+S', opensGroup: true },
  'lab.saveAs': { title: 'Save as…', menu: 'File', keys: 'Mod+Shift+S' },
  'lab.reveal': { title: 'Show lab folder', menu: 'File', alsoKnownAs: ['files', 'directory'] },
  'lab.close': { title: 'Close lab', menu: 'File', keys: 'Mod+W', opensGroup: true },

  'edit.undo': { title: 'Undo', menu: 'Edit', keys: 'Mod+Z' },
  'edit.redo': { title: 'Redo', menu: 'Edit', keys: 'Mod+Shift+Z' },
  'edit.copy': { title: 'Copy', menu: 'Edit', keys: 'Mod+C', opensGroup: true },
  'edit.paste': { title: 'Paste', menu: 'Edit', keys: 'Mod+V' },
  'edit.duplicate': { title: 'Duplicate', menu: 'Edit', keys: 'Mod+D' },
  'edit.delete': { title: 'Delete', menu: 'Edit', keys: 'Delete', alsoKnownAs: ['remove', 'unplug'] },
  'edit.rename': { title: 'Rename', menu: 'Edit', keys: 'F2' },
  'edit.selectAll': { title: 'Select all', menu: 'Edit', keys: 'Mod+A', opensGroup: true },
  'edit.arrange': { title: 'Arrange automatically', menu: 'Edit', keys: 'Mod+Shift+L', alsoKnownAs: ['layout'] },

  'insert.host': { title: 'Host', menu: 'Insert', alsoKnownAs: ['add machine', 'computer'] },
  'insert.router': { title: 'Router', menu: 'Insert', alsoKnownAs: ['add gateway'] },
  'insert.switch': { title: 'Switch', menu: 'Insert', alsoKnownAs: ['add bridge'] },

  'machine.startAll': { title: 'Start all', menu: 'Machine', keys: 'Mod+Shift+R', alsoKnownAs: ['run', 'boot'] },
  'machine.stopAll': { title: 'Stop all', menu: 'Machine', keys: 'Mod+Shift+X', alsoKnownAs: ['shut down'] },
  'machine.start': { title: 'Start selected', menu: 'Machine', opensGroup: true },
  'machine.stop': { title: 'Stop selected', menu: 'Machine' },
  'machine.restart': { title: 'Restart selected', menu: 'Machine', alsoKnownAs: ['reboot'] },
  'machine.kill': { title: 'Pull the plug of selected', menu: 'Machine', alsoKnownAs: ['kill', 'power off'] },
  'machine.openConsole': { title: 'Open console', menu: 'Machine', keys: 'Enter', opensGroup: true },

  'view.commandPalette': { title: 'Find or run…', menu: 'View', keys: 'Mod+K' },
  'view.zoomIn': { title: 'Zoom in', menu: 'View', keys: 'Mod+Plus', opensGroup: true },
  'view.zoomOut': { title: 'Zoom out', menu: 'View', keys: 'Mod+-' },
  'view.fit': { title: 'Fit the whole lab', menu: 'View', keys: 'F' },
  'view.togglePalette': { title: 'Palette', menu: 'View', mark: 'toggle', keys: 'Mod+1', opensGroup: true },
  'view.toggleDock': {
    title: 'Dock',
    menu: 'View',
    mark: 'toggle',
    keys: 'Mod+J',
    alsoKnownAs: ['consoles', 'terminal'],
  },
  'view.toggleInspector': { title: 'Inspector', menu: 'View', mark: 'toggle', keys: 'Mod+2' },
  'view.canvasOnly': {
    title: 'Canvas only',
    menu: 'View',
    mark: 'toggle',
    keys: 'F11',
    alsoKnownAs: ['full screen', 'focus'],
  },
  'view.systemTheme': {
    title: 'Follow the system’s colours',
    menu: 'View',
    mark: 'choice',
    opensGroup: true,
    alsoKnownAs: ['theme'],
  },
  'view.lightTheme': { title: 'Light colours', menu: 'View', mark: 'choice', alsoKnownAs: ['theme'] },
  'view.darkTheme': { title: 'Dark colours', menu: 'View', mark: 'choice', alsoKnownAs: ['theme'] },

  'help.keys': { title: 'Keyboard shortcuts', menu: 'Help', keys: 'Mod+/' },
  'help.about': { title: 'About Umlaut', menu: 'Help', opensGroup: true },
} as const satisfies Record<string, CommandDescription>;

export type CommandId = keyof typeof table;

export const COMMANDS: Readonly<Record<CommandId, CommandDescription>> = table;

export const COMMAND_IDS = Object.keys(table) as readonly CommandId[];
