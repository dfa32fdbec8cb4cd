/** What the palette puts into a drag, and how the canvas takes it out. */
import type { DragEvent } from 'react';
import type { NodeKind } from '../lab/document/naming.ts';

const TYPE = 'application/x-umlaut-node';
const KINDS: readonly NodeKind[] = ['host', 'router', 'switch'];

export function startPaletteDrag(event: DragEvent, kind: NodeKind): void {
  event.dataTransfer.setData(TYPE, kind);
  event.dataTransfer.effectAllowed = 'copy';
}

export function paletteDrop(event: DragEvent): NodeKind | undefined {
  const dropped = event.dataTransfer.getData(TYPE);
  return KINDS.find((kind) => kind === dropped);
}
