import { defaultTermios, IUTF8 } from '../../abi/termios.ts';
import { ByteQueue } from '../../lib/ByteQueue.ts';
import { Tty } from '../Tty.ts';
import type { TtyDriver } from '../TtyDriver.ts';
import { consoleDevice } from '../TtyRegistry.ts';
import type { ConsoleChannel } from './ConsoleChannel.ts';

/** Output that the channel did not take yet. */
const OUTPUT_LIMIT = 16 * 1024;
/** Input that the line discipline did not take yet; at half of it the channel is asked to pause. */
const INPUT_LIMIT = 64 * 1024;

/** The driver of a console: a terminal on a channel. */
class ConsoleDriver implements TtyDriver {
  readonly isDisconnected = false;
  private readonly channel: ConsoleChannel;
  private readonly output = new ByteQueue(OUTPUT_LIMIT);
  private readonly input = new ByteQueue(INPUT_LIMIT);
  private isPaused = false;
  private isFeeding = false;
  private tty: Tty | null = null;

  constructor(channel: ConsoleChannel) {
    this.channel = channel;
  }

  /** Joins the driver to its terminal; bytes may come from now on. */
  attach(tty: Tty): void {
    this.tty = tty;
    this.channel.onInput = (bytes) => this.typed(bytes);
    this.channel.onDrain = () => this.send();
    this.channel.onResize = (rows, columns) => tty.resize({ rows, columns, xPixels: 0, yPixels: 0 });
  }

  // Output.

  room(): number {
    return this.output.room;
  }

  get queuedBytes(): number {
    return this.output.length;
  }

  transmit(bytes: Uint8Array, start: number, length: number): void {
    const taken = this.output.length === 0 ? this.channel.write(bytes.subarray(start, start + length)) : 0;
    this.output.push(bytes, start + taken, length - taken);
  }

  flushOutput(): void {
    this.output.clear();
  }

  private send(): void {
    while (this.output.length > 0) {
      const taken = this.channel.write(this.output.peek());
      if (taken === 0) break;
      this.output.drop(taken);
    }
    this.tty?.outputSent();
  }

  // Input.

  private typed(bytes: Uint8Array): void {
    // What comes in spite of a full queue is lost, as on a line that overruns.
    this.input.push(bytes, 0, bytes.length);
    this.inputWanted();
  }

  inputWanted(): void {
    // The line discipline asks again from within `receive`, when a signal character drops what was typed.
    if (this.tty === null || this.isFeeding) return;
    this.isFeeding = true;
    while (this.input.length > 0) {
      const piece = this.input.peek();
      const taken = this.tty.receive(piece, 0, piece.length);
      if (taken === 0) break;
      this.input.drop(taken);
    }
    this.isFeeding = false;
    this.setPaused(this.input.length > INPUT_LIMIT / 2);
  }

  private setPaused(isPaused: boolean): void {
    if (isPaused === this.isPaused) return;
    this.isPaused = isPaused;
    this.channel.setInputPaused(isPaused);
  }

  inputFlushed(): void {}

  flowChanged(): void {}

  limitTermios(): void {}

  termiosChanged(): void {}

  resized(): void {}

  openCountChanged(): void {}

  /** Other programs of the session are cut off, and the next session starts with a terminal in order (vhangup(2)). */
  sessionEnded(): void {
    this.tty?.hangUp();
  }
}

/** The console `tty<number>` on `channel`; numbers start at 1. */
export function createConsole(number: number, channel: ConsoleChannel): Tty {
  const driver = new ConsoleDriver(channel);
  const termios = defaultTermios();
  // Whoever shows the console speaks UTF-8: erasing takes whole characters away (termios(3)).
  termios.iflag |= IUTF8;
  const tty = new Tty(`tty${number}`, consoleDevice(number), driver, termios);
  driver.attach(tty);
  return tty;
}
