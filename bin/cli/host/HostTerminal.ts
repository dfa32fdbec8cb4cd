import type { ReadStream, WriteStream } from 'node:tty';

/**
 * What a guest that ended in the middle may have left behind: colours, a hidden cursor, application keys, mouse reports,
 * bracketed paste (xterm's control sequences).
 */
const SOFT_RESET = '\x1b[m\x1b[?25h\x1b[?1l\x1b>\x1b[?1000l\x1b[?1002l\x1b[?1006l\x1b[?2004l';

export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

/** The terminal that the command line runs in, lent to a guest: raw, and put back whatever happens. */
export class HostTerminal {
  private readonly input: ReadStream;
  private readonly output: WriteStream;
  private isRaw = false;
  private readonly restore = (): void => this.release();
  /** After a stop from outside (SIGSTOP), the shell has put its own mode in place. */
  private readonly enterAgain = (): void => {
    if (this.isRaw) this.input.setRawMode(true);
  };

  constructor(input: ReadStream, output: WriteStream) {
    this.input = input;
    this.output = output;
  }

  get size(): WindowSize {
    return { columns: this.output.columns, rows: this.output.rows };
  }

  /** Every key goes to the guest from now on, `^C` too. */
  lend(onResize: (size: WindowSize) => void): void {
    if (this.isRaw) return;
    this.isRaw = true;
    this.input.setRawMode(true);
    this.output.on('resize', () => onResize(this.size));
    process.on('SIGCONT', this.enterAgain);
    process.on('exit', this.restore);
    process.on('uncaughtExceptionMonitor', this.restore);
  }

  release(): void {
    if (!this.isRaw) return;
    this.isRaw = false;
    this.input.setRawMode(false);
    this.output.write(SOFT_RESET);
    this.output.removeAllListeners('resize');
    process.off('SIGCONT', this.enterAgain);
    process.off('exit', this.restore);
    process.off('uncaughtExceptionMonitor', this.restore);
  }

  /** Lines of ours among those of a guest: a raw terminal does not go back to the first column by itself. */
  get lineEnd(): string {
    return this.isRaw ? '\r\n' : '\n';
  }
}
