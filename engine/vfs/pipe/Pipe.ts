import { EBUSY, EINVAL, EPERM } from '../../abi/errno.ts';
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../../abi/poll.ts';
import type { BufferPool } from '../../lib/BufferPool.ts';
import { WaitQueue } from '../../sched/WaitQueue.ts';
import type { File } from '../File.ts';
import { PipeBuffer, SLOT_BYTES } from './PipeBuffer.ts';

/** /proc/sys/fs/pipe-max-size: what an ordinary user may ask for with F_SETPIPE_SZ. */
export const PIPE_MAX_BYTES = 1 << 20;
const DEFAULT_SLOTS = 16;
const HIGHEST_SIZE = 2 ** 31;

export const PIPE_READABLE = POLLIN | POLLRDNORM;
export const PIPE_WRITABLE = POLLOUT | POLLWRNORM;

/** Which directions an end of a pipe is open for. */
type End = Pick<File, 'canRead' | 'canWrite'>;

/** What all ends of a pipe share; a FIFO has one while any end of it is open. */
export class Pipe {
  readonly buffer: PipeBuffer;
  /** Readers wait here for POLLIN and POLLHUP, writers for POLLOUT and POLLERR. */
  readonly queue = new WaitQueue();
  /** Open descriptions for each direction. */
  readers = 0;
  writers = 0;
  /** How often a direction was opened: an opener of a FIFO sees by it that its partner came, even if it left again. */
  readerOpens = 0;
  writerOpens = 0;

  constructor(pool: BufferPool) {
    this.buffer = new PipeBuffer(pool, DEFAULT_SLOTS);
  }

  get isUnused(): boolean {
    return this.readers === 0 && this.writers === 0;
  }

  addEnd(end: End): void {
    if (end.canRead) {
      this.readerOpens++;
      this.readers++;
    }
    if (end.canWrite) {
      this.writerOpens++;
      this.writers++;
    }
    // Whoever waits in open(2) for this end (fifo(7)).
    this.queue.wake(PIPE_READABLE | PIPE_WRITABLE);
  }

  removeEnd(end: End): void {
    if (end.canRead) this.readers--;
    if (end.canWrite) this.writers--;
    if (this.isUnused) this.buffer.clear();
    else if (this.readers === 0 || this.writers === 0) {
      this.queue.wake(PIPE_READABLE | PIPE_WRITABLE | POLLERR | POLLHUP);
    }
  }

  /** F_GETPIPE_SZ. */
  get capacity(): number {
    return this.buffer.slots * SLOT_BYTES;
  }

  /**
   * F_SETPIPE_SZ with its unsigned argument: the new capacity, or -EINVAL, -EBUSY when too full, -EPERM over `limit`
   * (PIPE_MAX_BYTES, or Infinity for who may exceed it).
   */
  resize(size: number, limit: number): number {
    if (size > HIGHEST_SIZE) return -EINVAL;
    const capacity = roundCapacity(size);
    if (capacity > this.capacity && capacity > limit) return -EPERM;
    if (!this.buffer.resize(capacity / SLOT_BYTES)) return -EBUSY;
    this.queue.wake(PIPE_WRITABLE);
    return capacity;
  }
}

/** Next power of two, at least a page. */
function roundCapacity(size: number): number {
  return size <= SLOT_BYTES ? SLOT_BYTES : 2 ** Math.ceil(Math.log2(size));
}
