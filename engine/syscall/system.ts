import { CAP_LAST, CAP_SETPCAP, CAP_SYS_ADMIN, CAP_SYS_BOOT } from '../process/Capabilities.ts';
import { isCapable } from '../process/Credentials.ts';
import { EFAULT, EINVAL, EPERM } from '../abi/errno.ts';
import { KERNEL_NAME, KERNEL_RELEASE, KERNEL_VERSION } from '../abi/kernelVersion.ts';
import { commandOp, PAGE_SIZE, TASK_SIZE } from '../trap/layout.ts';
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
});
