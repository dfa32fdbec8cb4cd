import type { IoSource, IoTarget } from './Io.ts';
import type { UserMemory } from './UserMemory.ts';

/** A guest's buffer as target or source of a transfer. Reusable: one per kernel serves read(2) and write(2). */
export class UserIo implements IoTarget, IoSource {
  private memory: UserMemory;
  private address: number;
  remaining: number;

  constructor(memory: UserMemory, address: number, length: number) {
    this.memory = memory;
    this.address = address;
    this.remaining = length;
  }

  /** Leaves out up to `length` bytes; how many. */
  skip(length: number): number {
    const count = Math.min(length, this.remaining);
    this.address += count;
    this.remaining -= count;
    return count;
  }

  reset(memory: UserMemory, address: number, length: number): this {
    this.memory = memory;
    this.address = address;
    this.remaining = length;
    return this;
  }

  put(source: Uint8Array, start: number, length: number): number {
    let done = 0;
    while (done < length) {
      const count = this.memory.copyOutSome(this.address, source, start + done, length - done);
      if (count < 0) return done > 0 ? done : count;
      this.address += count;
      this.remaining -= count;
      done += count;
    }
    return done;
  }

  take(target: Uint8Array, start: number, length: number): number {
    let done = 0;
    while (done < length) {
      const count = this.memory.copyInSome(this.address, target, start + done, length - done);
      if (count < 0) return done > 0 ? done : count;
      this.address += count;
      this.remaining -= count;
      done += count;
    }
    return done;
  }
}

/** The buffers of readv(2) and writev(2), one after the other. */
export class IovecIo implements IoTarget, IoSource {
  private readonly pieces: readonly UserIo[];
  private index = 0;
  remaining = 0;

  constructor(memory: UserMemory, buffers: readonly { address: number; length: number }[]) {
    this.pieces = buffers.map(({ address, length }) => new UserIo(memory, address, length));
    for (const { length } of buffers) this.remaining += length;
  }

  /** Leaves out the first `length` bytes, which an earlier run of the call moved. */
  skip(length: number): void {
    let left = Math.min(length, this.remaining);
    this.remaining -= left;
    for (let index = 0; left > 0; index++) left -= this.pieces[index].skip(left);
  }

  put(source: Uint8Array, start: number, length: number): number {
    let done = 0;
    while (done < length) {
      const piece = this.pieces[this.index];
      if (piece.remaining === 0) {
        this.index++;
        continue;
      }
      const count = piece.put(source, start + done, Math.min(piece.remaining, length - done));
      if (count < 0) return done > 0 ? done : count;
      this.remaining -= count;
      done += count;
    }
    return done;
  }

  take(target: Uint8Array, start: number, length: number): number {
    let done = 0;
    while (done < length) {
      const piece = this.pieces[this.index];
      if (piece.remaining === 0) {
        this.index++;
        continue;
      }
      const count = piece.take(target, start + done, Math.min(piece.remaining, length - done));
      if (count < 0) return done > 0 ? done : count;
      this.remaining -= count;
      done += count;
    }
    return done;
  }
}
