/** The application's questions as the desktop's own dialogs, attached to the window that they concern. */
import type { BrowserWindow } from 'electron';
import { app, dialog } from 'electron';
import { basename, join } from 'node:path';
import { labFolderOf } from '../files/labFolder.ts';
import type { Questions } from './questions.ts';

export function nativeQuestions(window: BrowserWindow): Questions {
  return {
    async unsavedEdits(labName) {
      const { response } = await dialog.showMessageBox(window, {
        type: 'warning',
        message: `Save the changes to “${labName}”?`,
        detail: 'They are lost if you don’t save them.',
        buttons: ['Save', 'Don’t save', 'Cancel'],
        defaultId: 0,
        cancelId: 2,
        noLink: true,
      });
      return response === 0 ? 'save' : response === 1 ? 'discard' : 'cancel';
    },

    async changedOutside(file) {
      const { response } = await dialog.showMessageBox(window, {
        type: 'warning',
        message: `${basename(file)} was changed by another program.`,
        detail: `Overwriting keeps the other version as ${basename(file)}~ in the same folder.\n\n${file}`,
        buttons: ['Save elsewhere…', 'Overwrite', 'Cancel'],
        defaultId: 0,
        cancelId: 2,
        noLink: true,
      });
      return response === 0 ? 'save-as' : response === 1 ? 'overwrite' : 'cancel';
    },

    async replaceLab(folder) {
      const { response } = await dialog.showMessageBox(window, {
        type: 'warning',
        message: `Replace the lab in “${basename(folder)}”?`,
        detail: `Its lab.yaml is kept as lab.yaml~.\n\n${folder}`,
        buttons: ['Replace', 'Cancel'],
        defaultId: 1,
        cancelId: 1,
        noLink: true,
      });
      return response === 0 ? 'replace' : 'cancel';
    },

    async labToOpen() {
      const { canceled, filePaths } = await dialog.showOpenDialog(window, {
        title: 'Open a lab',
        buttonLabel: 'Open',
        properties: ['openDirectory'],
      });
      const path = filePaths.at(0);
      return canceled || path === undefined ? undefined : labFolderOf(path);
    },

    async folderToSaveIn(suggestedName) {
      const { canceled, filePath } = await dialog.showSaveDialog(window, {
        title: 'Save the lab in a folder',
        nameFieldLabel: 'Folder',
        buttonLabel: 'Save',
        defaultPath: join(app.getPath('documents'), folderName(suggestedName)),
        properties: ['createDirectory'],
      });
      return canceled || filePath === '' ? undefined : labFolderOf(filePath);
    },
  };
}

/** `Two hosts, one switch` as `two-hosts-one-switch`. */
function folderName(labName: string): string {
  const words = labName.toLowerCase().match(/[\p{Letter}\p{Number}]+/gu) ?? [];
  return words.join('-').slice(0, 60) || 'lab';
}

/** For failures that have no window to be shown in, or happen while it closes. */
export async function showFailure(window: BrowserWindow | undefined, message: string, detail: string): Promise<void> {
  const options = { type: 'error' as const, message, detail, buttons: ['Close'], noLink: true };
  await (window === undefined ? dialog.showMessageBox(options) : dialog.showMessageBox(window, options));
}
