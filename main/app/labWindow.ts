/** A window, the lab that is open in it, and how one lab gives way to another without losing edits. */
import type { Rectangle } from 'electron';
import { BrowserWindow, app, nativeTheme, screen } from 'electron';
import { fileURLToPath } from 'node:url';
import { LabFileError } from '../../engine/boot/labFolder.ts';
import { nativeQuestions, showFailure } from '../dialogs/nativeQuestions.ts';
import type { Questions } from '../dialogs/questions.ts';
import type { LabDocument } from '../files/labDocument.ts';
import type { Preferences } from '../files/preferences.ts';
import type { CommandId } from '../ipc/contract/commands.ts';
import { EVENT_CHANNEL } from '../ipc/contract/bridge.ts';
import type { OpenOutcome, SaveOutcome } from '../ipc/contract/documents.ts';
import type { WindowEvent } from '../ipc/contract/events.ts';
import type { MenuState } from '../menu/menu.ts';
import { LabSession } from './labSession.ts';
import { PAGE_ADDRESS } from './pageProtocol.ts';

const preload = fileURLToPath(new URL('../preload/preload.ts', import.meta.url));

const SMALLEST = { minWidth: 720, minHeight: 480 };
const FIRST_SIZE = { width: 1320, height: 840 };
/** A page that dies more often than this within a minute is not loaded again by itself. */
const MOST_RELOADS = 3;
const RELOAD_WINDOW_MS = 60_000;

interface LabWindowOptions {
  readonly preferences: Preferences;
  readonly document: LabDocument | undefined;
  readonly onSaved: (document: LabDocument) => void;
}

export class LabWindow {
  readonly browser: BrowserWindow;
  readonly questions: Questions;
  menuState: MenuState = { enabled: new Set<CommandId>(), checked: new Set<CommandId>() };
  readonly #onSaved: (document: LabDocument) => void;
  #session: LabSession | undefined;
  #mayClose = false;
  #isLettingGo = false;
  #reloads: number[] = [];

  constructor({ preferences, document, onSaved }: LabWindowOptions) {
    this.#onSaved = onSaved;
    const remembered = preferences.values.window;
    this.browser = new BrowserWindow({
      ...FIRST_SIZE,
      ...(remembered !== undefined && visibleBounds(remembered.bounds)),
      ...SMALLEST,
      show: false,
      autoHideMenuBar: true,
      title: 'Umlaut',
      // Before the first paint, so that a dark desktop does not see a white flash.
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#111113' : '#fcfcfd',
      webPreferences: {
        preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        webviewTag: false,
        spellcheck: false,
        devTools: !app.isPackaged,
      },
    });
    this.questions = nativeQuestions(this.browser);
    if (document !== undefined) this.#session = this.#sessionOf(document);
    this.browser.once('ready-to-show', () => {
      if (remembered?.isMaximized === true) this.browser.maximize();
      this.browser.show();
    });
    this.browser.on('close', (event) => {
      if (this.#mayClose) return;
      event.preventDefault();
      void this.close();
    });
    this.browser.on('focus', () => void this.#lookAtFile());
    this.browser.webContents.on('render-process-gone', (_event, details) => this.#pageDied(details.reason));
    // The page's title is the lab's; the window gets it from here.
    this.browser.on('page-title-updated', (event) => event.preventDefault());
    this.refreshTitle();
    void this.browser.loadURL(PAGE_ADDRESS);
  }

  get session(): LabSession | undefined {
    return this.#session;
  }

  /** The session of this document; throws a sentence when the window has moved on to another one. */
  sessionFor(documentId: string): LabSession {
    if (this.#session?.document.id === documentId) return this.#session;
    throw new Error('This lab is not open any more.');
  }

  emit(event: WindowEvent): void {
    if (!this.browser.isDestroyed()) this.browser.webContents.send(EVENT_CHANNEL, event);
  }

  /** Opens what `load` finds in place of the present lab. What cannot be opened leaves the present one open. */
  async show(load: () => Promise<LabDocument | undefined>): Promise<OpenOutcome> {
    try {
      const document = await load();
      if (document === undefined) return { outcome: 'cancelled' };
      if (!(await this.letGo())) {
        // A copy that was made for nothing.
        if (document.isUntitled) await document.discard();
        return { outcome: 'cancelled' };
      }
      this.#session = this.#sessionOf(document);
      this.refreshTitle();
      return { outcome: 'opened', document: document.describe() };
    } catch (error) {
      if (!(error instanceof LabFileError)) throw error;
      return { outcome: 'failed', message: error.message, problems: error.problems };
    }
  }

  async save(how: 'save' | 'saveAs'): Promise<SaveOutcome> {
    const session = this.#session;
    if (session === undefined) throw new Error('There is no lab to save.');
    const { document } = session;
    const { revision } = document;
    const outcome = await document[how](this.questions);
    if (outcome.outcome !== 'saved') return outcome;
    this.emit({ type: 'saved', documentId: document.id, revision, folder: outcome.folder });
    this.#onSaved(document);
    this.refreshTitle();
    await session.settle();
    return outcome;
  }

  /** Closes the lab, having asked about unsaved edits; false when the person wants to keep it. */
  async letGo(): Promise<boolean> {
    const session = this.#session;
    if (session === undefined) return true;
    if (await session.document.wouldLose()) {
      const answer = await this.questions.unsavedEdits(session.document.lab.name);
      if (answer === 'cancel') return false;
      if (answer === 'save') {
        const outcome = await this.save('save');
        if (outcome.outcome === 'failed') await showFailure(this.browser, 'The lab was not saved.', outcome.message);
        if (outcome.outcome !== 'saved') return false;
      }
    }
    this.#session = undefined;
    await session.close();
    await session.document.discard();
    this.refreshTitle();
    return true;
  }

  /** Closes the window, having asked; false when it stays. */
  async close(): Promise<boolean> {
    if (this.#isLettingGo) return false;
    this.#isLettingGo = true;
    try {
      if (!(await this.letGo())) return false;
    } finally {
      this.#isLettingGo = false;
    }
    this.#mayClose = true;
    this.browser.close();
    return true;
  }

  refreshTitle(): void {
    const document = this.#session?.document;
    this.browser.setTitle(document === undefined ? 'Umlaut' : `${document.lab.name} — Umlaut`);
    if (process.platform !== 'darwin') return;
    this.browser.setDocumentEdited(document?.isUnsaved === true);
    this.browser.setRepresentedFilename(document === undefined || document.isUntitled ? '' : document.folder);
  }

  #sessionOf(document: LabDocument): LabSession {
    return new LabSession(document, (event) => this.emit(event));
  }

  async #lookAtFile(): Promise<void> {
    const document = this.#session?.document;
    if (document !== undefined && (await document.isChangedOutside())) {
      this.emit({ type: 'changedOnDisk', documentId: document.id });
    }
  }

  /** The document lives here and not in the page: a page that died loads again and finds it as it was. */
  #pageDied(reason: string): void {
    if (reason === 'clean-exit' || this.browser.isDestroyed()) return;
    const now = performance.now();
    this.#reloads = [...this.#reloads.filter((at) => now - at < RELOAD_WINDOW_MS), now];
    // Not from within the event: Electron is still taking the dead page down.
    if (this.#reloads.length <= MOST_RELOADS) setImmediate(() => this.browser.webContents.reload());
    else
      void showFailure(this.browser, 'The window keeps failing.', `Its process ended (${reason}). Your lab is safe.`);
  }
}

/** The place of the window when it was last closed, or only its size where no screen shows that place any more. */
function visibleBounds({ x, y, width, height }: Partial<Rectangle> & Pick<Rectangle, 'width' | 'height'>): object {
  if (x === undefined || y === undefined) return { width, height };
  const { workArea } = screen.getDisplayMatching({ x, y, width, height });
  const isInSight =
    x + width > workArea.x && x < workArea.x + workArea.width && y >= workArea.y && y < workArea.y + workArea.height;
  return isInSight ? { x, y, width, height } : { width, height };
}
