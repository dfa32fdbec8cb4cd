import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Lab } from '../../engine/api/lab/model.ts';
import { EMPTY_LAB } from '../../engine/api/lab/model.ts';
import type { Questions } from '../dialogs/questions.ts';
import { Journal } from './journal.ts';
import { LabDocument } from './labDocument.ts';

const TEXT = `# mine
name: Small
machines:
  h1:
`;

let directory: string;
let folder: string;
let file: string;
let journal: Journal;
let asked: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'umlaut-document-'));
  folder = join(directory, 'lab');
  file = join(folder, 'lab.yaml');
  mkdirSync(folder);
  writeFileSync(file, TEXT);
  journal = openJournal();
  asked = [];
});

afterEach(async () => {
  await journal.settled();
  rmSync(directory, { recursive: true, force: true });
});

function openJournal(): Journal {
  return new Journal(join(directory, 'journal'), (error) => {
    throw error;
  });
}

/** Answers what is given, and fails where a question comes that was not expected. */
function person(answers: {
  folder?: string;
  changed?: 'overwrite' | 'save-as' | 'cancel';
  replace?: 'replace' | 'cancel';
}): Questions {
  const answer = <Value>(question: string, value: Value | undefined): Promise<Value> => {
    asked.push(question);
    return value === undefined ? Promise.reject(new Error(`unexpected question: ${question}`)) : Promise.resolve(value);
  };
  return {
    unsavedEdits: () => answer<'cancel'>('unsaved', undefined),
    changedOutside: () => answer('changed', answers.changed),
    replaceLab: () => answer('replace', answers.replace),
    labToOpen: () => answer<string>('open', undefined),
    folderToSaveIn: () => answer('folder', answers.folder),
  };
}

function renamed(lab: Lab, name: string): Lab {
  return { ...lab, name };
}

test('a save writes only what changed, keeps the version before, and leaves nothing else behind', async () => {
  const document = await LabDocument.open(journal, folder);
  expect(document.isUnsaved).toBe(false);
  document.edit(renamed(document.lab, 'Other'), 1);
  expect(document.isUnsaved).toBe(true);
  expect(await document.save(person({}))).toEqual({ outcome: 'saved', folder });
  expect(readFileSync(file, 'utf8')).toBe(TEXT.replace('Small', 'Other'));
  expect(readFileSync(`${file}~`, 'utf8')).toBe(TEXT);
  expect(document.isUnsaved).toBe(false);
  await journal.settled();
  expect(readdirSync(folder).sort()).toEqual(['lab.yaml', 'lab.yaml~']);
  expect(await openJournal().entries()).toEqual([]);
});

test('undoing back to what is saved leaves nothing unsaved', async () => {
  const document = await LabDocument.open(journal, folder);
  const before = document.lab;
  document.edit(renamed(before, 'Other'), 1);
  document.edit(structuredClone(before), 2);
  expect(document.isUnsaved).toBe(false);
});

test('a lab that would not open again is not written', async () => {
  const document = await LabDocument.open(journal, folder);
  const nowhere = { a: { node: 'h1', port: 'eth0' }, b: { node: 'h9', port: 'eth0' } };
  document.edit({ ...document.lab, links: [nowhere] }, 1);
  expect(await document.save(person({}))).toMatchObject({
    outcome: 'failed',
    problems: [{ field: 'links[0][0]' }, {}],
  });
  expect(readFileSync(file, 'utf8')).toBe(TEXT);
  expect(document.isUnsaved).toBe(true);
});

test('a folder that cannot be written is told, and the edits stay', async () => {
  const document = await LabDocument.open(journal, folder);
  document.edit(renamed(document.lab, 'Other'), 1);
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'a file where the folder was');
  const outcome = await document.save(person({}));
  expect(outcome).toMatchObject({
    outcome: 'failed',
    message: expect.stringContaining('a part of the path is not a folder') as string,
  });
  expect(document.isUnsaved).toBe(true);
  await journal.settled();
  expect(await openJournal().entries()).toMatchObject([{ lab: { name: 'Other' } }]);
});

test.each([
  { answer: 'cancel' as const, outcome: 'cancelled', left: 'name: Foreign\n' },
  { answer: 'overwrite' as const, outcome: 'saved', left: 'name: Other\nmachines:\n  h1:\n    kind: host\n' },
])('a file that changed outside: $answer', async ({ answer, outcome, left }) => {
  const document = await LabDocument.open(journal, folder);
  document.edit(renamed(document.lab, 'Other'), 1);
  expect(await document.isChangedOutside()).toBe(false);
  writeFileSync(file, 'name: Foreign\n');
  expect(await document.isChangedOutside()).toBe(true);
  expect((await document.save(person({ changed: answer }))).outcome).toBe(outcome);
  expect(asked).toEqual(['changed']);
  expect(readFileSync(file, 'utf8').replace(/positions:[^]*/, '')).toBe(left);
});

test('a lab file that is a symbolic link stays one', async () => {
  const elsewhere = join(directory, 'elsewhere.yaml');
  writeFileSync(elsewhere, TEXT);
  rmSync(file);
  symlinkSync(elsewhere, file);
  const document = await LabDocument.open(journal, folder);
  document.edit(renamed(document.lab, 'Other'), 1);
  await document.save(person({}));
  expect(readFileSync(elsewhere, 'utf8')).toContain('name: Other');
});

test('an untitled lab that ran is saved with what its machines wrote, once they have stopped', async () => {
  const untitled = join(directory, 'untitled');
  const target = join(directory, 'chosen');
  const document = LabDocument.untitled(journal, untitled, { ...EMPTY_LAB, name: 'Fresh' });
  mkdirSync(join(untitled, 'h1', 'changes'), { recursive: true });
  writeFileSync(join(untitled, 'h1', 'changes', 'note'), 'written by the guest');
  symlinkSync('/nonexistent', join(untitled, 'h1', 'changes', 'link'));
  expect(await document.save(person({ folder: target }))).toEqual({ outcome: 'saved', folder: target });
  // The machines may still run on the old place.
  expect(document.contentsFolder).toBe(untitled);
  await document.settleContents();
  expect(document.contentsFolder).toBe(target);
  expect(readFileSync(join(target, 'h1', 'changes', 'note'), 'utf8')).toBe('written by the guest');
  expect(readdirSync(join(target, 'h1', 'changes'))).toContain('link');
  expect(existsSync(untitled)).toBe(false);
});

test('a crash between a save elsewhere and the moving of files is made good at the next start', async () => {
  const untitled = join(directory, 'untitled');
  const target = join(directory, 'chosen');
  const document = LabDocument.untitled(journal, untitled, { ...EMPTY_LAB, name: 'Fresh' });
  mkdirSync(join(untitled, 'h1'), { recursive: true });
  writeFileSync(join(untitled, 'h1', 'note'), 'x');
  await document.save(person({ folder: target }));
  await journal.settled();
  const [entry] = await openJournal().entries();
  const recovered = await LabDocument.recover(journal, entry);
  expect(recovered.isUnsaved).toBe(false);
  expect(existsSync(join(target, 'h1', 'note'))).toBe(true);
  await journal.settled();
  expect(await openJournal().entries()).toEqual([]);
});

test('save as copies, and the first lab stays as it was', async () => {
  mkdirSync(join(folder, 'h1'));
  writeFileSync(join(folder, 'h1', 'startup.sh'), 'true');
  const target = join(directory, 'copy');
  const document = await LabDocument.open(journal, folder);
  document.edit(renamed(document.lab, 'Copy'), 1);
  await document.saveAs(person({ folder: target }));
  await document.settleContents();
  expect(readFileSync(join(target, 'lab.yaml'), 'utf8')).toContain('# mine\nname: Copy');
  expect(readFileSync(join(target, 'h1', 'startup.sh'), 'utf8')).toBe('true');
  expect(readFileSync(file, 'utf8')).toBe(TEXT);
  expect(existsSync(join(folder, 'h1', 'startup.sh'))).toBe(true);
});

test('a place that is no place for a lab is refused', async () => {
  const document = await LabDocument.open(journal, folder);
  const full = join(directory, 'full');
  mkdirSync(full);
  writeFileSync(join(full, 'thesis.txt'), 'years of work');
  expect(await document.saveAs(person({ folder: full }))).toMatchObject({ outcome: 'failed' });
  expect(readdirSync(full)).toEqual(['thesis.txt']);
  expect(await document.saveAs(person({ folder: join(folder, 'inside') }))).toMatchObject({ outcome: 'failed' });
  const other = join(directory, 'other');
  mkdirSync(other);
  writeFileSync(join(other, 'lab.yaml'), 'name: Precious\n');
  expect(await document.saveAs(person({ folder: other, replace: 'cancel' }))).toEqual({ outcome: 'cancelled' });
  expect(readFileSync(join(other, 'lab.yaml'), 'utf8')).toBe('name: Precious\n');
});

test('edits come back from the journal, with a notice, and a file that changed since is asked about', async () => {
  const document = await LabDocument.open(journal, folder);
  document.edit(renamed(document.lab, 'First'), 1);
  document.edit(renamed(document.lab, 'Second'), 2);
  await journal.settled();
  writeFileSync(file, 'name: Foreign\n');
  const [entry, ...others] = await openJournal().entries();
  expect(others).toEqual([]);
  const recovered = await LabDocument.recover(journal, entry);
  expect(recovered.describe()).toMatchObject({
    lab: { name: 'Second' },
    unsaved: true,
    notice: expect.stringContaining('did not end in order') as string,
  });
  expect((await recovered.save(person({ changed: 'cancel' }))).outcome).toBe('cancelled');
  expect(asked).toEqual(['changed']);
});

test('giving edits up takes them out of the journal, and an untitled lab off the disk', async () => {
  const untitled = join(directory, 'untitled');
  mkdirSync(untitled);
  const document = LabDocument.untitled(journal, untitled);
  document.edit({ ...EMPTY_LAB, name: 'Never mind' }, 1);
  await document.discard();
  await journal.settled();
  expect(await openJournal().entries()).toEqual([]);
  expect(existsSync(untitled)).toBe(false);
});

test('a journal file that is not understood is left alone', async () => {
  mkdirSync(join(directory, 'journal'));
  const strange = join(directory, 'journal', 'x.json');
  writeFileSync(strange, '{"version":2}');
  const errors: unknown[] = [];
  expect(await new Journal(join(directory, 'journal'), (error) => errors.push(error)).entries()).toEqual([]);
  expect(errors).toHaveLength(1);
  expect(readFileSync(strange, 'utf8')).toBe('{"version":2}');
});

test('an untitled lab that ran is asked about only where its machines changed something, and survives a crash', async () => {
  const untitled = join(directory, 'untitled');
  const document = LabDocument.untitled(journal, untitled, { ...EMPTY_LAB, name: 'Sample' });
  await document.prepareToRun();
  mkdirSync(join(untitled, 'h1', 'changes'), { recursive: true });
  expect(await document.wouldLose()).toBe(false);
  writeFileSync(join(untitled, 'h1', 'changes', 'note'), 'x');
  expect(document.isUnsaved).toBe(false);
  expect(await document.wouldLose()).toBe(true);
  await journal.settled();
  expect(await openJournal().entries()).toMatchObject([{ folder: untitled, untitled: true }]);
  await document.discard();
  await journal.settled();
  expect(await openJournal().entries()).toEqual([]);
});
