/** One open lab: what it is now, what its file says, and how the one gets into the other without losing anything. */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Lab } from '../../engine/api/lab/model.ts';
import { EMPTY_LAB } from '../../engine/api/lab/model.ts';
import { LabFileError, labFile, loadLab, readLabText } from '../../engine/boot/labFolder.ts';
import type { Questions } from '../dialogs/questions.ts';
import type { OpenDocument, SaveOutcome } from '../ipc/contract/documents.ts';
import type { Journal, JournalEntry, PendingContents } from './journal.ts';
import { copyLabContents, hasMachineChanges, isVacant, labText, moveLabContents, writeLabText } from './labFolder.ts';

interface DocumentState {
  readonly id: string;
  readonly folder: string;
  readonly untitled: boolean;
  readonly lab: Lab;
  /** The lab that the file holds; undefined where there is no file. */
  readonly savedLab: Lab | undefined;
  /** The text of the file when it was last read or written by us. */
  readonly baseText: string | undefined;
  readonly contents?: PendingContents | undefined;
  readonly hasRun?: boolean;
  readonly notice?: string | undefined;
}

export class LabDocument {
  readonly id: string;
  readonly #journal: Journal;
  readonly #notice: string | undefined;
  #folder: string;
  #untitled: boolean;
  #lab: Lab;
  #savedLab: Lab | undefined;
  #baseText: string | undefined;
  #contents: PendingContents | undefined;
  /** Machines of this untitled lab have run, so that its folder may hold work that no file of the person's holds. */
  #hasRun: boolean;
  #revision = 0;
  #saving: Promise<unknown> = Promise.resolve();

  private constructor(journal: Journal, state: DocumentState) {
    this.#journal = journal;
    this.id = state.id;
    this.#notice = state.notice;
    this.#folder = state.folder;
    this.#untitled = state.untitled;
    this.#lab = state.lab;
    this.#savedLab = state.savedLab;
    this.#baseText = state.baseText;
    this.#contents = state.contents;
    this.#hasRun = state.hasRun === true;
  }

  /** A new lab, or a copy of a sample, that lives in `folder` until it is saved somewhere. */
  static untitled(journal: Journal, folder: string, lab: Lab = EMPTY_LAB): LabDocument {
    const id = randomUUID();
    return new LabDocument(journal, { id, folder, untitled: true, lab, savedLab: lab, baseText: undefined });
  }

  /** Rejects with a `LabFileError`. */
  static async open(journal: Journal, folder: string): Promise<LabDocument> {
    const { lab, text } = await loadLab(folder);
    return new LabDocument(journal, {
      id: randomUUID(),
      folder,
      untitled: false,
      lab,
      savedLab: lab,
      baseText: text,
    });
  }

  /** A document with the edits that a crash left in the journal. Its file is not touched. */
  static async recover(journal: Journal, entry: JournalEntry): Promise<LabDocument> {
    const file = entry.untitled ? undefined : await loadLab(entry.folder).catch(() => undefined);
    const isSaved = file !== undefined && isDeepStrictEqual(file.lab, entry.lab);
    const document = new LabDocument(journal, {
      id: entry.documentId,
      folder: entry.folder,
      untitled: entry.untitled,
      lab: entry.lab,
      // An untitled lab with nothing in it is nothing to ask about.
      savedLab: entry.untitled ? EMPTY_LAB : file?.lab,
      // The journal's text, not the file's: so a file that was changed since is noticed when it is saved.
      baseText: entry.baseText,
      contents: entry.contents,
      hasRun: entry.untitled,
      ...(!isSaved && { notice: 'Umlaut did not end in order. These are your edits from then, not saved yet.' }),
    });
    // Where this fails it is tried again, and told, when a machine is started.
    await document.settleContents().catch(() => undefined);
    return document;
  }

  get lab(): Lab {
    return this.#lab;
  }

  get revision(): number {
    return this.#revision;
  }

  get folder(): string {
    return this.#folder;
  }

  get isUntitled(): boolean {
    return this.#untitled;
  }

  /** Where the machines' directories are now: after a save elsewhere, not in the lab's folder before the machines stop. */
  get contentsFolder(): string {
    return this.#contents?.from ?? this.#folder;
  }

  get isUnsaved(): boolean {
    return !isDeepStrictEqual(this.#lab, this.#savedLab);
  }

  /** Whether closing without saving would lose something: edits, or what was done in the machines of an untitled lab. */
  async wouldLose(): Promise<boolean> {
    return this.isUnsaved || (this.#untitled && (await hasMachineChanges(this.#folder)));
  }

  /** To be called before machines start. */
  async prepareToRun(): Promise<void> {
    await this.settleContents();
    this.#hasRun = true;
    this.#record();
  }

  describe(): OpenDocument {
    return {
      id: this.id,
      folder: this.#folder,
      untitled: this.#untitled,
      lab: this.#lab,
      unsaved: this.isUnsaved,
      ...(this.#notice !== undefined && { notice: this.#notice }),
    };
  }

  edit(lab: Lab, revision: number): void {
    this.#lab = lab;
    this.#revision = revision;
    this.#record();
  }

  /** Saves one after the other; each saves the lab as it is when its turn comes. */
  save(questions: Questions): Promise<SaveOutcome> {
    return this.#inTurn(() => (this.#untitled ? this.#saveAs(questions) : this.#save(questions)));
  }

  saveAs(questions: Questions): Promise<SaveOutcome> {
    return this.#inTurn(() => this.#saveAs(questions));
  }

  /** Whether another program wrote the file since. A file that cannot be read just now counts as unchanged. */
  async isChangedOutside(): Promise<boolean> {
    if (this.#untitled) return false;
    const text = await readLabText(this.#folder).catch(() => this.#baseText);
    return text !== undefined && text !== this.#baseText;
  }

  /**
   * Brings the machines' directories after a save elsewhere. To be called while no machine runs; rejects with the
   * system's error, and may be called again.
   */
  async settleContents(): Promise<void> {
    const pending = this.#contents;
    if (pending === undefined) return;
    if (pending.plan === 'move') await moveLabContents(pending.from, this.#folder);
    else await copyLabContents(pending.from, this.#folder);
    this.#contents = undefined;
    this.#record();
  }

  /** The person closed it: unsaved edits, if there are any, are given up. */
  async discard(): Promise<void> {
    this.#lab = this.#savedLab ?? this.#lab;
    // Machines' directories that could not be brought yet are brought at the next start.
    if (this.#contents === undefined) this.#journal.forget(this.id);
    else this.#record();
    if (this.#untitled) await rm(this.#folder, { recursive: true, force: true });
  }

  #inTurn(work: () => Promise<SaveOutcome>): Promise<SaveOutcome> {
    const turn = this.#saving.then(work).catch((error: unknown): SaveOutcome => {
      if (!(error instanceof LabFileError)) throw error;
      return { outcome: 'failed', message: error.message, problems: error.problems };
    });
    this.#saving = turn.catch(() => undefined);
    return turn;
  }

  async #save(questions: Questions): Promise<SaveOutcome> {
    const present = await readLabText(this.#folder);
    if (present !== undefined && present !== this.#baseText) {
      const answer = await questions.changedOutside(labFile(this.#folder));
      if (answer === 'cancel') return { outcome: 'cancelled' };
      if (answer === 'save-as') return this.#saveAs(questions);
    }
    await this.#write(this.#folder, present);
    this.#record();
    return { outcome: 'saved', folder: this.#folder };
  }

  async #saveAs(questions: Questions): Promise<SaveOutcome> {
    const folder = await questions.folderToSaveIn(this.#lab.name);
    if (folder === undefined) return { outcome: 'cancelled' };
    if (!this.#untitled && folder === this.#folder) return this.#save(questions);
    if (!(await isVacant(folder))) {
      if ((await readLabText(folder)) === undefined) {
        throw new LabFileError(`${folder} is not empty and has no lab. A lab needs a folder of its own.`);
      }
      if ((await questions.replaceLab(folder)) === 'cancel') return { outcome: 'cancelled' };
    }
    const former = this.contentsFolder;
    if (!relative(former, folder).startsWith('..')) {
      throw new LabFileError(`${folder} is inside of the lab's own folder, ${former}. Choose another place.`);
    }
    const plan = this.#untitled || this.#contents?.plan === 'move' ? 'move' : 'copy';
    // The comments of the file that the lab came from go with it.
    await this.#write(folder, this.#baseText);
    this.#contents = { from: former, plan };
    this.#folder = folder;
    this.#untitled = false;
    this.#record();
    return { outcome: 'saved', folder };
  }

  async #write(folder: string, previous: string | undefined): Promise<void> {
    const lab = this.#lab;
    const text = labText(lab, previous);
    await writeLabText(folder, text);
    this.#savedLab = lab;
    this.#baseText = text;
  }

  #record(): void {
    const mayHoldWork = this.#untitled && this.#hasRun;
    if (!this.isUnsaved && this.#contents === undefined && !mayHoldWork) {
      this.#journal.forget(this.id);
      return;
    }
    this.#journal.record({
      version: 1,
      documentId: this.id,
      folder: this.#folder,
      untitled: this.#untitled,
      contents: this.#contents,
      lab: this.#lab,
      baseText: this.#baseText,
    });
  }
}
