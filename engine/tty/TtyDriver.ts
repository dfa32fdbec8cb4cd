import type { Termios } from '../abi/termios.ts';
import type { OutputPort } from './OutputProcessor.ts';

/** The device below a terminal: a console's channel, or the master side of a pty. */
export interface TtyDriver extends OutputPort {
  /** Bytes taken and not yet sent on (TIOCOUTQ). */
  readonly queuedBytes: number;
  /** Drops those. */
  flushOutput(): void;
  /** The terminal has room for input again: hand over what was held back. */
  inputWanted(): void;
  /** Unread input was dropped. */
  inputFlushed(): void;
  /** Output was stopped or started from the keyboard or by tcflow(3). */
  flowChanged(isStopped: boolean): void;
  /** Attributes that the device cannot have are put right, before they take effect. */
  limitTermios(termios: Termios): void;
  termiosChanged(old: Termios, current: Termios): void;
  /** The window has another size, which the driver may have set itself. */
  resized(): void;
  /** A description was opened, or the last reference to one went; `count` is how many there are now. */
  openCountChanged(count: number): void;
  /** The leader of the session that the terminal controlled has ended. */
  sessionEnded(): void;
  /** Whether nobody is at the other end: writes answer -EIO. */
  readonly isDisconnected: boolean;
}
