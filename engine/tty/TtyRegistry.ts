import { CAP_SYS_ADMIN } from '../process/Capabilities.ts';
import { EBUSY, EIO, ENXIO } from '../abi/errno.ts';
import { O_NOCTTY } from '../abi/open.ts';
import { isCapable } from '../process/Credentials.ts';
import { Task } from '../process/Task.ts';
import type { Actor } from '../vfs/Actor.ts';
import { makeDevice } from '../vfs/deviceNumber.ts';
import type { DeviceRegistry } from '../vfs/DeviceRegistry.ts';
import type { File } from '../vfs/File.ts';
import type { Tty } from './Tty.ts';
import { TtyFile } from './TtyFile.ts';
import type { TtyOpening } from './TtyFile.ts';

const TTY_MAJOR = 4;
const ALTERNATE_MAJOR = 5;
/** Permissions of terminals: group tty may write (wall(1)); /dev/console is root's; /dev/tty is everybody's own. */
const TERMINAL_MODE = 0o620;
const CONSOLE_MODE = 0o600;
const OWN_MODE = 0o666;

/** Device number of the virtual console `number`. */
export function consoleDevice(number: number): number {
  return makeDevice(TTY_MAJOR, number);
}

/** The terminals of one machine, and the device files that lead to them. */
export class TtyRegistry {
  private readonly devices: DeviceRegistry;
  private readonly terminals = new Map<number, Tty>();
  private main: Tty | null = null;

  /** Shows /dev/tty, /dev/console and /dev/tty0 at once; they lead nowhere (-ENXIO) as long as there is no terminal. */
  constructor(devices: DeviceRegistry) {
    this.devices = devices;
    const own = makeDevice(ALTERNATE_MAJOR, 0);
    const console = makeDevice(ALTERNATE_MAJOR, 1);
    devices.registerCharDevice(own, 'tty', (actor, flags) => this.openOwn(actor, flags), OWN_MODE);
    devices.registerCharDevice(
      console,
      'console',
      (actor, flags) => this.openMain(actor, flags, 'console'),
      CONSOLE_MODE,
    );
    devices.registerCharDevice(
      consoleDevice(0),
      'tty0',
      (actor, flags) => this.openMain(actor, flags | O_NOCTTY, 'terminal'),
      TERMINAL_MODE,
    );
  }

  /** The terminal behind /dev/console, or null. */
  get console(): Tty | null {
    return this.main;
  }

  /** All terminals by device number, ptys too: for /proc/PID/stat and `ps`. */
  find(device: number): Tty | null {
    return this.terminals.get(device) ?? null;
  }

  /** A terminal with a device file of its own; the first one becomes the main console. */
  add(tty: Tty): void {
    this.know(tty);
    this.main ??= tty;
    this.devices.registerCharDevice(
      tty.device,
      tty.name,
      (actor, flags) => this.open(tty, actor, flags, 'terminal'),
      TERMINAL_MODE,
    );
  }

  /** Remembers a terminal whose device file is somebody else's business (devpts). */
  know(tty: Tty): void {
    this.terminals.set(tty.device, tty);
  }

  forget(tty: Tty): void {
    this.terminals.delete(tty.device);
  }

  /** Opens `tty`; a session leader without a terminal gets it as its controlling one (open(2), O_NOCTTY). */
  open(tty: Tty, actor: Actor, flags: number, opening: TtyOpening): File | number {
    if (tty.driver.isDisconnected) return -EIO;
    if (tty.isExclusive && tty.isOpen && !isCapable(actor.credentials, CAP_SYS_ADMIN)) return -EBUSY;
    const file = new TtyFile(tty, flags & ~O_NOCTTY, opening);
    if (opening === 'terminal' && (flags & O_NOCTTY) === 0 && file.canRead && actor instanceof Task) {
      const { process } = actor;
      const { session } = process;
      if (session.leader === process && session.controllingTty === null && tty.session === null)
        tty.takeSession(process);
    }
    return file;
  }

  /** /dev/tty: the controlling terminal of whoever opens it. */
  private openOwn(actor: Actor, flags: number): File | number {
    const process = actor instanceof Task ? actor.process : null;
    const tty = process?.session.controllingTty ?? null;
    if (process === null || tty?.controls(process) !== true) return -ENXIO;
    return this.open(tty, actor, flags | O_NOCTTY, 'terminal');
  }

  private openMain(actor: Actor, flags: number, opening: TtyOpening): File | number {
    return this.main === null ? -ENXIO : this.open(this.main, actor, flags, opening);
  }
}
