// Hot: every byte of every pipeline. No allocation, no closures here.
import { EAGAIN, EFAULT, ENOMEM } from '../../abi/errno.ts';
import type { BufferPool } from '../../lib/BufferPool.ts';
import type { IoSource, IoTarget } from '../../mm/Io.ts';

export const SLOT_BYTES = 4096;
const PACKET = 0x8000;

/**
 * The bytes in a pipe. They lie in one ring that is borrowed from a pool while there are any. Beside them runs Linux's
 * accounting, on which a guest can see that poll(2), PIPE_BUF atomicity and "full" depend: a pipe has slots of a page;
 * each write starts a slot, unless its part of a page fits behind what the last slot holds (pipe(7), fs/pipe.c).
 */
export class PipeBuffer {
  private readonly pool: BufferPool;
  private ring: Uint8Array | null = null;
  private head = 0;
  private length = 0;

  /** Per slot: bytes not yet read, and where in its page the slot ends (with PACKET for packet mode). */
  private lengths: Uint16Array;
  private ends: Uint16Array;
  private firstSlot = 0;
  private usedSlots = 0;
  private packetSlots = 0;

  constructor(pool: BufferPool, slots: number) {
    this.pool = pool;
    this.lengths = new Uint16Array(slots);
    this.ends = new Uint16Array(slots);
  }

  get slots(): number {
    return this.lengths.length;
  }

  get bytes(): number {
    return this.length;
  }

  get isEmpty(): boolean {
    return this.usedSlots === 0;
  }

  get isFull(): boolean {
    return this.usedSlots >= this.lengths.length;
  }

  get used(): number {
    return this.usedSlots;
  }

  /**
   * Takes what fits of `source`; bytes taken, or -EAGAIN when full, -EFAULT, -ENOMEM. At most PIPE_BUF bytes go whole or
   * not at all. With `packet` every slot is read by a read of its own (O_DIRECT).
   */
  write(source: IoSource, packet: 0 | 1): number {
    let total = 0;
    const tail = source.remaining % SLOT_BYTES;
    if (tail !== 0 && this.usedSlots > 0) {
      const last = (this.firstSlot + this.usedSlots - 1) % this.slots;
      if ((this.ends[last] & PACKET) === 0 && this.ends[last] + tail <= SLOT_BYTES) {
        const moved = this.append(source, tail);
        if (moved < 0) return moved;
        if (moved < tail) return this.takeBack(moved);
        this.lengths[last] += moved;
        this.ends[last] += moved;
        total = moved;
      }
    }
    const room = (this.slots - this.usedSlots) * SLOT_BYTES;
    const wanted = Math.min(source.remaining, room);
    if (wanted === 0) return total > 0 || source.remaining === 0 ? total : -EAGAIN;
    let moved = this.append(source, wanted);
    if (moved > 0 && moved < wanted) {
      // A page that faults half-way does not go in.
      const half = moved % SLOT_BYTES;
      moved = half === moved ? this.takeBack(half) : moved - half;
      if (moved > 0) this.length -= half;
    }
    if (moved < 0) return total > 0 ? total : moved;
    for (let left = moved; left > 0; left -= SLOT_BYTES) this.pushSlot(Math.min(left, SLOT_BYTES), packet);
    return total + moved;
  }

  /** Gives up to `target.remaining` bytes; bytes moved, 0 when empty, or -EFAULT. */
  read(target: IoTarget): number {
    if (this.packetSlots === 0) return this.readStream(target);
    let total = 0;
    while (this.usedSlots > 0 && target.remaining > 0) {
      const slot = this.firstSlot;
      const isPacket = (this.ends[slot] & PACKET) !== 0;
      const wanted = Math.min(target.remaining, this.lengths[slot]);
      const moved = this.detach(target, wanted);
      if (moved < wanted) {
        if (moved > 0) this.giveAgain(moved);
        return total > 0 ? total : -EFAULT;
      }
      total += moved;
      const rest = isPacket ? this.lengths[slot] - moved : 0;
      this.drop(rest);
      this.consume(moved + rest);
      if (isPacket) break;
    }
    return total;
  }

  /** A read that faults in the middle of a slot leaves that slot whole. */
  private readStream(target: IoTarget): number {
    const wanted = Math.min(target.remaining, this.length);
    const moved = this.detach(target, wanted);
    if (moved === wanted || moved < 0) return this.consume(moved);
    let whole = 0;
    for (let index = 0; index < this.usedSlots; index++) {
      const held = this.lengths[(this.firstSlot + index) % this.slots];
      if (whole + held > moved) break;
      whole += held;
    }
    this.giveAgain(moved - whole);
    return whole > 0 ? this.consume(whole) : -EFAULT;
  }

  /** F_SETPIPE_SZ: another number of slots; false when more than that are in use. */
  resize(slots: number): boolean {
    if (this.usedSlots > slots) return false;
    const lengths = new Uint16Array(slots);
    const ends = new Uint16Array(slots);
    for (let index = 0; index < this.usedSlots; index++) {
      const from = (this.firstSlot + index) % this.slots;
      lengths[index] = this.lengths[from];
      ends[index] = this.ends[from];
    }
    this.lengths = lengths;
    this.ends = ends;
    this.firstSlot = 0;
    return true;
  }

  /** Forgets all bytes. */
  clear(): void {
    this.usedSlots = 0;
    this.packetSlots = 0;
    this.length = 0;
    this.giveBack();
  }

  private pushSlot(bytes: number, packet: 0 | 1): void {
    const slot = (this.firstSlot + this.usedSlots) % this.slots;
    this.usedSlots++;
    this.packetSlots += packet;
    this.lengths[slot] = bytes;
    this.ends[slot] = packet === 1 ? bytes | PACKET : bytes;
  }

  /** Moves `wanted` bytes from `source` behind the last byte; the slots are the caller's. */
  private append(source: IoSource, wanted: number): number {
    const ring = this.reserve(this.length + wanted);
    if (ring === null) return -ENOMEM;
    let total = 0;
    while (total < wanted) {
      const start = (this.head + this.length) & (ring.length - 1);
      const part = Math.min(wanted - total, ring.length - start);
      const moved = source.take(ring, start, part);
      if (moved <= 0) {
        if (total > 0) return total;
        if (this.length === 0) this.giveBack();
        return -EFAULT;
      }
      this.length += moved;
      total += moved;
      if (moved < part) break;
    }
    return total;
  }

  /** Moves `wanted` bytes to `target`; the slots are the caller's. */
  private detach(target: IoTarget, wanted: number): number {
    const ring = this.ring;
    if (ring === null || wanted === 0) return 0;
    let total = 0;
    while (total < wanted) {
      const part = Math.min(wanted - total, ring.length - this.head);
      const moved = target.put(ring, this.head, part);
      if (moved <= 0) return total > 0 ? total : -EFAULT;
      this.drop(moved);
      total += moved;
      if (moved < part) break;
    }
    return total;
  }

  /** The last `bytes` bytes that were appended do not count: the source faulted behind them. */
  private takeBack(bytes: number): number {
    this.length -= bytes;
    if (this.length === 0) this.giveBack();
    return -EFAULT;
  }

  /** The last `bytes` bytes that were detached are to be read again. */
  private giveAgain(bytes: number): void {
    if (this.ring !== null) this.head = (this.head - bytes + this.ring.length) & (this.ring.length - 1);
    this.length += bytes;
  }

  private drop(bytes: number): void {
    if (this.ring !== null) this.head = (this.head + bytes) & (this.ring.length - 1);
    this.length -= bytes;
  }

  /** Frees the slots of `bytes` bytes that left the ring; answers `bytes`. */
  private consume(bytes: number): number {
    let left = bytes;
    while (left > 0) {
      const slot = this.firstSlot;
      const held = this.lengths[slot];
      if (held > left) {
        this.lengths[slot] = held - left;
        break;
      }
      left -= held;
      if ((this.ends[slot] & PACKET) !== 0) this.packetSlots--;
      this.firstSlot = (slot + 1) % this.slots;
      this.usedSlots--;
    }
    if (this.length === 0) this.giveBack();
    return bytes;
  }

  private giveBack(): void {
    if (this.ring === null) return;
    this.pool.give(this.ring);
    this.ring = null;
    this.head = 0;
  }

  /** A ring with room for `bytes` in all, its content kept; null when the pool has none. */
  private reserve(bytes: number): Uint8Array | null {
    const old = this.ring;
    if (old !== null && old.length >= bytes) return old;
    const ring = this.pool.take(Math.max(bytes, 64));
    if (ring === null || old === null) {
      this.ring = ring ?? old;
      return ring;
    }
    const first = Math.min(this.length, old.length - this.head);
    ring.set(old.subarray(this.head, this.head + first));
    ring.set(old.subarray(0, this.length - first), first);
    this.pool.give(old);
    this.ring = ring;
    this.head = 0;
    return ring;
  }
}
