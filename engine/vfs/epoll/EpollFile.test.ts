import { beforeEach, describe, expect, it } from 'vitest';
import { EBADF, EEXIST, EFAULT, EINVAL, ELOOP, ENOENT, EPERM } from '../../abi/errno.ts';
import { EPOLLET, EPOLLEXCLUSIVE, EPOLLONESHOT } from '../../abi/epoll.ts';
import { POLLHUP, POLLIN, POLLOUT, POLLPRI, POLLRDNORM } from '../../abi/poll.ts';
import type { Task } from '../../process/Task.ts';
import { WaitQueue } from '../../sched/WaitQueue.ts';
import { File } from '../File.ts';
import { EpollFile } from './EpollFile.ts';

/** A file whose readiness the test sets. */
class Switchable extends File {
  override readonly waitQueue = new WaitQueue();
  events = 0;

  constructor() {
    super(0);
  }

  override poll(): number {
    return this.events;
  }

  set(events: number): void {
    this.events = events;
    this.waitQueue.wake(events);
  }
}

class AlwaysReady extends File {}

const words = new Map<number, number>();
let faultAt = Infinity;
const task = {
  memory: {
    writeU32(address: number, value: number): number {
      if (address >= faultAt) return -EFAULT;
      words.set(address, value);
      return 0;
    },
  },
} as unknown as Task;

beforeEach(() => {
  words.clear();
  faultAt = Infinity;
});

/** One epoll_wait without waiting: [events, data] of each. */
function collect(epoll: EpollFile, most = 8): [number, number][] {
  const count = epoll.collect(task, 0, most);
  if (count < 0) throw new Error(`collect answered ${count}`);
  return Array.from({ length: count }, (_, index) => [words.get(index * 12)!, words.get(index * 12 + 4)!]);
}

function add(epoll: EpollFile, file: File, fd: number, events: number): number {
  return epoll.add(task, file, fd, events, fd, 0);
}

describe('epoll', () => {
  it('reports level-triggered readiness for as long as it lasts', () => {
    const epoll = new EpollFile(0);
    const file = new Switchable();
    add(epoll, file, 3, POLLIN);
    expect(collect(epoll)).toEqual([]);
    file.set(POLLIN);
    expect(collect(epoll)).toEqual([[POLLIN, 3]]);
    expect(collect(epoll)).toEqual([[POLLIN, 3]]);
    file.events = 0;
    expect(collect(epoll)).toEqual([]);
  });

  it('reports edges once, also when the condition holds on', () => {
    const epoll = new EpollFile(0);
    const file = new Switchable();
    file.events = POLLIN;
    add(epoll, file, 3, POLLIN | EPOLLET);
    expect(collect(epoll)).toEqual([[POLLIN, 3]]);
    expect(collect(epoll)).toEqual([]);
    file.set(POLLIN);
    expect(collect(epoll)).toEqual([[POLLIN, 3]]);
  });

  it('disarms one-shot entries until they are modified', () => {
    const epoll = new EpollFile(0);
    const file = new Switchable();
    add(epoll, file, 3, POLLIN | EPOLLONESHOT);
    file.set(POLLIN);
    expect(collect(epoll)).toEqual([[POLLIN, 3]]);
    file.set(POLLIN | POLLHUP);
    expect(collect(epoll)).toEqual([]);
    expect(epoll.modify(task, file, 3, POLLIN | EPOLLONESHOT, 7, 0)).toBe(0);
    expect(collect(epoll)).toEqual([[POLLIN | POLLHUP, 7]]);
  });

  it('always reports hang-ups, and only events that were asked for', () => {
    const epoll = new EpollFile(0);
    const file = new Switchable();
    add(epoll, file, 3, POLLOUT);
    file.set(POLLIN | POLLRDNORM | POLLHUP);
    expect(collect(epoll)).toEqual([[POLLHUP, 3]]);
  });

  it('takes turns when there is more to tell than room', () => {
    const epoll = new EpollFile(0);
    const files = [3, 4, 5].map((fd) => {
      const file = new Switchable();
      add(epoll, file, fd, POLLIN);
      file.set(POLLIN);
      return file;
    });
    expect(files.map(() => collect(epoll, 2).map(([, fd]) => fd))).toEqual([
      [3, 4],
      [5, 3],
      [4, 5],
    ]);
  });

  it('keeps descriptors of one description apart, and drops all with the description', () => {
    const epoll = new EpollFile(0);
    const file = new Switchable();
    file.retain();
    expect([add(epoll, file, 3, POLLIN), add(epoll, file, 4, POLLIN), add(epoll, file, 3, POLLIN)]).toEqual([
      0,
      0,
      -EEXIST,
    ]);
    file.set(POLLIN);
    file.close();
    expect(collect(epoll).map(([, fd]) => fd)).toEqual([3, 4]);
    file.close();
    expect(collect(epoll)).toEqual([]);
  });

  it('leaves the files that it watched in peace once it is closed', () => {
    const epoll = new EpollFile(0);
    const file = new Switchable();
    add(epoll, file, 3, POLLIN);
    epoll.close();
    expect(file.waitQueue.isEmpty).toBe(true);
    file.close();
  });

  it('keeps an event that could not be written', () => {
    const epoll = new EpollFile(0);
    for (const fd of [3, 4]) {
      const file = new Switchable();
      file.events = POLLIN;
      add(epoll, file, fd, POLLIN | EPOLLET);
    }
    faultAt = 12;
    expect(epoll.collect(task, 0, 8)).toBe(1);
    expect(epoll.collect(task, 12, 8)).toBe(-EFAULT);
    faultAt = Infinity;
    expect(collect(epoll).map(([, fd]) => fd)).toEqual([4]);
  });

  it.each<[string, (epoll: EpollFile, file: File) => number, number]>([
    ['modify of what was never added', (epoll, file) => epoll.modify(task, file, 9, POLLIN, 0, 0), -ENOENT],
    ['delete of what was never added', (epoll, file) => epoll.delete(file, 9), -ENOENT],
    ['itself', (epoll) => add(epoll, epoll, 9, POLLIN), -EINVAL],
    ['a file that is always ready', (epoll) => add(epoll, new AlwaysReady(0), 9, POLLIN), -EPERM],
    ['exclusive with one-shot', (epoll, file) => add(epoll, file, 9, POLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT), -EINVAL],
    ['exclusive with POLLPRI', (epoll, file) => add(epoll, file, 9, POLLPRI | EPOLLEXCLUSIVE), -EINVAL],
    ['an exclusive epoll', (epoll) => add(epoll, new EpollFile(0), 9, POLLIN | EPOLLEXCLUSIVE), -EINVAL],
    ['modify to exclusive', (epoll, file) => epoll.modify(task, file, 3, POLLIN | EPOLLEXCLUSIVE, 0, 0), -EINVAL],
  ])('refuses %s', (_name, act, result) => {
    const epoll = new EpollFile(0);
    const file = new Switchable();
    add(epoll, file, 3, POLLIN);
    expect(act(epoll, file)).toBe(result);
    expect(result).not.toBe(-EBADF);
  });

  describe('nested', () => {
    it('is readable while an inner instance has something to tell', () => {
      const outer = new EpollFile(0);
      const inner = new EpollFile(0);
      const file = new Switchable();
      add(outer, inner, 4, POLLIN);
      add(inner, file, 3, POLLIN);
      expect(collect(outer)).toEqual([]);
      file.set(POLLIN);
      expect(collect(outer)).toEqual([[POLLIN, 4]]);
      file.events = 0;
      expect(collect(outer)).toEqual([]);
    });

    it('refuses loops', () => {
      const [first, second, third] = [new EpollFile(0), new EpollFile(0), new EpollFile(0)];
      expect([add(first, second, 3, POLLIN), add(second, third, 4, POLLIN)]).toEqual([0, 0]);
      expect(add(third, first, 5, POLLIN)).toBe(-ELOOP);
    });

    // Asked of Linux 6.18.
    it.each([
      ['from the top down', [0, 1, 2, 3, 4, 5]],
      ['from the bottom up', [5, 4, 3, 2, 1, 0]],
    ])('allows chains of four links made %s', (_name, order) => {
      const chain = Array.from({ length: 7 }, () => new EpollFile(0));
      const results = order.map((index) => add(chain[index], chain[index + 1], 3, POLLIN));
      expect(results).toEqual([0, 0, 0, 0, -ELOOP, 0]);
    });
  });
});
