import { EEXIST, EFAULT, EINVAL, ELOOP, ENOENT, EPERM } from '../../abi/errno.ts';
import { EPOLL_EVENT_BYTES, EPOLLET, EPOLLEXCLUSIVE, EPOLLWAKEUP } from '../../abi/epoll.ts';
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDNORM } from '../../abi/poll.ts';
import type { Task } from '../../process/Task.ts';
import { WaitQueue } from '../../sched/WaitQueue.ts';
import { File } from '../File.ts';
import { EpollItem } from './EpollItem.ts';
import type { ItemOwner } from './EpollItem.ts';

/** Epoll instances may watch each other in chains of this many links (EP_MAX_NESTS). */
const DEEPEST_NESTING = 4;
const EXCLUSIVE_ALLOWS = POLLIN | POLLOUT | POLLERR | POLLHUP | EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE;

/** An epoll instance (epoll(7)): its interest list, and the list of those that may have something to tell. */
export class EpollFile extends File implements ItemOwner {
  override readonly waitQueue = new WaitQueue();
  private readonly interest = new Map<File, EpollItem[]>();
  private firstReady: EpollItem | null = null;
  private lastReady: EpollItem | null = null;
  /** Instances that watch this one. */
  private readonly watchedBy: EpollFile[] = [];

  override describe(): string {
    return 'anon_inode:[eventpoll]';
  }

  /** EPOLL_CTL_ADD. */
  add(task: Task, file: File, fd: number, events: number, dataLow: number, dataHigh: number): number {
    const error = this.checkTarget(file);
    if (error < 0) return error;
    if ((events & EPOLLEXCLUSIVE) !== 0) {
      if (file instanceof EpollFile || (events & ~EXCLUSIVE_ALLOWS) !== 0) return -EINVAL;
    }
    if (this.find(file, fd) !== null) return -EEXIST;
    if (file instanceof EpollFile) {
      const depth = file.depthBelow(this, 0);
      if (depth + 1 + this.depthAbove(0) > DEEPEST_NESTING) return -ELOOP;
      file.watchedBy.push(this);
    }
    const item = new EpollItem(this, file, fd);
    const items = this.interest.get(file);
    if (items === undefined) this.interest.set(file, [item]);
    else items.push(item);
    item.start();
    item.watch(events, dataLow, dataHigh);
    if ((file.poll(task) & item.wanted) !== 0) this.itemWoken(item);
    return 0;
  }

  /** EPOLL_CTL_MOD, which also arms a one-shot entry again. */
  modify(task: Task, file: File, fd: number, events: number, dataLow: number, dataHigh: number): number {
    const error = this.checkTarget(file);
    if (error < 0) return error;
    const item = this.find(file, fd);
    if (item === null) return -ENOENT;
    if (item.isExclusive || (events & EPOLLEXCLUSIVE) !== 0) return -EINVAL;
    item.watch(events, dataLow, dataHigh);
    if ((file.poll(task) & item.wanted) !== 0) this.itemWoken(item);
    return 0;
  }

  /** EPOLL_CTL_DEL. */
  delete(file: File, fd: number): number {
    const error = this.checkTarget(file);
    if (error < 0) return error;
    const item = this.find(file, fd);
    if (item === null) return -ENOENT;
    item.stop();
    this.itemGone(item);
    return 0;
  }

  private checkTarget(file: File): number {
    // What is always ready cannot be watched: regular files, directories.
    if (file.waitQueue === null) return -EPERM;
    return file === this ? -EINVAL : 0;
  }

  private find(file: File, fd: number): EpollItem | null {
    return this.interest.get(file)?.find((item) => item.fd === fd) ?? null;
  }

  /**
   * Writes up to `most` events to user memory at `address`; how many, or -EFAULT. Level-triggered entries stay in the
   * list, behind all others, and are asked again next time.
   */
  collect(task: Task, address: number, most: number): number {
    let count = 0;
    const last = this.lastReady;
    let item = this.firstReady;
    while (item !== null && count < most) {
      const next: EpollItem | null = item === last ? null : item.nextReady;
      const events = item.wanted === 0 ? 0 : item.file.poll(task) & item.wanted;
      if (events !== 0 && writeEvent(task, address + count * EPOLL_EVENT_BYTES, events, item) < 0) {
        return count > 0 ? count : -EFAULT;
      }
      this.unready(item);
      if (events !== 0) {
        count++;
        if (item.isOneShot) item.disarm();
        else if (!item.isEdgeTriggered) this.ready(item);
      }
      item = next;
    }
    return count;
  }

  /** Readable when an entry has something to tell. Entries that turn out to have nothing leave the ready list. */
  override poll(task: Task): number {
    let item = this.firstReady;
    while (item !== null) {
      const next: EpollItem | null = item.nextReady;
      if ((item.file.poll(task) & item.wanted) !== 0) return POLLIN | POLLRDNORM;
      this.unready(item);
      item = next;
    }
    return 0;
  }

  itemWoken(item: EpollItem): void {
    if (item.wanted === 0) return;
    if (!item.isReady) this.ready(item);
    this.waitQueue.wake(POLLIN | POLLRDNORM);
  }

  itemGone(item: EpollItem): void {
    this.unready(item);
    const items = this.interest.get(item.file);
    if (items === undefined) return;
    items.splice(items.indexOf(item), 1);
    if (items.length === 0) this.interest.delete(item.file);
    if (item.file instanceof EpollFile) item.file.watchedBy.splice(item.file.watchedBy.indexOf(this), 1);
  }

  protected override release(): void {
    for (const items of [...this.interest.values()]) {
      for (const item of [...items]) {
        item.stop();
        this.itemGone(item);
      }
    }
  }

  /** Links from here down to the deepest instance; more than allowed when `target` lies on the way. */
  private depthBelow(target: EpollFile, depth: number): number {
    if (this === target || depth > DEEPEST_NESTING) return DEEPEST_NESTING + 1;
    let deepest = 0;
    for (const file of this.interest.keys()) {
      if (file instanceof EpollFile) deepest = Math.max(deepest, file.depthBelow(target, depth + 1) + 1);
    }
    return deepest;
  }

  private depthAbove(depth: number): number {
    if (depth > DEEPEST_NESTING) return depth;
    let highest = 0;
    for (const watcher of this.watchedBy) highest = Math.max(highest, watcher.depthAbove(depth + 1) + 1);
    return highest;
  }

  private ready(item: EpollItem): void {
    item.isReady = true;
    item.previousReady = this.lastReady;
    item.nextReady = null;
    if (this.lastReady === null) this.firstReady = item;
    else this.lastReady.nextReady = item;
    this.lastReady = item;
  }

  private unready(item: EpollItem): void {
    if (!item.isReady) return;
    if (item.previousReady === null) this.firstReady = item.nextReady;
    else item.previousReady.nextReady = item.nextReady;
    if (item.nextReady === null) this.lastReady = item.previousReady;
    else item.nextReady.previousReady = item.previousReady;
    item.isReady = false;
    item.nextReady = null;
    item.previousReady = null;
  }
}

function writeEvent(task: Task, address: number, events: number, item: EpollItem): number {
  const { memory } = task;
  if (memory.writeU32(address, events) < 0) return -1;
  if (memory.writeU32(address + 4, item.dataLow) < 0) return -1;
  return memory.writeU32(address + 8, item.dataHigh);
}
