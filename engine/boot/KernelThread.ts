import { hostTime } from '../host/hostPorts.ts';
import type { Doorbell } from '../trap/Doorbell.ts';
import type { Machine } from './Machine.ts';

/** How long the thread looks for traps before it sleeps, while guests compute. */
const SPIN_NS = 30_000;
/** How long it sleeps at most while guests are in user mode. */
const LONGEST_SLEEP_NS = 20e6;

/** What else there is to do between two rounds: orders from outside, and work of the host that has its time. */
interface Mailbox {
  /** Does what there is now; whether there was anything. */
  serve(): boolean;
  /** When it has to be served again at the latest, in nanoseconds on the host's clock, or Infinity. */
  readonly wakeAtNs: number;
}

/**
 * The loop of one kernel thread: serves the machines on it, spins for a moment when their guests compute, sleeps on its
 * doorbell when nothing comes. With nothing to do it costs nothing.
 */
export class KernelThread {
  readonly machines = new Set<Machine>();
  private readonly doorbell: Doorbell;
  private readonly mailbox: Mailbox;
  private readonly onPanic: (machine: Machine, error: unknown) => void;
  private stopped = false;

  constructor(doorbell: Doorbell, mailbox: Mailbox, onPanic: (machine: Machine, error: unknown) => void) {
    this.doorbell = doorbell;
    this.mailbox = mailbox;
    this.onPanic = onPanic;
  }

  /** Only for the mailbox, which says afterwards that there was something: the thread then looks before it sleeps. */
  stop(): void {
    this.stopped = true;
  }

  /** Runs until `stop`. */
  run(): void {
    let lastBusyNs = hostTime.monotonicNs();
    while (!this.stopped) {
      if (this.round()) {
        lastBusyNs = hostTime.monotonicNs();
        continue;
      }
      if (this.hasActive() && hostTime.monotonicNs() - lastBusyNs < SPIN_NS) continue;
      const seen = this.doorbell.prepareSleep();
      // Whoever trapped before it saw that we sleep did not ring.
      if (this.round()) {
        this.doorbell.stayAwake();
        lastBusyNs = hostTime.monotonicNs();
        continue;
      }
      let timeoutNs = this.nextDeadlineNs() - hostTime.monotonicNs();
      // Guests can write to the doorbell: one that silences it must not hold up others for long.
      if (this.hasActive()) timeoutNs = Math.min(timeoutNs, LONGEST_SLEEP_NS);
      if (timeoutNs > 0) this.doorbell.sleep(seen, timeoutNs);
      else this.doorbell.stayAwake();
      lastBusyNs = hostTime.monotonicNs();
    }
  }

  private round(): boolean {
    let busy = this.mailbox.serve();
    for (const machine of this.machines) {
      try {
        if (machine.step()) busy = true;
      } catch (error) {
        this.machines.delete(machine);
        this.onPanic(machine, error);
        continue;
      }
      if (machine.isEnded) this.machines.delete(machine);
    }
    return busy;
  }

  private hasActive(): boolean {
    for (const machine of this.machines) if (machine.scheduler.hasActive) return true;
    return false;
  }

  private nextDeadlineNs(): number {
    let deadline = this.mailbox.wakeAtNs;
    for (const machine of this.machines) deadline = Math.min(deadline, machine.wakeAtNs);
    return deadline;
  }
}
