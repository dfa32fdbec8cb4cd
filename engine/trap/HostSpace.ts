import type { HostThread } from './HostThread.ts';

/**
 * The host process behind one guest address space. All mapping of guest pages goes through here, as commands that ride on
 * the resume of one of its threads.
 */
export class HostSpace {
  readonly threads: HostThread[] = [];
  /** Threads that were told to end; their slots can be used again when the host has ended them. */
  readonly ending: HostThread[] = [];
  /** The thread whose trap is being served: commands ride on its resume. */
  current: HostThread | null = null;
  /** The host process is gone or will be without our doing. */
  isDead = false;
  /** Slot that the process was started in; the launcher knows its pid by it. */
  readonly firstSlot: number;
  /** Slots of ended threads. They stay mapped in this process, so no other process may have them before it ends. */
  readonly spareSlots: number[] = [];

  constructor(firstSlot: number) {
    this.firstSlot = firstSlot;
  }

  /**
   * Queues a command. With one thread it is carried out before the guest runs on; with several, others may be running
   * now, so that callers who take pages away call `flush` before they reuse them.
   */
  command(op: number, address: number, length: number, protection: number, offset: number): void {
    if (this.isDead) return;
    const thread = this.carrier();
    if (thread === null) return;
    thread.command(op, address, length, protection, offset);
  }

  /** Carries out queued commands now, if another thread than the one being served might see stale pages. */
  flushIfShared(): void {
    if (this.threads.length > 1) this.flush();
  }

  flush(): void {
    // Orders that others were resumed with come first: they may map what ours take away.
    for (const thread of this.threads) thread.awaitResumed();
    for (const thread of this.threads) if (thread.hasCommands) thread.flushCommands();
  }

  private carrier(): HostThread | null {
    if (this.current !== null) return this.current;
    for (const thread of this.threads) if (thread.isTrapped || !thread.hasStarted) return thread;
    // Every thread runs in user mode: stop one for the order.
    for (const thread of this.threads) if (thread.stopForCommands()) return thread;
    return null;
  }
}
