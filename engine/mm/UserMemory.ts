import { EFAULT, ENAMETOOLONG } from '../abi/errno.ts';
import { PAGE_SIZE, TASK_SIZE } from '../trap/layout.ts';
import { IMAGE_FRAME_BASE } from './PhysicalMemory.ts';
import type { PhysicalMemory } from './PhysicalMemory.ts';

/* Hot: every byte that the kernel reads from or writes to a guest goes through here. No allocation on the way. */

const TWO_32 = 4294967296;

/**
 * The only way to a guest's memory. Addresses come from the guest and are checked; a fault on the way answers -EFAULT,
 * never more than the guest itself could read or write.
 */
export abstract class UserMemory {
  readonly physical: PhysicalMemory;

  constructor(physical: PhysicalMemory) {
    this.physical = physical;
  }

  /** The frame behind `address`, faulted in when needed, or -EFAULT when the guest may not read it (or write it). */
  abstract frameFor(address: number, write: 0 | 1): number;

  copyIn(address: number, target: Uint8Array, start: number, length: number): number {
    let done = 0;
    while (done < length) {
      const count = this.copyInSome(address + done, target, start + done, length - done);
      if (count < 0) return count;
      done += count;
    }
    return 0;
  }

  /** Copies up to the end of the page; bytes copied, or -EFAULT. */
  copyInSome(address: number, target: Uint8Array, start: number, length: number): number {
    const frame = this.frameFor(address, 0);
    if (frame < 0) return frame;
    const inPage = address % PAGE_SIZE;
    const count = Math.min(length, PAGE_SIZE - inPage);
    const { physical } = this;
    const page = frame >= IMAGE_FRAME_BASE ? physical.image : physical.bytes;
    const offset = physical.pageOffset(frame) + inPage;
    if (count <= 64) for (let index = 0; index < count; index++) target[start + index] = page[offset + index];
    else target.set(page.subarray(offset, offset + count), start);
    return count;
  }

  copyOut(address: number, source: Uint8Array, start: number, length: number): number {
    let done = 0;
    while (done < length) {
      const count = this.copyOutSome(address + done, source, start + done, length - done);
      if (count < 0) return count;
      done += count;
    }
    return 0;
  }

  /** Copies up to the end of the page; bytes copied, or -EFAULT. */
  copyOutSome(address: number, source: Uint8Array, start: number, length: number): number {
    const frame = this.frameFor(address, 1);
    if (frame < 0) return frame;
    const inPage = address % PAGE_SIZE;
    const count = Math.min(length, PAGE_SIZE - inPage);
    const { bytes } = this.physical;
    const offset = frame * PAGE_SIZE + inPage;
    if (count <= 64) for (let index = 0; index < count; index++) bytes[offset + index] = source[start + index];
    else bytes.set(source.subarray(start, start + count), offset);
    return count;
  }

  /** Writes `length` zeros. */
  clear(address: number, length: number): number {
    let done = 0;
    while (done < length) {
      const frame = this.frameFor(address + done, 1);
      if (frame < 0) return frame;
      const inPage = (address + done) % PAGE_SIZE;
      const count = Math.min(length - done, PAGE_SIZE - inPage);
      const offset = frame * PAGE_SIZE + inPage;
      this.physical.bytes.fill(0, offset, offset + count);
      done += count;
    }
    return 0;
  }

  readU8(address: number): number {
    const frame = this.frameFor(address, 0);
    if (frame < 0) return frame;
    return this.physical.pageBytes(frame)[this.physical.pageOffset(frame) + (address % PAGE_SIZE)];
  }

  readU16(address: number): number {
    const low = this.readU8(address);
    const high = this.readU8(address + 1);
    return low < 0 || high < 0 ? -EFAULT : low | (high << 8);
  }

  readU32(address: number): number {
    const inPage = address % PAGE_SIZE;
    if (inPage > PAGE_SIZE - 4) {
      const low = this.readU16(address);
      const high = this.readU16(address + 2);
      return low < 0 || high < 0 ? -EFAULT : (low | (high << 16)) >>> 0;
    }
    const frame = this.frameFor(address, 0);
    if (frame < 0) return frame;
    const page = this.physical.pageBytes(frame);
    const offset = this.physical.pageOffset(frame) + inPage;
    return (page[offset] | (page[offset + 1] << 8) | (page[offset + 2] << 16) | (page[offset + 3] << 24)) >>> 0;
  }

  /** Unsigned, so exact up to 2^53 only; -EFAULT on a fault. */
  readU64(address: number): number {
    const low = this.readU32(address);
    if (low < 0) return low;
    const high = this.readU32(address + 4);
    return high < 0 ? high : high * TWO_32 + low;
  }

  /** Signed; NaN on a fault. */
  readI64(address: number): number {
    const low = this.readU32(address);
    const high = this.readU32(address + 4);
    return low < 0 || high < 0 ? NaN : (high | 0) * TWO_32 + low;
  }

  writeU8(address: number, value: number): number {
    const frame = this.frameFor(address, 1);
    if (frame < 0) return frame;
    this.physical.bytes[frame * PAGE_SIZE + (address % PAGE_SIZE)] = value;
    return 0;
  }

  writeU16(address: number, value: number): number {
    const result = this.writeU8(address, value);
    return result < 0 ? result : this.writeU8(address + 1, value >> 8);
  }

  writeU32(address: number, value: number): number {
    const inPage = address % PAGE_SIZE;
    if (inPage > PAGE_SIZE - 4) {
      const result = this.writeU16(address, value);
      return result < 0 ? result : this.writeU16(address + 2, value >> 16);
    }
    const frame = this.frameFor(address, 1);
    if (frame < 0) return frame;
    const { bytes } = this.physical;
    const offset = frame * PAGE_SIZE + inPage;
    bytes[offset] = value;
    bytes[offset + 1] = value >> 8;
    bytes[offset + 2] = value >> 16;
    bytes[offset + 3] = value >> 24;
    return 0;
  }

  /** Signed or unsigned. */
  writeU64(address: number, value: number): number {
    const result = this.writeU32(address, value % TWO_32);
    return result < 0 ? result : this.writeU32(address + 4, Math.floor(value / TWO_32));
  }

  /** Byte string up to a NUL: -ENAMETOOLONG when there is none within `maxBytes` (NUL included). */
  readString(address: number, maxBytes: number): string | number {
    let text = '';
    let at = address;
    let left = maxBytes;
    while (left > 0) {
      const frame = this.frameFor(at, 0);
      if (frame < 0) return frame;
      const inPage = at % PAGE_SIZE;
      const count = Math.min(left, PAGE_SIZE - inPage);
      const page = this.physical.pageBytes(frame);
      const offset = this.physical.pageOffset(frame) + inPage;
      for (let index = 0; index < count; index++) {
        const byte = page[offset + index];
        if (byte === 0) return text;
        text += String.fromCharCode(byte);
      }
      at += count;
      left -= count;
    }
    return -ENAMETOOLONG;
  }

  /** Whether [address, address + length) lies where guests may have memory at all (access_ok). */
  isUserRange(address: number, length: number): boolean {
    return address >= 0 && length >= 0 && address + length <= TASK_SIZE;
  }
}
