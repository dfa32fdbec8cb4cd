/**
 * The timers of one machine: a binary heap over deadlines on the machine's monotonic clock. Time comes in as an argument
 * of `expire`, so that a test or a virtual clock decides what time it is.
 */
export class Timer {
  deadlineNs = 0;
  /** Place in the heap, or -1 when not armed. */
  heapIndex = -1;
  readonly onExpire: (nowNs: number) => void;

  constructor(onExpire: (nowNs: number) => void) {
    this.onExpire = onExpire;
  }

  get isArmed(): boolean {
    return this.heapIndex >= 0;
  }
}

export class Timers {
  private readonly heap: Timer[] = [];

  /** Deadline of the next timer in nanoseconds, or Infinity. */
  get nextDeadlineNs(): number {
    return this.heap.length === 0 ? Infinity : this.heap[0].deadlineNs;
  }

  /** Arms `timer` (again) for `deadlineNs`. */
  arm(timer: Timer, deadlineNs: number): void {
    if (timer.heapIndex < 0) {
      timer.heapIndex = this.heap.length;
      this.heap.push(timer);
    }
    timer.deadlineNs = deadlineNs;
    this.siftUp(timer.heapIndex);
    this.siftDown(timer.heapIndex);
  }

  cancel(timer: Timer): void {
    const index = timer.heapIndex;
    if (index < 0) return;
    timer.heapIndex = -1;
    const last = this.heap.pop();
    if (last === undefined || last === timer) return;
    this.place(last, index);
    this.siftUp(index);
    this.siftDown(last.heapIndex);
  }

  /** Runs every timer whose deadline is not after `nowNs`; a timer may arm itself again from its callback. */
  expire(nowNs: number): void {
    while (this.heap.length > 0 && this.heap[0].deadlineNs <= nowNs) {
      const timer = this.heap[0];
      this.cancel(timer);
      timer.onExpire(nowNs);
    }
  }

  private place(timer: Timer, index: number): void {
    this.heap[index] = timer;
    timer.heapIndex = index;
  }

  private siftUp(start: number): void {
    let index = start;
    const timer = this.heap[index];
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.heap[parent].deadlineNs <= timer.deadlineNs) break;
      this.place(this.heap[parent], index);
      index = parent;
    }
    this.place(timer, index);
  }

  private siftDown(start: number): void {
    let index = start;
    const timer = this.heap[index];
    for (;;) {
      let child = 2 * index + 1;
      if (child >= this.heap.length) break;
      if (child + 1 < this.heap.length && this.heap[child + 1].deadlineNs < this.heap[child].deadlineNs) child++;
      if (this.heap[child].deadlineNs >= timer.deadlineNs) break;
      this.place(this.heap[child], index);
      index = child;
    }
    this.place(timer, index);
  }
}
