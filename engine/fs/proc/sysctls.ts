import { EINVAL, EPERM } from '../../abi/errno.ts';
import { KERNEL_NAME, KERNEL_RELEASE, KERNEL_VERSION } from '../../abi/kernelVersion.ts';
import type { Kernel } from '../../process/Kernel.ts';
import { PIPE_MAX_BYTES } from '../../vfs/pipe/Pipe.ts';

const HOST_NAME_MAX = 64;

/** /proc/sys/kernel, fs and vm (proc(5), sysctl(8)), as far as there is something behind them. */
export function addSysctls(kernel: Kernel): void {
  const sys = kernel.vfs.proc.directory('sys');
  const own = sys.directory('kernel');
  own.addFile(
    'hostname',
    () => `${kernel.hostName}\n`,
    (actor, text) => setName(text, actor.credentials.euid, (name) => (kernel.hostName = name)),
  );
  own.addFile(
    'domainname',
    () => `${kernel.domainName}\n`,
    (actor, text) => setName(text, actor.credentials.euid, (name) => (kernel.domainName = name)),
  );
  own.addFile('ostype', () => `${KERNEL_NAME}\n`);
  own.addFile('osrelease', () => `${KERNEL_RELEASE}\n`);
  own.addFile('version', () => `${KERNEL_VERSION}\n`);
  own.addFile('pid_max', () => '32768\n');
  own.addFile('cap_last_cap', () => '40\n');
  own.addFile('ngroups_max', () => '65536\n');
  own.addFile('overflowuid', () => '65534\n');
  own.addFile('overflowgid', () => '65534\n');
  own.addFile('randomize_va_space', () => '0\n');
  const bootId = makeUuid(kernel);
  own.addFile('random/boot_id', () => `${bootId}\n`);
  own.addFile('random/uuid', () => `${makeUuid(kernel)}\n`);
  own.addFile('random/entropy_avail', () => '256\n');
  own.addFile('random/poolsize', () => '256\n');
  sys.addFile('fs/pipe-max-size', () => `${PIPE_MAX_BYTES}\n`);
  sys.addFile('fs/nr_open', () => '1048576\n');
  // Pages come when they are touched, and nothing is counted before: every mapping is granted.
  sys.addFile('vm/overcommit_memory', () => '1\n');
  sys.addFile('vm/swappiness', () => '0\n');
}

function setName(text: string, euid: number, set: (name: string) => void): number {
  if (euid !== 0) return -EPERM;
  const name = text.split(/[\n\0]/, 1)[0];
  if (name.length > HOST_NAME_MAX) return -EINVAL;
  set(name);
  return 0;
}

/** A random UUID (RFC 9562, version 4). */
function makeUuid(kernel: Kernel): string {
  const bytes = new Uint8Array(16);
  kernel.random.fill(bytes);
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
