/** Who is alive on this host, and who descends from whom: from /proc, as the tests must not trust the application here. */
import { readFileSync, readdirSync } from 'node:fs';

interface ProcessStatus {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
}

/** proc_pid_stat(5); the name may hold spaces and brackets, so what follows its last bracket is read. */
function statusOf(pid: number): ProcessStatus | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', parent = ''] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { pid, state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

function allProcesses(): ProcessStatus[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statusOf(Number(name)))
    .filter((status) => status !== undefined);
}

/** A zombie has ended; only its parent can bury it. */
export function isAlive(pid: number): boolean {
  const status = statusOf(pid);
  return status !== undefined && status.state !== 'Z';
}

/** Every process below this one, at any depth. */
export function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const { pid: child, parent } of allProcesses()) {
    children.set(parent, [...(children.get(parent) ?? []), child]);
  }
  const found: number[] = [];
  const pending = [pid];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const below = children.get(next) ?? [];
    found.push(...below);
    pending.push(...below);
  }
  return found;
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

/** Chromium names its services on their command lines. */
export function engineHostOf(mainPid: number): number {
  const host = descendants(mainPid).find((pid) => commandLine(pid).includes('node.mojom.NodeService'));
  if (host === undefined) throw new Error('the application has no engine host');
  return host;
}

/** Rejects with who is still there. */
export async function waitUntilGone(pids: readonly number[], limitMs = 10_000): Promise<void> {
  const limit = Date.now() + limitMs;
  while (pids.some(isAlive)) {
    if (Date.now() > limit) {
      const left = pids.filter(isAlive).map((pid) => `${pid} ${commandLine(pid)}`);
      throw new Error(`left behind after ${limitMs} ms:\n${left.join('\n')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
