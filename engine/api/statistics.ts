/** What the outside hears of a machine's work. Plain data, cloned across threads; times are nanoseconds. */

/** What became of all calls of one kind. */
export interface CallCount {
  readonly name: string;
  /** Calls that began; those of exit(2) never end. */
  readonly calls: number;
  readonly errors: number;
  /** Calls that had to wait, and how long they took from beginning to end. */
  readonly waited: number;
  readonly waitedNs: number;
  /** The others that came back: how long the kernel took for them. */
  readonly served: number;
  readonly servedNs: number;
  readonly longestServedNs: number;
}

/** What a machine has done since boot. */
export interface MachineStatistics {
  readonly calls: readonly CallCount[];
  /** From the order to start until its network was set up; null when it ended before, or before that was seen. */
  readonly bootNs: number | null;
  readonly upNs: number;
  readonly faults: number;
  /** Times that a call went on because something had happened that it waited for. */
  readonly wakeUps: number;
  /** Times that a task left user mode for longer than a call. */
  readonly switches: number;
  readonly processes: number;
  readonly hostProcesses: number;
  /** Mapping commands and the like that host processes were told. */
  readonly commands: number;
}
