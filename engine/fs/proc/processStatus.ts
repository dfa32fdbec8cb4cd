import { CapabilitySet } from '../../process/Capabilities.ts';
import { rootCredentials } from '../../process/Credentials.ts';
import { SIGRTMAX, SIG_DFL, SIG_IGN } from '../../abi/signals.ts';
import type { Process } from '../../process/Process.ts';
import { CpuSet } from '../../sched/CpuSet.ts';
import { SignalSet } from '../../process/SignalSet.ts';
import type { Task } from '../../process/Task.ts';
import { rlimit } from '../../abi/limits.ts';

/** Clock ticks of /proc and times(2): USER_HZ is 100. */
export const NS_PER_TICK = 1e7;

function stateOf(process: Process, task: Task | null): string {
  if (task === null || process.isZombie) return 'Z';
  if (process.isStopped || task.state === 'stopped') return 'T';
  return task.state === 'blocked' ? 'S' : 'R';
}

const stateNames: Readonly<Record<string, string>> = {
  R: 'running',
  S: 'sleeping',
  T: 'stopped',
  Z: 'zombie',
};

function ticks(ns: number): number {
  return Math.floor(ns / NS_PER_TICK);
}

/** Signals that the process ignores and catches. */
function dispositions(process: Process): { ignored: SignalSet; caught: SignalSet } {
  const ignored = new SignalSet();
  const caught = new SignalSet();
  for (let signal = 1; signal < process.actions.length && signal <= SIGRTMAX; signal++) {
    const { handler } = process.actions[signal];
    if (handler === SIG_IGN) ignored.add(signal);
    else if (handler !== SIG_DFL) caught.add(signal);
  }
  return { ignored, caught };
}

function codeRange(process: Process): [start: number, end: number] {
  const program = process.memory.vmas.items.find(({ protection, file }) => (protection & 4) !== 0 && file !== null);
  return program === undefined ? [0, 0] : [program.start, program.end];
}

/** /proc/PID/stat: one line of numbers, in the order of proc(5). For a thread, times are its own. */
export function statText(process: Process, task: Task | null): string {
  const { group } = process;
  const tty = group.session.controllingTty;
  const usage = process.usage();
  const children = process.childrenUsage;
  const isThread = task !== null && task !== process.leader;
  const hasMemory = task !== null && !process.isZombie;
  const { memory } = process;
  const { ignored, caught } = dispositions(process);
  const [codeStart, codeEnd] = hasMemory ? codeRange(process) : [0, 0];
  const residentLimit = process.limit(rlimit.residentSet);
  const fields: (number | string)[] = [
    task?.tid ?? process.pid,
    `(${task?.name ?? ''})`,
    stateOf(process, task),
    process.parentPid,
    group.id,
    group.session.id,
    tty?.device ?? 0,
    tty?.foreground?.id ?? -1,
    0,
    usage.minorFaults,
    children.minorFaults,
    usage.majorFaults,
    children.majorFaults,
    ticks(isThread ? task.userNs : usage.userNs),
    ticks(isThread ? task.systemNs : usage.systemNs),
    ticks(children.userNs),
    ticks(children.systemNs),
    20 + (task?.nice ?? 0),
    task?.nice ?? 0,
    process.threads.length,
    0,
    ticks(process.startNs),
    hasMemory ? memory.size : 0,
    hasMemory ? memory.residentPages : 0,
    residentLimit === Infinity ? '18446744073709551615' : residentLimit,
    codeStart,
    codeEnd,
    0,
    0,
    0,
    (task?.pending.set.low ?? 0) >>> 0,
    (task?.mask.low ?? 0) >>> 0,
    ignored.low >>> 0,
    caught.low >>> 0,
    0,
    0,
    0,
    process.exitSignal,
    task?.cpu ?? 0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    hasMemory ? memory.heapStart : 0,
    hasMemory ? memory.argumentsStart : 0,
    hasMemory ? memory.argumentsEnd : 0,
    hasMemory ? memory.environmentStart : 0,
    hasMemory ? memory.environmentEnd : 0,
    process.isZombie ? process.waitStatus : 0,
  ];
  return `${fields.join(' ')}\n`;
}

/** Pages of data and stack: what is private, writable and no code. */
function dataPages(process: Process): { data: number; stack: number; code: number; shared: number } {
  const sums = { data: 0, stack: 0, code: 0, shared: 0 };
  for (const vma of process.memory.vmas.items) {
    const pages = (vma.end - vma.start) / 4096;
    if (vma.growsDown) sums.stack += pages;
    else if (vma.source !== null && vma.isShared) sums.shared += pages;
    else if ((vma.protection & 2) !== 0) sums.data += pages;
    else if ((vma.protection & 4) !== 0) sums.code += pages;
  }
  return sums;
}

/** /proc/PID/statm, in pages. */
export function statmText(process: Process): string {
  if (process.isZombie || process.threads.length === 0) return '0 0 0 0 0 0 0\n';
  const { data, stack, code, shared } = dataPages(process);
  const { memory } = process;
  const sharedResident = Math.min(shared, memory.residentPages);
  return `${memory.size / 4096} ${memory.residentPages} ${sharedResident} ${code} 0 ${data + stack} 0\n`;
}

function signalMask(set: SignalSet): string {
  return (set.high >>> 0).toString(16).padStart(8, '0') + (set.low >>> 0).toString(16).padStart(8, '0');
}

/** /proc/PID/status. */
export function statusText(process: Process, task: Task | null): string {
  const state = stateOf(process, task);
  const { ignored, caught } = dispositions(process);
  const none = new SignalSet();
  const lines: (readonly [string, string])[] = [
    ['Name', task?.name ?? ''],
    ['Umask', `0${(task?.fs.umask ?? 0).toString(8).padStart(3, '0')}`],
    ['State', `${state} (${stateNames[state]})`],
    ['Tgid', `${process.pid}`],
    ['Ngid', '0'],
    ['Pid', `${task?.tid ?? process.pid}`],
    ['PPid', `${process.parentPid}`],
    ['TracerPid', '0'],
  ];
  const credentials = task?.credentials;
  if (credentials !== undefined) {
    const { uid, euid, suid, fsuid, gid, egid, sgid, fsgid, groups } = credentials;
    lines.push(['Uid', `${uid}\t${euid}\t${suid}\t${fsuid}`]);
    lines.push(['Gid', `${gid}\t${egid}\t${sgid}\t${fsgid}`]);
    lines.push(['FDSize', `${Math.max(64, task?.files.capacity ?? 0)}`]);
    lines.push(['Groups', `${groups.join(' ')} `]);
  }
  lines.push(['NStgid', `${process.pid}`], ['NSpid', `${task?.tid ?? process.pid}`]);
  lines.push(['NSpgid', `${process.group.id}`], ['NSsid', `${process.group.session.id}`]);
  if (task !== null && !process.isZombie) lines.push(...memoryLines(process));
  lines.push(['Threads', `${process.threads.length}`]);
  lines.push(['SigQ', `${process.pending.count}/${process.limit(rlimit.pendingSignals)}`]);
  lines.push(['SigPnd', signalMask(task?.pending.set ?? none)], ['ShdPnd', signalMask(process.pending.set)]);
  lines.push(['SigBlk', signalMask(task?.mask ?? none)]);
  lines.push(['SigIgn', signalMask(ignored)], ['SigCgt', signalMask(caught)]);
  const { inheritable, permitted, effective, bounding } = (credentials ?? rootCredentials).capabilities;
  const [empty, ...sets] = [CapabilitySet.none, inheritable, permitted, effective, bounding].map(String);
  lines.push(['CapInh', sets[0]], ['CapPrm', sets[1]], ['CapEff', sets[2]], ['CapBnd', sets[3]], ['CapAmb', empty]);
  lines.push(['NoNewPrivs', process.noNewPrivileges ? '1' : '0'], ['Seccomp', '0']);
  const cpus = task?.affinity ?? CpuSet.first(process.kernel.cpus);
  lines.push(['Cpus_allowed', cpus.mask(process.kernel.cpus)], ['Cpus_allowed_list', cpus.list()]);
  lines.push(['voluntary_ctxt_switches', `${task?.voluntarySwitches ?? 0}`]);
  lines.push(['nonvoluntary_ctxt_switches', `${task?.involuntarySwitches ?? 0}`]);
  return lines.map(([name, value]) => `${name}:\t${value}\n`).join('');
}

function memoryLines(process: Process): (readonly [string, string])[] {
  const { memory } = process;
  const { data, stack, code } = dataPages(process);
  const kilobytes = (pages: number): string => `${String(pages * 4).padStart(8)} kB`;
  return [
    ['VmSize', kilobytes(memory.size / 4096)],
    ['VmLck', kilobytes(0)],
    ['VmRSS', kilobytes(memory.residentPages)],
    ['VmData', kilobytes(data)],
    ['VmStk', kilobytes(stack)],
    ['VmExe', kilobytes(code)],
    ['VmSwap', kilobytes(0)],
  ];
}
