import type { Timer } from '../environment.ts';
import type { NetDevice } from '../link/NetDevice.ts';
import type { Packet } from '../link/Packet.ts';
import { MAC_NONE, type MacAddress } from '../wire/ethernet.ts';
import type { Ipv4Address } from './address.ts';

/** States of a neighbour (linux/neighbour.h). */
export const NUD_NONE = 0x00;
export const NUD_INCOMPLETE = 0x01;
export const NUD_REACHABLE = 0x02;
export const NUD_STALE = 0x04;
export const NUD_DELAY = 0x08;
export const NUD_PROBE = 0x10;
export const NUD_FAILED = 0x20;
export const NUD_NOARP = 0x40;
export const NUD_PERMANENT = 0x80;
/** The link address can be used. */
export const NUD_VALID = NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | NUD_PROBE | NUD_STALE | NUD_DELAY;

/** One entry of the neighbour table. `NeighbourTable` moves it between its states. */
export class Neighbour {
  readonly device: NetDevice;
  readonly address: Ipv4Address;
  state = NUD_NONE;
  mac: MacAddress = MAC_NONE;
  /** When it last proved to be there, was last used, last changed. */
  confirmedNs: number;
  usedNs: number;
  updatedNs: number;
  reachableTimeNs: number;
  probes = 0;
  timer: Timer | null = null;
  /** Packets that wait for its address. */
  readonly queue: Packet[] = [];
  queuedBytes = 0;
  protocol = 0;
  /** False once it left the table: who holds it must look it up again. */
  isLive = true;

  constructor(device: NetDevice, address: Ipv4Address, nowNs: number, reachableTimeNs: number) {
    this.device = device;
    this.address = address;
    this.confirmedNs = nowNs - 2 * reachableTimeNs;
    this.usedNs = nowNs;
    this.updatedNs = nowNs;
    this.reachableTimeNs = reachableTimeNs;
  }
}
