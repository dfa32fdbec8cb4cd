import { EFAULT, ENAMETOOLONG } from '../../abi/errno.ts';
import { R10, R8, R9, RDI, RDX, RSI } from '../../arch/registers.ts';
import type { TracedTask } from './CallTrace.ts';
import type { GuestMemory } from './format.ts';

const SIZE = 0x2000;
/** Addresses from here on are readable, up to `SIZE` bytes. */
export const BASE = 0x7f0000000000;

/** Guest memory that a test writes structures into; it ends where the page does, and everything else faults. */
export class FlatMemory implements GuestMemory {
  readonly bytes = new Uint8Array(SIZE);
  private readonly view = new DataView(this.bytes.buffer);
  private used = 0;

  /** Puts bytes somewhere, and tells where. */
  place(bytes: ArrayLike<number>): number {
    const at = this.used;
    this.bytes.set(bytes, at);
    this.used = (at + bytes.length + 7) & ~7;
    return BASE + at;
  }

  placeText(text: string): number {
    return this.place([...new TextEncoder().encode(text), 0]);
  }

  /** 32-bit words. */
  placeWords(...words: number[]): number {
    return this.place(new Uint8Array(Uint32Array.from(words.map((word) => word >>> 0)).buffer));
  }

  /** 64-bit words. */
  placeLongs(...longs: number[]): number {
    return this.place(new Uint8Array(BigInt64Array.from(longs.map(BigInt)).buffer));
  }

  private offset(address: number, length: number): number {
    const at = address - BASE;
    return at >= 0 && at + length <= SIZE ? at : -1;
  }

  copyIn(address: number, target: Uint8Array, start: number, length: number): number {
    const at = this.offset(address, length);
    if (at < 0) return -EFAULT;
    target.set(this.bytes.subarray(at, at + length), start);
    return 0;
  }

  readU8(address: number): number {
    const at = this.offset(address, 1);
    return at < 0 ? -EFAULT : this.bytes[at];
  }

  readU16(address: number): number {
    const at = this.offset(address, 2);
    return at < 0 ? -EFAULT : this.view.getUint16(at, true);
  }

  readU32(address: number): number {
    const at = this.offset(address, 4);
    return at < 0 ? -EFAULT : this.view.getUint32(at, true);
  }

  readU64(address: number): number {
    const at = this.offset(address, 8);
    return at < 0 ? -EFAULT : Number(this.view.getBigUint64(at, true));
  }

  readI64(address: number): number {
    const at = this.offset(address, 8);
    return at < 0 ? NaN : Number(this.view.getBigInt64(at, true));
  }

  readString(address: number, maxBytes: number): string | number {
    const at = this.offset(address, 1);
    if (at < 0) return -EFAULT;
    const end = this.bytes.indexOf(0, at);
    return end - at >= maxBytes ? -ENAMETOOLONG : String.fromCharCode(...this.bytes.subarray(at, end));
  }
}

const argumentRegisters = [RDI, RSI, RDX, R10, R8, R9];

/** A task of which only that is there which the trace looks at. */
export class FakeTask implements TracedTask {
  readonly tid: number;
  readonly memory: FlatMemory;
  readonly registers = new Map<number, number>();
  readonly thread = { get: (register: number): number => this.registers.get(register) ?? 0 };
  readonly process = { waitStatus: 0, threads: [this] };
  readonly kernel: { processes: { tasks: Map<number, FakeTask> } };

  constructor(tid: number, memory: FlatMemory, tasks: Map<number, FakeTask>) {
    this.tid = tid;
    this.memory = memory;
    this.kernel = { processes: { tasks } };
    tasks.set(tid, this);
  }

  setArguments(args: readonly number[]): void {
    for (const [index, register] of argumentRegisters.entries()) this.registers.set(register, args[index] ?? 0);
  }
}
