import './Glyph.css';
import host from '../../assets/glyphs/host.svg?raw';
import router from '../../assets/glyphs/router.svg?raw';
import networkSwitch from '../../assets/glyphs/switch.svg?raw';
import umlaut from '../../assets/glyphs/umlaut.svg?raw';

const GLYPHS = { host, router, switch: networkSwitch, umlaut };

/** One of our own drawings, in the colour of the text around it. Decoration: what it means is said in words beside it. */
export function Glyph({ kind, size = 20 }: { kind: keyof typeof GLYPHS; size?: number }) {
  return (
    <span
      className="glyph"
      aria-hidden
      style={{ width: size, height: size }}
      dangerouslySetInnerHTML={{ __html: GLYPHS[kind] }}
    />
  );
}
