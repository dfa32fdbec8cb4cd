/** Edits that start on the canvas: each is one step of undo and leaves selected what it is about. */
import type { CanvasPosition, Lab } from '../../../engine/api/lab/model.ts';
import { nodeName } from '../../../engine/api/lab/rules.ts';
import { linkKey, nodeNames } from '../../../engine/api/lab/topology.ts';
import { showToast } from '../../lib/toasts.ts';
import type { Fragment } from '../lab/document/fragment.ts';
import { copyNodes, pasteFragment } from '../lab/document/fragment.ts';
import type { WantedEnd } from '../lab/document/links.ts';
import { connect, removeLinks } from '../lab/document/links.ts';
import type { NodeKind } from '../lab/document/naming.ts';
import * as nodes from '../lab/document/nodes.ts';
import { edit, useDocument } from '../lab/documentStore.ts';
import { isUp, stateOf, useRunning } from '../lab/runningStore.ts';
import { snap } from './alignment.ts';
import { arrange } from './arrange.ts';
import { fitView, middleOfView } from './canvasView.ts';
import { CARD_HEIGHT, CARD_WIDTH, GRID } from './geometry.ts';
import { select, useSelection } from './selectionStore.ts';

const PASTE_STEP = 4 * GRID;

let clipboard: Fragment | undefined;
let pastes = 0;

/** Adds a node whose card has its middle here; without a place, in the middle of the view where nothing lies yet. */
export function addNode(kind: NodeKind, middle?: CanvasPosition): void {
  const { lab } = useDocument.getState();
  const corner = middle === undefined ? freePlace(lab) : cornerOf(middle);
  const added = nodes.addNode(lab, kind, corner);
  edit(() => added.lab);
  select([added.name]);
}

function cornerOf(middle: CanvasPosition): CanvasPosition {
  return { x: snap(middle.x - CARD_WIDTH / 2), y: snap(middle.y - CARD_HEIGHT / 2) };
}

function freePlace(lab: Lab): CanvasPosition {
  const start = cornerOf(middleOfView() ?? { x: 0, y: 0 });
  const cards = [...lab.machines, ...lab.switches].map((node) => node.position);
  const isFree = (place: CanvasPosition) =>
    cards.every(
      (card) => Math.abs(card.x - place.x) >= CARD_WIDTH + GRID || Math.abs(card.y - place.y) >= CARD_HEIGHT + GRID,
    );
  const columns = [0, 1, -1, 2, -2];
  for (let row = 0; ; row += 1) {
    for (const column of columns) {
      const place = { x: start.x + column * (CARD_WIDTH + 5 * GRID), y: start.y + row * (CARD_HEIGHT + 5 * GRID) };
      if (isFree(place)) return place;
    }
  }
}

export function link(from: WantedEnd, to: WantedEnd): void {
  const connected = connect(useDocument.getState().lab, from, to);
  if ('problem' in connected) {
    showToast(connected.problem);
    return;
  }
  edit(() => connected.lab);
  select([], [linkKey(connected.link)]);
}

/** Links the selected nodes in a row, or all to the switch when exactly one is among them. */
export function linkSelected(): void {
  const { lab } = useDocument.getState();
  const names = [...useSelection.getState().nodes];
  const switches = names.filter((name) => lab.switches.some((one) => one.name === name));
  const hub = switches.length === 1 ? switches[0] : undefined;
  const pairs =
    hub === undefined
      ? names.slice(1).map((name, index) => [names[index], name] as const)
      : names.filter((name) => name !== hub).map((name) => [name, hub] as const);
  let next = lab;
  for (const [from, to] of pairs) {
    if (from === undefined) continue;
    const connected = connect(next, { node: from }, { node: to });
    if ('problem' in connected) {
      showToast(connected.problem);
      return;
    }
    next = connected.lab;
  }
  edit(() => next);
}

export function removeSelected(): void {
  const selection = useSelection.getState();
  edit((lab) => nodes.removeNodes(removeLinks(lab, selection.links), selection.nodes));
  select([]);
}

export function duplicateSelected(): void {
  const { lab } = useDocument.getState();
  paste(copyNodes(lab, useSelection.getState().nodes), { x: PASTE_STEP, y: PASTE_STEP });
}

export function copySelected(): void {
  clipboard = copyNodes(useDocument.getState().lab, useSelection.getState().nodes);
  pastes = 0;
}

export function canPaste(): boolean {
  return clipboard !== undefined;
}

export function pasteCopied(): void {
  if (clipboard === undefined) return;
  pastes += 1;
  paste(clipboard, { x: PASTE_STEP * pastes, y: PASTE_STEP * pastes });
}

function paste(fragment: Fragment, offset: CanvasPosition): void {
  if (fragment.machines.length + fragment.switches.length === 0) return;
  const pasted = pasteFragment(useDocument.getState().lab, fragment, offset);
  edit(() => pasted.lab);
  select(pasted.names);
}

export function selectAll(): void {
  const { lab } = useDocument.getState();
  select(nodeNames(lab), lab.links.map(linkKey));
}

/** Moves what is selected by the arrow keys; a run of key presses is one step of undo. */
export function nudgeSelected(step: CanvasPosition): void {
  const { nodes: selected } = useSelection.getState();
  if (selected.size === 0) return;
  const moved = (lab: Lab) => {
    const placed = [...lab.machines, ...lab.switches].filter((node) => selected.has(node.name));
    return new Map(placed.map(({ name, position }) => [name, { x: position.x + step.x, y: position.y + step.y }]));
  };
  edit((lab) => nodes.moveNodes(lab, moved(lab)), `nudge ${[...selected].join(' ')}`);
}

export function arrangeAll(): void {
  edit((lab) => nodes.moveNodes(lab, arrange(lab)));
  // The cards have moved only when React has drawn them.
  requestAnimationFrame(() => {
    fitView();
  });
}

/** Why the node cannot have this name; undefined when it can. */
export function refusesName(from: string, to: string): string | undefined {
  if (from === to) return undefined;
  const expected = nodeName(to);
  if (expected !== undefined) return `Expected ${expected}.`;
  if (nodeNames(useDocument.getState().lab).has(to)) return `There is another node named ${to}.`;
  return isUp(stateOf(useRunning.getState(), from)) ? `Stop ${from} before renaming it.` : undefined;
}

export function rename(from: string, to: string): void {
  if (from === to || refusesName(from, to) !== undefined) return;
  // Before the edit: a name that is gone does not stay selected.
  const { nodes: selected } = useSelection.getState();
  edit((lab) => nodes.renameNode(lab, from, to));
  if (selected.has(from)) select([...selected].map((name) => (name === from ? to : name)));
}
