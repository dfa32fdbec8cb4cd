import { EAGAIN, EBADF, ENOTTY, EPIPE } from '../../abi/errno.ts';
import { FIONREAD } from '../../abi/ioctls.ts';
import { O_DIRECT } from '../../abi/open.ts';
import { POLLERR, POLLHUP } from '../../abi/poll.ts';
import { SIGPIPE, SI_USER } from '../../abi/signals.ts';
import type { IoSource, IoTarget } from '../../mm/Io.ts';
import { signalInfo } from '../../process/signals.ts';
import { sendSignalToTask } from '../../process/signalSend.ts';
import type { Task } from '../../process/Task.ts';
import type { WaitQueue } from '../../sched/WaitQueue.ts';
import { File } from '../File.ts';
import type { Inode } from '../Inode.ts';
import { PIPE_READABLE, PIPE_WRITABLE } from './Pipe.ts';
import type { Pipe } from './Pipe.ts';

/** An end of a pipe, or a FIFO opened for one or both directions; the access mode says which. */
export class PipeFile extends File {
  readonly pipe: Pipe;
  override readonly waitQueue: WaitQueue;
  private readonly ino: number;
  /**
   * A reader that came with O_NONBLOCK before any writer sees no POLLHUP until one has come and gone: this is the count
   * of writers that it found then, else NaN.
   */
  writersBefore = NaN;
  private readonly whenUnused: (inode: Inode) => void;

  /** `whenUnused` runs when no end of the pipe is left. */
  constructor(pipe: Pipe, inode: Inode, flags: number, whenUnused: (inode: Inode) => void) {
    super(flags);
    this.pipe = pipe;
    this.waitQueue = pipe.queue;
    this.ino = inode.ino;
    this.inode = inode;
    inode.retain();
    this.whenUnused = whenUnused;
    pipe.addEnd(this);
  }

  override describe(): string {
    return `pipe:[${this.ino}]`;
  }

  override read(_task: Task, target: IoTarget): number {
    const { pipe } = this;
    if (!this.canRead) return -EBADF;
    if (target.remaining === 0) return 0;
    if (pipe.buffer.isEmpty) return pipe.writers === 0 ? 0 : -EAGAIN;
    const { used, slots } = pipe.buffer;
    const count = pipe.buffer.read(target);
    // Writers wait for a slot only while there is none.
    if (used >= slots && pipe.buffer.used < slots) pipe.queue.wake(PIPE_WRITABLE);
    return count;
  }

  override write(task: Task, source: IoSource): number {
    const { pipe } = this;
    if (!this.canWrite) return -EBADF;
    if (source.remaining === 0) return 0;
    if (pipe.readers === 0) {
      sendSignalToTask(task, signalInfo(SIGPIPE, SI_USER, task.process.pid, task.credentials.uid));
      return -EPIPE;
    }
    const count = pipe.buffer.write(source, (this.flags & O_DIRECT) !== 0 ? 1 : 0);
    if (count > 0) pipe.queue.wake(PIPE_READABLE);
    return count;
  }

  override poll(): number {
    const { pipe } = this;
    let events = 0;
    if (this.canRead) {
      if (!pipe.buffer.isEmpty) events |= PIPE_READABLE;
      if (pipe.writers === 0 && pipe.writerOpens !== this.writersBefore) events |= POLLHUP;
    }
    if (this.canWrite) {
      if (!pipe.buffer.isFull) events |= PIPE_WRITABLE;
      if (pipe.readers === 0) events |= POLLERR;
    }
    return events;
  }

  override ioctl(task: Task, request: number, argument: number): number {
    return request === FIONREAD ? task.memory.writeU32(argument, this.pipe.buffer.bytes) : -ENOTTY;
  }

  protected override release(): void {
    const { inode } = this;
    this.pipe.removeEnd(this);
    if (inode === null) return;
    if (this.pipe.isUnused) this.whenUnused(inode);
    inode.release();
  }
}
