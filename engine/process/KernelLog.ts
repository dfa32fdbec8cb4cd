import { POLLIN, POLLRDNORM } from '../abi/poll.ts';
import { WaitQueue } from '../sched/WaitQueue.ts';

/** Severities of syslog(2). */
export const LOG_WARNING = 4;
export const LOG_INFO = 6;

const KERNEL_FACILITY = 0;
const LINES_MAX = 1000;
const NS_PER_US = 1000;

export interface LogRecord {
  readonly sequence: number;
  /** Facility * 8 + severity. */
  readonly priority: number;
  /** On the monotonic clock. */
  readonly timeNs: number;
  /** One line, a byte string. */
  readonly text: string;
}

/** The kernel's log: the last lines of it, each with a number. What dmesg(1) shows. */
export class KernelLog {
  /** Woken with POLLIN by every line. */
  readonly queue = new WaitQueue();
  private readonly records: LogRecord[] = [];
  private nextSequence = 0;
  /** First line that dmesg(1) shows: SYSLOG_ACTION_CLEAR moves it. */
  clearedBefore = 0;
  /** First line that SYSLOG_ACTION_READ has not taken. */
  unreadFrom = 0;

  get end(): number {
    return this.nextSequence;
  }

  /** Number of the oldest line that is kept. */
  get start(): number {
    return this.nextSequence - this.records.length;
  }

  add(timeNs: number, severity: number, text: string, facility = KERNEL_FACILITY): void {
    this.records.push({ sequence: this.nextSequence++, priority: facility * 8 + severity, timeNs, text });
    if (this.records.length > LINES_MAX) this.records.shift();
    this.queue.wake(POLLIN | POLLRDNORM);
  }

  /** The line with a number, or undefined when it is not there (any more, or yet). */
  at(sequence: number): LogRecord | undefined {
    return this.records[sequence - this.start];
  }

  /** Lines from a number on. */
  from(sequence: number): readonly LogRecord[] {
    return this.records.slice(Math.max(0, sequence - this.start));
  }
}

/** As syslog(2) gives it: `<6>[    1.234567] text`. */
export function syslogLine({ priority, timeNs, text }: LogRecord): string {
  return `<${priority}>[${(timeNs / 1e9).toFixed(6).padStart(12)}] ${text}\n`;
}

/** As /dev/kmsg gives it (Documentation/ABI/testing/dev-kmsg). */
export function kmsgLine({ priority, sequence, timeNs, text }: LogRecord): string {
  const escaped = text.replaceAll(
    /[^\x20-\x7e]|\\/g,
    (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `${priority},${sequence},${Math.floor(timeNs / NS_PER_US)},-;${escaped}\n`;
}
