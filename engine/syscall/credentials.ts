import { EFAULT, EINVAL, EPERM, ESRCH } from '../abi/errno.ts';
import { CAP_SETGID, CAP_SETPCAP, CAP_SETUID, CapabilitySet } from '../process/Capabilities.ts';
import { isCapable } from '../process/Credentials.ts';
import type { Credentials } from '../process/Credentials.ts';
import type { Task } from '../process/Task.ts';
import { defineCalls } from './define.ts';

/* credentials(7). An id of -1 leaves the value alone. Threads of a process change on their own; libc keeps them together. */

const UNCHANGED = -1;
const NGROUPS_MAX = 65536;

/** What giving up or taking back uid 0 does to capabilities (capabilities(7), "Effect of user ID changes"). */
function adjust(old: Credentials, now: Credentials): Credentials {
  let { permitted, effective } = old.capabilities;
  const hadRoot = [old.uid, old.euid, old.suid].includes(0);
  const hasRoot = [now.uid, now.euid, now.suid].includes(0);
  if (hadRoot && !hasRoot && old.capabilities.keep === 0) permitted = effective = CapabilitySet.none;
  if (old.euid === 0 && now.euid !== 0) effective = CapabilitySet.none;
  if (old.euid !== 0 && now.euid === 0) effective = permitted;
  return { ...now, capabilities: { ...old.capabilities, permitted, effective } };
}

function change(task: Task, fields: Partial<Credentials>): number {
  task.credentials = adjust(task.credentials, { ...task.credentials, ...fields });
  return 0;
}

function setuid(task: Task, id: number): number {
  const uid = id | 0;
  const { uid: real, suid } = task.credentials;
  if (uid === UNCHANGED) return -EINVAL;
  if (isCapable(task.credentials, CAP_SETUID)) return change(task, { uid, euid: uid, suid: uid, fsuid: uid });
  return uid === real || uid === suid ? change(task, { euid: uid, fsuid: uid }) : -EPERM;
}

function setgid(task: Task, id: number): number {
  const gid = id | 0;
  const { gid: real, sgid } = task.credentials;
  if (gid === UNCHANGED) return -EINVAL;
  if (isCapable(task.credentials, CAP_SETGID)) return change(task, { gid, egid: gid, sgid: gid, fsgid: gid });
  return gid === real || gid === sgid ? change(task, { egid: gid, fsgid: gid }) : -EPERM;
}

function setresuid(task: Task, ruid: number, euid: number, suid: number): number {
  const old = task.credentials;
  const wanted = [ruid | 0, euid | 0, suid | 0];
  const allowed = [old.uid, old.euid, old.suid];
  if (!isCapable(old, CAP_SETUID) && wanted.some((id) => id !== UNCHANGED && !allowed.includes(id))) return -EPERM;
  const [uid, effective, saved] = wanted.map((id, index) => (id === UNCHANGED ? allowed[index] : id));
  return change(task, { uid, euid: effective, suid: saved, fsuid: effective });
}

function setresgid(task: Task, rgid: number, egid: number, sgid: number): number {
  const old = task.credentials;
  const wanted = [rgid | 0, egid | 0, sgid | 0];
  const allowed = [old.gid, old.egid, old.sgid];
  if (!isCapable(old, CAP_SETGID) && wanted.some((id) => id !== UNCHANGED && !allowed.includes(id))) return -EPERM;
  const [gid, effective, saved] = wanted.map((id, index) => (id === UNCHANGED ? allowed[index] : id));
  return change(task, { gid, egid: effective, sgid: saved, fsgid: effective });
}

function setreuid(task: Task, ruidArgument: number, euidArgument: number): number {
  const old = task.credentials;
  const ruid = ruidArgument | 0;
  const euid = euidArgument | 0;
  if (!isCapable(old, CAP_SETUID)) {
    if (ruid !== UNCHANGED && ruid !== old.uid && ruid !== old.euid) return -EPERM;
    if (euid !== UNCHANGED && euid !== old.uid && euid !== old.euid && euid !== old.suid) return -EPERM;
  }
  const uid = ruid === UNCHANGED ? old.uid : ruid;
  const effective = euid === UNCHANGED ? old.euid : euid;
  const savesToo = ruid !== UNCHANGED || (euid !== UNCHANGED && euid !== old.uid);
  return change(task, { uid, euid: effective, suid: savesToo ? effective : old.suid, fsuid: effective });
}

function setregid(task: Task, rgidArgument: number, egidArgument: number): number {
  const old = task.credentials;
  const rgid = rgidArgument | 0;
  const egid = egidArgument | 0;
  if (!isCapable(old, CAP_SETGID)) {
    if (rgid !== UNCHANGED && rgid !== old.gid && rgid !== old.egid) return -EPERM;
    if (egid !== UNCHANGED && egid !== old.gid && egid !== old.egid && egid !== old.sgid) return -EPERM;
  }
  const gid = rgid === UNCHANGED ? old.gid : rgid;
  const effective = egid === UNCHANGED ? old.egid : egid;
  const savesToo = rgid !== UNCHANGED || (egid !== UNCHANGED && egid !== old.gid);
  return change(task, { gid, egid: effective, sgid: savesToo ? effective : old.sgid, fsgid: effective });
}

/** Answers the old value whether it changed or not (setfsuid(2)). */
function setfsuid(task: Task, id: number): number {
  const uid = id | 0;
  const old = task.credentials;
  if (uid !== UNCHANGED && (isCapable(old, CAP_SETUID) || [old.uid, old.euid, old.suid, old.fsuid].includes(uid))) {
    change(task, { fsuid: uid });
  }
  return old.fsuid;
}

function setfsgid(task: Task, id: number): number {
  const gid = id | 0;
  const old = task.credentials;
  if (gid !== UNCHANGED && (isCapable(old, CAP_SETGID) || [old.gid, old.egid, old.sgid, old.fsgid].includes(gid))) {
    change(task, { fsgid: gid });
  }
  return old.fsgid;
}

function writeThree(task: Task, addresses: readonly number[], values: readonly number[]): number {
  for (let index = 0; index < 3; index++) {
    if (task.memory.writeU32(addresses[index], values[index]) < 0) return -EFAULT;
  }
  return 0;
}

function getresuid(task: Task, a: number, b: number, c: number): number {
  const { uid, euid, suid } = task.credentials;
  return writeThree(task, [a, b, c], [uid, euid, suid]);
}

function getresgid(task: Task, a: number, b: number, c: number): number {
  const { gid, egid, sgid } = task.credentials;
  return writeThree(task, [a, b, c], [gid, egid, sgid]);
}

function getgroups(task: Task, sizeArgument: number, address: number): number {
  const size = sizeArgument | 0;
  const { groups } = task.credentials;
  if (size < 0) return -EINVAL;
  if (size === 0) return groups.length;
  if (size < groups.length) return -EINVAL;
  for (let index = 0; index < groups.length; index++) {
    if (task.memory.writeU32(address + 4 * index, groups[index]) < 0) return -EFAULT;
  }
  return groups.length;
}

function setgroups(task: Task, sizeArgument: number, address: number): number {
  const size = sizeArgument | 0;
  if (!isCapable(task.credentials, CAP_SETGID)) return -EPERM;
  if (size < 0 || size > NGROUPS_MAX) return -EINVAL;
  const groups: number[] = [];
  for (let index = 0; index < size; index++) {
    const group = task.memory.readU32(address + 4 * index);
    if (group < 0) return -EFAULT;
    groups.push(group | 0);
  }
  // Linux keeps them sorted, and getgroups(2) shows it.
  groups.sort((a, b) => (a >>> 0) - (b >>> 0));
  return change(task, { groups });
}

/* ---- capabilities(7) ---- */

const VERSION_3 = 0x20080522;

/** Reads the header; the task meant, or a negative errno. An unknown version is answered with the known one. */
function capabilityTarget(task: Task, header: number, dataAddress: number): Task | number {
  const version = task.memory.readU32(header);
  const pid = task.memory.readU32(header + 4);
  if (version < 0 || pid < 0) return -EFAULT;
  if (version !== VERSION_3) {
    if (task.memory.writeU32(header, VERSION_3) < 0) return -EFAULT;
    return dataAddress === 0 ? 0 : -EINVAL;
  }
  if ((pid | 0) < 0) return -EINVAL;
  return pid === 0 ? task : (task.kernel.processes.tasks.get(pid) ?? -ESRCH);
}

function capget(task: Task, header: number, data: number): number {
  const target = capabilityTarget(task, header, data);
  if (typeof target === 'number') return target;
  if (data === 0) return 0;
  const { effective, permitted, inheritable } = target.credentials.capabilities;
  const words = [effective.low, permitted.low, inheritable.low, effective.high, permitted.high, inheritable.high];
  for (let index = 0; index < words.length; index++) {
    if (task.memory.writeU32(data + 4 * index, words[index]) < 0) return -EFAULT;
  }
  return 0;
}

/** A task changes its own sets: permitted ones can only go, effective ones must be permitted. */
function capset(task: Task, header: number, data: number): number {
  const target = capabilityTarget(task, header, data);
  if (typeof target === 'number') return target === 0 ? -EINVAL : target;
  if (target !== task) return -EPERM;
  const words: number[] = [];
  for (let index = 0; index < 6; index++) {
    const word = task.memory.readU32(data + 4 * index);
    if (word < 0) return -EFAULT;
    words.push(word);
  }
  const effective = new CapabilitySet(words[0], words[3]);
  const permitted = new CapabilitySet(words[1], words[4]);
  const inheritable = new CapabilitySet(words[2], words[5]);
  const old = task.credentials.capabilities;
  const mayInherit = old.inheritable.union(old.effective.has(CAP_SETPCAP) ? old.bounding : old.permitted);
  if (!old.permitted.contains(permitted) || !permitted.contains(effective)) return -EPERM;
  if (!mayInherit.contains(inheritable)) return -EPERM;
  task.credentials = { ...task.credentials, capabilities: { ...old, effective, permitted, inheritable } };
  return 0;
}

export const credentialCalls = defineCalls({
  getuid: { args: [], run: (task) => task.credentials.uid },
  geteuid: { args: [], run: (task) => task.credentials.euid },
  getgid: { args: [], run: (task) => task.credentials.gid },
  getegid: { args: [], run: (task) => task.credentials.egid },
  setuid: { args: ['int'], run: setuid },
  setgid: { args: ['int'], run: setgid },
  setreuid: { args: ['int', 'int'], run: setreuid },
  setregid: { args: ['int', 'int'], run: setregid },
  setresuid: { args: ['int', 'int', 'int'], run: setresuid },
  setresgid: { args: ['int', 'int', 'int'], run: setresgid },
  getresuid: { args: ['pointer', 'pointer', 'pointer'], run: getresuid },
  getresgid: { args: ['pointer', 'pointer', 'pointer'], run: getresgid },
  setfsuid: { args: ['int'], run: setfsuid },
  setfsgid: { args: ['int'], run: setfsgid },
  getgroups: { args: ['int', 'pointer'], run: getgroups },
  setgroups: { args: ['int', 'pointer'], run: setgroups },
  capget: { args: ['pointer', 'pointer'], run: capget },
  capset: { args: ['pointer', 'pointer'], run: capset, partial: 'ambient and file capabilities' },
});
