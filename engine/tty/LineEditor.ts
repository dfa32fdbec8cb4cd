import {
  ECHO,
  ECHOCTL,
  ECHOE,
  ECHOK,
  ECHOKE,
  ECHOPRT,
  IEXTEN,
  VERASE,
  VKILL,
  VREPRINT,
  VWERASE,
} from '../abi/termios.ts';
import type { Termios } from '../abi/termios.ts';
import { isAlphanumeric, isContinuation, isControl } from './characters.ts';
import type { InputQueue } from './InputQueue.ts';
import type { OutputProcessor } from './OutputProcessor.ts';

const BACKSPACE = 8;
const TAB = 9;
const NEWLINE = 10;
const SPACE = 32;
const SLASH = 47;
const BACKSLASH = 92;

/**
 * Editing of the line that is being typed, and how that shows: the echo flags of c_lflag. Erasing on screen steps back,
 * writes a blank, steps back; on paper (ECHOPRT) it prints what goes between `\` and `/`.
 */
export class LineEditor {
  private readonly input: InputQueue;
  private readonly output: OutputProcessor;
  /** Between the `\` and the `/` of ECHOPRT. */
  private erasing = false;

  constructor(input: InputQueue, output: OutputProcessor) {
    this.input = input;
    this.output = output;
  }

  private get termios(): Termios {
    return this.output.termios;
  }

  private has(flag: number): boolean {
    return (this.termios.lflag & flag) !== 0;
  }

  reset(): void {
    this.erasing = false;
  }

  /** Shows a typed byte; control characters as `^X` with ECHOCTL. */
  echo(byte: number): void {
    if (this.has(ECHOCTL) && isControl(byte) && byte !== TAB) this.output.echoControl(byte);
    else this.output.echo(byte);
  }

  /** Shows a typed byte of the line that is being edited, after closing an erasure and noting where the line begins. */
  echoInput(byte: number): void {
    this.finishErasing();
    this.noteLineStart();
    this.echo(byte);
  }

  noteLineStart(): void {
    if (this.input.canonHead === this.input.head) this.output.canonColumn = this.output.column;
  }

  finishErasing(): void {
    if (!this.erasing) return;
    this.output.echo(SLASH);
    this.erasing = false;
  }

  /** VREPRINT: the line once more, on a new one. */
  reprint(): void {
    this.finishErasing();
    this.echo(this.termios.cc[VREPRINT]);
    this.output.echo(NEWLINE);
    for (let position = this.input.canonHead; position < this.input.head; position++)
      this.echo(this.input.at(position));
  }

  /** VERASE, VWERASE (with IEXTEN) and VKILL; false when `byte` is none of them. */
  tryErase(byte: number): boolean {
    const { cc } = this.termios;
    if (byte === cc[VERASE]) this.eraseCharacters('one');
    else if (byte === cc[VKILL]) this.kill();
    else if (byte === cc[VWERASE] && this.has(IEXTEN)) this.eraseCharacters('word');
    else return false;
    return true;
  }

  private kill(): void {
    const { input } = this;
    if (input.head === input.canonHead) return;
    if (this.has(ECHO) && this.has(ECHOK) && this.has(ECHOKE) && this.has(ECHOE)) {
      this.eraseCharacters('line');
      return;
    }
    input.head = input.canonHead;
    if (!this.has(ECHO)) return;
    this.finishErasing();
    this.echo(this.termios.cc[VKILL]);
    if (this.has(ECHOK)) this.output.echo(NEWLINE);
  }

  private eraseCharacters(extent: 'one' | 'word' | 'line'): void {
    const { input } = this;
    if (input.head === input.canonHead) return;
    let inWord = false;
    while (input.head > input.canonHead) {
      const start = this.startOfLastCharacter();
      const byte = input.at(start);
      // The head of this multibyte character was read already: leave its rest alone.
      if (isContinuation(byte, this.termios.iflag)) break;
      if (extent === 'word') {
        if (isAlphanumeric(byte) || byte === 0x5f) inWord = true;
        else if (inWord) break;
      }
      const end = input.head;
      input.head = start;
      if (this.has(ECHO)) this.showErased(extent, start, end);
      if (extent === 'one') break;
    }
    if (input.head === input.canonHead && this.has(ECHO)) this.finishErasing();
  }

  private startOfLastCharacter(): number {
    const { input } = this;
    let start = input.head - 1;
    while (start > input.canonHead && isContinuation(input.at(start), this.termios.iflag)) start--;
    return start;
  }

  private showErased(extent: 'one' | 'word' | 'line', start: number, end: number): void {
    const { input, output } = this;
    const byte = input.at(start);
    if (this.has(ECHOPRT)) {
      if (!this.erasing) output.echo(BACKSLASH);
      this.erasing = true;
      this.echo(byte);
      for (let position = start + 1; position < end; position++) output.echo(input.at(position));
    } else if (extent === 'one' && !this.has(ECHOE)) this.echo(this.termios.cc[VERASE]);
    else if (byte === TAB) this.eraseTab();
    else {
      const shown = !isControl(byte) ? 1 : this.has(ECHOCTL) ? 2 : 0;
      for (let count = 0; count < shown; count++) {
        output.echo(BACKSPACE);
        output.echo(SPACE);
        output.echo(BACKSPACE);
      }
    }
  }

  /** Steps back over the columns that a tab covered: what is left of 8 after the characters before it. */
  private eraseTab(): void {
    const { input, output } = this;
    let columns = 0;
    let afterTab = false;
    for (let position = input.head - 1; position >= input.canonHead; position--) {
      const byte = input.at(position);
      if (byte === TAB) {
        afterTab = true;
        break;
      }
      if (isControl(byte)) columns += this.has(ECHOCTL) ? 2 : 0;
      else if (!isContinuation(byte, this.termios.iflag)) columns++;
    }
    if (!afterTab) columns += output.canonColumn;
    for (let count = 8 - (columns & 7); count > 0; count--) output.stepBack();
  }
}
