// What this process and all that descend from it use, as the host accounts for it.
import { readdirSync, readFileSync } from 'node:fs';

const CLOCK_TICK_NS = 1e7; // sysconf(_SC_CLK_TCK) is 100 on x86-64.

/** proc_pid_stat(5): what follows the name, which may hold spaces. */
function statFields(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

function tree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const fields = Number.isInteger(pid) ? statFields(pid) : null;
    if (fields === null) continue;
    const parent = Number(fields[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const all = [root];
  for (let index = 0; index < all.length; index++) all.push(...(children.get(all[index]) ?? []));
  return all;
}

/** CPU time so far, of the living and of those they have waited for. */
export function cpuNs(root = process.pid): number {
  let ticks = 0;
  for (const pid of tree(root)) {
    const fields = statFields(pid);
    if (fields !== null) ticks += fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  }
  return ticks * CLOCK_TICK_NS;
}

function kilobytes(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
}

export interface MemoryUse {
  /** Proportional set size and page tables of this process. */
  readonly engine: number;
  /** The same of all others: launchers and stubs. */
  readonly guests: number;
  readonly guestProcesses: number;
}

/** Shared pages are divided among those that share them, so that the sum counts each once. */
export function memoryUse(root = process.pid): MemoryUse {
  let engine = 0;
  let guests = 0;
  let guestProcesses = 0;
  for (const pid of tree(root)) {
    try {
      const bytes =
        kilobytes(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'), 'Pss') +
        kilobytes(readFileSync(`/proc/${pid}/status`, 'latin1'), 'VmPTE');
      if (pid === root) engine += bytes;
      else {
        guests += bytes;
        guestProcesses++;
      }
    } catch {
      // It has ended meanwhile.
    }
  }
  return { engine, guests, guestProcesses };
}
