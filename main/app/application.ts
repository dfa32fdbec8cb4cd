/** The application: its windows, what they share, and how it starts and ends. */
import { BrowserWindow, Menu, app, ipcMain, nativeTheme } from 'electron';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LabFileError, labFile, loadLab } from '../../engine/boot/labFolder.ts';
import { Journal } from '../files/journal.ts';
import { LabDocument } from '../files/labDocument.ts';
import { copyLabContents, labFolderOf } from '../files/labFolder.ts';
import { Preferences } from '../files/preferences.ts';
import { RecentLabs } from '../files/recentLabs.ts';
import { SampleLabs } from '../files/sampleLabs.ts';
import { describeSystemError } from '../../engine/api/systemErrors.ts';
import type { RequestAnswer } from '../ipc/contract/answers.ts';
import { REQUEST_CHANNEL } from '../ipc/contract/bridge.ts';
import type { CommandId } from '../ipc/contract/commands.ts';
import type { OpenOutcome } from '../ipc/contract/documents.ts';
import type { RequestHandlers } from '../ipc/router.ts';
import { answerRequest } from '../ipc/router.ts';
import { menuTemplate } from '../menu/menu.ts';
import { LabWindow } from './labWindow.ts';
import { requestHandlers } from './requestHandlers.ts';
import { isTrustedSender } from './security.ts';

const NO_COMMANDS = { enabled: new Set<CommandId>(), checked: new Set<CommandId>() };

export class Application {
  readonly preferences: Preferences;
  readonly recentLabs: RecentLabs;
  readonly sampleLabs: SampleLabs;
  readonly #journal: Journal;
  readonly #untitledDirectory: string;
  /** By the id of the page, which is how requests name their window. */
  readonly #windows = new Map<number, { window: LabWindow; handlers: RequestHandlers }>();
  #isQuitting = false;
  #mayQuit = false;

  constructor(dataDirectory: string, assetsDirectory: string) {
    this.preferences = new Preferences(join(dataDirectory, 'preferences.json'));
    this.recentLabs = new RecentLabs(this.preferences);
    this.sampleLabs = new SampleLabs(join(assetsDirectory, 'labs'));
    this.#untitledDirectory = join(dataDirectory, 'untitled');
    this.#journal = new Journal(join(dataDirectory, 'journal'), (error) => {
      console.error(`The recovery journal failed: ${describeSystemError(error)}`);
    });
  }

  /** Once Electron is ready. Opens what a crash left, what the command line names, or an empty window. */
  async start(commandLine: readonly string[], workingDirectory: string): Promise<void> {
    nativeTheme.themeSource = this.preferences.values.theme;
    ipcMain.handle(REQUEST_CHANNEL, (event, name: unknown, parameters: unknown): Promise<RequestAnswer> => {
      const page = this.#windows.get(event.sender.id);
      if (page === undefined || !isTrustedSender(event)) {
        return Promise.resolve({ ok: false, message: 'This page may not ask anything.' });
      }
      return answerRequest(page.handlers, name, parameters);
    });
    const left = await this.#journal.entries();
    await this.#clearUntitled(new Set(left.flatMap(({ folder, contents }) => [folder, contents?.from ?? folder])));
    for (const entry of left) this.#openWindow(await LabDocument.recover(this.#journal, entry));
    this.openFromCommandLine(commandLine, workingDirectory);
    this.refreshMenu();
  }

  /** A second start of the application comes here as well. */
  openFromCommandLine(commandLine: readonly string[], workingDirectory: string): void {
    const path = commandLine.filter((argument) => !argument.startsWith('-')).at(-1);
    const folder = path === undefined ? undefined : labFolderOf(resolve(workingDirectory, path));
    if (folder === undefined || !existsSync(labFile(folder))) {
      const present = [...this.#windows.values()].at(-1)?.window;
      if (present === undefined) this.#openWindow(undefined);
      else focus(present);
      return;
    }
    const open = this.#windowOf(folder);
    if (open !== undefined) {
      focus(open);
      return;
    }
    const window = this.#openWindow(undefined);
    // The page asks for its lab when it has loaded, and then shows why there is none.
    window.browser.webContents.once('did-finish-load', () => window.emit({ type: 'openRequested', folder }));
  }

  newLab(): LabDocument {
    return LabDocument.untitled(this.#journal, join(this.#untitledDirectory, randomUUID()));
  }

  /** Rejects with a `LabFileError`. */
  async copyOfSample(id: string): Promise<LabDocument> {
    const source = this.sampleLabs.folder(id);
    if (source === undefined) throw new LabFileError('There is no such sample.');
    const { lab } = await loadLab(source);
    const folder = join(this.#untitledDirectory, randomUUID());
    await mkdir(folder, { recursive: true });
    await copyLabContents(source, folder);
    return LabDocument.untitled(this.#journal, folder, lab);
  }

  async openIn(window: LabWindow, chosen: string | undefined): Promise<OpenOutcome> {
    return window.show(async () => {
      const folder = chosen === undefined ? await window.questions.labToOpen() : labFolderOf(resolve(chosen));
      if (folder === undefined) return undefined;
      const open = this.#windowOf(folder);
      // Two windows on one file would overwrite each other's edits.
      if (open !== undefined && open !== window) {
        focus(open);
        return undefined;
      }
      const document = await LabDocument.open(this.#journal, folder);
      this.#remember(document);
      return document;
    });
  }

  /** The person wants to leave. Each window may ask about its edits, and any of them may stay. */
  async quit(): Promise<void> {
    if (this.#isQuitting) return;
    this.#isQuitting = true;
    for (const { window } of [...this.#windows.values()]) {
      if (!(await window.close())) {
        this.#isQuitting = false;
        return;
      }
    }
    await Promise.all([this.#journal.settled(), this.preferences.settled()]);
    this.#mayQuit = true;
    app.quit();
  }

  /** Everybody was asked, and everything is written. */
  get mayQuit(): boolean {
    return this.#mayQuit;
  }

  get hasWindows(): boolean {
    return this.#windows.size > 0;
  }

  /** The menu shows what the window in front can do. */
  refreshMenu(): void {
    const window = this.#frontWindow();
    const template = menuTemplate(window?.menuState ?? NO_COMMANDS, this.recentLabs.list(), {
      command: (command) => this.#frontWindow()?.emit({ type: 'command', command }),
      openRecent: (folder) => this.#frontWindow()?.emit({ type: 'openRequested', folder }),
      quit: () => void this.quit(),
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  }

  /** Folders of untitled labs that ended in a crash and hold nothing that anybody did. */
  async #clearUntitled(needed: ReadonlySet<string>): Promise<void> {
    // A journal entry that was not understood may speak of any of them.
    if (this.#journal.hasFailed) return;
    const names = await readdir(this.#untitledDirectory).catch(() => []);
    const folders = names.map((name) => join(this.#untitledDirectory, name)).filter((folder) => !needed.has(folder));
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }

  #openWindow(document: LabDocument | undefined): LabWindow {
    const window = new LabWindow({
      preferences: this.preferences,
      document,
      onSaved: (saved) => this.#remember(saved),
    });
    const { id } = window.browser.webContents;
    this.#windows.set(id, { window, handlers: requestHandlers(this, window) });
    window.browser.on('focus', () => this.refreshMenu());
    window.browser.on('close', () => {
      const isMaximized = window.browser.isMaximized();
      this.preferences.change({ window: { bounds: window.browser.getNormalBounds(), isMaximized } });
    });
    window.browser.on('closed', () => this.#windows.delete(id));
    return window;
  }

  #remember({ folder, lab }: LabDocument): void {
    this.recentLabs.remember({ folder, name: lab.name, openedAt: Date.now() });
    this.refreshMenu();
  }

  #windowOf(folder: string): LabWindow | undefined {
    const all = [...this.#windows.values()].map(({ window }) => window);
    return all.find(({ session }) => session?.document.isUntitled === false && session.document.folder === folder);
  }

  #frontWindow(): LabWindow | undefined {
    const focused = BrowserWindow.getFocusedWindow();
    const all = [...this.#windows.values()].map(({ window }) => window);
    return all.find(({ browser }) => browser === focused) ?? all.at(-1);
  }
}

function focus(window: LabWindow): void {
  if (window.browser.isMinimized()) window.browser.restore();
  window.browser.focus();
}
