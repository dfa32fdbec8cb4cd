import { beforeEach, describe, expect, test } from 'vitest';
import { addNode, moveNodes } from './document/nodes.ts';
import { labOf } from './document/document.testing.ts';
import {
  edit,
  endEditGroup,
  historyDepth,
  isUnsaved,
  markSaved,
  openDocument,
  redo,
  undo,
  useDocument,
} from './documentStore.ts';

const state = () => useDocument.getState();
const setNotes = (notes: string) => {
  edit((lab) => ({ ...lab, notes }), 'notes');
};
const addHost = () => {
  edit((lab) => addNode(lab, 'host', { x: 0, y: 0 }).lab);
};
const names = () => state().lab.machines.map((machine) => machine.name);

beforeEach(() => {
  openDocument({ id: 'd', folder: '/lab', untitled: false, lab: labOf('h1'), unsaved: false });
});

describe('undo and redo', () => {
  test('each edit is one step', () => {
    addHost();
    addHost();
    undo();
    expect(names()).toEqual(['h1', 'h2']);
    undo();
    expect(names()).toEqual(['h1']);
    redo();
    redo();
    expect(names()).toEqual(['h1', 'h2', 'h3']);
  });

  test('typing into one field is one step', () => {
    setNotes('a');
    setNotes('ab');
    setNotes('abc');
    undo();
    expect(state().lab.notes).toBe('');
    redo();
    expect(state().lab.notes).toBe('abc');
  });

  test('leaving the field, another edit, and undo each end the step', () => {
    setNotes('a');
    endEditGroup();
    setNotes('ab');
    addHost();
    setNotes('abc');
    undo();
    expect(state().lab.notes).toBe('ab');
    setNotes('abx');
    undo();
    expect(state().lab.notes).toBe('ab');
    expect(names()).toEqual(['h1', 'h2']);
    undo();
    undo();
    expect(state().lab.notes).toBe('a');
  });

  test('an edit after undo takes the way forward away', () => {
    addHost();
    undo();
    setNotes('x');
    expect(historyDepth()).toEqual({ canUndo: true, canRedo: false });
  });

  test('an edit that changes nothing is no step', () => {
    edit((lab) => lab);
    expect(historyDepth().canUndo).toBe(false);
    expect(state().revision).toBe(0);
  });

  test('opening another lab starts a new history', () => {
    addHost();
    openDocument({ id: 'e', folder: '/other', untitled: true, lab: labOf('r1'), unsaved: false });
    expect(historyDepth()).toEqual({ canUndo: false, canRedo: false });
    undo();
    expect(names()).toEqual(['r1']);
  });
});

describe('saved and unsaved', () => {
  test('undoing back to what the file has makes the lab saved again', () => {
    addHost();
    expect(isUnsaved(state())).toBe(true);
    undo();
    expect(isUnsaved(state())).toBe(false);
  });

  test('what is edited while the file is written stays unsaved', () => {
    addHost();
    const written = state().lab;
    setNotes('later');
    markSaved(written, '/lab');
    expect(isUnsaved(state())).toBe(true);
    undo();
    expect(isUnsaved(state())).toBe(false);
  });

  test('recovered edits are unsaved from the start', () => {
    openDocument({ id: 'd', folder: '/lab', untitled: false, lab: labOf('h1'), unsaved: true });
    expect(isUnsaved(state())).toBe(true);
  });

  test('the first save of an untitled lab tells its folder', () => {
    openDocument({ id: 'd', folder: '/tmp/x', untitled: true, lab: labOf('h1'), unsaved: false });
    markSaved(state().lab, '/home/me/lab');
    expect(state().document).toEqual({ id: 'd', folder: '/home/me/lab', untitled: false });
  });
});

test('the revision grows with edit, undo and redo alike', () => {
  addHost();
  edit((lab) => moveNodes(lab, new Map([['h1', { x: 8, y: 8 }]])));
  undo();
  redo();
  undo();
  expect(state().revision).toBe(5);
});
