// What this process and all that descend from it use, as the host accounts for it.
import { readdirSync, readFileSync } from 'node:fs';

/** proc_pid_stat(5); the fields are counted from behind the name, which may hold spaces. Null when it has ended. */
function parentOf(pid: number): number | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}

function tree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const parent = Number.isInteger(pid) ? parentOf(pid) : null;
    if (parent === null) continue;
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const all = [root];
  for (let index = 0; index < all.length; index++) all.push(...(children.get(all[index]) ?? []));
  return all;
}

/**
 * CPU time so far of all threads but those of the process that asks, by the scheduler's own account (/proc/PID/task/TID/schedstat): the ticks of
 * proc_pid_stat(5) are too coarse for what idles. Threads that end in between are lost.
 */
export function cpuNs(root: number): number {
  let ns = 0;
  for (const pid of tree(root).filter((one) => one !== process.pid)) {
    try {
      for (const tid of readdirSync(`/proc/${pid}/task`)) {
        ns += Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'latin1').split(' ')[0]);
      }
    } catch {
      // It has ended meanwhile.
    }
  }
  return ns;
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
