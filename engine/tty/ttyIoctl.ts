import { CAP_SYS_ADMIN } from '../process/Capabilities.ts';
import { EFAULT, EINVAL, EIO, EPERM } from '../abi/errno.ts';
import {
  FIONREAD,
  TIOCEXCL,
  TIOCGDEV,
  TIOCGETD,
  TIOCGEXCL,
  TIOCGPGRP,
  TIOCGSID,
  TIOCGWINSZ,
  TIOCNOTTY,
  TIOCNXCL,
  TIOCOUTQ,
  TIOCSCTTY,
  TIOCSETD,
  TIOCSPGRP,
  TIOCSTI,
  TIOCSWINSZ,
  TIOCVHANGUP,
} from '../abi/ioctls.ts';
import { isCapable } from '../process/Credentials.ts';
import type { Task } from '../process/Task.ts';
import { sessionIoctl } from './sessionIoctl.ts';
import type { TtySide } from './sessionIoctl.ts';
import { termiosIoctl } from './termiosIoctl.ts';
import type { Tty } from './Tty.ts';

/** The only line discipline there is. */
const N_TTY = 0;

function getWindowSize(task: Task, tty: Tty, address: number): number {
  const { rows, columns, xPixels, yPixels } = tty.windowSize;
  const error = task.memory.writeU32(address, rows | (columns << 16));
  return error < 0 ? error : task.memory.writeU32(address + 4, xPixels | (yPixels << 16));
}

function setWindowSize(task: Task, tty: Tty, address: number): number {
  const size = task.memory.readU32(address);
  const pixels = task.memory.readU32(address + 4);
  if (size < 0 || pixels < 0) return -EFAULT;
  tty.resize({
    rows: size & 0xffff,
    columns: size >>> 16,
    xPixels: pixels & 0xffff,
    yPixels: pixels >>> 16,
  });
  return 0;
}

/** TIOCSTI types for somebody else, a way out of every sandbox: root only, as with dev.tty.legacy_tiocsti = 0. */
function simulateInput(task: Task, tty: Tty, address: number): number {
  if (!isCapable(task.credentials, CAP_SYS_ADMIN)) return -EIO;
  const byte = task.memory.readU8(address);
  if (byte < 0) return -EFAULT;
  tty.receive(Uint8Array.of(byte), 0, 1);
  return 0;
}

/** Requests that every terminal knows (ioctl_tty(2)); -ENOTTY for others. */
export function ttyIoctl(
  task: Task,
  tty: Tty,
  side: TtySide,
  request: number,
  argument: number,
  canRead: boolean,
): number {
  switch (request) {
    case TIOCGWINSZ:
      return getWindowSize(task, tty, argument);
    case TIOCSWINSZ:
      return setWindowSize(task, tty, argument);
    case TIOCSCTTY:
    case TIOCNOTTY:
    case TIOCGPGRP:
    case TIOCSPGRP:
    case TIOCGSID:
      return sessionIoctl(task, tty, side, request, argument, canRead);
    case FIONREAD:
      return task.memory.writeU32(argument, tty.discipline.readableBytes);
    case TIOCOUTQ:
      return task.memory.writeU32(argument, tty.unsentBytes);
    case TIOCSTI:
      return simulateInput(task, tty, argument);
    case TIOCEXCL:
      tty.isExclusive = true;
      return 0;
    case TIOCNXCL:
      tty.isExclusive = false;
      return 0;
    case TIOCGEXCL:
      return task.memory.writeU32(argument, tty.isExclusive ? 1 : 0);
    case TIOCGETD:
      return task.memory.writeU32(argument, N_TTY);
    case TIOCSETD: {
      const discipline = task.memory.readU32(argument);
      return discipline < 0 ? -EFAULT : discipline === N_TTY ? 0 : -EINVAL;
    }
    case TIOCGDEV:
      return task.memory.writeU32(argument, tty.device);
    case TIOCVHANGUP:
      if (!isCapable(task.credentials, CAP_SYS_ADMIN)) return -EPERM;
      tty.hangUp();
      return 0;
    default:
      return termiosIoctl(task, tty, request, argument);
  }
}
