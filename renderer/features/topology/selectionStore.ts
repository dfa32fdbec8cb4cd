/** What is selected on the canvas, and whose name is being edited there. Not part of the document: undo leaves it alone. */
import { create } from 'zustand';
import type { Lab } from '../../../engine/api/lab/model.ts';
import { linkKey, nodeNames } from '../../../engine/api/lab/topology.ts';

export interface Selection {
  readonly nodes: ReadonlySet<string>;
  /** Keys of links. */
  readonly links: ReadonlySet<string>;
  readonly renaming: string | undefined;
}

const NOTHING: ReadonlySet<string> = new Set();

export const useSelection = create<Selection>()(() => ({ nodes: NOTHING, links: NOTHING, renaming: undefined }));

export function select(nodes: Iterable<string>, links: Iterable<string> = NOTHING): void {
  useSelection.setState({ nodes: new Set(nodes), links: new Set(links), renaming: undefined });
}

export function changeSelection(kind: 'nodes' | 'links', changes: ReadonlyMap<string, boolean>): void {
  useSelection.setState((selection) => {
    const next = new Set(selection[kind]);
    for (const [id, isSelected] of changes) {
      if (isSelected) next.add(id);
      else next.delete(id);
    }
    return { [kind]: next };
  });
}

export function startRenaming(name: string): void {
  useSelection.setState({ renaming: name });
}

export function stopRenaming(): void {
  useSelection.setState({ renaming: undefined });
}

/** What undo, redo or another lab took away cannot stay selected. */
export function keepExisting(lab: Lab): void {
  const nodes = nodeNames(lab);
  const links = new Set(lab.links.map(linkKey));
  const { nodes: selectedNodes, links: selectedLinks } = useSelection.getState();
  const isGone =
    [...selectedNodes].some((name) => !nodes.has(name)) || [...selectedLinks].some((key) => !links.has(key));
  if (!isGone) return;
  useSelection.setState({
    nodes: new Set([...selectedNodes].filter((name) => nodes.has(name))),
    links: new Set([...selectedLinks].filter((key) => links.has(key))),
  });
}
