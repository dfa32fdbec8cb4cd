/** A set of signals 1 … 64 as two 32-bit halves, laid out as `sigset_t` of the kernel. */
export class SignalSet {
  low = 0;
  high = 0;

  static of(low: number, high: number): SignalSet {
    const set = new SignalSet();
    set.low = low | 0;
    set.high = high | 0;
    return set;
  }

  get isEmpty(): boolean {
    return this.low === 0 && this.high === 0;
  }

  has(signal: number): boolean {
    return signal <= 32 ? (this.low & (1 << (signal - 1))) !== 0 : (this.high & (1 << (signal - 33))) !== 0;
  }

  add(signal: number): void {
    if (signal <= 32) this.low |= 1 << (signal - 1);
    else this.high |= 1 << (signal - 33);
  }

  delete(signal: number): void {
    if (signal <= 32) this.low &= ~(1 << (signal - 1));
    else this.high &= ~(1 << (signal - 33));
  }

  copyFrom(other: SignalSet): void {
    this.low = other.low;
    this.high = other.high;
  }

  set(low: number, high: number): void {
    this.low = low | 0;
    this.high = high | 0;
  }

  clone(): SignalSet {
    return SignalSet.of(this.low, this.high);
  }
}
