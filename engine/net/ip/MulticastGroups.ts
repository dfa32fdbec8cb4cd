import type { NetDevice } from '../link/NetDevice.ts';
import { IPV4_ALL_HOSTS, type Ipv4Address } from './address.ts';

/** Which groups the sockets of a stack joined, per device. IGMP is not spoken: the virtual switch floods groups anyway. */
export class MulticastGroups {
  readonly #users = new Map<NetDevice, Map<Ipv4Address, number>>();

  join(device: NetDevice, group: Ipv4Address): void {
    let groups = this.#users.get(device);
    if (groups === undefined) {
      groups = new Map();
      this.#users.set(device, groups);
    }
    groups.set(group, (groups.get(group) ?? 0) + 1);
  }

  leave(device: NetDevice, group: Ipv4Address): void {
    const groups = this.#users.get(device);
    const users = groups?.get(group) ?? 0;
    if (users > 1) groups?.set(group, users - 1);
    else groups?.delete(group);
  }

  isMember(device: NetDevice, group: Ipv4Address): boolean {
    return group === IPV4_ALL_HOSTS || this.#users.get(device)?.has(group) === true;
  }

  of(device: NetDevice): readonly (readonly [group: Ipv4Address, users: number])[] {
    return [[IPV4_ALL_HOSTS, 1], ...(this.#users.get(device) ?? [])];
  }

  removeDevice(device: NetDevice): void {
    this.#users.delete(device);
  }
}
