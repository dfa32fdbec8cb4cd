import { OCRNL, OLCUC, ONLCR, ONLRET, ONOCR, OPOST, TABDLY, XTABS } from '../abi/termios.ts';
import type { Termios } from '../abi/termios.ts';
import type { IoSource } from '../mm/Io.ts';
import { isContinuation, isControl, upperCase } from './characters.ts';

/** The device behind a line discipline, as far as output goes. */
export interface OutputPort {
  /** Bytes that the device takes now. */
  room(): number;
  /** Hands over bytes, never more than there is room for. */
  transmit(bytes: Uint8Array, start: number, length: number): void;
}

const CHUNK = 1024;
/** Echo that finds no room waits up to this many bytes; more is dropped, as Linux drops it. */
const PENDING_LIMIT = 4096;
const BACKSPACE = 8;
const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const CARET = 94;

/**
 * Output half of the line discipline: post-processing (c_oflag), the cursor's column, and the queue of bytes that found
 * no room in the device. Echo and what programs write go through it in order.
 */
export class OutputProcessor {
  termios: Termios;
  private readonly port: OutputPort;
  private readonly pending = new Uint8Array(PENDING_LIMIT + CHUNK * 8);
  private pendingStart = 0;
  private pendingEnd = 0;
  private readonly taken = new Uint8Array(CHUNK);
  /** While true nothing is transmitted (^S, tcflow(3)). */
  private stopped = false;

  column = 0;
  /** Column at which the line that is being typed began: erasing a tab goes back to it. */
  canonColumn = 0;

  constructor(termios: Termios, port: OutputPort) {
    this.termios = termios;
    this.port = port;
  }

  get isStopped(): boolean {
    return this.stopped;
  }

  stop(): void {
    this.stopped = true;
  }

  start(): void {
    this.stopped = false;
    this.drain();
  }

  /** Room for what programs write. */
  room(): number {
    return this.stopped || this.pendingEnd > this.pendingStart ? 0 : this.port.room();
  }

  get pendingBytes(): number {
    return this.pendingEnd - this.pendingStart;
  }

  discardPending(): void {
    this.pendingStart = 0;
    this.pendingEnd = 0;
  }

  /** Takes from `source` while there is room; bytes taken, or -EFAULT. 0 means that there was no room. */
  write(source: IoSource): number {
    let total = 0;
    this.drain();
    while (source.remaining > 0) {
      const room = this.room();
      if (room === 0) break;
      const wanted = Math.min(source.remaining, room, CHUNK);
      const moved = source.take(this.taken, 0, wanted);
      if (moved <= 0) return total > 0 ? total : moved;
      if ((this.termios.oflag & OPOST) === 0) this.port.transmit(this.taken, 0, moved);
      else {
        for (let index = 0; index < moved; index++) this.put(this.taken[index]);
        this.drain();
      }
      total += moved;
      if (moved < wanted) break;
    }
    return total;
  }

  /** One byte of echo. It waits for `drain`, and is lost when too much waits. */
  echo(byte: number): void {
    if (this.pendingBytes >= PENDING_LIMIT) return;
    if ((this.termios.oflag & OPOST) === 0) this.append(byte);
    else this.put(byte);
  }

  /** A control character as `^X`. */
  echoControl(byte: number): void {
    if (this.pendingBytes >= PENDING_LIMIT) return;
    this.append(CARET);
    this.append(byte ^ 0x40);
    this.column += 2;
  }

  /** One column to the left. */
  stepBack(): void {
    if (this.pendingBytes >= PENDING_LIMIT) return;
    this.append(BACKSPACE);
    if (this.column > 0) this.column--;
  }

  /** Hands the device what waits and fits. */
  drain(): void {
    while (!this.stopped && this.pendingEnd > this.pendingStart) {
      const count = Math.min(this.port.room(), this.pendingBytes);
      if (count <= 0) break;
      this.port.transmit(this.pending, this.pendingStart, count);
      this.pendingStart += count;
    }
    if (this.pendingStart === this.pendingEnd) this.discardPending();
  }

  /** Post-processes one byte (termios(3), c_oflag). */
  private put(byte: number): void {
    const { oflag, iflag } = this.termios;
    switch (byte) {
      case NEWLINE:
        if ((oflag & ONLRET) !== 0) this.column = 0;
        if ((oflag & ONLCR) !== 0) {
          this.column = 0;
          this.append(RETURN);
        }
        this.canonColumn = this.column;
        break;
      case RETURN:
        if ((oflag & ONOCR) !== 0 && this.column === 0) return;
        if ((oflag & OCRNL) !== 0) {
          if ((oflag & ONLRET) !== 0) this.canonColumn = this.column = 0;
          this.append(NEWLINE);
          return;
        }
        this.canonColumn = this.column = 0;
        break;
      case TAB: {
        const spaces = 8 - (this.column & 7);
        this.column += spaces;
        if ((oflag & TABDLY) === XTABS) {
          for (let count = 0; count < spaces; count++) this.append(SPACE);
          return;
        }
        break;
      }
      case BACKSPACE:
        if (this.column > 0) this.column--;
        break;
      default:
        if (isControl(byte)) break;
        if (!isContinuation(byte, iflag)) this.column++;
        if ((oflag & OLCUC) !== 0) {
          this.append(upperCase(byte));
          return;
        }
    }
    this.append(byte);
  }

  private append(byte: number): void {
    if (this.pendingEnd === this.pending.length) {
      this.pending.copyWithin(0, this.pendingStart, this.pendingEnd);
      this.pendingEnd -= this.pendingStart;
      this.pendingStart = 0;
    }
    this.pending[this.pendingEnd++] = byte;
  }
}
