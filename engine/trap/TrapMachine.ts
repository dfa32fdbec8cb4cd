import { futexWake, kill, spawnWithDescriptors, tgkill, waitpid } from '../host/libc.unsafe.ts';
import { SharedRegion } from '../host/SharedRegion.unsafe.ts';
import type { Doorbell } from './Doorbell.ts';
import { HostSpace } from './HostSpace.ts';
import { HostThread } from './HostThread.ts';
import {
  commandOp,
  controlWord,
  CONTROL_SIZE,
  DEAD_RING,
  MAX_SLOTS,
  RAM_OFFSET,
  REQUEST_RING,
  requestOp,
  SLOT_SIZE,
  slotWord,
} from './layout.ts';

const SIGKILL = 9;
const WNOHANG = 1;
const SIGALRM = 14;
/** How many host processes are kept ready. */
const READY_SPACES = 2;
/** A stub that has not carried out commands or answered an interrupt after this long is killed. */
const ANSWER_LIMIT_NS = 2e9;

export interface TrapMachineOptions {
  /** Bytes of physical memory, a multiple of 4096. */
  readonly memorySize: number;
  readonly launcherPath: string;
  readonly doorbell: Doorbell;
  /** Descriptor of the read-only image, or null. */
  readonly imageFd: number | null;
  /** How long a stub spins for an answer, in units of 1024 cycles. */
  readonly spinCycles: number;
  /** Host time, for limits on what a stub may take. */
  readonly hostNs: () => number;
}

/**
 * The host side of one machine: its memory file, its launcher, its stub processes and their trap frames. This is the
 * seam under which a way to trap sits.
 */
export class TrapMachine {
  readonly region: SharedRegion;
  /** Orders to the launcher and its answers; guests have no way to it. */
  private readonly control: SharedRegion;
  readonly spinCycles: number;
  /** Mapping and other commands that stubs were told, since boot. */
  commandsGiven = 0;
  /** Host processes asked for since boot. */
  spacesMade = 0;
  private readonly options: TrapMachineOptions;
  private readonly launcherPid: number;
  private readonly slotInUse = new Uint8Array(MAX_SLOTS);
  private nextSlot = 0;
  /** Host processes that wait for a fork(2), so that it need not wait for them. */
  private readonly ready: HostSpace[] = [];
  private spawned = 0;
  private readonly spaces = new Set<HostSpace>();
  private launcherWasReaped = false;
  private disposed = false;

  constructor(options: TrapMachineOptions) {
    this.options = options;
    this.spinCycles = options.spinCycles;
    this.region = SharedRegion.create('umlaut-machine', RAM_OFFSET + options.memorySize);
    this.control = SharedRegion.create('umlaut-control', CONTROL_SIZE);
    this.launcherPid = spawnWithDescriptors(options.launcherPath, [
      null,
      null,
      null,
      this.region.fd,
      options.imageFd,
      options.doorbell.region.fd,
      this.control.fd,
    ]);
  }

  /**
   * A host process for a new address space: one that stands ready, else a new one. Its first thread traps when it is
   * there. Null when the machine has no slot left.
   */
  spawnSpace(): HostSpace | null {
    const space = this.takeReady() ?? this.createSpace();
    // A machine that has made a second process will make more: from then on some wait ahead of time.
    if (this.spawned++ > 0) while (this.ready.length < READY_SPACES && this.addReady());
    return space;
  }

  private takeReady(): HostSpace | null {
    const space = this.ready.shift();
    return space === undefined || space.isDead ? null : space;
  }

  private addReady(): boolean {
    const space = this.createSpace();
    if (space === null) return false;
    this.ready.push(space);
    return true;
  }

  private createSpace(): HostSpace | null {
    const slot = this.takeSlot();
    if (slot < 0) return null;
    this.spacesMade++;
    const space = new HostSpace(slot);
    Atomics.store(this.control.words, controlWord.pids + slot, 0);
    space.threads.push(new HostThread(this, slot, space));
    this.spaces.add(space);
    this.request(requestOp.spawn, slot);
    return space;
  }

  /** Queues the making of another thread of `space` on the thread being served. */
  spawnThread(space: HostSpace): HostThread | null {
    const slot = this.takeSpareSlot(space);
    if (slot < 0) return null;
    const thread = new HostThread(this, slot, space);
    space.command(commandOp.clone, slot, 0, 0, 0);
    space.threads.push(thread);
    return thread;
  }

  /** Ends a host thread of a space that lives on. It must be trapped. */
  endThread(thread: HostThread): void {
    const { space } = thread;
    const index = space.threads.indexOf(thread);
    if (index >= 0) space.threads.splice(index, 1);
    if (space.current === thread) space.current = null;
    thread.command(commandOp.exitThread, 0, 0, 0, 0);
    thread.resume();
    space.ending.push(thread);
  }

  /** Ends the host process of `space`, whatever its threads do. Its slots come back when the host has ended it. */
  endSpace(space: HostSpace): void {
    if (space.isDead) return;
    const trapped = space.threads.find((thread) => thread.isTrapped);
    if (trapped === undefined) this.killSpace(space);
    else {
      trapped.command(commandOp.exitProcess, 0, 0, 0, 0);
      trapped.resume();
    }
    space.isDead = true;
    space.current = null;
  }

  /** SIGKILL from the launcher, who knows whether the pid is still its child. */
  private killSpace(space: HostSpace): void {
    const start = this.options.hostNs();
    while (this.pidOf(space) === 0) if (this.options.hostNs() - start > ANSWER_LIMIT_NS) return;
    this.request(requestOp.kill, this.pidOf(space));
  }

  private pidOf(space: HostSpace): number {
    return Atomics.load(this.control.words, controlWord.pids + space.firstSlot);
  }

  get hasDeaths(): boolean {
    const { words } = this.control;
    return Atomics.load(words, controlWord.deadHead) !== words[controlWord.deadTail];
  }

  /** Takes in the launcher's news; `onDeath` hears of each stub process that ended without our doing. */
  pollDeaths(onDeath: (space: HostSpace) => void): void {
    const { words } = this.control;
    const head = Atomics.load(words, controlWord.deadHead);
    let tail = words[controlWord.deadTail];
    while (tail !== head) {
      const pid = words[controlWord.dead + 2 * ((tail >>> 0) % DEAD_RING)];
      tail = (tail + 1) | 0;
      Atomics.store(words, controlWord.deadTail, tail);
      this.onDead(pid, onDeath);
    }
  }

  private onDead(pid: number, onDeath: (space: HostSpace) => void): void {
    const failedSlot = pid < 0 ? pid & 0x7fffffff : -1;
    for (const space of this.spaces) {
      if (failedSlot >= 0 ? space.firstSlot !== failedSlot : this.pidOf(space) !== pid) continue;
      this.spaces.delete(space);
      const wasDead = space.isDead;
      space.isDead = true;
      for (const thread of space.threads) this.freeSlot(thread.slot);
      for (const thread of space.ending) this.freeSlot(thread.slot);
      for (const slot of space.spareSlots) this.freeSlot(slot);
      if (!wasDead) onDeath(space);
      return;
    }
  }

  private freeSlot(slot: number): void {
    this.slotInUse[slot] = 0;
    this.region.discard(slot * SLOT_SIZE, SLOT_SIZE);
  }

  private takeSlot(): number {
    for (let tries = 0; tries < MAX_SLOTS; tries++) {
      const slot = this.nextSlot;
      this.nextSlot = (slot + 1) % MAX_SLOTS;
      if (this.slotInUse[slot] === 0) {
        this.slotInUse[slot] = 1;
        return slot;
      }
    }
    return -1;
  }

  private takeSpareSlot(space: HostSpace): number {
    for (let index = space.ending.length - 1; index >= 0; index--) {
      if (!space.ending[index].isGone) continue;
      space.spareSlots.push(space.ending[index].slot);
      space.ending.splice(index, 1);
    }
    return space.spareSlots.pop() ?? this.takeSlot();
  }

  private request(op: number, argument: number): void {
    const { words } = this.control;
    const head = words[controlWord.requestHead];
    const start = this.options.hostNs();
    while (((head - Atomics.load(words, controlWord.requestTail)) | 0) >= REQUEST_RING) {
      if (this.options.hostNs() - start > ANSWER_LIMIT_NS) throw new Error('the launcher does not answer');
    }
    const index = controlWord.requests + 2 * ((head >>> 0) % REQUEST_RING);
    words[index] = op;
    words[index + 1] = argument;
    Atomics.store(words, controlWord.requestHead, (head + 1) | 0);
    Atomics.add(words, controlWord.wake, 1);
    futexWake(this.control.address + 4 * controlWord.wake, 1);
  }

  wakeSlot(slot: number): void {
    futexWake(this.region.address + slot * SLOT_SIZE + 4 * slotWord.state, 1);
  }

  interrupt(space: HostSpace, tid: number): void {
    const pid = this.pidOf(space);
    if (pid !== 0) tgkill(pid, tid, SIGALRM);
  }

  /** Spins until `thread` is trapped again; a stub that does not come is killed, its space marked dead. */
  awaitTrapped(thread: HostThread): void {
    let spins = 0;
    let start = 0;
    while (!thread.poll()) {
      if ((++spins & 1023) !== 0) continue;
      if (start === 0) start = this.options.hostNs();
      else if (this.isOverdue(thread, start)) return;
    }
  }

  /** Spins until the stub of `thread` has taken its resume; the same end for one that does not. */
  awaitResumed(thread: HostThread): void {
    let spins = 0;
    let start = 0;
    while (thread.isBeingResumed) {
      if ((++spins & 1023) !== 0) continue;
      if (start === 0) start = this.options.hostNs();
      else if (this.isOverdue(thread, start)) return;
    }
  }

  private isOverdue(thread: HostThread, startNs: number): boolean {
    if (this.options.hostNs() - startNs <= ANSWER_LIMIT_NS && !this.isHostProcessGone(thread.space)) return false;
    this.killSpace(thread.space);
    thread.space.isDead = true;
    return true;
  }

  private isHostProcessGone(space: HostSpace): boolean {
    const pid = this.pidOf(space);
    return this.hasDeaths && pid !== 0 && kill(pid, 0) < 0;
  }

  /** Somebody on the host has killed the launcher, and with it every stub process. */
  get isLauncherGone(): boolean {
    // Once it was waited for, its number may be another process's.
    this.launcherWasReaped ||= !this.disposed && waitpid(this.launcherPid, null, WNOHANG) !== 0;
    return this.launcherWasReaped;
  }

  /** Ends every host process of the machine and gives its memory back. */
  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    if (!this.launcherWasReaped) {
      kill(this.launcherPid, SIGKILL);
      waitpid(this.launcherPid, null, 0);
    }
    this.region.dispose();
    this.control.dispose();
  }
}
