/** A point in time or a span, as `struct timespec`: whole seconds, and nanoseconds in [0, 1e9). */
export interface Timespec {
  seconds: number;
  nanoseconds: number;
}

export const NS_PER_SECOND = 1e9;
export const NS_PER_MS = 1e6;
export const NS_PER_US = 1e3;
