import { EAGAIN, EBADF } from '../../abi/errno.ts';
import { O_RDONLY, O_WRONLY } from '../../abi/open.ts';
import { POLLHUP, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../../abi/poll.ts';
import type { IoSource, IoTarget } from '../../mm/Io.ts';
import type { Task } from '../../process/Task.ts';
import { WaitQueue } from '../../sched/WaitQueue.ts';
import { File } from '../../vfs/File.ts';

/** How much output may be on its way to the owner before the guest has to wait. */
const OUTPUT_WINDOW = 1 << 20;
const CHUNK = 65536;

/** Bytes from the engine's owner to a guest's descriptor: what stdin of `umlaut boot -- CMD` is. */
export class InputStreamFile extends File {
  override readonly waitQueue = new WaitQueue();
  private readonly chunks: { bytes: Uint8Array; offset: number; taken: () => void }[] = [];
  private ended = false;

  constructor() {
    super(O_RDONLY);
  }

  override describe(): string {
    return 'pipe:[stdin]';
  }

  /** More input; `taken` is called when the guest has read all of it. null is the end. */
  push(bytes: Uint8Array | null, taken: () => void): void {
    if (bytes === null) {
      this.ended = true;
      taken();
    } else if (bytes.length === 0) taken();
    else this.chunks.push({ bytes, offset: 0, taken });
    this.waitQueue.wake(POLLIN | POLLRDNORM | POLLHUP);
  }

  override read(_task: Task, target: IoTarget): number {
    let done = 0;
    while (target.remaining > 0 && this.chunks.length > 0) {
      const chunk = this.chunks[0];
      const count = target.put(
        chunk.bytes,
        chunk.offset,
        Math.min(target.remaining, chunk.bytes.length - chunk.offset),
      );
      if (count < 0) return done > 0 ? done : count;
      done += count;
      chunk.offset += count;
      if (chunk.offset < chunk.bytes.length) break;
      this.chunks.shift();
      chunk.taken();
    }
    if (done > 0 || this.ended) return done;
    return -EAGAIN;
  }

  override write(): number {
    return -EBADF;
  }

  override poll(): number {
    if (this.chunks.length > 0) return POLLIN | POLLRDNORM;
    return this.ended ? POLLHUP : 0;
  }
}

/** Bytes from a guest's descriptor to the engine's owner, who says when they have gone on. */
export class OutputStreamFile extends File {
  override readonly waitQueue = new WaitQueue();
  private readonly send: (bytes: Uint8Array) => void;
  private inFlight = 0;

  constructor(send: (bytes: Uint8Array) => void) {
    super(O_WRONLY);
    this.send = send;
  }

  override describe(): string {
    return 'pipe:[stdout]';
  }

  /** The owner has passed `count` bytes on. */
  delivered(count: number): void {
    this.inFlight -= count;
    this.waitQueue.wake(POLLOUT | POLLWRNORM);
  }

  override read(): number {
    return -EBADF;
  }

  override write(_task: Task, source: IoSource): number {
    const room = OUTPUT_WINDOW - this.inFlight;
    if (room <= 0) return -EAGAIN;
    const bytes = new Uint8Array(Math.min(room, source.remaining, CHUNK));
    const count = source.take(bytes, 0, bytes.length);
    if (count <= 0) return count;
    this.inFlight += count;
    this.send(count === bytes.length ? bytes : bytes.slice(0, count));
    return count;
  }

  override poll(): number {
    return this.inFlight < OUTPUT_WINDOW ? POLLOUT | POLLWRNORM : 0;
  }
}
