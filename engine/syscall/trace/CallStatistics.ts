import type { CallCount } from '../../api/statistics.ts';
import { isRestartResult } from '../../process/signalDeliver.ts';
import type { CallObserver } from '../UserMode.ts';
import { callName } from './callName.ts';

const LAST_ERRNO = 4095;

type Counter = { -readonly [Key in keyof CallCount]: CallCount[Key] };

interface OpenCall {
  number: number;
  startNs: number;
  hasWaited: boolean;
  isOpen: boolean;
}

/** Counts the calls of a machine and how long they take. */
export class CallStatistics implements CallObserver {
  private readonly nowNs: () => number;
  private readonly counters = new Map<number, Counter>();
  /** The last call of each task; a task that ends in a call takes its entry with it. */
  private readonly open = new WeakMap<object, OpenCall>();
  /** Times that a call was tried again because something had happened that it waited for. */
  wakeUps = 0;

  constructor(nowNs: () => number) {
    this.nowNs = nowNs;
  }

  /** A call that waited comes here again each time it is tried. */
  enter(task: object, number: number): void {
    let call = this.open.get(task);
    if (call === undefined) {
      call = { number: -1, startNs: 0, hasWaited: false, isOpen: false };
      this.open.set(task, call);
    } else if (call.isOpen && call.number === number) {
      call.hasWaited = true;
      this.wakeUps++;
      return;
    }
    this.counterOf(number).calls++;
    call.number = number;
    call.hasWaited = false;
    call.isOpen = true;
    call.startNs = this.nowNs();
  }

  leave(task: object, number: number, result: number): void {
    const call = this.open.get(task);
    if (call?.isOpen !== true || call.number !== number) return;
    call.isOpen = false;
    const spentNs = this.nowNs() - call.startNs;
    const counter = this.counterOf(number);
    if (result < 0 && result >= -LAST_ERRNO && !isRestartResult(result)) counter.errors++;
    if (call.hasWaited) {
      counter.waited++;
      counter.waitedNs += spentNs;
    } else {
      counter.served++;
      counter.servedNs += spentNs;
      counter.longestServedNs = Math.max(counter.longestServedNs, spentNs);
    }
  }

  private counterOf(number: number): Counter {
    let counter = this.counters.get(number);
    if (counter === undefined) {
      const name = callName(number);
      counter = { name, calls: 0, errors: 0, waited: 0, waitedNs: 0, served: 0, servedNs: 0, longestServedNs: 0 };
      this.counters.set(number, counter);
    }
    return counter;
  }

  get counts(): readonly CallCount[] {
    return [...this.counters.values()];
  }
}

/** One observer for several. */
export function observeWithAll(observers: readonly CallObserver[]): CallObserver | null {
  const [first] = observers;
  if (observers.length <= 1) return observers.length === 0 ? null : first;
  return {
    enter: (task, number) => {
      for (const observer of observers) observer.enter(task, number);
    },
    leave: (task, number, result) => {
      for (const observer of observers) observer.leave(task, number, result);
    },
  };
}
