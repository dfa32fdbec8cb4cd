import type { NetDevice } from '../link/NetDevice.ts';
import { isInPrefix, network, prefixMask, type Ipv4Address } from './address.ts';

/** Scopes of addresses and routes (rtnetlink(7)): the smaller the number, the wider. */
export const RT_SCOPE_UNIVERSE = 0;
export const RT_SCOPE_LINK = 253;
export const RT_SCOPE_HOST = 254;
export const RT_SCOPE_NOWHERE = 255;

/** Address flags (linux/if_addr.h). */
export const IFA_F_SECONDARY = 0x01;
export const IFA_F_PERMANENT = 0x80;
export const IFA_F_NOPREFIXROUTE = 0x200;

export const INFINITE_LIFETIME = 0xffff_ffff;

/** One address of a device. */
export interface InterfaceAddress {
  readonly device: NetDevice;
  readonly local: Ipv4Address;
  /** The far end of a point-to-point link; equal to `local` otherwise. */
  readonly peer: Ipv4Address;
  readonly prefixLength: number;
  /** 0: none. */
  readonly broadcast: Ipv4Address;
  readonly scope: number;
  label: string;
  flags: number;
  readonly metric: number;
  readonly protocol: number;
  /** Seconds; INFINITE_LIFETIME for ever. */
  validLifetime: number;
  preferredLifetime: number;
  readonly createdNs: number;
}

export type AddressChange = 'added' | 'removed';
export type AddressListener = (address: InterfaceAddress, change: AddressChange) => void;

/** The IPv4 addresses of all devices of a stack. */
export class InterfaceAddresses {
  readonly #byDevice = new Map<NetDevice, InterfaceAddress[]>();
  readonly #listeners: AddressListener[] = [];

  listen(listener: AddressListener): void {
    this.#listeners.push(listener);
  }

  of(device: NetDevice): readonly InterfaceAddress[] {
    return this.#byDevice.get(device) ?? [];
  }

  /** The address of this stack that equals `local`, on any device. */
  find(local: Ipv4Address): InterfaceAddress | undefined {
    for (const list of this.#byDevice.values()) for (const address of list) if (address.local === local) return address;
    return undefined;
  }

  /** False when the device has this very address already. */
  add(address: InterfaceAddress): boolean {
    const list = this.#byDevice.get(address.device) ?? [];
    let secondary = false;
    for (const other of list) {
      if (other.prefixLength !== address.prefixLength) continue;
      if (!isInPrefix(other.peer, address.peer, address.prefixLength)) continue;
      if (other.local === address.local) return false;
      secondary = true;
    }
    if (secondary) address.flags |= IFA_F_SECONDARY;
    else address.flags &= ~IFA_F_SECONDARY;
    // Primary addresses stay ahead of secondary ones, each in the order in which they came.
    const firstSecondary = list.findIndex((other) => (other.flags & IFA_F_SECONDARY) !== 0);
    if (!secondary && firstSecondary >= 0) list.splice(firstSecondary, 0, address);
    else list.push(address);
    this.#byDevice.set(address.device, list);
    this.#tell(address, 'added');
    return true;
  }

  /** Takes an address away; its secondaries go with it, as Linux does unless promote_secondaries is set. */
  remove(address: InterfaceAddress): void {
    const list = this.#byDevice.get(address.device);
    if (list === undefined || !list.includes(address)) return;
    if ((address.flags & IFA_F_SECONDARY) === 0) {
      for (const other of [...list]) {
        if ((other.flags & IFA_F_SECONDARY) === 0 || other.prefixLength !== address.prefixLength) continue;
        if (network(other.peer, other.prefixLength) === network(address.peer, address.prefixLength)) this.remove(other);
      }
    }
    list.splice(list.indexOf(address), 1);
    if (list.length === 0) this.#byDevice.delete(address.device);
    this.#tell(address, 'removed');
  }

  removeAll(device: NetDevice): void {
    for (const address of [...this.of(device)].reverse()) this.remove(address);
  }

  /**
   * The source address to use towards `destination` through `device`: of the wide enough addresses, the primary one whose
   * network holds the destination, else the first; else one of another device. 0 when there is none.
   */
  select(device: NetDevice, destination: Ipv4Address, scope: number): Ipv4Address {
    let first = 0;
    for (const address of this.of(device)) {
      if ((address.flags & IFA_F_SECONDARY) !== 0 || address.scope > scope) continue;
      if (destination === 0 || isInPrefix(destination, address.peer, address.prefixLength)) return address.local;
      if (first === 0) first = address.local;
    }
    if (first !== 0) return first;
    for (const [other, list] of this.#byDevice) {
      if (other === device) continue;
      for (const address of list) {
        if ((address.flags & IFA_F_SECONDARY) === 0 && address.scope !== RT_SCOPE_LINK && address.scope <= scope) {
          return address.local;
        }
      }
    }
    return 0;
  }

  /** True when `destination` is on one of the device's networks. */
  isOnLink(device: NetDevice, destination: Ipv4Address): boolean {
    for (const address of this.of(device)) if (isInPrefix(destination, address.peer, address.prefixLength)) return true;
    return false;
  }

  #tell(address: InterfaceAddress, change: AddressChange): void {
    for (const listener of this.#listeners) listener(address, change);
  }
}

/** The broadcast address that goes with a network, 0 for those too small to have one (RFC 3021). */
export function directedBroadcast(address: Ipv4Address, prefixLength: number): Ipv4Address {
  return prefixLength >= 31 ? 0 : (address | ~prefixMask(prefixLength)) >>> 0;
}
