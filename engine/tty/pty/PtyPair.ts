import { POLLHUP, POLLIN, POLLOUT, POLLPRI, POLLRDNORM, POLLWRNORM } from '../../abi/poll.ts';
import { B38400, CREAD, CS8, CSIZE, PARENB, defaultTermios } from '../../abi/termios.ts';
import type { Termios } from '../../abi/termios.ts';
import { ByteQueue } from '../../lib/ByteQueue.ts';
import type { IoSource, IoTarget } from '../../mm/Io.ts';
import { WaitQueue } from '../../sched/WaitQueue.ts';
import { Tty } from '../Tty.ts';
import type { TtyDriver } from '../TtyDriver.ts';
import {
  TIOCPKT_DATA,
  TIOCPKT_FLUSHREAD,
  TIOCPKT_FLUSHWRITE,
  TIOCPKT_START,
  TIOCPKT_STOP,
  statusAfterChange,
} from './packetMode.ts';

/** What either side keeps of what the other one has not read. */
const BUFFER_BYTES = 16 * 1024;
const CHUNK = 1024;
const READABLE = POLLIN | POLLRDNORM;
const WRITABLE = POLLOUT | POLLWRNORM;

function slaveTermios(): Termios {
  const termios = defaultTermios();
  termios.cflag = B38400 | CS8 | CREAD;
  return termios;
}

/**
 * A pseudo-terminal (pty(7)): the slave is a terminal, and this is its driver, whose other end is the master. Bytes of the
 * master are what is typed, bytes of the slave what is shown.
 */
export class PtyPair implements TtyDriver {
  readonly number: number;
  readonly slave: Tty;
  /** Readers and writers of the master. */
  readonly masterQueue = new WaitQueue();
  /** Until unlockpt(3) the slave cannot be opened. */
  isLocked = true;
  isDisconnected = false;
  private readonly shown = new ByteQueue(BUFFER_BYTES);
  private readonly typed = new ByteQueue(BUFFER_BYTES);
  private readonly chunk = new Uint8Array(CHUNK);
  private isPacketMode = false;
  private packetStatus = 0;
  private isFeeding = false;
  private slaveCount = 0;
  /** The slave was open and is no more: the master reads an error, until somebody opens it again. */
  private isSlaveGone = false;
  private readonly whenUnused: () => void;

  /** `whenUnused` runs when both sides are closed. */
  constructor(number: number, slaveDevice: number, whenUnused: () => void) {
    this.number = number;
    this.slave = new Tty(`pts/${number}`, slaveDevice, this, slaveTermios());
    this.whenUnused = whenUnused;
  }

  // The master's side.

  get packetMode(): boolean {
    return this.isPacketMode;
  }

  setPacketMode(isOn: boolean): void {
    if (isOn && !this.isPacketMode) this.packetStatus = 0;
    this.isPacketMode = isOn;
  }

  get readableBytes(): number {
    return this.shown.length;
  }

  /** 'gone': nobody is on the slave's side and everything it wrote was read. */
  get readState(): 'ready' | 'nothing' | 'gone' {
    if (this.shown.length > 0 || (this.isPacketMode && this.packetStatus !== 0)) return 'ready';
    return this.isSlaveGone ? 'gone' : 'nothing';
  }

  readMaster(target: IoTarget): number {
    let total = 0;
    if (this.isPacketMode) {
      const status = this.packetStatus;
      this.chunk[0] = status === 0 ? TIOCPKT_DATA : status;
      total = target.put(this.chunk, 0, 1);
      if (total < 0) return total;
      this.packetStatus = 0;
      if (status !== 0) return total;
    }
    while (target.remaining > 0 && this.shown.length > 0) {
      const piece = this.shown.peek();
      const wanted = Math.min(piece.length, target.remaining);
      const moved = target.put(piece, 0, wanted);
      if (moved <= 0) return total > 0 ? total : moved;
      this.shown.drop(moved);
      total += moved;
      if (moved < wanted) break;
    }
    this.slave.outputSent();
    return total;
  }

  /** Types; bytes taken (0: the slave reads too slowly), or -EFAULT. */
  writeMaster(source: IoSource): number {
    let total = 0;
    while (source.remaining > 0 && this.typed.room > 0) {
      const wanted = Math.min(source.remaining, this.typed.room, CHUNK);
      const moved = source.take(this.chunk, 0, wanted);
      if (moved <= 0) return total > 0 ? total : moved;
      this.typed.push(this.chunk, 0, moved);
      this.feed();
      total += moved;
      if (moved < wanted) break;
    }
    return total;
  }

  get masterEvents(): number {
    let events = this.typed.room > 0 ? WRITABLE : 0;
    if (this.shown.length > 0) events |= READABLE;
    if (this.isPacketMode && this.packetStatus !== 0) events |= READABLE | POLLPRI;
    if (this.isSlaveGone) events |= POLLHUP;
    return events;
  }

  /** tcflush(3) on the master: its input is what the slave showed, its output what was typed. */
  flushMaster(queue: 'input' | 'output'): void {
    if (queue === 'output') this.typed.clear();
    else this.shown.clear();
    this.slave.outputSent();
    this.masterQueue.wake(WRITABLE);
  }

  /** The master was closed: the line is dead. */
  closeMaster(): void {
    this.isDisconnected = true;
    this.shown.clear();
    this.typed.clear();
    this.slave.hangUp();
    if (this.slaveCount === 0) this.whenUnused();
  }

  // The slave's driver.

  room(): number {
    return this.shown.room;
  }

  /** What was written is at the other side at once: tcdrain(3) waits for nothing. */
  get queuedBytes(): number {
    return 0;
  }

  transmit(bytes: Uint8Array, start: number, length: number): void {
    this.shown.push(bytes, start, length);
    this.masterQueue.wake(READABLE);
  }

  flushOutput(): void {
    this.shown.clear();
    this.note(TIOCPKT_FLUSHWRITE, 0);
  }

  inputWanted(): void {
    this.feed();
    if (this.typed.room > 0) this.masterQueue.wake(WRITABLE);
  }

  inputFlushed(): void {
    this.note(TIOCPKT_FLUSHREAD, 0);
  }

  flowChanged(isStopped: boolean): void {
    if (isStopped) this.note(TIOCPKT_STOP, TIOCPKT_START);
    else this.note(TIOCPKT_START, TIOCPKT_STOP);
  }

  /** No line, so no parity, and bytes have eight bits. */
  limitTermios(termios: Termios): void {
    termios.cflag = (termios.cflag & ~(CSIZE | PARENB)) | CS8 | CREAD;
  }

  termiosChanged(old: Termios, current: Termios): void {
    if (!this.isPacketMode) return;
    this.note(statusAfterChange(this.packetStatus, old, current), ~0);
  }

  resized(): void {}

  sessionEnded(): void {}

  openCountChanged(count: number): void {
    this.slaveCount = count;
    this.isSlaveGone = count === 0;
    if (count > 0) return;
    this.masterQueue.wake(READABLE | WRITABLE | POLLHUP);
    if (this.isDisconnected) this.whenUnused();
  }

  private note(status: number, instead: number): void {
    if (!this.isPacketMode) return;
    this.packetStatus = (this.packetStatus & ~instead) | status;
    if (this.packetStatus !== 0) this.masterQueue.wake(READABLE | POLLPRI);
  }

  /** Hands what was typed to the line discipline, as far as it takes it. */
  private feed(): void {
    // The line discipline asks again from within, when a signal character drops what was typed.
    if (this.isFeeding) return;
    this.isFeeding = true;
    while (this.typed.length > 0) {
      const piece = this.typed.peek();
      const taken = this.slave.receive(piece, 0, piece.length);
      if (taken === 0) break;
      this.typed.drop(taken);
    }
    this.isFeeding = false;
  }
}
