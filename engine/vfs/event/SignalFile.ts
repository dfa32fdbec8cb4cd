import { EAGAIN, EINVAL } from '../../abi/errno.ts';
import { O_NONBLOCK, O_RDWR } from '../../abi/open.ts';
import { POLLIN } from '../../abi/poll.ts';
import { SIGKILL, SIGSTOP } from '../../abi/signals.ts';
import { setU64 } from '../../abi/words.ts';
import type { IoTarget } from '../../mm/Io.ts';
import type { Process } from '../../process/Process.ts';
import { SignalSet } from '../../process/SignalSet.ts';
import type { SignalInfo } from '../../process/signals.ts';
import type { Task } from '../../process/Task.ts';
import { WaitNode, WaitQueue } from '../../sched/WaitQueue.ts';
import type { Waiter } from '../../sched/WaitQueue.ts';
import { File } from '../File.ts';

/** `struct signalfd_siginfo` (signalfd(2)). */
const RECORD_BYTES = 128;

/** signalfd(2): signals are read instead of handled. Whoever reads or polls gets its own, also from an inherited descriptor. */
export class SignalFile extends File implements Waiter {
  override readonly waitQueue = new WaitQueue();
  private readonly mask = new SignalSet();
  /** Processes that have looked at this description, and so must hear of their signals. */
  private readonly watched = new Map<Process, WaitNode>();
  private readonly record = new Uint8Array(RECORD_BYTES);
  private readonly view = new DataView(this.record.buffer);

  constructor(task: Task, low: number, high: number, flags: number) {
    super(O_RDWR | (flags & O_NONBLOCK));
    this.setMask(low, high);
    this.watch(task.process);
  }

  override describe(): string {
    return 'anon_inode:[signalfd]';
  }

  setMask(low: number, high: number): void {
    this.mask.set(low, high);
    this.mask.delete(SIGKILL);
    this.mask.delete(SIGSTOP);
    this.waitQueue.wake(POLLIN);
  }

  override read(task: Task, target: IoTarget): number {
    if (target.remaining < RECORD_BYTES) return -EINVAL;
    this.watch(task.process);
    const { low, high } = this.mask;
    let total = 0;
    while (target.remaining >= RECORD_BYTES) {
      const info = task.pending.take(low, high) ?? task.process.pending.take(low, high);
      if (info === null) break;
      this.fill(info);
      const moved = target.put(this.record, 0, RECORD_BYTES);
      if (moved < 0) return total > 0 ? total : moved;
      total += moved;
    }
    return total > 0 ? total : -EAGAIN;
  }

  override poll(task: Task): number {
    this.watch(task.process);
    const { low, high } = this.mask;
    const own = task.pending.set;
    const shared = task.process.pending.set;
    return ((own.low | shared.low) & low) !== 0 || ((own.high | shared.high) & high) !== 0 ? POLLIN : 0;
  }

  /** A signal came for one of the processes. */
  onWake(): void {
    this.waitQueue.wake(POLLIN);
  }

  private watch(process: Process): void {
    if (this.watched.has(process)) return;
    for (const [other, node] of this.watched) {
      if (!other.isZombie) continue;
      node.remove();
      this.watched.delete(other);
    }
    const node = new WaitNode(this);
    process.signalQueue.add(node, POLLIN);
    this.watched.set(process, node);
  }

  private fill(info: SignalInfo): void {
    const { view } = this;
    this.record.fill(0);
    view.setUint32(0, info.signal, true);
    view.setInt32(4, info.errno ?? 0, true);
    view.setInt32(8, info.code, true);
    view.setUint32(12, info.pid ?? 0, true);
    view.setUint32(16, info.uid ?? 0, true);
    view.setInt32(20, info.fd ?? 0, true);
    view.setUint32(24, info.timerId ?? 0, true);
    view.setUint32(28, info.band ?? 0, true);
    view.setUint32(32, info.overrun ?? 0, true);
    view.setInt32(40, info.status ?? 0, true);
    view.setUint32(44, info.valueLow ?? 0, true);
    view.setUint32(48, info.valueLow ?? 0, true);
    view.setUint32(52, info.valueHigh ?? 0, true);
    setU64(view, 56, info.userTicks ?? 0);
    setU64(view, 64, info.systemTicks ?? 0);
    setU64(view, 72, info.address ?? 0);
  }

  protected override release(): void {
    for (const node of this.watched.values()) node.remove();
    this.watched.clear();
  }
}
