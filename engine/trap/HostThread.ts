import { MCONTEXT_WORDS } from '../arch/registers.ts';
import type { HostSpace } from './HostSpace.ts';
import type { TrapMachine } from './TrapMachine.ts';
import { COMMAND_WORDS, MAX_COMMANDS, SLOT_SIZE, slotState, slotWord, TASK_SIZE } from './layout.ts';

/* Hot: read and written on every trap. No allocation, no BigInt. */

const TWO_32 = 4294967296;

/**
 * The host thread behind one guest thread, and its trap frame in shared memory. The guest can write to the frame, so
 * what is read here is checked once and never trusted: a frame that makes no sense kills its guest process only.
 */
export class HostThread {
  readonly slot: number;
  readonly space: HostSpace;
  private readonly machine: TrapMachine;
  private readonly words: Int32Array;
  private readonly base: number;
  /** Word index of the saved registers while trapped. */
  private registers = 0;
  /** The kernel knows of the trap and has not resumed yet. */
  isTrapped = false;
  private commandCount = 0;
  /** Has trapped for the first time. */
  hasStarted = false;

  constructor(machine: TrapMachine, slot: number, space: HostSpace) {
    this.machine = machine;
    this.words = machine.region.words;
    this.slot = slot;
    this.space = space;
    this.base = (slot * SLOT_SIZE) >> 2;
    this.words.fill(0, this.base, this.base + slotWord.commands);
    this.words[this.base + slotWord.spinCycles] = machine.spinCycles;
  }

  /** Whether the stub has published a trap since the last resume. */
  poll(): boolean {
    return Atomics.load(this.words, this.base + slotWord.state) === slotState.trapped;
  }

  /** Takes the published trap in. False: the frame makes no sense, and the guest process must be killed. */
  takeTrap(): boolean {
    const { words, base } = this;
    const offset = words[base + slotWord.context];
    // The context lies on the signal stack, and the registers must fit before its end.
    if (offset < 0x1000 || offset > SLOT_SIZE - 4 * MCONTEXT_WORDS || (offset & 7) !== 0) return false;
    this.registers = base + (offset >> 2);
    this.isTrapped = true;
    this.hasStarted = true;
    return true;
  }

  /** Signal that the host raised: SIGSYS for a call, SIGSEGV for a fault and so on. */
  get cause(): number {
    return this.words[this.base + slotWord.cause];
  }

  get signalCode(): number {
    return this.words[this.base + slotWord.signalCode];
  }

  get callArch(): number {
    return this.words[this.base + slotWord.callArch] >>> 0;
  }

  /** errno of a mapping command that the host refused before the guest could go on, else 0. */
  takeCommandError(): number {
    const error = this.words[this.base + slotWord.commandError];
    if (error !== 0) this.words[this.base + slotWord.commandError] = 0;
    return error;
  }

  /** Register as a signed 64-bit value in a Number: exact for ints, pointers and offsets. */
  get(register: number): number {
    const index = this.registers + 2 * register;
    return this.words[index + 1] * TWO_32 + (this.words[index] >>> 0);
  }

  getLow(register: number): number {
    return this.words[this.registers + 2 * register];
  }

  getHigh(register: number): number {
    return this.words[this.registers + 2 * register + 1];
  }

  set(register: number, value: number): void {
    const index = this.registers + 2 * register;
    this.words[index] = value % TWO_32;
    this.words[index + 1] = Math.floor(value / TWO_32);
  }

  setHalves(register: number, low: number, high: number): void {
    const index = this.registers + 2 * register;
    this.words[index] = low;
    this.words[index + 1] = high;
  }

  /** Saved registers as a range of the machine file's words, for copying whole (fork, signal frames). */
  get registerWordIndex(): number {
    return this.registers;
  }

  /** FS base as the guest has it (or as set for the next resume). */
  getFsBase(): number {
    const index = this.base + slotWord.fsBase;
    return this.words[index + 1] * TWO_32 + (this.words[index] >>> 0);
  }

  noteFsBase(value: number): void {
    const index = this.base + slotWord.fsBase;
    this.words[index] = value % TWO_32;
    this.words[index + 1] = Math.floor(value / TWO_32);
  }

  getGsBase(): number {
    const index = this.base + slotWord.gsBase;
    return this.words[index + 1] * TWO_32 + (this.words[index] >>> 0);
  }

  /**
   * Byte offset in the machine file of the saved FP state, or -1 when the guest has forged the pointer. The length to
   * trust is `fpStateSize`.
   */
  fpStateOffset(pointerLow: number, pointerHigh: number): number {
    const address = pointerHigh * TWO_32 + (pointerLow >>> 0);
    const start = this.slotAddress;
    const offset = address - start;
    if (offset < 0x1000 || offset > SLOT_SIZE - 512 || (offset & 63) !== 0) return -1;
    return this.base * 4 + offset;
  }

  get slotAddress(): number {
    return TASK_SIZE + 0x100_0000 + this.slot * SLOT_SIZE;
  }

  /** End of the slot as a byte offset in the machine file. */
  get slotEndOffset(): number {
    return this.base * 4 + SLOT_SIZE;
  }

  get hasCommands(): boolean {
    return this.commandCount > 0;
  }

  command(op: number, address: number, length: number, protection: number, offset: number): void {
    if (this.commandCount === MAX_COMMANDS) this.flushCommands();
    this.machine.commandsGiven++;
    const { words } = this;
    const index = this.base + slotWord.commands + COMMAND_WORDS * this.commandCount++;
    words[index] = op;
    words[index + 1] = 0;
    words[index + 2] = address % TWO_32;
    words[index + 3] = Math.floor(address / TWO_32);
    words[index + 4] = length % TWO_32;
    words[index + 5] = Math.floor(length / TWO_32);
    words[index + 6] = protection;
    words[index + 7] = 0;
    words[index + 8] = offset % TWO_32;
    words[index + 9] = Math.floor(offset / TWO_32);
  }

  /** Has the stub carry out the queued commands now, and waits for it. */
  flushCommands(): void {
    if (this.commandCount === 0 || this.space.isDead) {
      this.commandCount = 0;
      return;
    }
    if (!this.hasStarted) this.machine.awaitTrapped(this);
    this.publish(slotState.commands);
    this.machine.awaitTrapped(this);
  }

  /** Lets the guest go on, after the queued commands. */
  resume(): void {
    this.isTrapped = false;
    this.words[this.base + slotWord.park] = 0;
    this.publish(slotState.resume);
  }

  private publish(state: number): void {
    const { words, base } = this;
    words[base + slotWord.commandCount] = this.commandCount;
    this.commandCount = 0;
    Atomics.store(words, base + slotWord.state, state);
    if (Atomics.load(words, base + slotWord.sleeping) !== 0) this.machine.wakeSlot(this.slot);
  }

  /** Waits until the stub has carried out what it was last resumed with. */
  awaitResumed(): void {
    if (!this.isTrapped && this.hasStarted && this.isBeingResumed) this.machine.awaitResumed(this);
  }

  get isBeingResumed(): boolean {
    return Atomics.load(this.words, this.base + slotWord.state) === slotState.resume;
  }

  /** The answer will take long: the stub need not spin for it. */
  park(): void {
    this.words[this.base + slotWord.park] = 1;
  }

  /** Makes a thread in user mode trap (cause SIGALRM). */
  interrupt(): void {
    this.machine.interrupt(this.space, this.hostTid);
  }

  /** From the frame, so perhaps forged: only ever used together with the process's true pid. */
  private get hostTid(): number {
    return this.words[this.base + slotWord.hostTid];
  }

  /** The host thread has ended: its slot can be used again. */
  get isGone(): boolean {
    return Atomics.load(this.words, this.base + slotWord.alive) === 0;
  }

  /** Interrupts a thread in user mode and waits until it has trapped; the trap stays to be served. */
  stopForCommands(): boolean {
    if (!this.hasStarted) return false;
    if (!this.poll()) {
      this.interrupt();
      this.machine.awaitTrapped(this);
    }
    return this.poll() && !this.space.isDead;
  }
}
