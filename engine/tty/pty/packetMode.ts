import { EXTPROC, IXON, VSTART, VSTOP } from '../../abi/termios.ts';
import type { Termios } from '../../abi/termios.ts';

/** What the first byte of a read from a master in packet mode says (ioctl_tty(2), TIOCPKT). */
export const TIOCPKT_DATA = 0;
export const TIOCPKT_FLUSHREAD = 1;
export const TIOCPKT_FLUSHWRITE = 2;
export const TIOCPKT_STOP = 4;
export const TIOCPKT_START = 8;
const TIOCPKT_NOSTOP = 16;
const TIOCPKT_DOSTOP = 32;
const TIOCPKT_IOCTL = 64;

const CONTROL_Q = 0x11;
const CONTROL_S = 0x13;

/** Whether ^S and ^Q, and these keys exactly, stop and start output: the master may then do it itself. */
function hasLocalFlow({ iflag, cc }: Termios): boolean {
  return (iflag & IXON) !== 0 && cc[VSTOP] === CONTROL_S && cc[VSTART] === CONTROL_Q;
}

/** The status bits after a change of attributes. */
export function statusAfterChange(status: number, old: Termios, current: Termios): number {
  let changed = status;
  const flow = hasLocalFlow(current);
  if (flow !== hasLocalFlow(old)) {
    changed = (status & ~(TIOCPKT_DOSTOP | TIOCPKT_NOSTOP)) | (flow ? TIOCPKT_DOSTOP : TIOCPKT_NOSTOP);
  }
  return ((old.lflag | current.lflag) & EXTPROC) !== 0 ? changed | TIOCPKT_IOCTL : changed;
}
