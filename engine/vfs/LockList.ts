import { EAGAIN } from '../abi/errno.ts';
import { POLLIN } from '../abi/poll.ts';
import { WaitQueue } from '../sched/WaitQueue.ts';

export type LockKind = 'shared' | 'exclusive';

/** Who holds record locks: a process by its descriptor table (fcntl(2)), or an open file description (F_OFD_SETLK). */
export type LockOwner = object;

export interface RecordLock {
  readonly owner: LockOwner;
  /** For F_GETLK; -1 for locks of a description. */
  readonly pid: number;
  readonly kind: LockKind;
  /** Bytes [start, end). */
  readonly start: number;
  readonly end: number;
}

/** Locks on one inode: whole-file ones of flock(2), and byte ranges of fcntl(2). The two kinds do not see each other. */
export class LockList {
  /** Woken whenever a lock goes or weakens. */
  readonly waitQueue = new WaitQueue();
  private readonly whole = new Map<LockOwner, LockKind>();
  private records: RecordLock[] = [];

  /** flock(2). As on Linux, changing the kind lets go of the old lock first, and loses it when the new one must wait. */
  lockWhole(owner: LockOwner, kind: LockKind): number {
    const old = this.whole.get(owner);
    if (old === kind) return 0;
    if (old !== undefined) this.unlockWhole(owner);
    for (const other of this.whole.values()) if (kind === 'exclusive' || other === 'exclusive') return -EAGAIN;
    this.whole.set(owner, kind);
    return 0;
  }

  unlockWhole(owner: LockOwner): void {
    if (this.whole.delete(owner)) this.waitQueue.wake(POLLIN);
  }

  /** The first lock of someone else that stands in the way of `wanted`, or null. */
  findConflict(wanted: RecordLock): RecordLock | null {
    for (const lock of this.records) {
      if (lock.owner === wanted.owner || lock.end <= wanted.start || wanted.end <= lock.start) continue;
      if (lock.kind === 'exclusive' || wanted.kind === 'exclusive') return lock;
    }
    return null;
  }

  /** Sets what `findConflict` let pass, in place of the owner's locks on the same bytes. */
  lockRange(wanted: RecordLock): void {
    this.unlockRange(wanted.owner, wanted.start, wanted.end);
    let { start, end } = wanted;
    this.records = this.records.filter((lock) => {
      const touches =
        lock.owner === wanted.owner && lock.kind === wanted.kind && lock.start <= end && start <= lock.end;
      if (!touches) return true;
      start = Math.min(start, lock.start);
      end = Math.max(end, lock.end);
      return false;
    });
    this.records.push({ ...wanted, start, end });
  }

  unlockRange(owner: LockOwner, start: number, end: number): void {
    const kept: RecordLock[] = [];
    let changed = false;
    for (const lock of this.records) {
      if (lock.owner !== owner || lock.end <= start || end <= lock.start) {
        kept.push(lock);
        continue;
      }
      changed = true;
      if (lock.start < start) kept.push({ ...lock, end: start });
      if (lock.end > end) kept.push({ ...lock, start: end });
    }
    this.records = kept;
    if (changed) this.waitQueue.wake(POLLIN);
  }

  /** A process closed a descriptor of the file, or a description went: all its locks go (fcntl(2)). */
  releaseOwner(owner: LockOwner): void {
    this.unlockWhole(owner);
    this.unlockRange(owner, 0, Infinity);
  }
}

/** Who waits for whose record lock on one machine, so that a circle is refused (-EDEADLK) instead of slept in. */
export class LockWaits {
  /** Weak: a waiter that was killed takes its entry with it. */
  private readonly waits = new WeakMap<LockOwner, LockOwner>();

  /** Notes that `waiter` waits for `holder`; false when that would close a circle. */
  begin(waiter: LockOwner, holder: LockOwner): boolean {
    for (let owner: LockOwner | undefined = holder; owner !== undefined; owner = this.waits.get(owner)) {
      if (owner === waiter) return false;
    }
    this.waits.set(waiter, holder);
    return true;
  }

  end(waiter: LockOwner): void {
    this.waits.delete(waiter);
  }
}
