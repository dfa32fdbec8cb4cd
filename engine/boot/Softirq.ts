import type { DeferredWork } from '../net/environment.ts';

/** Work that runs when the call that asked for it is over: the role of Linux's softirqs. */
export class Softirq implements DeferredWork {
  private queue: (() => void)[] = [];
  private spare: (() => void)[] = [];

  get hasWork(): boolean {
    return this.queue.length > 0;
  }

  defer(work: () => void): void {
    this.queue.push(work);
  }

  /** Runs what was asked for until now; what that asks for waits for the next time. */
  run(): void {
    const work = this.queue;
    this.queue = this.spare;
    for (const item of work) item();
    work.length = 0;
    this.spare = work;
  }
}
