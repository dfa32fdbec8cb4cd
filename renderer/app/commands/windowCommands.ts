/** The commands of the window itself: panels, colours, help. */
import { provideCommands, type CommandHandler } from '../../lib/commands.ts';
import type { Theme } from '../../../main/ipc/contract/requests.ts';
import { useDialogs } from '../Dialogs.tsx';
import { toggleCanvasOnly, togglePanel, useLayout, type PanelName } from '../layout/layoutStore.ts';
import { setTheme, useTheme } from '../theme.ts';
import { useCommandPalette } from './CommandPalette.tsx';

function toggles(panel: PanelName): CommandHandler {
  return {
    run: () => {
      togglePanel(panel);
    },
    isChecked: () => useLayout.getState().open[panel],
  };
}

function colours(theme: Theme): CommandHandler {
  return {
    run: () => {
      setTheme(theme);
    },
    isChecked: () => useTheme.getState().theme === theme,
  };
}

provideCommands({
  'view.commandPalette': {
    run: () => {
      useCommandPalette.setState({ open: true });
    },
  },
  'view.togglePalette': toggles('palette'),
  'view.toggleDock': toggles('dock'),
  'view.toggleInspector': toggles('inspector'),
  'view.canvasOnly': { run: toggleCanvasOnly, isChecked: () => useLayout.getState().canvasOnly },
  'view.systemTheme': colours('system'),
  'view.lightTheme': colours('light'),
  'view.darkTheme': colours('dark'),
  'help.keys': {
    run: () => {
      useDialogs.setState({ shown: 'keys' });
    },
  },
  'help.about': {
    run: () => {
      useDialogs.setState({ shown: 'about' });
    },
  },
});
