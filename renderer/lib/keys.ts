/*
 * Key chords are written as `Mod+Shift+F`: `Mod` is Command on macOS and Control elsewhere. One spelling serves the
 * keymap, the menus, the tooltips and the command palette.
 */

const isMac = typeof navigator !== 'undefined' && navigator.userAgent.includes('Mac OS');

const labels: Record<string, string> = {
  Mod: isMac ? '⌘' : 'Ctrl',
  Shift: isMac ? '⇧' : 'Shift',
  Alt: isMac ? '⌥' : 'Alt',
  Delete: 'Del',
  Backspace: '⌫',
  Enter: '↵',
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Space: 'Space',
  Plus: '+',
};

export function keyLabels(chord: string): string[] {
  return chord.split('+').map((key) => labels[key] ?? (key.length === 1 ? key.toUpperCase() : key));
}

/** Keys whose own name cannot stand in a chord. */
const KEY_NAMES: Record<string, string> = { ' ': 'Space', '+': 'Plus' };

type PressedKeys = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** Whether the event is exactly the chord: a modifier that the chord does not name must be up. */
export function matchesChord(event: PressedKeys, chord: string): boolean {
  const parts = chord.split('+');
  const key = parts.at(-1) ?? '';
  const pressedKey = KEY_NAMES[event.key] ?? event.key;
  const mod = isMac ? event.metaKey : event.ctrlKey;
  const otherMod = isMac ? event.ctrlKey : event.metaKey;
  return (
    pressedKey.toLowerCase() === key.toLowerCase() &&
    mod === parts.includes('Mod') &&
    !otherMod &&
    event.altKey === parts.includes('Alt') &&
    // Where the plus sign is on the keyboard, and whether it takes Shift, depends on its layout.
    (event.shiftKey === parts.includes('Shift') || key === 'Plus')
  );
}
