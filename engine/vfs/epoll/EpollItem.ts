import { POLLERR, POLLHUP } from '../../abi/poll.ts';
import { EPOLLET, EPOLLEXCLUSIVE, EPOLLONESHOT, EPOLLWAKEUP } from '../../abi/epoll.ts';
import { WaitNode } from '../../sched/WaitQueue.ts';
import type { Waiter } from '../../sched/WaitQueue.ts';
import type { File, FileWatcher } from '../File.ts';

/** Bits of `events` that say how to watch, not for what. */
const PRIVATE_BITS = EPOLLET | EPOLLEXCLUSIVE | EPOLLONESHOT | EPOLLWAKEUP;

/** The epoll instance that an item belongs to. */
export interface ItemOwner {
  itemWoken(item: EpollItem): void;
  itemGone(item: EpollItem): void;
}

/**
 * One entry of an interest list: a descriptor number together with the open file description that it stood for when it
 * was added (epoll(7), questions 1 and 6). It holds no reference: the entry goes with the description.
 */
export class EpollItem implements Waiter, FileWatcher {
  readonly owner: ItemOwner;
  readonly file: File;
  readonly fd: number;
  events = 0;
  /** The program's own 8 bytes, as two words. */
  dataLow = 0;
  dataHigh = 0;
  /** In the ready list of the owner. */
  isReady = false;
  nextReady: EpollItem | null = null;
  previousReady: EpollItem | null = null;
  private readonly node: WaitNode;

  constructor(owner: ItemOwner, file: File, fd: number) {
    this.owner = owner;
    this.file = file;
    this.fd = fd;
    this.node = new WaitNode(this);
  }

  /** What is watched for now; 0 after a one-shot event until EPOLL_CTL_MOD. */
  get wanted(): number {
    return this.events & ~PRIVATE_BITS;
  }

  get isEdgeTriggered(): boolean {
    return (this.events & EPOLLET) !== 0;
  }

  get isOneShot(): boolean {
    return (this.events & EPOLLONESHOT) !== 0;
  }

  get isExclusive(): boolean {
    return (this.events & EPOLLEXCLUSIVE) !== 0;
  }

  /** Errors and hang-ups are always watched for. */
  watch(events: number, dataLow: number, dataHigh: number): void {
    this.events = (events | POLLERR | POLLHUP) & ~EPOLLWAKEUP;
    this.dataLow = dataLow;
    this.dataHigh = dataHigh;
    this.node.remove();
    this.file.waitQueue?.add(this.node, this.wanted);
  }

  /** After a one-shot event: stays in the list, hears nothing. */
  disarm(): void {
    this.events &= PRIVATE_BITS;
    this.node.remove();
  }

  start(): void {
    this.file.addWatcher(this);
  }

  stop(): void {
    this.node.remove();
    this.file.removeWatcher(this);
  }

  onWake(): void {
    this.owner.itemWoken(this);
  }

  fileClosed(): void {
    this.node.remove();
    this.owner.itemGone(this);
  }
}
