/**
 * Wait queues: who wants to hear that something changed. A waiter hangs a node into a queue; whoever changes the thing
 * calls `wake` with the events that may now hold (bits of poll(2)). Waking promises nothing: the waiter looks again.
 */
export interface Waiter {
  /** Called in the middle of the change: note it (make a task runnable), do no work here. */
  onWake(node: WaitNode, events: number): void;
}

/** One waiter in at most one queue; reusable after `remove`. */
export class WaitNode {
  queue: WaitQueue | null = null;
  previous: WaitNode | null = null;
  next: WaitNode | null = null;
  events = 0;
  readonly waiter: Waiter;

  constructor(waiter: Waiter) {
    this.waiter = waiter;
  }

  remove(): void {
    this.queue?.remove(this);
  }
}

export class WaitQueue {
  private head: WaitNode | null = null;
  private tail: WaitNode | null = null;
  /** Whom the wake-up that is under way tells next; moves on when that one leaves. */
  private upcoming: WaitNode | null = null;

  get isEmpty(): boolean {
    return this.head === null;
  }

  /** Hangs `node` at the end; it hears of wake-ups that share a bit with `events`. */
  add(node: WaitNode, events: number): void {
    if (node.queue !== null) throw new Error('wait node is in a queue already');
    node.queue = this;
    node.events = events;
    node.previous = this.tail;
    node.next = null;
    if (this.tail === null) this.head = node;
    else this.tail.next = node;
    this.tail = node;
  }

  remove(node: WaitNode): void {
    if (node.queue !== this) return;
    if (node === this.upcoming) this.upcoming = node.next;
    if (node.previous === null) this.head = node.next;
    else node.previous.next = node.next;
    if (node.next === null) this.tail = node.previous;
    else node.next.previous = node.previous;
    node.queue = null;
    node.previous = null;
    node.next = null;
  }

  /**
   * Tells every waiter that listens to one of `events`. Waiters may leave the queue while being told, with all nodes that
   * they have in it; none may come.
   */
  wake(events: number): void {
    const outer = this.upcoming;
    for (let node = this.head; node !== null; node = this.upcoming) {
      this.upcoming = node.next;
      if ((node.events & events) !== 0) node.waiter.onWake(node, events);
    }
    // A waiter may wake this queue from its own wake-up. When the outer one has lost its place it begins again: that harms none.
    this.upcoming = outer === null || outer.queue === this ? outer : this.head;
  }
}
