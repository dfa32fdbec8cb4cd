import { CONTEXT_WORDS, EFLAGS, FP_STATE, RIP, RSP } from '../arch/registers.ts';
import type { HostThread } from '../trap/HostThread.ts';
import type { SharedRegion } from '../host/SharedRegion.unsafe.ts';
import { commandOp } from '../trap/layout.ts';

const USER_FLAGS = 0x202;
/** FP state after reset: x87 control word, MXCSR; everything else in its initial state (Intel SDM vol. 1, 13.6). */
const FCW_OFFSET = 0;
const MXCSR_OFFSET = 24;
const SW_RESERVED_OFFSET = 464;
const XSTATE_HEADER_OFFSET = 512;
const FP_XSTATE_MAGIC1 = 0x46505853;
const LEGACY_SIZE = 512;

/** Bytes of FP state that the host saves for `thread`, which is trapped. Untrusted: bounded by the slot. */
export function fpStateSize(region: SharedRegion, offset: number, end: number): number {
  const words = region.words;
  const magic = words[(offset + SW_RESERVED_OFFSET) >> 2];
  const size = words[(offset + SW_RESERVED_OFFSET + 4) >> 2];
  if (magic !== FP_XSTATE_MAGIC1 || size < LEGACY_SIZE || offset + size > end) return LEGACY_SIZE;
  return size;
}

/** Where the FP state of a trapped thread lies in the machine file, or -1 when the frame is forged. */
export function fpStateOf(thread: HostThread): number {
  return thread.fpStateOffset(thread.getLow(FP_STATE), thread.getHigh(FP_STATE));
}

/** A thread's registers outside of its frame: what a new thread begins with. */
export class SavedContext {
  private readonly registers: Int32Array;
  private readonly fp: Uint8Array | null;
  readonly fsBase: number;
  readonly gsBase: number;

  private constructor(registers: Int32Array, fp: Uint8Array | null, fsBase: number, gsBase: number) {
    this.registers = registers;
    this.fp = fp;
    this.fsBase = fsBase;
    this.gsBase = gsBase;
  }

  /** The registers of a trapped thread, for fork(2) and clone(2). */
  static of(thread: HostThread, region: SharedRegion): SavedContext {
    const start = thread.registerWordIndex;
    const registers = region.words.slice(start, start + CONTEXT_WORDS);
    const offset = fpStateOf(thread);
    const fp =
      offset < 0 ? null : region.bytes.slice(offset, offset + fpStateSize(region, offset, thread.slotEndOffset));
    return new SavedContext(registers, fp, thread.getFsBase(), thread.getGsBase());
  }

  /** Registers of a program at its entry point. */
  static atEntry(rip: number, rsp: number): SavedContext {
    const context = new SavedContext(new Int32Array(CONTEXT_WORDS), null, 0, 0);
    context.set(RIP, rip);
    context.set(RSP, rsp);
    context.set(EFLAGS, USER_FLAGS);
    return context;
  }

  set(register: number, value: number): void {
    this.registers[2 * register] = value % 4294967296;
    this.registers[2 * register + 1] = Math.floor(value / 4294967296);
  }

  withFsBase(fsBase: number): SavedContext {
    return new SavedContext(this.registers, this.fp, fsBase, this.gsBase);
  }

  /** Loads a trapped thread. Segments and the pointer to the FP state stay the host's. */
  applyTo(thread: HostThread, region: SharedRegion): void {
    const start = thread.registerWordIndex;
    for (let index = 0; index < 2 * (EFLAGS + 1); index++) region.words[start + index] = this.registers[index];
    thread.setHalves(EFLAGS, sanitizedFlags(this.registers[2 * EFLAGS]), 0);
    thread.command(commandOp.setFs, this.fsBase, 0, 0, 0);
    thread.command(commandOp.setGs, this.gsBase, 0, 0, 0);
    const offset = fpStateOf(thread);
    if (offset < 0) return;
    if (this.fp !== null && offset + this.fp.length <= thread.slotEndOffset) region.bytes.set(this.fp, offset);
    else resetFpState(region, offset);
  }
}

function resetFpState(region: SharedRegion, offset: number): void {
  region.bytes.fill(0, offset, offset + SW_RESERVED_OFFSET);
  region.bytes[offset + FCW_OFFSET] = 0x7f;
  region.bytes[offset + FCW_OFFSET + 1] = 0x03;
  region.bytes[offset + MXCSR_OFFSET] = 0x80;
  region.bytes[offset + MXCSR_OFFSET + 1] = 0x1f;
  // Only x87 and SSE are present; the rest starts in its initial state.
  region.words[(offset + XSTATE_HEADER_OFFSET) >> 2] = 3;
  region.words[(offset + XSTATE_HEADER_OFFSET + 4) >> 2] = 0;
}

const SETTABLE_FLAGS = 0x254dd5;

/** Flags that a guest may set: arithmetic, direction, trap, alignment check, ID; interrupts stay on (EFLAGS, Intel SDM). */
export function sanitizedFlags(flags: number): number {
  return (flags & SETTABLE_FLAGS) | USER_FLAGS;
}
