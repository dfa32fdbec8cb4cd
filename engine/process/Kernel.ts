import type { PhysicalMemory } from '../mm/PhysicalMemory.ts';
import type { Clock } from '../sched/Clock.ts';
import type { Timers } from '../sched/Timers.ts';
import type { NetStack } from '../net/NetStack.ts';
import type { Mount } from '../vfs/Mount.ts';
import type { TtyRegistry } from '../tty/TtyRegistry.ts';
import type { Scheduler } from './Scheduler.ts';
import type { ProcessTable } from './ProcessTable.ts';

/** Where a machine's random numbers come from: the host's generator, or a recorded stream. */
export interface RandomSource {
  fill(target: Uint8Array): void;
}

/**
 * One machine's kernel: the object from which all of its state can be reached. Subsystems hang their roots here; nothing
 * in the engine keeps machine state anywhere else.
 */
export interface Kernel {
  hostName: string;
  domainName: string;
  readonly memory: PhysicalMemory;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomSource;
  readonly scheduler: Scheduler;
  readonly processes: ProcessTable;
  readonly cpus: number;
  /** The root of the mount tree, once the boot has made it. */
  rootMount: Mount;
  readonly net: NetStack;
  readonly ttys: TtyRegistry;
  /** A line of the kernel's log (dmesg). */
  log(message: string): void;
  /** Next number for anonymous inodes, pipes, sockets. */
  nextAnonymousInode(): number;
  /** The machine ends: power-off, reboot, halt or a panic (reboot(2)). */
  shutDown(how: 'power-off' | 'reboot' | 'halt' | 'panic', reason: string): void;
}
