const CPUS_MAX = 64;

/** A set of virtual CPUs, of which a machine has at most 64. Not changed once made. */
export class CpuSet {
  private readonly low: number;
  private readonly high: number;

  constructor(low: number, high: number) {
    this.low = low | 0;
    this.high = high | 0;
  }

  /** CPUs 0 to `count` - 1. */
  static first(count: number): CpuSet {
    return new CpuSet(firstBits(count), firstBits(count - 32));
  }

  get isEmpty(): boolean {
    return (this.low | this.high) === 0;
  }

  has(cpu: number): boolean {
    return (((cpu < 32 ? this.low : this.high) >>> (cpu & 31)) & 1) === 1;
  }

  and(other: CpuSet): CpuSet {
    return new CpuSet(this.low & other.low, this.high & other.high);
  }

  equals(other: CpuSet): boolean {
    return this.low === other.low && this.high === other.high;
  }

  /** As the kernel prints masks where there are `count` CPUs: words of eight digits, the highest first. */
  mask(count: number): string {
    const digits = Math.ceil(count / 4);
    const low = this.word(0).toString(16).padStart(Math.min(8, digits), '0');
    return count <= 32
      ? low
      : `${this.word(1)
          .toString(16)
          .padStart(digits - 8, '0')},${low}`;
  }

  /** The same as ranges: `0-2,5`. */
  list(): string {
    const ranges: string[] = [];
    for (let cpu = 0; cpu < CPUS_MAX; cpu++) {
      if (!this.has(cpu)) continue;
      const first = cpu;
      while (cpu + 1 < CPUS_MAX && this.has(cpu + 1)) cpu++;
      ranges.push(cpu === first ? `${cpu}` : `${first}-${cpu}`);
    }
    return ranges.join(',');
  }

  /** CPUs 0 to 31 (`half` 0) or 32 to 63 (1) as an unsigned number. */
  word(half: 0 | 1): number {
    return (half === 0 ? this.low : this.high) >>> 0;
  }
}

function firstBits(count: number): number {
  if (count <= 0) return 0;
  return count >= 32 ? -1 : (1 << count) - 1;
}
