import { EAGAIN, EFAULT, EINVAL, EIO } from '../../abi/errno.ts';
import {
  FIONREAD,
  TCFLSH,
  TIOCGDEV,
  TIOCGPKT,
  TIOCGPTLCK,
  TIOCGPTN,
  TIOCGPTPEER,
  TIOCOUTQ,
  TIOCPKT,
  TIOCSIG,
  TIOCSPTLCK,
} from '../../abi/ioctls.ts';
import { rlimit } from '../../abi/limits.ts';
import { O_CLOEXEC } from '../../abi/open.ts';
import { SIGINT, SIGQUIT, SIGTSTP } from '../../abi/signals.ts';
import type { IoSource, IoTarget } from '../../mm/Io.ts';
import type { Task } from '../../process/Task.ts';
import type { WaitQueue } from '../../sched/WaitQueue.ts';
import { makeDevice } from '../../vfs/deviceNumber.ts';
import { File } from '../../vfs/File.ts';
import { ttyIoctl } from '../ttyIoctl.ts';
import type { PtyPair } from './PtyPair.ts';

const MASTER_MAJOR = 128;

/** What a master asks of the table that made it. */
export interface PtyOwner {
  openSlave(pair: PtyPair, task: Task, flags: number): File | number;
  masterClosed(pair: PtyPair): void;
}

/** The master side of a pty, as /dev/ptmx gives it. */
export class PtyMasterFile extends File {
  override readonly waitQueue: WaitQueue;
  private readonly pair: PtyPair;
  private readonly owner: PtyOwner;

  constructor(pair: PtyPair, owner: PtyOwner, flags: number) {
    super(flags);
    this.pair = pair;
    this.owner = owner;
    this.waitQueue = pair.masterQueue;
  }

  override describe(): string {
    return '/dev/ptmx';
  }

  override read(_task: Task, target: IoTarget): number {
    if (target.remaining === 0) return 0;
    switch (this.pair.readState) {
      case 'ready':
        return this.pair.readMaster(target);
      case 'gone':
        return -EIO;
      case 'nothing':
        return -EAGAIN;
    }
  }

  override write(_task: Task, source: IoSource): number {
    if (source.remaining === 0) return 0;
    const count = this.pair.writeMaster(source);
    return count === 0 ? -EAGAIN : count;
  }

  override poll(): number {
    return this.pair.masterEvents;
  }

  override ioctl(task: Task, request: number, argument: number): number {
    const { pair } = this;
    const { memory } = task;
    switch (request) {
      case TIOCGPTN:
        return memory.writeU32(argument, pair.number);
      case TIOCSPTLCK: {
        const value = memory.readU32(argument);
        if (value < 0) return -EFAULT;
        pair.isLocked = value !== 0;
        return 0;
      }
      case TIOCGPTLCK:
        return memory.writeU32(argument, pair.isLocked ? 1 : 0);
      case TIOCGPTPEER:
        return this.openPeer(task, argument);
      case TIOCPKT: {
        const value = memory.readU32(argument);
        if (value < 0) return -EFAULT;
        pair.setPacketMode(value !== 0);
        return 0;
      }
      case TIOCGPKT:
        return memory.writeU32(argument, pair.packetMode ? 1 : 0);
      case TIOCSIG:
        if (argument !== SIGINT && argument !== SIGQUIT && argument !== SIGTSTP) return -EINVAL;
        pair.slave.signalForeground(argument);
        return 0;
      case TIOCGDEV:
        return memory.writeU32(argument, makeDevice(MASTER_MAJOR, pair.number));
      case FIONREAD:
        return memory.writeU32(argument, pair.readableBytes);
      case TIOCOUTQ:
        return memory.writeU32(argument, 0);
      case TCFLSH:
        return this.flushQueue(argument);
      default:
        return ttyIoctl(task, pair.slave, 'master', request, argument, this.canRead);
    }
  }

  private flushQueue(queue: number): number {
    if (queue < 0 || queue > 2) return -EINVAL;
    if (queue !== 1) this.pair.flushMaster('input');
    if (queue !== 0) this.pair.flushMaster('output');
    return 0;
  }

  /** TIOCGPTPEER: the slave, without going by a path that may lead elsewhere. */
  private openPeer(task: Task, flags: number): number {
    const file = this.owner.openSlave(this.pair, task, flags & ~O_CLOEXEC);
    if (typeof file === 'number') return file;
    const limit = task.process.limit(rlimit.openFiles);
    const fd = task.files.install(file, 0, limit, (flags & O_CLOEXEC) !== 0);
    if (fd < 0) file.close();
    return fd;
  }

  protected override release(): void {
    this.owner.masterClosed(this.pair);
  }
}
