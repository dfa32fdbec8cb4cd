import './Palette.css';
import { Glyph } from '../../ui/Glyph.tsx';
import type { NodeKind } from '../lab/document/naming.ts';
import { startPaletteDrag } from './paletteDrag.ts';
import { addNode } from './topologyActions.ts';

const ITEMS: readonly { kind: NodeKind; name: string; what: string }[] = [
  { kind: 'host', name: 'Host', what: 'Runs programs' },
  { kind: 'router', name: 'Router', what: 'Forwards packets' },
  { kind: 'switch', name: 'Switch', what: 'Joins links' },
];

/** Things to put on the canvas: by dragging, or by a click or Enter, which puts them where there is room. */
export function Palette() {
  return (
    <nav className="palette" aria-labelledby="palette-title">
      <h2 id="palette-title" className="palette__title">
        Add to the lab
      </h2>
      {ITEMS.map(({ kind, name, what }) => (
        <button
          key={kind}
          type="button"
          className="palette__item"
          draggable
          data-testid={`palette-${kind}`}
          onDragStart={(event) => {
            startPaletteDrag(event, kind);
          }}
          onClick={() => {
            addNode(kind);
          }}
        >
          <span className="palette__glyph">
            <Glyph kind={kind} />
          </span>
          <span className="palette__words">
            <span className="palette__name">{name}</span>
            <span className="palette__what">{what}</span>
          </span>
        </button>
      ))}
    </nav>
  );
}
