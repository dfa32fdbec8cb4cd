/** What the main process does for the page of one window, request by request. */
import { MessageChannelMain, app, nativeTheme, shell } from 'electron';
import { CONSOLE_PORT_MESSAGE, PORT_CHANNEL } from '../ipc/contract/bridge.ts';
import type { ConsolePortMessage } from '../ipc/contract/bridge.ts';
import type { Edit, SaveOutcome } from '../ipc/contract/documents.ts';
import type { RequestHandlers } from '../ipc/router.ts';
import type { Application } from './application.ts';
import type { LabWindow } from './labWindow.ts';

export function requestHandlers(application: Application, window: LabWindow): RequestHandlers {
  const save = (edit: Edit, how: 'save' | 'saveAs'): Promise<SaveOutcome> => {
    window.sessionFor(edit.documentId).edit(edit);
    return window.save(how);
  };
  const runtimeFor = (documentId: string) => window.sessionFor(documentId).runtime;

  return {
    'app.information': () => ({
      version: app.getVersion(),
      electron: process.versions.electron,
      node: process.versions.node,
      platform: process.platform,
      theme: application.preferences.values.theme,
    }),
    'app.setTheme': ({ theme }) => {
      nativeTheme.themeSource = theme;
      application.preferences.change({ theme });
      return undefined;
    },

    'lab.current': () => window.session?.document.describe() ?? null,
    'lab.recent': () => application.recentLabs.list(),
    'lab.forgetRecent': ({ folder }) => {
      application.recentLabs.forget(folder);
      application.refreshMenu();
      return undefined;
    },
    'lab.samples': () => application.sampleLabs.list(),
    'lab.new': () => window.show(() => Promise.resolve(application.newLab())),
    'lab.open': ({ folder }) => application.openIn(window, folder),
    'lab.openSample': ({ sample }) => window.show(() => application.copyOfSample(sample)),
    'lab.close': async () => ((await window.letGo()) ? 'closed' : 'cancelled'),
    'lab.edited': (edit) => {
      window.sessionFor(edit.documentId).edit(edit);
      window.refreshTitle();
      return undefined;
    },
    'lab.save': (edit) => save(edit, 'save'),
    'lab.saveAs': (edit) => save(edit, 'saveAs'),
    'lab.reveal': async ({ documentId }) => {
      const failure = await shell.openPath(window.sessionFor(documentId).document.folder);
      if (failure !== '') throw new Error(failure);
      return undefined;
    },

    'engine.start': async ({ documentId, lab, machines }) => {
      await runtimeFor(documentId).start(lab, machines);
      return undefined;
    },
    'engine.stop': async ({ documentId, machines }) => {
      await runtimeFor(documentId).stop(machines);
      return undefined;
    },
    'engine.kill': async ({ documentId, machines }) => {
      await runtimeFor(documentId).kill(machines);
      return undefined;
    },
    'engine.restart': async ({ documentId, lab, machines }) => {
      await runtimeFor(documentId).restart(lab, machines);
      return undefined;
    },
    'engine.report': ({ documentId }) => runtimeFor(documentId).report(),
    'engine.revive': async ({ documentId }) => {
      await runtimeFor(documentId).revive();
      return undefined;
    },
    'console.open': async ({ documentId, machine, console, ticket }) => {
      const { port1, port2 } = new MessageChannelMain();
      await runtimeFor(documentId).openConsole(machine, console, port1);
      const message: ConsolePortMessage = { type: CONSOLE_PORT_MESSAGE, ticket };
      window.browser.webContents.postMessage(PORT_CHANNEL, message, [port2]);
      return undefined;
    },

    'menu.update': ({ enabled, checked }) => {
      window.menuState = { enabled: new Set(enabled), checked: new Set(checked) };
      application.refreshMenu();
      return undefined;
    },
  };
}
