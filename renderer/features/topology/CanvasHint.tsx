import { Glyph } from '../../ui/Glyph.tsx';
import { useDocument } from '../lab/documentStore.ts';

/** What to do first, while the lab is empty. */
export function CanvasHint() {
  const isEmpty = useDocument(({ lab }) => lab.machines.length + lab.switches.length === 0);
  if (!isEmpty) return null;
  return (
    <div className="canvas-hint">
      <div className="canvas-hint__glyphs">
        <Glyph kind="host" size={24} />
        <Glyph kind="switch" size={24} />
        <Glyph kind="router" size={24} />
      </div>
      <p className="canvas-hint__title">Drag a machine here</p>
      <p>
        Then pull a link from one of its ports to another machine. Addresses are filled in for you; press Start all, and
        click a machine to open its console.
      </p>
    </div>
  );
}
