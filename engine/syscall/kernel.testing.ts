/** A kernel without a host below it: processes that do not run, with memory, descriptors, signals and a clock of the test's. */
import { EFAULT } from '../abi/errno.ts';
import { BufferPool } from '../lib/BufferPool.ts';
import type { AddressSpace } from '../mm/AddressSpace.ts';
import { KernelIo } from '../mm/Io.ts';
import { PhysicalMemory } from '../mm/PhysicalMemory.ts';
import { UserMemory } from '../mm/UserMemory.ts';
import { VmaList } from '../mm/VmaList.ts';
import { BLOCKED } from '../process/CallState.ts';
import { rootCredentials } from '../process/Credentials.ts';
import { FutexTable } from '../process/futex/FutexTable.ts';
import type { Kernel } from '../process/Kernel.ts';
import type { Process } from '../process/Process.ts';
import { ProcessTable } from '../process/ProcessTable.ts';
import { Task } from '../process/Task.ts';
import { Clock } from '../sched/Clock.ts';
import { Timers } from '../sched/Timers.ts';
import type { File } from '../vfs/File.ts';
import { FileTable } from '../vfs/FileTable.ts';
import { Pipes } from '../vfs/pipe/Pipes.ts';
import { Vfs } from '../vfs/Vfs.ts';

const PAGES = 64;

/** Memory whose addresses are places in it; the last page is not mapped. */
class FlatMemory extends UserMemory {
  references = 1;
  residentPages = 0;
  minorFaults = 0;
  majorFaults = 0;
  readonly vmas = new VmaList();

  override frameFor(address: number, _write: 0 | 1): number {
    return address >= 0 && address < (PAGES - 1) * 4096 ? Math.floor(address / 4096) : -EFAULT;
  }
}

/** An address that cannot be read or written. */
export const BAD_ADDRESS = (PAGES - 1) * 4096;

export class TestKernel {
  nowNs = 1e9;
  readonly clock: Clock;
  readonly timers = new Timers();
  readonly processes = new ProcessTable();
  readonly futexes = new FutexTable();
  readonly physical = new PhysicalMemory(new Uint8Array(new SharedArrayBuffer(PAGES * 4096)));
  readonly vfs: Vfs;
  readonly pipes: Pipes;
  readonly scheduler = {
    wake: (task: Task): void => {
      task.endWait();
      task.state = 'runnable';
    },
    interrupt: (): void => {},
  };
  private inode = 0;

  constructor() {
    this.clock = new Clock({
      monotonicNs: () => this.nowNs,
      realtime: () => ({ seconds: 1_700_000_000, nanoseconds: 500_000_000 }),
    });
    this.vfs = new Vfs(this.physical, this.clock);
    this.pipes = new Pipes({
      buffers: new BufferPool(1 << 24),
      clock: this.clock,
      device: 9,
      nextInode: () => ++this.inode,
    });
  }

  get kernel(): Kernel {
    return this as unknown as Kernel;
  }

  /** Lets time pass: timers expire as they come due. */
  advance(ns: number): void {
    const end = this.nowNs + ns;
    const bootNs = this.nowNs - this.clock.monotonicNs();
    for (;;) {
      const next = this.timers.nextDeadlineNs + bootNs;
      if (next > end) break;
      this.nowNs = Math.max(this.nowNs, next);
      this.timers.expire(this.clock.monotonicNs());
    }
    this.nowNs = end;
  }

  /** A process of one thread; without a parent it leads a session of its own. */
  createProcess(parent: Process | null = null): Task {
    const pid = this.processes.allocatePid();
    const memory = new FlatMemory(this.physical) as unknown as AddressSpace;
    const process = this.processes.createProcess(this.kernel, pid, parent, memory);
    return this.addThread(process, pid);
  }

  addThread(process: Process, tid = this.processes.allocatePid()): Task {
    const task = new Task(process, tid, null as never, new FileTable(), { umask: 0o022 } as never, rootCredentials);
    task.state = 'running';
    process.threads.push(task);
    this.processes.tasks.set(tid, task);
    return task;
  }
}

/** A call of one task, run as often as the test says. */
export function runCall(task: Task, run: () => number): number {
  const result = run();
  if (result === BLOCKED) task.state = 'blocked';
  else {
    task.call.clear();
    task.state = 'running';
  }
  return result;
}

export function readText(file: File, task: Task, size = 4096): string | number {
  const bytes = new Uint8Array(size);
  const count = file.read(task, new KernelIo(bytes));
  return count < 0 ? count : Buffer.from(bytes.subarray(0, count)).toString('latin1');
}

export function writeText(file: File, task: Task, text: string): number {
  return file.write(task, new KernelIo(new Uint8Array(Buffer.from(text, 'latin1'))));
}
