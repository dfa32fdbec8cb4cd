import { EAGAIN, EINVAL, EPIPE } from '../../abi/errno.ts';
import { POLLERR, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../../abi/poll.ts';
import { SEEK_DATA, SEEK_END, SEEK_SET } from '../../abi/open.ts';
import { byteString, bytesOf } from '../../lib/bytes.ts';
import type { IoSource, IoTarget } from '../../mm/Io.ts';
import type { Kernel } from '../../process/Kernel.ts';
import { kmsgLine, LOG_WARNING } from '../../process/KernelLog.ts';
import type { KernelLog } from '../../process/KernelLog.ts';
import type { Task } from '../../process/Task.ts';
import { File } from '../../vfs/File.ts';

const LINE_MAX = 1024;
/** Lines of programs carry LOG_USER unless they say otherwise; LOG_KERN is not theirs to say. */
const USER_FACILITY = 1;

/** /dev/kmsg: every read gives one line of the kernel's log, every write adds one. */
export class LogFile extends File {
  private readonly log: KernelLog;
  private readonly clock: Kernel['clock'];
  override readonly waitQueue;
  private next: number;

  constructor(flags: number, log: KernelLog, clock: Kernel['clock']) {
    super(flags);
    this.log = log;
    this.clock = clock;
    this.waitQueue = log.queue;
    this.next = log.start;
  }

  override read(_task: Task, target: IoTarget): number {
    const { log } = this;
    if (this.next < log.start) {
      // Lines were lost: said once, then on with the oldest.
      this.next = log.start;
      return -EPIPE;
    }
    const record = log.at(this.next);
    if (record === undefined) return -EAGAIN;
    const bytes = bytesOf(kmsgLine(record));
    if (bytes.length > target.remaining) return -EINVAL;
    const moved = target.put(bytes, 0, bytes.length);
    if (moved > 0) this.next++;
    return moved;
  }

  override write(_task: Task, source: IoSource): number {
    const length = source.remaining;
    if (length > LINE_MAX) return -EINVAL;
    const bytes = new Uint8Array(length);
    const moved = source.take(bytes, 0, length);
    if (moved < 0) return moved;
    const text = byteString(bytes, 0, moved);
    const prefix = /^<(\d{1,4})>/.exec(text);
    const priority = prefix === null ? LOG_WARNING : Number(prefix[1]);
    const line = text.slice(prefix?.[0].length ?? 0).replace(/\n$/, '');
    this.log.add(this.clock.monotonicNs(), priority & 7, line, Math.max(priority >> 3, USER_FACILITY));
    return length;
  }

  override seek(offset: number, whence: number): number {
    if (offset !== 0) return -EINVAL;
    switch (whence) {
      case SEEK_SET:
        this.next = this.log.start;
        return 0;
      case SEEK_DATA:
        this.next = Math.max(this.log.start, this.log.clearedBefore);
        return 0;
      case SEEK_END:
        this.next = this.log.end;
        return 0;
      default:
        return -EINVAL;
    }
  }

  override poll(): number {
    let events = POLLOUT | POLLWRNORM;
    if (this.next < this.log.end) events |= POLLIN | POLLRDNORM;
    if (this.next < this.log.start) events |= POLLERR;
    return events;
  }
}
