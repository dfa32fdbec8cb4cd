import { EINVAL, ENXIO, ERESTARTSYS } from '../../abi/errno.ts';
import { S_IFIFO } from '../../abi/mode.ts';
import { O_ACCMODE, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } from '../../abi/open.ts';
import type { BufferPool } from '../../lib/BufferPool.ts';
import { BLOCKED } from '../../process/CallState.ts';
import type { Credentials } from '../../process/Credentials.ts';
import { Task } from '../../process/Task.ts';
import type { Actor } from '../Actor.ts';
import type { File } from '../File.ts';
import type { WallClock } from '../FileSystem.ts';
import { Inode } from '../Inode.ts';
import { PseudoFileSystem } from '../PseudoFileSystem.ts';
import { Pipe, PIPE_READABLE, PIPE_WRITABLE } from './Pipe.ts';
import { PipeFile } from './PipeFile.ts';

const PIPEFS_MAGIC = 0x50495045;

/** What pipefs needs of its machine. */
export interface PipeEnvironment {
  readonly buffers: BufferPool;
  readonly clock: WallClock;
  /** `st_dev` of pipes. */
  readonly device: number;
  nextInode(): number;
}

/** The inode of an anonymous pipe: opening it again (/dev/fd/63) opens the same pipe. */
class PipeInode extends Inode {
  readonly pipe: Pipe;

  constructor(fs: PseudoFileSystem, ino: number, pipe: Pipe) {
    super(fs, ino, S_IFIFO | 0o600);
    this.pipe = pipe;
  }
}

/** An open(2) of a FIFO that waits for its partner; kept in `task.call.data` between runs of the call. */
class WaitingOpen {
  readonly inode: Inode;
  readonly file: PipeFile;
  private readonly partnersBefore: number;

  constructor(inode: Inode, file: PipeFile) {
    this.inode = inode;
    this.file = file;
    this.partnersBefore = this.partnerOpens;
  }

  private get partnerOpens(): number {
    return this.file.canRead ? this.file.pipe.writerOpens : this.file.pipe.readerOpens;
  }

  get hasPartner(): boolean {
    return this.partnerOpens !== this.partnersBefore;
  }
}

/** The pipes of one machine: pipefs, and the open FIFOs of all file systems. */
export class Pipes {
  private readonly environment: PipeEnvironment;
  private readonly fs: PseudoFileSystem;
  private readonly fifos = new Map<Inode, Pipe>();
  private readonly forget = (inode: Inode): void => {
    this.fifos.delete(inode);
  };

  constructor(environment: PipeEnvironment) {
    this.environment = environment;
    this.fs = new PseudoFileSystem('pipefs', PIPEFS_MAGIC, environment.device, environment.clock);
  }

  /** pipe2(2): the end to read from and the end to write to. `flags` are O_NONBLOCK and O_DIRECT. */
  create(credentials: Credentials, flags: number): [PipeFile, PipeFile] {
    const pipe = new Pipe(this.environment.buffers);
    const inode = new PipeInode(this.fs, this.environment.nextInode(), pipe);
    inode.uid = credentials.fsuid;
    inode.gid = credentials.fsgid;
    return [this.openEnd(pipe, inode, O_RDONLY | flags), this.openEnd(pipe, inode, O_WRONLY | flags)];
  }

  /**
   * Opens a FIFO (fifo(7)): a description, -ENXIO for a writer that will not wait for a reader, or BLOCKED while the other
   * side is missing; the open is then run again. Plugs into `Vfs.openFifo`.
   */
  openFifo(inode: Inode, flags: number, actor: Actor): File | number {
    if (inode instanceof PipeInode) return this.openEnd(inode.pipe, inode, flags);
    const task = actor instanceof Task ? actor : null;
    const waiting = task?.call.data instanceof WaitingOpen ? task.call.data : null;
    if (task !== null && waiting !== null) {
      // The path may lead elsewhere by now; the call goes on with the FIFO that it began with.
      return this.awaitPartner(task, waiting);
    }
    const access = flags & O_ACCMODE;
    if (access === O_ACCMODE) return -EINVAL;
    const pipe = this.fifos.get(inode) ?? new Pipe(this.environment.buffers);
    if (access === O_WRONLY && pipe.readers === 0 && (flags & O_NONBLOCK) !== 0) return -ENXIO;
    this.fifos.set(inode, pipe);
    const file = this.openEnd(pipe, inode, flags);
    const hasPartner = access === O_RDWR || (file.canRead ? pipe.writers > 0 : pipe.readers > 0);
    if (hasPartner || task === null) return file;
    if ((flags & O_NONBLOCK) !== 0) {
      file.writersBefore = pipe.writerOpens;
      return file;
    }
    const open = new WaitingOpen(inode, file);
    task.call.data = open;
    return this.awaitPartner(task, open);
  }

  private awaitPartner(task: Task, open: WaitingOpen): File | number {
    if (open.hasPartner) {
      task.call.data = null;
      return open.file;
    }
    if (task.signalPending) {
      task.call.data = null;
      open.file.close();
      return -ERESTARTSYS;
    }
    task.sleepOn(open.file.pipe.queue, PIPE_READABLE | PIPE_WRITABLE);
    return BLOCKED;
  }

  private openEnd(pipe: Pipe, inode: Inode, flags: number): PipeFile {
    return new PipeFile(pipe, inode, flags, this.forget);
  }
}
