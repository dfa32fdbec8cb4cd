import { EFAULT, EINVAL, ENOTTY, ERESTARTSYS } from '../abi/errno.ts';
import {
  TCFLSH,
  TCGETA,
  TCGETS,
  TCGETS2,
  TCSBRK,
  TCSBRKP,
  TCSETA,
  TCSETAF,
  TCSETAW,
  TCSETS,
  TCSETS2,
  TCSETSF,
  TCSETSF2,
  TCSETSW,
  TCSETSW2,
  TCXONC,
  TIOCCBRK,
  TIOCSBRK,
} from '../abi/ioctls.ts';
import { POLLOUT } from '../abi/poll.ts';
import { SIGTTOU } from '../abi/signals.ts';
import {
  DISABLED_CHARACTER,
  TERMIO_BYTES,
  TERMIOS2_BYTES,
  TERMIOS_BYTES,
  VSTART,
  VSTOP,
  readTermio,
  readTermios,
  writeTermio,
  writeTermios,
} from '../abi/termios.ts';
import type { Termios } from '../abi/termios.ts';
import { BLOCKED } from '../process/CallState.ts';
import type { Task } from '../process/Task.ts';
import { checkForeground } from './jobControl.ts';
import type { Tty } from './Tty.ts';

/** tcflush(3) and tcflow(3). */
const TCIFLUSH = 0;
const TCOFLUSH = 1;
const TCIOFLUSH = 2;
const TCOOFF = 0;
const TCOON = 1;
const TCIOFF = 2;
const TCION = 3;

function getTermios(task: Task, tty: Tty, address: number, length: number): number {
  const bytes = new Uint8Array(TERMIOS2_BYTES);
  if (length === TERMIO_BYTES) writeTermio(bytes, tty.discipline.termios);
  else writeTermios(bytes, tty.discipline.termios);
  return task.memory.copyOut(address, bytes, 0, length);
}

/** When new attributes take effect (tcsetattr(3)): at once, after output was sent, or also without unread input. */
type When = 'now' | 'drain' | 'flush';

function setTermios(task: Task, tty: Tty, address: number, length: number, when: When): number {
  const stopped = checkForeground(task, tty, SIGTTOU);
  if (stopped < 0) return stopped;
  const bytes = new Uint8Array(TERMIOS2_BYTES);
  if (task.memory.copyIn(address, bytes, 0, length) < 0) return -EFAULT;
  const old = tty.discipline.termios;
  const termios: Termios = length === TERMIO_BYTES ? readTermio(bytes, old) : readTermios(bytes, length, old);
  if (when !== 'now') {
    const wait = waitUntilSent(task, tty);
    if (wait < 0) return wait;
  }
  if (when === 'flush') flushInput(tty);
  tty.setTermios(termios);
  return 0;
}

/** tcdrain(3): 0 once everything was sent; else the call waits. */
function waitUntilSent(task: Task, tty: Tty): number {
  if (tty.unsentBytes === 0) return 0;
  if (task.signalPending) return -ERESTARTSYS;
  task.sleepOn(tty.queue, POLLOUT);
  return BLOCKED;
}

function flushInput(tty: Tty): void {
  tty.discipline.flushInput();
}

function flush(task: Task, tty: Tty, queue: number): number {
  const stopped = checkForeground(task, tty, SIGTTOU);
  if (stopped < 0) return stopped;
  switch (queue) {
    case TCIFLUSH:
      flushInput(tty);
      return 0;
    case TCOFLUSH:
      tty.flushOutput();
      return 0;
    case TCIOFLUSH:
      flushInput(tty);
      tty.flushOutput();
      return 0;
    default:
      return -EINVAL;
  }
}

function flow(task: Task, tty: Tty, action: number): number {
  const stopped = checkForeground(task, tty, SIGTTOU);
  if (stopped < 0) return stopped;
  const { discipline } = tty;
  switch (action) {
    case TCOOFF:
      discipline.setStoppedByProgram('stop');
      return 0;
    case TCOON:
      discipline.setStoppedByProgram('start');
      return 0;
    case TCIOFF:
      return sendCharacter(tty, discipline.termios.cc[VSTOP]);
    case TCION:
      return sendCharacter(tty, discipline.termios.cc[VSTART]);
    default:
      return -EINVAL;
  }
}

/** A flow-control character for the other side; it overtakes nothing here, since devices take bytes in order. */
function sendCharacter(tty: Tty, character: number): number {
  if (character !== DISABLED_CHARACTER && tty.driver.room() > 0) tty.driver.transmit(Uint8Array.of(character), 0, 1);
  return 0;
}

/** tcsendbreak(3): there is no line to hold low, so only its waiting for output is left. */
function sendBreak(task: Task, tty: Tty): number {
  const stopped = checkForeground(task, tty, SIGTTOU);
  return stopped < 0 ? stopped : waitUntilSent(task, tty);
}

/** Requests about attributes, flushing and flow (ioctl_tty(2)); -ENOTTY for others. */
export function termiosIoctl(task: Task, tty: Tty, request: number, argument: number): number {
  switch (request) {
    case TCGETS:
      return getTermios(task, tty, argument, TERMIOS_BYTES);
    case TCGETS2:
      return getTermios(task, tty, argument, TERMIOS2_BYTES);
    case TCGETA:
      return getTermios(task, tty, argument, TERMIO_BYTES);
    case TCSETS:
      return setTermios(task, tty, argument, TERMIOS_BYTES, 'now');
    case TCSETSW:
      return setTermios(task, tty, argument, TERMIOS_BYTES, 'drain');
    case TCSETSF:
      return setTermios(task, tty, argument, TERMIOS_BYTES, 'flush');
    case TCSETS2:
      return setTermios(task, tty, argument, TERMIOS2_BYTES, 'now');
    case TCSETSW2:
      return setTermios(task, tty, argument, TERMIOS2_BYTES, 'drain');
    case TCSETSF2:
      return setTermios(task, tty, argument, TERMIOS2_BYTES, 'flush');
    case TCSETA:
      return setTermios(task, tty, argument, TERMIO_BYTES, 'now');
    case TCSETAW:
      return setTermios(task, tty, argument, TERMIO_BYTES, 'drain');
    case TCSETAF:
      return setTermios(task, tty, argument, TERMIO_BYTES, 'flush');
    case TCFLSH:
      return flush(task, tty, argument);
    case TCXONC:
      return flow(task, tty, argument);
    case TCSBRK:
    case TCSBRKP:
    case TIOCSBRK:
      return sendBreak(task, tty);
    case TIOCCBRK:
      return checkForeground(task, tty, SIGTTOU);
    default:
      return -ENOTTY;
  }
}
