import { CAP_LAST, CAP_SETPCAP, CAP_SYS_ADMIN, CAP_SYS_BOOT, CAP_SYS_NICE } from '../process/Capabilities.ts';
import { isCapable } from '../process/Credentials.ts';
import { EFAULT, EINVAL, ENOSYS, EPERM, ESRCH } from '../abi/errno.ts';
import { KERNEL_NAME, KERNEL_RELEASE, KERNEL_VERSION } from '../abi/kernelVersion.ts';
import { commandOp, PAGE_SIZE, TASK_SIZE } from '../trap/layout.ts';
import { BLOCKED } from '../process/CallState.ts';
import type { Task } from '../process/Task.ts';
import { defineCalls } from './define.ts';

const NAME_LENGTH = 65;

function uname(task: Task, address: number): number {
  const { kernel } = task;
  const fields = [KERNEL_NAME, kernel.hostName, KERNEL_RELEASE, KERNEL_VERSION, 'x86_64', kernel.domainName];
  const bytes = new Uint8Array(NAME_LENGTH * fields.length);
  fields.forEach((text, field) => {
    for (let index = 0; index < Math.min(text.length, NAME_LENGTH - 1); index++) {
      bytes[field * NAME_LENGTH + index] = text.charCodeAt(index);
    }
  });
  return task.memory.copyOut(address, bytes, 0, bytes.length);
}

function readName(task: Task, address: number, length: number): string | number {
  if (length < 0 || length > NAME_LENGTH - 1) return -EINVAL;
  if (!isCapable(task.credentials, CAP_SYS_ADMIN)) return -EPERM;
  const bytes = new Uint8Array(length);
  if (task.memory.copyIn(address, bytes, 0, length) < 0) return -EFAULT;
  return String.fromCharCode(...bytes).split('\0', 1)[0];
}

function sethostname(task: Task, address: number, length: number): number {
  const name = readName(task, address, length);
  if (typeof name === 'number') return name;
  task.kernel.hostName = name;
  return 0;
}

function setdomainname(task: Task, address: number, length: number): number {
  const name = readName(task, address, length);
  if (typeof name === 'number') return name;
  task.kernel.domainName = name;
  return 0;
}

const ARCH_SET_GS = 0x1001;
const ARCH_SET_FS = 0x1002;
const ARCH_GET_FS = 0x1003;
const ARCH_GET_GS = 0x1004;

function archPrctl(task: Task, code: number, address: number): number {
  const { thread } = task;
  switch (code) {
    case ARCH_SET_FS:
    case ARCH_SET_GS:
      if (address < 0 || address >= TASK_SIZE) return -EPERM;
      thread.command(code === ARCH_SET_FS ? commandOp.setFs : commandOp.setGs, address, 0, 0, 0);
      if (code === ARCH_SET_FS) thread.noteFsBase(address);
      return 0;
    case ARCH_GET_FS:
      return task.memory.writeU64(address, thread.getFsBase());
    case ARCH_GET_GS:
      return task.memory.writeU64(address, thread.getGsBase());
    default:
      return -EINVAL;
  }
}

const PR_SET_PDEATHSIG = 1;
const PR_GET_PDEATHSIG = 2;
const PR_GET_DUMPABLE = 3;
const PR_SET_DUMPABLE = 4;
const PR_GET_KEEPCAPS = 7;
const PR_SET_KEEPCAPS = 8;
const PR_CAPBSET_READ = 23;
const PR_CAPBSET_DROP = 24;
const PR_SET_NAME = 15;
const PR_GET_NAME = 16;
const PR_SET_CHILD_SUBREAPER = 36;
const PR_GET_CHILD_SUBREAPER = 37;
const PR_SET_NO_NEW_PRIVS = 38;
const PR_GET_NO_NEW_PRIVS = 39;
const PR_GET_TID_ADDRESS = 40;

function prctl(task: Task, option: number, a: number, b: number, c: number, d: number): number {
  const { process, memory } = task;
  const { capabilities } = task.credentials;
  switch (option) {
    case PR_SET_PDEATHSIG:
      if (a < 0 || a > 64) return -EINVAL;
      process.parentDeathSignal = a;
      return 0;
    case PR_GET_PDEATHSIG:
      return memory.writeU32(a, process.parentDeathSignal);
    case PR_GET_DUMPABLE:
      return process.dumpable;
    case PR_SET_DUMPABLE:
      if (a !== 0 && a !== 1) return -EINVAL;
      process.dumpable = a;
      return 0;
    case PR_GET_KEEPCAPS:
      return capabilities.keep;
    case PR_SET_KEEPCAPS:
      if (a !== 0 && a !== 1) return -EINVAL;
      task.credentials = { ...task.credentials, capabilities: { ...capabilities, keep: a } };
      return 0;
    case PR_CAPBSET_READ:
      if (a < 0 || a > CAP_LAST) return -EINVAL;
      return capabilities.bounding.has(a) ? 1 : 0;
    case PR_CAPBSET_DROP:
      if (!capabilities.effective.has(CAP_SETPCAP)) return -EPERM;
      if (a < 0 || a > CAP_LAST) return -EINVAL;
      task.credentials = {
        ...task.credentials,
        capabilities: { ...capabilities, bounding: capabilities.bounding.without(a) },
      };
      return 0;
    case PR_SET_NO_NEW_PRIVS:
      if (a !== 1 || b !== 0 || c !== 0 || d !== 0) return -EINVAL;
      process.noNewPrivileges = true;
      return 0;
    case PR_GET_NO_NEW_PRIVS:
      return process.noNewPrivileges ? 1 : 0;
    case PR_SET_NAME: {
      const bytes = new Uint8Array(16);
      for (let index = 0; index < 15; index++) {
        const byte = memory.readU8(a + index);
        if (byte < 0) return -EFAULT;
        if (byte === 0) break;
        bytes[index] = byte;
      }
      task.name = String.fromCharCode(...bytes).split('\0', 1)[0];
      return 0;
    }
    case PR_GET_NAME: {
      const bytes = new Uint8Array(16);
      for (let index = 0; index < task.name.length; index++) bytes[index] = task.name.charCodeAt(index);
      return memory.copyOut(a, bytes, 0, 16);
    }
    case PR_SET_CHILD_SUBREAPER:
      process.isSubreaper = a !== 0;
      return 0;
    case PR_GET_CHILD_SUBREAPER:
      return memory.writeU32(a, process.isSubreaper ? 1 : 0);
    case PR_GET_TID_ADDRESS:
      return memory.writeU64(a, task.clearChildTid);
    default:
      return -EINVAL;
  }
}

const GRND_NONBLOCK = 1;
const GRND_RANDOM = 2;
const GRND_INSECURE = 4;

function getrandom(task: Task, address: number, length: number, flags: number): number {
  if ((flags & ~(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE)) !== 0) return -EINVAL;
  if ((flags & (GRND_RANDOM | GRND_INSECURE)) === (GRND_RANDOM | GRND_INSECURE)) return -EINVAL;
  const wanted = Math.min(length < 0 ? 0x1ff_ffff : length, 0x1ff_ffff);
  const bytes = new Uint8Array(Math.min(wanted, 4096));
  let done = 0;
  while (done < wanted) {
    const count = Math.min(bytes.length, wanted - done);
    task.kernel.random.fill(bytes);
    if (task.memory.copyOut(address + done, bytes, 0, count) < 0) return done > 0 ? done : -EFAULT;
    done += count;
  }
  return done;
}

function sysinfo(task: Task, address: number): number {
  const { kernel } = task;
  const bytes = new Uint8Array(112);
  const view = new DataView(bytes.buffer);
  const set = (at: number, value: number): void => {
    view.setUint32(at, value % 4294967296, true);
    view.setUint32(at + 4, Math.floor(value / 4294967296), true);
  };
  set(0, Math.floor(kernel.clock.monotonicNs() / 1e9));
  set(32, kernel.memory.frameCount * PAGE_SIZE);
  set(40, kernel.memory.freeFrames * PAGE_SIZE);
  view.setUint16(80, kernel.processes.tasks.size, true);
  view.setUint32(104, 1, true);
  return task.memory.copyOut(address, bytes, 0, bytes.length);
}

const REBOOT_MAGIC1 = 0xfee1dead | 0;
const REBOOT_MAGIC2 = [0x28121969, 0x05121996, 0x16041998, 0x20112000];

function reboot(task: Task, magic: number, magic2: number, command: number): number {
  if (!isCapable(task.credentials, CAP_SYS_BOOT)) return -EPERM;
  if ((magic | 0) !== REBOOT_MAGIC1 || !REBOOT_MAGIC2.includes(magic2 | 0)) return -EINVAL;
  switch (command | 0) {
    case 0x4321fedc:
      task.kernel.shutDown('power-off', 'power off', 0);
      return 0;
    case 0x01234567:
      task.kernel.shutDown('reboot', 'restart', 0);
      return 0;
    case 0xcdef0123 | 0:
      task.kernel.shutDown('halt', 'halt', 0);
      return 0;
    case 0:
    case 0x89abcdef | 0:
      return 0;
    default:
      return -EINVAL;
  }
}

/* ---- scheduling ---- */

function findTask(task: Task, tid: number): Task | undefined {
  return tid === 0 ? task : task.kernel.processes.tasks.get(tid);
}

function schedYield(task: Task): number {
  // The call is over when the turn comes again: run at once if nobody waits.
  if (task.call.progress === 1 || !task.kernel.scheduler.hasRunnable) return 0;
  task.call.progress = 1;
  task.sleepUntil(task.kernel.clock.monotonicNs());
  return BLOCKED;
}

function schedGetaffinity(task: Task, tid: number, size: number, address: number): number {
  const target = findTask(task, tid | 0);
  if (target === undefined) return -ESRCH;
  if (size < 8 || size % 8 !== 0) return -EINVAL;
  const result = task.memory.writeU64(address, 2 ** task.kernel.cpus - 1);
  return result < 0 ? result : 8;
}

function schedSetaffinity(task: Task, tid: number, size: number, address: number): number {
  if (findTask(task, tid | 0) === undefined) return -ESRCH;
  const mask = size >= 4 ? task.memory.readU32(address) : task.memory.readU8(address);
  if (mask < 0) return -EFAULT;
  // With one virtual CPU any mask that names it is what is the case already.
  const all = 2 ** task.kernel.cpus - 1;
  if ((mask & all) === 0) return -EINVAL;
  return (mask & all) === all ? 0 : -ENOSYS;
}

/** SCHED_OTHER, SCHED_BATCH and SCHED_IDLE: hints on how to take turns. */
const FAIR_POLICIES = [0, 3, 5];

function schedGetscheduler(task: Task, tid: number): number {
  return findTask(task, tid | 0)?.policy ?? -ESRCH;
}

function schedGetparam(task: Task, tid: number, address: number): number {
  return findTask(task, tid | 0) === undefined ? -ESRCH : task.memory.writeU32(address, 0);
}

function schedSetscheduler(task: Task, tid: number, policy: number, address: number): number {
  const target = findTask(task, tid | 0);
  if (target === undefined) return -ESRCH;
  const priority = task.memory.readU32(address);
  if (priority < 0) return -EFAULT;
  if (!FAIR_POLICIES.includes(policy)) return policy >= 0 && policy <= 6 ? -ENOSYS : -EINVAL;
  if (priority !== 0) return -EINVAL;
  target.policy = policy;
  return 0;
}

function priorityRange(policy: number, fixed: number, realTime: number): number {
  if (policy === 0 || policy === 3 || policy === 5 || policy === 6) return fixed;
  return policy === 1 || policy === 2 ? realTime : -EINVAL;
}

const PRIO_PROCESS = 0;

function getpriority(task: Task, which: number, who: number): number {
  if (which !== PRIO_PROCESS) return which === 1 || which === 2 ? 20 : -EINVAL;
  const target = findTask(task, who | 0);
  return target === undefined ? -ESRCH : 20 - target.nice;
}

function setpriority(task: Task, which: number, who: number, value: number): number {
  if (which !== PRIO_PROCESS) return which === 1 || which === 2 ? -ENOSYS : -EINVAL;
  const target = findTask(task, who | 0);
  if (target === undefined) return -ESRCH;
  const nice = Math.max(-20, Math.min(19, value | 0));
  if (nice < target.nice && !isCapable(task.credentials, CAP_SYS_NICE)) return -13;
  target.nice = nice;
  return 0;
}

function getcpu(task: Task, cpu: number, node: number): number {
  if (cpu !== 0 && task.memory.writeU32(cpu, 0) < 0) return -EFAULT;
  return node !== 0 ? task.memory.writeU32(node, 0) : 0;
}

/** membarrier(2): no command is there, and the query says so. */
function membarrier(_task: Task, command: number, flags: number): number {
  return flags === 0 && command === 0 ? 0 : -EINVAL;
}

function syslog(_task: Task, type: number): number {
  return type === 0 || type === 1 ? 0 : -EPERM;
}

export const systemCalls = defineCalls({
  uname: { args: ['utsname-out'], run: uname },
  sethostname: { args: ['string', 'size'], run: sethostname },
  setdomainname: { args: ['string', 'size'], run: setdomainname },
  arch_prctl: { args: ['arch-prctl-code', 'hex'], run: archPrctl },
  prctl: {
    args: ['prctl-option', 'hex', 'hex', 'hex', 'hex'],
    run: prctl,
    partial: 'capabilities, seccomp, securebits, timer slack',
  },
  getrandom: { args: ['buffer-out', 'size', 'random-flags'], run: getrandom },
  sysinfo: { args: ['pointer'], run: sysinfo },
  reboot: { args: ['hex', 'hex', 'hex', 'pointer'], run: reboot },
  sched_yield: { args: [], run: schedYield },
  sched_getaffinity: { args: ['pid', 'size', 'pointer'], run: schedGetaffinity },
  sched_setaffinity: {
    args: ['pid', 'size', 'pointer'],
    run: schedSetaffinity,
    partial: 'a choice between virtual CPUs',
  },
  sched_getscheduler: { args: ['pid'], run: schedGetscheduler },
  sched_getparam: { args: ['pid', 'pointer'], run: schedGetparam },
  sched_setscheduler: { args: ['pid', 'int', 'pointer'], run: schedSetscheduler, partial: 'real-time policies' },
  sched_get_priority_max: { args: ['int'], run: (_task, policy) => priorityRange(policy, 0, 99) },
  sched_get_priority_min: { args: ['int'], run: (_task, policy) => priorityRange(policy, 0, 1) },
  getpriority: { args: ['int', 'pid'], run: getpriority, partial: 'groups and users' },
  setpriority: { args: ['int', 'pid', 'int'], run: setpriority, partial: 'no effect on turns, groups and users' },
  getcpu: { args: ['pointer', 'pointer', 'pointer'], run: getcpu },
  membarrier: { args: ['int', 'hex', 'int'], run: membarrier, partial: 'MEMBARRIER_CMD_QUERY only' },
  syslog: { args: ['int', 'pointer', 'int'], run: syslog, partial: 'reading the log' },
});
