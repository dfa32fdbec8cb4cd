import type { AddressSpace } from '../mm/AddressSpace.ts';
import type { Kernel } from './Kernel.ts';
import { Process } from './Process.ts';
import { ProcessGroup, Session } from './Session.ts';
import type { Task } from './Task.ts';

const PID_LIMIT = 32768;
/** Pids below are not used again, as on Linux. */
const FIRST_REUSED_PID = 300;

/** Every process, task, group and session of a machine by number. */
export class ProcessTable {
  readonly tasks = new Map<number, Task>();
  readonly processes = new Map<number, Process>();
  readonly groups = new Map<number, ProcessGroup>();
  private lastPid = 0;
  /** No warning of too many processes before this time. */
  nextWarningNs = 0;
  /** Processes made since boot (/proc/stat). */
  forkCount = 0;

  /** The first process, which adopts orphans. */
  get init(): Process | null {
    return this.processes.get(1) ?? null;
  }

  get newestPid(): number {
    return this.lastPid;
  }

  /** A free number for a process or thread, or -1. Not one that a group or session still goes by. */
  allocatePid(): number {
    for (let tries = 0; tries < PID_LIMIT; tries++) {
      this.lastPid = this.lastPid + 1 >= PID_LIMIT ? FIRST_REUSED_PID : this.lastPid + 1;
      if (!this.isTaken(this.lastPid)) return this.lastPid;
    }
    return -1;
  }

  private isTaken(pid: number): boolean {
    if (this.tasks.has(pid) || this.processes.has(pid) || this.groups.has(pid)) return true;
    // A session outlives the group of its leader.
    for (const group of this.groups.values()) if (group.session.id === pid) return true;
    return false;
  }

  createProcess(kernel: Kernel, pid: number, parent: Process | null, memory: AddressSpace): Process {
    const process = new Process(kernel, pid, parent, parent?.group ?? null, memory);
    this.processes.set(pid, process);
    if (parent === null) this.startSession(process);
    else {
      process.group.members.add(process);
      parent.children.add(process);
    }
    this.forkCount++;
    return process;
  }

  /** The process was waited for, or nobody will: its number is free. */
  removeProcess(process: Process): void {
    this.processes.delete(process.pid);
    process.parent?.children.delete(process);
    this.leaveGroup(process);
  }

  startSession(process: Process): void {
    this.joinGroup(process, new ProcessGroup(process.pid, new Session(process)));
  }

  joinGroup(process: Process, group: ProcessGroup): void {
    this.leaveGroup(process);
    process.group = group;
    group.members.add(process);
    this.groups.set(group.id, group);
  }

  private leaveGroup(process: Process): void {
    const group = process.group as ProcessGroup | null;
    if (group === null) return;
    group.members.delete(process);
    if (group.members.size === 0) this.groups.delete(group.id);
  }
}
