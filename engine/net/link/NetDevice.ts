import { MAC_BROADCAST, MAC_NONE, type MacAddress } from '../wire/ethernet.ts';
import { makeDeviceStatistics, type DeviceStatistics } from './deviceStatistics.ts';
import type { Frame } from './Frame.ts';

/** Device flags (netdevice(7), linux/if.h). */
export const IFF_UP = 0x1;
export const IFF_BROADCAST = 0x2;
export const IFF_LOOPBACK = 0x8;
export const IFF_RUNNING = 0x40;
const IFF_NOARP = 0x80;
const IFF_PROMISC = 0x100;
const IFF_ALLMULTI = 0x200;
export const IFF_MULTICAST = 0x1000;
const IFF_LOWER_UP = 0x1_0000;

/** Hardware types (linux/if_arp.h). */
export const ARPHRD_ETHER = 1;
export const ARPHRD_LOOPBACK = 772;

/** Operational states (RFC 2863, linux/if.h). */
export const IF_OPER_UNKNOWN = 0;
export const IF_OPER_DOWN = 2;
export const IF_OPER_UP = 6;

/** What changed about a device, for those who follow (routes, neighbours, netlink groups). */
export type DeviceChange = 'added' | 'removed' | 'up' | 'down' | 'carrier' | 'changed';

/** What a device needs of the stack that it is registered with. */
export interface DeviceOwner {
  receive(device: NetDevice, frame: Frame): void;
  deviceChanged(device: NetDevice, change: DeviceChange): void;
}

export abstract class NetDevice {
  name: string;
  /** Positive and unique within a stack; the owner assigns it. */
  index = 0;
  mtu: number;
  readonly minimumMtu: number;
  readonly maximumMtu: number;
  readonly hardwareType: number;
  mac: MacAddress;
  readonly broadcastMac: MacAddress;
  transmitQueueLength = 1000;
  alias = '';
  group = 0;
  /** Bytes of payload up to which TCP may hand over one segment; 0 when the device wants them cut to its MTU. */
  readonly maximumGsoPayload: number;
  readonly statistics: DeviceStatistics = makeDeviceStatistics();
  owner: DeviceOwner | null = null;
  /** How many times the carrier came or went: sysfs shows it. */
  carrierChanges = 0;
  #flags: number;
  /** Users of promiscuous mode beside the administrator's flag (packet(7) memberships). */
  #promiscuity = 0;
  #allMulticast = 0;

  protected constructor(
    name: string,
    hardwareType: number,
    mtu: number,
    mtuLimits: readonly [minimum: number, maximum: number],
    mac: MacAddress,
    flags: number,
    maximumGsoPayload: number,
  ) {
    this.name = name;
    this.hardwareType = hardwareType;
    this.mtu = mtu;
    [this.minimumMtu, this.maximumMtu] = mtuLimits;
    this.mac = mac;
    this.broadcastMac = hardwareType === ARPHRD_LOOPBACK ? MAC_NONE : MAC_BROADCAST;
    this.#flags = flags;
    this.maximumGsoPayload = maximumGsoPayload;
  }

  /** Hands over a frame that begins with its link header. */
  abstract transmit(frame: Frame): void;
  abstract get carrier(): boolean;
  abstract get operationalState(): number;
  /** The administrator brought the device up or took it down. */
  protected abstract open(): void;
  protected abstract close(): void;

  /** All flags as user space sees them, the volatile ones included. */
  get flags(): number {
    let flags = this.#flags;
    if (this.carrier) flags |= IFF_LOWER_UP;
    if (this.isUp && this.carrier) flags |= IFF_RUNNING;
    if (!this.carrier) flags &= ~IFF_LOWER_UP;
    if (this.#promiscuity > 0) flags |= IFF_PROMISC;
    if (this.#allMulticast > 0) flags |= IFF_ALLMULTI;
    return flags;
  }

  get isUp(): boolean {
    return (this.#flags & IFF_UP) !== 0;
  }

  get isLoopback(): boolean {
    return (this.#flags & IFF_LOOPBACK) !== 0;
  }

  get usesArp(): boolean {
    return (this.#flags & (IFF_NOARP | IFF_LOOPBACK)) === 0;
  }

  get isPromiscuous(): boolean {
    return this.#promiscuity > 0 || (this.#flags & IFF_PROMISC) !== 0;
  }

  get promiscuity(): number {
    return this.#promiscuity + ((this.#flags & IFF_PROMISC) !== 0 ? 1 : 0);
  }

  /** Sets the flags that user space may change; the others stay. */
  setFlags(flags: number, mask: number): void {
    const changeable = mask & (IFF_UP | IFF_NOARP | IFF_PROMISC | IFF_ALLMULTI | IFF_MULTICAST);
    const before = this.#flags;
    this.#flags = (before & ~changeable) | (flags & changeable);
    if (this.#flags === before) return;
    if ((this.#flags & ~before & IFF_UP) !== 0) {
      this.open();
      this.owner?.deviceChanged(this, 'up');
    } else if ((before & ~this.#flags & IFF_UP) !== 0) {
      this.close();
      this.owner?.deviceChanged(this, 'down');
    } else {
      this.owner?.deviceChanged(this, 'changed');
    }
  }

  addPromiscuous(users: 1 | -1): void {
    this.#promiscuity += users;
    this.owner?.deviceChanged(this, 'changed');
  }

  addAllMulticast(users: 1 | -1): void {
    this.#allMulticast += users;
    this.owner?.deviceChanged(this, 'changed');
  }

  /** False when the value is out of the device's range. */
  setMtu(mtu: number): boolean {
    if (mtu < this.minimumMtu || mtu > this.maximumMtu) return false;
    if (mtu === this.mtu) return true;
    this.mtu = mtu;
    this.owner?.deviceChanged(this, 'changed');
    return true;
  }

  protected noteCarrier(): void {
    this.carrierChanges++;
    this.owner?.deviceChanged(this, 'carrier');
  }
}
