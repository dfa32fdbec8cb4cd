import { EAGAIN, EINVAL } from '../../abi/errno.ts';
import { O_NONBLOCK, O_RDWR } from '../../abi/open.ts';
import { POLLERR, POLLIN, POLLOUT } from '../../abi/poll.ts';
import type { IoSource, IoTarget } from '../../mm/Io.ts';
import type { Task } from '../../process/Task.ts';
import { WaitQueue } from '../../sched/WaitQueue.ts';
import { File } from '../File.ts';

const WORD_BYTES = 8;
const TWO_32 = 2 ** 32;
const ALL_ONES = 0xffffffff;

/** eventfd(2): a 64-bit counter, kept as two halves so that every value of it is exact. */
export class EventFile extends File {
  override readonly waitQueue = new WaitQueue();
  private high = 0;
  private low: number;
  private readonly mode: 'counter' | 'semaphore';
  private readonly word = new Uint8Array(WORD_BYTES);
  private readonly view = new DataView(this.word.buffer);

  constructor(initial: number, mode: 'counter' | 'semaphore', flags: number) {
    super(O_RDWR | (flags & O_NONBLOCK));
    this.low = initial;
    this.mode = mode;
  }

  override describe(): string {
    return 'anon_inode:[eventfd]';
  }

  private get isZero(): boolean {
    return this.high === 0 && this.low === 0;
  }

  override read(_task: Task, target: IoTarget): number {
    if (target.remaining < WORD_BYTES) return -EINVAL;
    if (this.isZero) return -EAGAIN;
    const isSemaphore = this.mode === 'semaphore';
    this.view.setUint32(0, isSemaphore ? 1 : this.low, true);
    this.view.setUint32(4, isSemaphore ? 0 : this.high, true);
    const moved = target.put(this.word, 0, WORD_BYTES);
    if (moved < 0) return moved;
    if (isSemaphore) {
      if (this.low === 0) this.high--;
      this.low = this.low === 0 ? ALL_ONES : this.low - 1;
    } else {
      this.low = 0;
      this.high = 0;
    }
    this.waitQueue.wake(POLLOUT);
    return WORD_BYTES;
  }

  override write(_task: Task, source: IoSource): number {
    if (source.remaining < WORD_BYTES) return -EINVAL;
    const moved = source.take(this.word, 0, WORD_BYTES);
    if (moved < 0) return moved;
    const low = this.view.getUint32(0, true);
    const high = this.view.getUint32(4, true);
    if (low === ALL_ONES && high === ALL_ONES) return -EINVAL;
    const newLow = this.low + low;
    const newHigh = this.high + high + (newLow >= TWO_32 ? 1 : 0);
    // The counter stays below 2^64 - 1: that value says "overflow" to poll(2), and only the kernel itself gets there.
    if (newHigh >= TWO_32 || (newHigh === ALL_ONES && newLow % TWO_32 === ALL_ONES)) return -EAGAIN;
    this.low = newLow % TWO_32;
    this.high = newHigh;
    this.waitQueue.wake(POLLIN);
    return WORD_BYTES;
  }

  override poll(): number {
    const isFull = this.high === ALL_ONES && this.low >= ALL_ONES - 1;
    const isOver = this.high === ALL_ONES && this.low === ALL_ONES;
    return (this.isZero ? 0 : POLLIN) | (isFull ? 0 : POLLOUT) | (isOver ? POLLERR : 0);
  }
}
