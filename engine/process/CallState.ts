/**
 * What a handler answers when its task now waits on something. Handlers run again from the start when the wait ends.
 * Outside of the range of results and errnos.
 */
export const BLOCKED = -0x10000;
/** The registers are as the guest shall see them: leave RAX alone (rt_sigreturn(2), execve(2)). */
export const NO_RESULT = -0x10001;

/** What must survive between the runs of a call that waits. Cleared when the call ends. */
export class CallState {
  /** Monotonic deadline that the first run computed; NaN before. */
  deadlineNs = NaN;
  /** Bytes moved so far, or the like. */
  progress = 0;
  data: unknown = null;

  clear(): void {
    this.deadlineNs = NaN;
    this.progress = 0;
    this.data = null;
  }
}
