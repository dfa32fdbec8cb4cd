import { CapabilitySet } from './Capabilities.ts';
import type { Capabilities } from './Capabilities.ts';

/** Identity of a task (credentials(7)). Immutable: a change makes a new one, so it can be shared over fork(2). */
export interface Credentials {
  readonly uid: number;
  readonly euid: number;
  readonly suid: number;
  readonly fsuid: number;
  readonly gid: number;
  readonly egid: number;
  readonly sgid: number;
  readonly fsgid: number;
  readonly groups: readonly number[];
  readonly capabilities: Capabilities;
}

export const rootCredentials: Credentials = {
  uid: 0,
  euid: 0,
  suid: 0,
  fsuid: 0,
  gid: 0,
  egid: 0,
  sgid: 0,
  fsgid: 0,
  groups: [0],
  capabilities: {
    permitted: CapabilitySet.all,
    effective: CapabilitySet.all,
    inheritable: CapabilitySet.none,
    bounding: CapabilitySet.all,
    keep: 0,
  },
};

/** Whether `capability` is effective (capabilities(7)). */
export function isCapable(credentials: Credentials, capability: number): boolean {
  return credentials.capabilities.effective.has(capability);
}

export function isInGroup(credentials: Credentials, gid: number): boolean {
  return credentials.fsgid === gid || credentials.groups.includes(gid);
}

/** Who the task is by its real IDs, for access(2): root's rights count when the real user is root. */
export function realIdentity(credentials: Credentials): Credentials {
  const { uid, gid, capabilities } = credentials;
  const effective = uid === 0 ? capabilities.permitted : CapabilitySet.none;
  return { ...credentials, fsuid: uid, fsgid: gid, capabilities: { ...capabilities, effective } };
}
