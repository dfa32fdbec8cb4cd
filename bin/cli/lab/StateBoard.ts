import type { MachineState } from '../../../engine/api/machine.ts';
import type { OutputSink } from '../host/OutputSink.ts';

export function describeState(status: MachineState): string {
  switch (status.state) {
    case 'booting':
      return `booting: ${status.progress}`;
    case 'crashed':
      return `crashed: ${status.reason}`;
    default:
      return status.state;
  }
}

export interface BoardScreen {
  readonly columns: number;
  readonly rows: number;
}

/**
 * The states of a lab's machines. On a terminal with room for all of them each has a line that is kept up to date; elsewhere
 * each change is a line.
 */
export class StateBoard {
  private readonly output: OutputSink;
  private readonly screen: (() => BoardScreen) | null;
  private readonly texts = new Map<string, string>();
  private readonly nameWidth: number;
  private drawnLines = 0;

  /** `screen` tells the size of the terminal, null when there is none. */
  constructor(output: OutputSink, machines: readonly string[], screen: (() => BoardScreen) | null) {
    this.output = output;
    this.screen = screen;
    this.nameWidth = Math.max(...machines.map((name) => name.length));
    for (const name of machines) this.texts.set(name, 'stopped');
  }

  update(machine: string, status: MachineState): void {
    const text = describeState(status);
    if (this.texts.get(machine) === text) return;
    this.texts.set(machine, text);
    if (!this.draw()) this.output.write(`${this.line(machine, text)}\n`);
  }

  /** A line that stays, above the board. */
  say(sentence: string): void {
    this.erase();
    this.output.write(`${sentence}\n`);
    this.draw();
  }

  private line(machine: string, text: string): string {
    return `${machine.padEnd(this.nameWidth)}  ${text}`;
  }

  private erase(): void {
    // Up to the first line of the board, and clear to the end of the screen (CUU, ED).
    if (this.drawnLines > 0) this.output.write(`\x1b[${this.drawnLines}A\x1b[J`);
    this.drawnLines = 0;
  }

  /** Whether there is a board. */
  private draw(): boolean {
    const size = this.screen?.();
    if (size === undefined || this.texts.size >= size.rows) return false;
    this.erase();
    for (const [machine, text] of this.texts) {
      // A line that wraps would be two, and the board out of step.
      this.output.write(`${this.line(machine, text).slice(0, Math.max(1, size.columns - 1))}\n`);
    }
    this.drawnLines = this.texts.size;
    return true;
  }
}
