/**
 * Answers the desktop's own dialogs, which no test can click. What the application asked is kept, so that a test can
 * tell that it was asked.
 */
import type { ElectronApplication } from '@playwright/test';

interface Answers {
  /** The label of the button to press in message boxes, one for each box that comes. */
  readonly buttons?: readonly string[];
  readonly savePath?: string;
  readonly openPath?: string;
}

export async function answerDialogs(app: ElectronApplication, answers: Answers): Promise<void> {
  await app.evaluate(({ dialog }, { buttons = [], savePath, openPath }) => {
    const asked: string[] = [];
    (globalThis as { askedByDialogs?: string[] }).askedByDialogs = asked;
    const waiting = [...buttons];
    dialog.showMessageBox = (...values: unknown[]) => {
      const options = values.at(-1) as { message: string; buttons?: string[] };
      asked.push(options.message);
      const wanted = waiting.shift();
      const response = wanted === undefined ? -1 : (options.buttons ?? []).indexOf(wanted);
      if (response < 0) throw new Error(`no answer for: ${options.message} (${String(options.buttons)})`);
      return Promise.resolve({ response, checkboxChecked: false });
    };
    dialog.showSaveDialog = () => {
      asked.push('save');
      return Promise.resolve({ canceled: savePath === undefined, filePath: savePath ?? '' });
    };
    dialog.showOpenDialog = () => {
      asked.push('open');
      return Promise.resolve({ canceled: openPath === undefined, filePaths: openPath === undefined ? [] : [openPath] });
    };
  }, answers);
}

export async function askedByDialogs(app: ElectronApplication): Promise<string[]> {
  return app.evaluate(() => (globalThis as { askedByDialogs?: string[] }).askedByDialogs ?? []);
}
