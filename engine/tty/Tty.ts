import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM, POLL_ANY } from '../abi/poll.ts';
import { SIGCONT, SIGHUP, SIGWINCH } from '../abi/signals.ts';
import { copyTermios, defaultTermios } from '../abi/termios.ts';
import type { Termios } from '../abi/termios.ts';
import type { Process } from '../process/Process.ts';
import type { ProcessGroup, Session } from '../process/Session.ts';
import { sendSignalToGroup, sendSignalToProcess } from '../process/signalSend.ts';
import { signalInfo } from '../process/signals.ts';
import { WaitQueue } from '../sched/WaitQueue.ts';
import { LineDiscipline } from './LineDiscipline.ts';
import type { TtyDriver } from './TtyDriver.ts';

const READABLE = POLLIN | POLLRDNORM;
const WRITABLE = POLLOUT | POLLWRNORM;
/** Not writable in the eyes of poll(2) while so much waits to be sent (WAKEUP_CHARS). */
const WRITABLE_BELOW = 256;
const SI_KERNEL = 0x80;

export interface WindowSize {
  rows: number;
  columns: number;
  xPixels: number;
  yPixels: number;
}

/** A terminal: a line discipline on a driver, and the session that it controls (tty(4), credentials(7)). */
export class Tty {
  /** As in /dev: `tty1`, `pts/0`. */
  readonly name: string;
  /** Device number. */
  readonly device: number;
  readonly driver: TtyDriver;
  readonly discipline: LineDiscipline;
  /** Readers, writers and who waits for output to be sent. */
  readonly queue = new WaitQueue();
  session: Session | null = null;
  foreground: ProcessGroup | null = null;
  /** TIOCEXCL: only root may open it again. */
  isExclusive = false;
  readonly windowSize: WindowSize = { rows: 0, columns: 0, xPixels: 0, yPixels: 0 };
  /** Counts hang-ups: a description from before the last one is dead. */
  hangUps = 0;
  private openCount = 0;
  private readonly initialTermios: Termios;
  /** Processes that gave the terminal up for themselves only (TIOCNOTTY). */
  private readonly detached = new WeakSet<Process>();

  constructor(name: string, device: number, driver: TtyDriver, termios: Termios = defaultTermios()) {
    this.name = name;
    this.device = device;
    this.driver = driver;
    this.initialTermios = termios;
    this.discipline = new LineDiscipline(termios, {
      room: () => driver.room(),
      transmit: (bytes, start, length) => driver.transmit(bytes, start, length),
      flushOutput: () => driver.flushOutput(),
      signal: (signal) => this.signalForeground(signal),
      inputFlushed: () => {
        driver.inputFlushed();
        driver.inputWanted();
      },
      inputReady: () => this.queue.wake(READABLE),
      flowChanged: (isStopped) => {
        driver.flowChanged(isStopped);
        if (!isStopped) this.outputSent();
      },
    });
  }

  // The driver's side.

  /** Input from the device; bytes taken. The driver keeps the rest and offers it again when it is told to. */
  receive(bytes: Uint8Array, start: number, length: number): number {
    return this.discipline.receive(bytes, start, length);
  }

  /** The device has room again, or has sent everything. */
  outputSent(): void {
    this.discipline.drain();
    this.queue.wake(WRITABLE);
  }

  /** The window has another size: programs in the foreground are told (SIGWINCH). */
  resize(size: WindowSize): void {
    const old = this.windowSize;
    const isSame =
      old.rows === size.rows &&
      old.columns === size.columns &&
      old.xPixels === size.xPixels &&
      old.yPixels === size.yPixels;
    if (isSame) return;
    Object.assign(old, size);
    this.signalForeground(SIGWINCH);
    this.driver.resized();
  }

  signalForeground(signal: number): void {
    if (this.foreground !== null) sendSignalToGroup(this.foreground, signal);
  }

  /** tcsetattr(3), once output that has to go first is gone. */
  setTermios(termios: Termios): void {
    const old = this.discipline.termios;
    const limited = copyTermios(termios);
    this.driver.limitTermios(limited);
    this.discipline.setTermios(limited);
    this.driver.termiosChanged(old, this.discipline.termios);
    this.queue.wake(WRITABLE);
  }

  // Output and its end.

  /** Bytes that were written and did not leave yet. */
  get unsentBytes(): number {
    return this.discipline.pendingBytes + this.driver.queuedBytes;
  }

  get pollEvents(): number {
    let events = this.discipline.isReadable ? READABLE : 0;
    if (this.driver.queuedBytes < WRITABLE_BELOW && this.discipline.writeRoom > 0) events |= WRITABLE;
    return events;
  }

  flushOutput(): void {
    this.discipline.discardOutput();
    this.driver.flushOutput();
    this.queue.wake(WRITABLE);
  }

  // Descriptions.

  opened(): void {
    this.driver.openCountChanged(++this.openCount);
  }

  closed(): void {
    if (--this.openCount === 0) this.isExclusive = false;
    this.driver.openCountChanged(this.openCount);
  }

  get isOpen(): boolean {
    return this.openCount > 0;
  }

  // The session.

  /** Whether this is the controlling terminal of `process`. */
  controls(process: Process): boolean {
    return process.session.controllingTty === this && !this.detached.has(process);
  }

  /** Becomes the controlling terminal of the session that `leader` leads. */
  takeSession(leader: Process): void {
    this.session = leader.session;
    this.foreground = leader.group;
    leader.session.controllingTty = this;
    this.detached.delete(leader);
  }

  /** Nobody's controlling terminal any more. */
  dropSession(): void {
    if (this.session !== null) this.session.controllingTty = null;
    this.session = null;
    this.foreground = null;
  }

  /** TIOCNOTTY of a process that leads no session. */
  detach(process: Process): void {
    this.detached.add(process);
  }

  /**
   * The leader of `session` ended: the terminal is free for another one. On a console everything that still has it open is
   * hung up; a pty's other side decides about that itself.
   */
  disassociate(session: Session): void {
    if (this.session !== session) return;
    if (this.driver.isDisconnected) {
      this.dropSession();
      return;
    }
    this.signalForeground(SIGHUP);
    this.dropSession();
    this.driver.sessionEnded();
  }

  /** The line is gone (vhangup(2), the master of a pty closed): every description is dead, the session is told. */
  hangUp(): void {
    this.hangUps++;
    this.isExclusive = false;
    const { session, foreground } = this;
    if (session !== null && session.leader !== null) {
      sendSignalToProcess(session.leader, signalInfo(SIGHUP, SI_KERNEL));
      sendSignalToProcess(session.leader, signalInfo(SIGCONT, SI_KERNEL));
    }
    if (foreground !== null) sendSignalToGroup(foreground, SIGHUP);
    this.dropSession();
    this.discipline.flushInput();
    this.setTermios(this.initialTermios);
    this.queue.wake(POLL_ANY | POLLHUP | POLLERR);
  }
}
