import type { ISearchDecorationOptions } from '@xterm/addon-search';
import type { ITheme } from '@xterm/xterm';

/** The terminal's colours out of the tokens. xterm wants values, not variables, so they are read anew on a change of theme. */
export function terminalTheme(): ITheme {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--terminal-${name}`).trim();
  return {
    background: token('background'),
    foreground: token('foreground'),
    cursor: token('foreground'),
    cursorAccent: token('background'),
    selectionBackground: token('selection'),
    overviewRulerBorder: token('background'),
    scrollbarSliderBackground: token('slider'),
    scrollbarSliderHoverBackground: token('slider-hover'),
    scrollbarSliderActiveBackground: token('slider-hover'),
    black: token('black'),
    red: token('red'),
    green: token('green'),
    yellow: token('yellow'),
    blue: token('blue'),
    magenta: token('magenta'),
    cyan: token('cyan'),
    white: token('white'),
    brightBlack: token('bright-black'),
    brightRed: token('red'),
    brightGreen: token('green'),
    brightYellow: token('yellow'),
    brightBlue: token('blue'),
    brightMagenta: token('magenta'),
    brightCyan: token('cyan'),
    brightWhite: token('bright-white'),
  };
}

/** The search wants colours as #RRGGBB, which tokens need not be on screens with wide colours. */
export function searchColours(): ISearchDecorationOptions {
  const isDark = document.documentElement.classList.contains('dark');
  return isDark
    ? {
        matchBackground: '#4a3a12',
        matchOverviewRuler: '#8a6a1c',
        activeMatchBackground: '#a87b12',
        activeMatchColorOverviewRuler: '#ffc53d',
      }
    : {
        matchBackground: '#ffe9b8',
        matchOverviewRuler: '#e2a336',
        activeMatchBackground: '#ffc53d',
        activeMatchColorOverviewRuler: '#ab6400',
      };
}
