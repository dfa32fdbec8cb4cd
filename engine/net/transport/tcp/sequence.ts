// Hot code.

/** Arithmetic on TCP's sequence numbers, modulo 2^32 (RFC 9293 section 3.4). Values are unsigned. */

export function before(a: number, b: number): boolean {
  return ((a - b) | 0) < 0;
}

export function after(a: number, b: number): boolean {
  return ((a - b) | 0) > 0;
}

/** How far `to` is ahead of `from`, negative when it is behind. */
export function distance(from: number, to: number): number {
  return (to - from) | 0;
}

export function advance(sequence: number, by: number): number {
  return (sequence + by) >>> 0;
}
