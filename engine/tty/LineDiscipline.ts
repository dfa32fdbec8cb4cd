import { SIGINT, SIGQUIT, SIGTSTP } from '../abi/signals.ts';
import {
  copyTermios,
  DISABLED_CHARACTER,
  ECHO,
  ECHOCTL,
  ECHONL,
  EXTPROC,
  ICANON,
  ICRNL,
  IEXTEN,
  IGNCR,
  INLCR,
  ISIG,
  ISTRIP,
  IUCLC,
  IXANY,
  IXON,
  NOFLSH,
  PARMRK,
  VEOF,
  VEOL,
  VEOL2,
  VERASE,
  VINTR,
  VKILL,
  VLNEXT,
  VMIN,
  VQUIT,
  VREPRINT,
  VSTART,
  VSTOP,
  VSUSP,
  VTIME,
  VWERASE,
} from '../abi/termios.ts';
import type { Termios } from '../abi/termios.ts';
import type { IoSource, IoTarget } from '../mm/Io.ts';
import { lowerCase } from './characters.ts';
import { END_OF_FILE, InputQueue } from './InputQueue.ts';
import { LineEditor } from './LineEditor.ts';
import { OutputProcessor } from './OutputProcessor.ts';
import type { OutputPort } from './OutputProcessor.ts';

const NEWLINE = 10;
const RETURN = 13;
const CARET = 94;
const BACKSPACE = 8;
const ALL_ONES = 0xff;

/** What the line discipline tells the terminal around it. */
export interface LineDisciplinePort extends OutputPort {
  /** A signal character was typed: SIGINT, SIGQUIT or SIGTSTP for the foreground process group. */
  signal(signo: number): void;
  /** Drop output that the device has not sent yet (a signal character without NOFLSH). */
  flushOutput(): void;
  /** Unread input was dropped. */
  inputFlushed(): void;
  /** There is input to read that was not there before. */
  inputReady(): void;
  /** Output stopped or goes on (^S, ^Q, tcflow(3)). */
  flowChanged(stopped: boolean): void;
}

/**
 * The terminal line discipline (N_TTY): what termios(3) describes, as a state machine without a kernel around it. Bytes
 * of the device come in by `receive`, programs use `read` and `write`, everything else goes out by the port.
 */
export class LineDiscipline {
  private readonly port: LineDisciplinePort;
  private attributes: Termios;
  private readonly input = new InputQueue();
  private readonly output: OutputProcessor;
  private readonly editor: LineEditor;
  /** Bytes that mean something under the present attributes: 1 at their place. */
  private readonly special = new Uint8Array(256);
  /** VLNEXT was typed: the next byte is taken as it is. */
  private isNextLiteral = false;
  /** tcflow(TCOOFF): only TCOON starts output again, not ^Q. */
  private isStoppedByProgram = false;

  constructor(termios: Termios, port: LineDisciplinePort) {
    this.port = port;
    this.attributes = copyTermios(termios);
    this.output = new OutputProcessor(this.attributes, port);
    this.editor = new LineEditor(this.input, this.output);
    this.mapSpecial();
  }

  get termios(): Termios {
    return this.attributes;
  }

  /** tcsetattr(3), with the rules for input that was typed under the old attributes. */
  setTermios(termios: Termios): void {
    const old = this.attributes;
    this.attributes = copyTermios(termios);
    this.output.termios = this.attributes;
    if (((old.lflag ^ termios.lflag) & (ICANON | EXTPROC)) !== 0) {
      this.input.restart(this.isCanonical ? 1 : 0);
      this.editor.reset();
      this.isNextLiteral = false;
    }
    this.mapSpecial();
    // Without IXON no ^Q could undo an earlier ^S.
    if ((old.iflag & IXON) !== 0 && !this.hasInput(IXON)) this.startOutput();
    if (this.isReadable) this.port.inputReady();
  }

  get isCanonical(): boolean {
    return (this.attributes.lflag & (ICANON | EXTPROC)) === ICANON;
  }

  // Reading.

  /** FIONREAD. */
  get readableBytes(): number {
    return this.isCanonical ? this.input.canonicalLength : this.input.length;
  }

  /** Whether a read can give something: bytes, or an end of file. */
  get hasReadable(): boolean {
    return this.isCanonical ? this.input.canonHead !== this.input.tail : this.input.length > 0;
  }

  /** As poll(2) sees it: with VMIN and no VTIME, VMIN bytes must be there. */
  get isReadable(): boolean {
    const { cc } = this.attributes;
    if (this.isCanonical) return this.hasReadable;
    return this.input.length >= (cc[VTIME] === 0 ? Math.max(1, cc[VMIN]) : 1);
  }

  /** Bytes unread, with the line that is not finished. */
  get queuedBytes(): number {
    return this.input.length;
  }

  /**
   * Gives what there is, a line at most in canonical mode; bytes moved, or -EFAULT. 0 is an end of file (or no input:
   * ask `hasReadable`).
   */
  read(target: IoTarget): number {
    return this.isCanonical ? this.readLine(target) : this.readRaw(target);
  }

  private readRaw(target: IoTarget): number {
    const { input } = this;
    return this.moveOut(target, input.tail + Math.min(target.remaining, input.length));
  }

  private readLine(target: IoTarget): number {
    const { input } = this;
    const limit = Math.min(input.canonHead, input.tail + target.remaining);
    const end = input.endOfLine(limit);
    const endsLine = end > input.tail && input.isLineEnd(end - 1);
    const endsFile = endsLine && input.isEndOfFile(end - 1);
    const moved = this.moveOut(target, endsFile ? end - 1 : end);
    // The end-of-file mark goes with the line before it: also when the reader's buffer had just no room left to see it.
    const isWhole = input.tail === (endsFile ? end - 1 : end);
    if (isWhole && (endsFile || !endsLine) && input.tail < input.canonHead && input.isEndOfFile(input.tail)) {
      input.tail++;
    }
    return moved;
  }

  private moveOut(target: IoTarget, end: number): number {
    const { input } = this;
    let total = 0;
    while (input.tail < end) {
      const part = input.contiguous(input.tail, end);
      const moved = target.put(input.storage, input.offsetOf(input.tail), part);
      if (moved <= 0) return total > 0 ? total : moved;
      input.tail += moved;
      total += moved;
      if (moved < part) break;
    }
    return total;
  }

  /** tcflush(TCIFLUSH). */
  flushInput(): void {
    this.input.clear();
    this.editor.reset();
    this.port.inputFlushed();
  }

  // Writing.

  get writeRoom(): number {
    return this.output.room();
  }

  /** Takes what the device has room for; bytes taken (0: no room now), or -EFAULT. */
  write(source: IoSource): number {
    return this.output.write(source);
  }

  /** The device has room again. */
  drain(): void {
    this.output.drain();
  }

  /** Bytes that were written or echoed and did not reach the device. */
  get pendingBytes(): number {
    return this.output.pendingBytes;
  }

  discardOutput(): void {
    this.output.discardPending();
  }

  get isStopped(): boolean {
    return this.output.isStopped;
  }

  /** tcflow(3): TCOOFF and TCOON. */
  setStoppedByProgram(how: 'stop' | 'start'): void {
    if ((how === 'stop') === this.isStoppedByProgram) return;
    this.isStoppedByProgram = how === 'stop';
    if (how === 'stop') this.stopOutput();
    else this.startOutput();
  }

  private stopOutput(): void {
    if (this.output.isStopped) return;
    this.output.stop();
    this.port.flowChanged(true);
  }

  private startOutput(): void {
    if (!this.output.isStopped || this.isStoppedByProgram) return;
    this.output.start();
    this.port.flowChanged(false);
  }

  // Input from the device.

  /**
   * Takes bytes of the device; returns how many. Raw input that nobody reads stays with the device; an overlong line
   * keeps its last byte changing, so that its end always finds a place (N_TTY does the same).
   */
  receive(bytes: Uint8Array, start: number, length: number): number {
    const { input } = this;
    const before = this.isCanonical ? input.canonHead : input.head;
    let count = 0;
    while (count < length) {
      const room = Math.ceil(input.room / (this.hasInput(PARMRK) ? 3 : 1)) - 1;
      if (room <= 0) {
        const isOverlongLine = this.isCanonical && input.canonHead === input.tail;
        if (!isOverlongLine) break;
        if (room < 0) input.head--;
      }
      this.receiveByte(bytes[start + count]);
      count++;
    }
    this.output.drain();
    const after = this.isCanonical ? input.canonHead : input.head;
    // Readers look for themselves whether it is enough for them (VMIN).
    if (after !== before && this.hasReadable) this.port.inputReady();
    return count;
  }

  private hasInput(flag: number): boolean {
    return (this.attributes.iflag & flag) !== 0;
  }

  private hasLocal(flag: number): boolean {
    return (this.attributes.lflag & flag) !== 0;
  }

  private receiveByte(received: number): void {
    let byte = received;
    if (this.hasInput(ISTRIP)) byte &= 0x7f;
    if (this.hasInput(IUCLC) && this.hasLocal(IEXTEN)) byte = lowerCase(byte);
    if (this.isNextLiteral) {
      this.isNextLiteral = false;
      this.receiveOrdinary(byte);
    } else if (this.hasLocal(EXTPROC)) this.input.push(byte);
    else if (this.special[byte] === 0) this.receiveOrdinary(byte);
    else this.receiveSpecial(byte);
  }

  private receiveOrdinary(byte: number): void {
    this.startByAnyCharacter();
    if (this.hasLocal(ECHO)) this.editor.echoInput(byte);
    this.push(byte);
  }

  private receiveSpecial(received: number): void {
    const { cc } = this.attributes;
    if (this.hasInput(IXON)) {
      if (received === cc[VSTART]) {
        this.startOutput();
        return;
      }
      if (received === cc[VSTOP]) {
        this.stopOutput();
        return;
      }
    }
    if (this.hasLocal(ISIG) && this.receiveSignalCharacter(received)) return;
    this.startByAnyCharacter();

    let byte = received;
    if (byte === RETURN) {
      if (this.hasInput(IGNCR)) return;
      if (this.hasInput(ICRNL)) byte = NEWLINE;
    } else if (byte === NEWLINE && this.hasInput(INLCR)) byte = RETURN;

    if (this.hasLocal(ICANON) && this.receiveCanonical(byte)) return;
    if (this.hasLocal(ECHO)) {
      if (byte === NEWLINE) {
        this.editor.finishErasing();
        this.output.echo(NEWLINE);
      } else this.editor.echoInput(byte);
    }
    this.push(byte);
  }

  private startByAnyCharacter(): void {
    if (this.output.isStopped && this.hasInput(IXON) && this.hasInput(IXANY)) this.startOutput();
  }

  private receiveSignalCharacter(byte: number): boolean {
    const { cc } = this.attributes;
    const signo = byte === cc[VINTR] ? SIGINT : byte === cc[VQUIT] ? SIGQUIT : byte === cc[VSUSP] ? SIGTSTP : 0;
    if (signo === 0) return false;
    this.port.signal(signo);
    if (!this.hasLocal(NOFLSH)) {
      this.output.discardPending();
      this.port.flushOutput();
      this.flushInput();
    }
    if (this.hasInput(IXON)) this.startOutput();
    if (this.hasLocal(ECHO)) this.editor.echo(byte);
    return true;
  }

  /** Characters of canonical mode; true when `byte` was one. */
  private receiveCanonical(byte: number): boolean {
    const { cc } = this.attributes;
    const isExtended = this.hasLocal(IEXTEN);
    if (this.editor.tryErase(byte)) return true;
    if (byte === cc[VLNEXT] && isExtended) {
      this.isNextLiteral = true;
      if (this.hasLocal(ECHO)) {
        this.editor.finishErasing();
        if (this.hasLocal(ECHOCTL)) {
          this.output.echo(CARET);
          this.output.echo(BACKSPACE);
        }
      }
      return true;
    }
    if (byte === cc[VREPRINT] && this.hasLocal(ECHO) && isExtended) {
      this.editor.reprint();
      return true;
    }
    if (byte === NEWLINE) {
      if (this.hasLocal(ECHO) || this.hasLocal(ECHONL)) this.output.echo(NEWLINE);
      this.input.pushLineEnd(NEWLINE);
      return true;
    }
    if (byte === cc[VEOF]) {
      this.input.pushLineEnd(END_OF_FILE);
      return true;
    }
    if (byte === cc[VEOL] || (byte === cc[VEOL2] && isExtended)) {
      if (this.hasLocal(ECHO)) {
        this.editor.noteLineStart();
        this.editor.echo(byte);
      }
      if (byte === ALL_ONES && this.hasInput(PARMRK)) this.input.push(byte);
      this.input.pushLineEnd(byte);
      return true;
    }
    return false;
  }

  private push(byte: number): void {
    // PARMRK makes 0xff an escape; a real one is doubled.
    if (byte === ALL_ONES && this.hasInput(PARMRK)) this.input.push(byte);
    this.input.push(byte);
  }

  private mapSpecial(): void {
    const { special, attributes } = this;
    const { cc } = attributes;
    special.fill(0);
    const mark = (isOn: boolean, ...bytes: number[]): void => {
      if (isOn) for (const byte of bytes) special[byte] = 1;
    };
    const isCanonical = this.hasLocal(ICANON);
    const isExtended = this.hasLocal(IEXTEN);
    mark(this.hasInput(IGNCR) || this.hasInput(ICRNL), RETURN);
    mark(this.hasInput(INLCR), NEWLINE);
    mark(this.hasInput(IXON), cc[VSTART], cc[VSTOP]);
    mark(this.hasLocal(ISIG), cc[VINTR], cc[VQUIT], cc[VSUSP]);
    mark(isCanonical, NEWLINE, cc[VERASE], cc[VKILL], cc[VEOF], cc[VEOL]);
    mark(isCanonical && isExtended, cc[VWERASE], cc[VLNEXT], cc[VEOL2]);
    mark(isCanonical && isExtended && this.hasLocal(ECHO), cc[VREPRINT]);
    special[DISABLED_CHARACTER] = 0;
  }
}
