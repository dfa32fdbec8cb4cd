import { describe, expect, test } from 'vitest';
import { matchesChord } from './keys.ts';

function press(key: string, modifiers = ''): Parameters<typeof matchesChord>[0] {
  return {
    key,
    ctrlKey: modifiers.includes('c'),
    shiftKey: modifiers.includes('s'),
    altKey: modifiers.includes('a'),
    metaKey: modifiers.includes('m'),
  };
}

describe('matchesChord', () => {
  const cases = [
    ['Mod+K', press('k', 'c'), true],
    ['Mod+K', press('k'), false],
    ['Mod+K', press('K', 'cs'), false],
    ['Mod+Shift+Z', press('Z', 'cs'), true],
    ['Delete', press('Delete'), true],
    ['Delete', press('Delete', 'c'), false],
    ['F', press('f'), true],
    ['F', press('f', 'a'), false],
    ['Mod+Plus', press('+', 'cs'), true],
    ['Mod+Plus', press('+', 'c'), true],
    ['Mod+-', press('-', 'c'), true],
    ['Mod+K', press('k', 'm'), false],
  ] as const;
  test.each(cases)('%s: %#', (chord, event, matches) => {
    expect(matchesChord(event, chord)).toBe(matches);
  });
});
