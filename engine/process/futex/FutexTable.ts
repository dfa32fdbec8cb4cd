// Hot: every contended lock of a guest. Waking and queueing allocate nothing.
import { POLLIN } from '../../abi/poll.ts';
import type { AddressSpace } from '../../mm/AddressSpace.ts';
import { WaitQueue } from '../../sched/WaitQueue.ts';

const BUCKETS = 256;

/**
 * One task in a futex wait. It hangs in the table under the futex's key: the object that the word lies in (an address
 * space for private memory, the page source of a shared mapping) and the offset in it. `queue` is what the task sleeps
 * on; a waiter that was taken out by a wake-up has `isWoken`.
 */
export class FutexWaiter {
  readonly queue = new WaitQueue();
  tid = 0;
  object: object | null = null;
  offset = 0;
  bitset = 0;
  isWoken = false;
  /** Waits for a lock with an owner (FUTEX_LOCK_PI): only FUTEX_UNLOCK_PI may hand it over. */
  isForLock = false;
  /** Where the word of that lock is. */
  memory: AddressSpace | null = null;
  address = 0;
  bucket: FutexBucket | null = null;
  previous: FutexWaiter | null = null;
  next: FutexWaiter | null = null;

  matches(object: object, offset: number): boolean {
    return this.object === object && this.offset === offset;
  }
}

class FutexBucket {
  head: FutexWaiter | null = null;
  tail: FutexWaiter | null = null;
}

/** All futex waits of one machine (futex(2)), first come, first served. */
export class FutexTable {
  private readonly buckets: readonly FutexBucket[] = Array.from({ length: BUCKETS }, () => new FutexBucket());

  private bucketOf(offset: number): FutexBucket {
    // Words of one structure lie 4 bytes apart, stacks of threads whole pages.
    const low = (offset % 0x1_0000_0000) | 0;
    return this.buckets[((low >>> 2) ^ (low >>> 12) ^ (low >>> 22)) & (BUCKETS - 1)];
  }

  add(waiter: FutexWaiter, object: object, offset: number, bitset: number): void {
    if (waiter.bucket !== null) throw new Error('futex waiter waits already');
    waiter.isWoken = false;
    waiter.bitset = bitset;
    this.append(waiter, object, offset);
  }

  /** Takes `waiter` out, when it still waits. */
  remove(waiter: FutexWaiter): void {
    const { bucket } = waiter;
    if (bucket === null) return;
    if (waiter.previous === null) bucket.head = waiter.next;
    else waiter.previous.next = waiter.next;
    if (waiter.next === null) bucket.tail = waiter.previous;
    else waiter.next.previous = waiter.previous;
    waiter.bucket = null;
    waiter.object = null;
    waiter.previous = null;
    waiter.next = null;
  }

  /** Wakes up to `count` waiters that share a bit with `bitset`, and at least one as Linux does; how many. */
  wake(object: object, offset: number, count: number, bitset: number): number {
    let woken = 0;
    let waiter = this.bucketOf(offset).head;
    while (waiter !== null) {
      const next: FutexWaiter | null = waiter.next;
      if (waiter.matches(object, offset) && (waiter.bitset & bitset) !== 0) {
        this.release(waiter);
        if (++woken >= count) break;
      }
      waiter = next;
    }
    return woken;
  }

  /**
   * FUTEX_REQUEUE: wakes up to `wakeCount` waiters and lets up to `requeueCount` others wait for another futex instead;
   * how many in all.
   */
  requeue(
    object: object,
    offset: number,
    toObject: object,
    toOffset: number,
    wakeCount: number,
    requeueCount: number,
  ): number {
    let done = 0;
    const toSelf = object === toObject && offset === toOffset;
    let waiter = this.bucketOf(offset).head;
    // Waiters that move within their bucket go to its end: do not meet them again.
    const last = this.bucketOf(offset).tail;
    while (waiter !== null && done < wakeCount + requeueCount) {
      const next: FutexWaiter | null = waiter === last ? null : waiter.next;
      if (waiter.matches(object, offset)) {
        if (done < wakeCount) this.release(waiter);
        else if (!toSelf) {
          this.remove(waiter);
          this.append(waiter, toObject, toOffset);
        }
        done++;
      }
      waiter = next;
    }
    return done;
  }

  /** The longest waiting task for a futex, or null. */
  first(object: object, offset: number): FutexWaiter | null {
    let waiter = this.bucketOf(offset).head;
    while (waiter !== null && !waiter.matches(object, offset)) waiter = waiter.next;
    return waiter;
  }

  /** Waiters for locks whose owner may have died; there are few. */
  lockWaiters(): FutexWaiter[] {
    const found: FutexWaiter[] = [];
    for (const { head } of this.buckets) {
      for (let waiter = head; waiter !== null; waiter = waiter.next) if (waiter.isForLock) found.push(waiter);
    }
    return found;
  }

  /** Ends the wait of `waiter`. */
  release(waiter: FutexWaiter): void {
    this.remove(waiter);
    waiter.isWoken = true;
    waiter.queue.wake(POLLIN);
  }

  private append(waiter: FutexWaiter, object: object, offset: number): void {
    const bucket = this.bucketOf(offset);
    waiter.object = object;
    waiter.offset = offset;
    waiter.bucket = bucket;
    waiter.previous = bucket.tail;
    waiter.next = null;
    if (bucket.tail === null) bucket.head = waiter;
    else bucket.tail.next = waiter;
    bucket.tail = waiter;
  }
}
