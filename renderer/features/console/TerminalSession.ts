/**
 * One machine's terminal, as long as its tab is open: xterm and its line to the console. It lives outside of React, so that
 * nothing is lost when tabs change or panels fold. A session that is opened again gets the scrollback from the console.
 */
import '@xterm/xterm/css/xterm.css';
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal } from '@xterm/xterm';
import { showToast } from '../../lib/toasts.ts';
import { matchesChord } from '../../lib/keys.ts';
import { ConsolePort, requestConsolePort } from './ConsolePort.ts';
import { terminalTheme } from './terminalTheme.ts';

const SCROLLBACK_LINES = 10_000;
const SCROLLBAR_WIDTH = 10;
const FONT = { fontFamily: "'JetBrains Mono Variable', monospace", fontSize: 13, lineHeight: 1.25 };

export class TerminalSession {
  readonly search = new SearchAddon();
  private readonly terminal: Terminal;
  private readonly fitting = new FitAddon();
  private readonly element = document.createElement('div');
  private readonly encoder = new TextEncoder();
  private readonly documentId: string;
  private readonly machine: string;
  private readonly darkness = matchMedia('(prefers-color-scheme: dark)');
  private wantsFocus = false;
  private connection: ConsolePort | 'none' | 'asked' | 'disposed' = 'none';

  constructor(documentId: string, machine: string) {
    this.documentId = documentId;
    this.machine = machine;
    this.element.className = 'terminal-place__screen';
    this.terminal = new Terminal({
      ...FONT,
      allowProposedApi: true,
      cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      scrollback: SCROLLBACK_LINES,
      macOptionIsMeta: true,
      minimumContrastRatio: 4.5,
      overviewRuler: { width: SCROLLBAR_WIDTH },
      theme: terminalTheme(),
    });
    this.terminal.loadAddon(this.fitting);
    this.terminal.loadAddon(this.search);
    this.terminal.loadAddon(new Unicode11Addon());
    this.terminal.loadAddon(new WebLinksAddon());
    this.terminal.unicode.activeVersion = '11';
    this.terminal.onData((text) => {
      this.input(this.encoder.encode(text));
    });
    this.terminal.onBinary((text) => {
      this.input(Uint8Array.from(text, (character) => character.charCodeAt(0)));
    });
    this.terminal.onResize(({ cols, rows }) => {
      this.port?.resize(cols, rows);
    });
    this.terminal.attachCustomKeyEventHandler((event) => !this.handlesKey(event));
    this.darkness.addEventListener('change', this.applyTheme);
  }

  /** Puts the terminal into the page. */
  attach(parent: HTMLElement): void {
    parent.append(this.element);
    if (this.terminal.element === undefined) this.terminal.open(this.element);
    this.fit();
    if (this.wantsFocus) this.focus();
  }

  detach(): void {
    this.element.remove();
  }

  /** Takes the size of the place it is in; the machine hears of it. */
  fit(): void {
    if (this.element.clientWidth > 0 && this.element.clientHeight > 0) this.fitting.fit();
  }

  /** Takes the keyboard: now, or when the terminal is put into the page. */
  focus(): void {
    this.wantsFocus = !this.element.isConnected;
    if (!this.wantsFocus) this.terminal.focus();
  }

  clearSearch(): void {
    this.search.clearDecorations();
    this.terminal.clearSelection();
  }

  /** Gets the line to the console unless there is one. Called again when the engine has come back. */
  connect(): void {
    if (this.connection !== 'none') return;
    this.connection = 'asked';
    requestConsolePort(this.documentId, this.machine).then(
      (port) => {
        if (this.isDisposed) port.close();
        else this.use(port);
      },
      (error: unknown) => {
        if (this.isDisposed) return;
        this.connection = 'none';
        const reason = error instanceof Error ? error.message : String(error);
        showToast(`The console of ${this.machine} could not be opened.`, reason);
      },
    );
  }

  dispose(): void {
    this.port?.close();
    this.connection = 'disposed';
    this.darkness.removeEventListener('change', this.applyTheme);
    this.terminal.dispose();
    this.element.remove();
  }

  private get isDisposed(): boolean {
    return this.connection === 'disposed';
  }

  private get port(): ConsolePort | undefined {
    return typeof this.connection === 'string' ? undefined : this.connection;
  }

  private use(messages: MessagePort): void {
    const port = new ConsolePort(
      messages,
      {
        reset: () => {
          this.terminal.reset();
        },
        write: (bytes, drawn) => {
          this.terminal.write(bytes, drawn);
        },
      },
      () => {
        if (this.connection === port) this.connection = 'none';
      },
    );
    this.connection = port;
    port.resize(this.terminal.cols, this.terminal.rows);
  }

  private input(bytes: Uint8Array): void {
    this.port?.send(bytes);
  }

  /** The terminal's own keys need Shift, for everything with Control alone belongs to the guest. */
  private handlesKey(event: KeyboardEvent): boolean {
    if (event.type !== 'keydown') return false;
    if (matchesChord(event, 'Mod+Shift+C')) {
      event.preventDefault();
      void navigator.clipboard.writeText(this.terminal.getSelection());
      return true;
    }
    if (matchesChord(event, 'Mod+Shift+V')) {
      // The browser's own paste arrives in the terminal's text area, and so as input.
      return true;
    }
    return isWindowKey(event);
  }

  private readonly applyTheme = () => {
    // After the window has switched its own tokens.
    requestAnimationFrame(() => {
      this.terminal.options.theme = terminalTheme();
    });
  };
}

/** Chords that leave the terminal and reach the window although the terminal has the focus. */
const WINDOW_CHORDS = ['Mod+Shift+F', 'Mod+Shift+K', 'Mod+Shift+W', 'F11'];

function isWindowKey(event: KeyboardEvent): boolean {
  return WINDOW_CHORDS.some((chord) => matchesChord(event, chord));
}
