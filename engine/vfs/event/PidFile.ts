import { EINVAL } from '../../abi/errno.ts';
import { O_RDWR } from '../../abi/open.ts';
import { POLLIN, POLLRDNORM } from '../../abi/poll.ts';
import type { Process } from '../../process/Process.ts';
import type { WaitQueue } from '../../sched/WaitQueue.ts';
import { File } from '../File.ts';

/** A descriptor that stands for a process, whatever becomes of its number (pidfd_open(2)). Readable when it has ended. */
export class PidFile extends File {
  readonly target: Process;
  override readonly waitQueue: WaitQueue;

  constructor(target: Process, flags: number) {
    super(O_RDWR | flags);
    this.target = target;
    this.waitQueue = target.endQueue;
  }

  override describe(): string {
    return 'anon_inode:[pidfd]';
  }

  override read(): number {
    return -EINVAL;
  }

  override poll(): number {
    return this.target.isZombie ? POLLIN | POLLRDNORM : 0;
  }
}
