import { spawnSync } from 'node:child_process';
import type { ReadStream, WriteStream } from 'node:tty';

/**
 * What a guest that ended in the middle may have left behind: colours, a hidden cursor, application keys, mouse reports,
 * bracketed paste (xterm's control sequences).
 */
const SOFT_RESET = '\x1b[m\x1b[?25h\x1b[?1l\x1b>\x1b[?1000l\x1b[?1002l\x1b[?1006l\x1b[?2004l';

/**
 * Every byte as it is, both ways. Node's `setRawMode` leaves the output alone, and a guest that moves the cursor with a line
 * feed would find it in the first column.
 */
const RAW_MODE = ['raw', '-echo', '-iexten'];

/** What stty(1) answers about the terminal on standard input; undefined when it cannot be asked. */
function stty(args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync('stty', args, { stdio: ['inherit', 'pipe', 'ignore'], encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

/** The terminal that the command line runs in, lent to a guest: raw, and put back whatever happens. */
export class HostTerminal {
  private readonly input: ReadStream;
  private readonly output: WriteStream;
  private isRaw = false;
  /** The mode to put back, in the words of stty; undefined where Node has to do it. */
  private savedMode: string | undefined;
  private readonly restore = (): void => this.release();
  /** After a stop from outside (SIGSTOP), the shell has put its own mode in place. */
  private readonly enterAgain = (): void => {
    if (this.isRaw) this.enterRaw();
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
    this.savedMode = stty(['-g']);
    this.enterRaw();
    this.output.on('resize', () => onResize(this.size));
    process.on('SIGCONT', this.enterAgain);
    process.on('exit', this.restore);
    process.on('uncaughtExceptionMonitor', this.restore);
  }

  private enterRaw(): void {
    if (this.savedMode === undefined || stty(RAW_MODE) === undefined) this.input.setRawMode(true);
  }

  release(): void {
    if (!this.isRaw) return;
    this.isRaw = false;
    if (this.input.isRaw) this.input.setRawMode(false);
    if (this.savedMode !== undefined) stty([this.savedMode]);
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
