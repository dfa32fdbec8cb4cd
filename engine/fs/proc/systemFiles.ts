import { KERNEL_NAME, KERNEL_RELEASE, KERNEL_VERSION } from '../../abi/kernelVersion.ts';
import type { Kernel } from '../../process/Kernel.ts';
import { mountsUnder } from '../../vfs/Mount.ts';
import { Tmpfs } from '../tmpfs/Tmpfs.ts';
import { LoadAverage } from './LoadAverage.ts';
import { NS_PER_TICK } from './processStatus.ts';

const NS_PER_SECOND = 1e9;

/** Names of the drivers behind the majors of character devices, for those that are there. */
const characterDrivers: readonly (readonly [number, string])[] = [
  [1, 'mem'],
  [4, 'tty'],
  [5, '/dev/tty'],
  [10, 'misc'],
  [136, 'pts'],
];

/**
 * The files of /proc that tell of the machine as a whole. `cpuInfo` is what the host's /proc/cpuinfo says of one
 * processor: guests run on it natively, so it is theirs, too.
 */
export function addSystemFiles(kernel: Kernel, cpuInfo: string): void {
  const { proc } = kernel.vfs;
  const load = new LoadAverage();
  proc.add('self', { kind: 'link', target: ({ process }) => `${process?.pid ?? 0}` });
  proc.add('thread-self', { kind: 'link', target: ({ process, tid }) => `${process?.pid ?? 0}/task/${tid}` });
  proc.addLink('mounts', 'self/mounts');
  proc.addFile('version', () => `${KERNEL_NAME} version ${KERNEL_RELEASE} ${KERNEL_VERSION}\n`);
  proc.addFile('cmdline', () => `${kernel.commandLine}\n`);
  proc.addFile('uptime', () => uptimeText(kernel));
  proc.addFile('loadavg', () => loadText(kernel, load));
  proc.addFile('stat', () => statText(kernel));
  proc.addFile('meminfo', () => memoryText(kernel));
  proc.addFile('vmstat', () => virtualMemoryText(kernel));
  proc.addFile('cpuinfo', () => cpuText(kernel, cpuInfo));
  proc.addFile('filesystems', () => fileSystemsText(kernel));
  proc.addFile('devices', () => devicesText(kernel));
  proc.addFile('swaps', () => 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n');
  proc.addFile('partitions', () => 'major minor  #blocks  name\n\n');
  proc.addFile('diskstats', () => '');
  proc.addFile('modules', () => '');
  proc.addFile('interrupts', () => interruptsText(kernel));
  proc.addFile('tty/drivers', () => terminalDrivers);
}

/** For ps(1), which finds the names of terminals by it. */
const terminalDrivers = [
  '/dev/tty             /dev/tty        5       0 system:/dev/tty',
  '/dev/console         /dev/console    5       1 system:console',
  'serial               /dev/ttyS       4 64-111 serial',
  'pty_slave            /dev/pts      136 0-1048575 pty:slave',
  'unknown              /dev/tty        4 1-63 console',
  '',
].join('\n');

function uptimeText(kernel: Kernel): string {
  const now = kernel.clock.monotonicNs();
  const idle = Math.max(0, now * kernel.cpus - kernel.scheduler.busyNs);
  return `${(now / NS_PER_SECOND).toFixed(2)} ${(idle / NS_PER_SECOND).toFixed(2)}\n`;
}

function loadText(kernel: Kernel, load: LoadAverage): string {
  const { scheduler, processes, clock } = kernel;
  const waiting = Math.max(0, scheduler.runnableCount - kernel.cpus);
  const averages = load.sample(clock.monotonicNs(), scheduler.busyNs, waiting);
  const shown = averages.map((average) => average.toFixed(2)).join(' ');
  return `${shown} ${scheduler.runnableCount}/${processes.tasks.size} ${processes.newestPid}\n`;
}

/** The virtual CPUs are all alike and tasks not bound to them: each has its equal share of the machine's time. */
function statText(kernel: Kernel): string {
  const { clock, scheduler, processes, cpus } = kernel;
  const now = clock.monotonicNs();
  const busy = Math.min(scheduler.busyNs, now * cpus);
  const line = (name: string, share: number): string => {
    const user = Math.floor(busy / NS_PER_TICK / share);
    const idle = Math.floor((now * cpus - busy) / NS_PER_TICK / share);
    return `${name} ${user} 0 0 ${idle} 0 0 0 0 0 0\n`;
  };
  let text = line('cpu ', 1);
  for (let cpu = 0; cpu < cpus; cpu++) text += line(`cpu${cpu}`, cpus);
  const realtime = clock.realtime();
  const bootTime = Math.floor(realtime.seconds + (realtime.nanoseconds - now) / NS_PER_SECOND);
  text += `intr 0\nctxt ${scheduler.switches}\nbtime ${bootTime}\nprocesses ${processes.forkCount}\n`;
  return `${text}procs_running ${scheduler.runnableCount}\nprocs_blocked 0\n`;
}

/** Pages of all tmpfs, each counted once however often it is mounted. */
function sharedPages(kernel: Kernel): number {
  const seen = new Set<Tmpfs>();
  for (const { fs } of mountsUnder(kernel.vfs.rootMount)) if (fs instanceof Tmpfs) seen.add(fs);
  let pages = 0;
  for (const fs of seen) pages += fs.quota.used;
  return pages;
}

function memoryText(kernel: Kernel): string {
  const { memory, vfs } = kernel;
  const cached = vfs.pageCaches.residentPages;
  const shared = sharedPages(kernel);
  const anonymous = Math.max(0, memory.frameCount - memory.freeFrames - cached - shared);
  const line = (name: string, pages: number): string =>
    `${`${name}:`.padEnd(15)} ${String(pages * 4).padStart(8)} kB\n`;
  return (
    line('MemTotal', memory.frameCount) +
    line('MemFree', memory.freeFrames) +
    line('MemAvailable', memory.freeFrames + cached) +
    line('Buffers', 0) +
    line('Cached', cached + shared) +
    line('SwapCached', 0) +
    line('SwapTotal', 0) +
    line('SwapFree', 0) +
    line('AnonPages', anonymous) +
    line('Shmem', shared) +
    line('Slab', 0) +
    line('SReclaimable', 0)
  );
}

function virtualMemoryText(kernel: Kernel): string {
  const { memory, vfs, processes } = kernel;
  let minor = 0;
  let major = 0;
  for (const process of processes.processes.values()) {
    const usage = process.usage();
    minor += usage.minorFaults;
    major += usage.majorFaults;
  }
  return [
    `nr_free_pages ${memory.freeFrames}`,
    `nr_file_pages ${vfs.pageCaches.residentPages + sharedPages(kernel)}`,
    `nr_shmem ${sharedPages(kernel)}`,
    'pswpin 0',
    'pswpout 0',
    `pgfault ${minor + major}`,
    `pgmajfault ${major}`,
    '',
  ].join('\n');
}

/** The host's block for each virtual CPU, with the numbers that tell them apart. */
function cpuText(kernel: Kernel, block: string): string {
  let text = '';
  for (let cpu = 0; cpu < kernel.cpus; cpu++) {
    const own: Readonly<Record<string, number>> = {
      processor: cpu,
      'physical id': 0,
      siblings: kernel.cpus,
      'core id': cpu,
      'cpu cores': kernel.cpus,
      apicid: cpu,
      'initial apicid': cpu,
    };
    for (const line of block.split('\n')) {
      const name = line.split('\t', 1)[0].trim();
      if (line === '') continue;
      text += Object.hasOwn(own, name) ? `${line.substring(0, line.indexOf(':') + 1)} ${own[name]}\n` : `${line}\n`;
    }
    text += '\n';
  }
  return text;
}

function fileSystemsText(kernel: Kernel): string {
  let text = '';
  for (const { name, needsDevice } of kernel.vfs.types.values()) text += `${needsDevice ? '' : 'nodev'}\t${name}\n`;
  return text;
}

function devicesText(kernel: Kernel): string {
  const majors = kernel.vfs.devices.characterMajors();
  const lines = characterDrivers.filter(([major]) => majors.has(major));
  const text = lines.map(([major, name]) => `${String(major).padStart(3)} ${name}\n`).join('');
  return `Character devices:\n${text}\nBlock devices:\n`;
}

function interruptsText(kernel: Kernel): string {
  let text = '     ';
  for (let cpu = 0; cpu < kernel.cpus; cpu++) text += `      CPU${cpu}`;
  return `${text}\n`;
}
