/** Capabilities by number (capabilities(7)). */
export const CAP_CHOWN = 0;
export const CAP_DAC_OVERRIDE = 1;
export const CAP_DAC_READ_SEARCH = 2;
export const CAP_FOWNER = 3;
export const CAP_FSETID = 4;
export const CAP_KILL = 5;
export const CAP_SETGID = 6;
export const CAP_SETUID = 7;
export const CAP_SETPCAP = 8;
export const CAP_NET_BIND_SERVICE = 10;
export const CAP_NET_BROADCAST = 11;
export const CAP_NET_ADMIN = 12;
export const CAP_NET_RAW = 13;
export const CAP_IPC_LOCK = 14;
export const CAP_SYS_CHROOT = 18;
export const CAP_SYS_PTRACE = 19;
export const CAP_SYS_ADMIN = 21;
export const CAP_SYS_BOOT = 22;
export const CAP_SYS_NICE = 23;
export const CAP_SYS_RESOURCE = 24;
export const CAP_SYS_TIME = 25;
export const CAP_SYS_TTY_CONFIG = 26;
export const CAP_MKNOD = 27;
export const CAP_SYSLOG = 34;
export const CAP_LAST = 40;

const HIGH_MASK = (1 << (CAP_LAST - 31)) - 1;

/** A set of capabilities, immutable. */
export class CapabilitySet {
  readonly low: number;
  readonly high: number;

  constructor(low: number, high: number) {
    this.low = low | 0;
    this.high = high & HIGH_MASK;
  }

  static readonly none = new CapabilitySet(0, 0);
  static readonly all = new CapabilitySet(-1, -1);

  has(capability: number): boolean {
    return capability < 32 ? (this.low & (1 << capability)) !== 0 : (this.high & (1 << (capability - 32))) !== 0;
  }

  without(capability: number): CapabilitySet {
    return capability < 32
      ? new CapabilitySet(this.low & ~(1 << capability), this.high)
      : new CapabilitySet(this.low, this.high & ~(1 << (capability - 32)));
  }

  union(other: CapabilitySet): CapabilitySet {
    return new CapabilitySet(this.low | other.low, this.high | other.high);
  }

  contains(other: CapabilitySet): boolean {
    return (other.low & ~this.low) === 0 && (other.high & ~this.high) === 0;
  }

  /** Sixteen hexadecimal digits, as /proc/PID/status shows it. */
  toString(): string {
    return [this.high, this.low].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }
}

/** The sets of a task (capabilities(7)). File and ambient capabilities are not there: programs of files have none. */
export interface Capabilities {
  readonly permitted: CapabilitySet;
  readonly effective: CapabilitySet;
  readonly inheritable: CapabilitySet;
  readonly bounding: CapabilitySet;
  /** prctl(PR_SET_KEEPCAPS): giving up uid 0 keeps the permitted set. */
  readonly keep: 0 | 1;
}
