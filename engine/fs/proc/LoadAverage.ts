/** How many tasks were busy or waited for a processor, over the last 1, 5 and 15 minutes (proc(5), loadavg). */
const MINUTES = [1, 5, 15] as const;
const NS_PER_MINUTE = 60e9;

/**
 * Kept without a timer: between two looks, the time that processors were busy gives the mean load exactly, and each average
 * decays over just that span.
 */
export class LoadAverage {
  private readonly averages = [0, 0, 0];
  private lastNs = 0;
  private lastBusyNs = 0;

  /** The averages at `nowNs`. `busyNs` is the processors' busy time since boot, `waiting` how many tasks wait for one now. */
  sample(nowNs: number, busyNs: number, waiting: number): readonly number[] {
    const span = nowNs - this.lastNs;
    if (span > 0) {
      const load = (busyNs - this.lastBusyNs) / span + waiting;
      MINUTES.forEach((minutes, index) => {
        const kept = Math.exp(-span / (minutes * NS_PER_MINUTE));
        this.averages[index] = this.averages[index] * kept + load * (1 - kept);
      });
      this.lastNs = nowNs;
      this.lastBusyNs = busyNs;
    }
    return this.averages;
  }
}
