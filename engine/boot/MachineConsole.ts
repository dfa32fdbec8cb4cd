import type { ConsoleChannel } from '../tty/console/ConsoleChannel.ts';

/** How much output may wait here while the observer asks us to hold it back. */
const HELD_LIMIT = 64 << 10;

/** The far end of a machine's console: whoever observes the machine. Keeps input until the terminal has room for it. */
export class MachineConsole implements ConsoleChannel {
  onDrain: () => void = () => {};
  onInput: (bytes: Uint8Array) => void = () => {};
  onResize: (rows: number, columns: number) => void = () => {};
  private readonly output: (bytes: Uint8Array) => void;
  private readonly inputTaken: (count: number) => void;
  private readonly waiting: Uint8Array[] = [];
  private isPaused = false;
  private isHeld = false;
  private held = 0;

  constructor(output: (bytes: Uint8Array) => void, inputTaken: (count: number) => void) {
    this.output = output;
    this.inputTaken = inputTaken;
  }

  write(bytes: Uint8Array): number {
    if (this.isHeld && this.held + bytes.length > HELD_LIMIT) return 0;
    if (this.isHeld) this.held += bytes.length;
    this.output(bytes.slice());
    return bytes.length;
  }

  /** The observer has enough for now, or wants more again. */
  hold(held: boolean): void {
    this.isHeld = held;
    this.held = 0;
    if (!held) this.onDrain();
  }

  setInputPaused(isPaused: boolean): void {
    this.isPaused = isPaused;
    if (!isPaused) this.feed();
  }

  input(bytes: Uint8Array): void {
    this.waiting.push(bytes);
    this.feed();
  }

  private feed(): void {
    while (!this.isPaused) {
      const bytes = this.waiting.shift();
      if (bytes === undefined) return;
      this.onInput(bytes);
      this.inputTaken(bytes.length);
    }
  }

  resize(columns: number, rows: number): void {
    this.onResize(rows, columns);
  }

  /** A text of the kernel's own, past the terminal: the last words of a machine. */
  print(text: string): void {
    this.output(new TextEncoder().encode(text));
  }
}
