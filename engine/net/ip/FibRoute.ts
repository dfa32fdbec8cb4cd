import { IFF_RUNNING, type NetDevice } from '../link/NetDevice.ts';
import type { Ipv4Address } from './address.ts';

/** Route types (rtnetlink(7)). */
export const RTN_UNSPEC = 0;
export const RTN_UNICAST = 1;
export const RTN_LOCAL = 2;
export const RTN_BROADCAST = 3;
export const RTN_MULTICAST = 5;
export const RTN_BLACKHOLE = 6;
export const RTN_UNREACHABLE = 7;
export const RTN_PROHIBIT = 8;
export const RTN_THROW = 9;

export const RT_TABLE_DEFAULT = 253;
export const RT_TABLE_MAIN = 254;
export const RT_TABLE_LOCAL = 255;

/** Who made a route (rtnetlink(7)). */
export const RTPROT_KERNEL = 2;
export const RTPROT_BOOT = 3;

/** Flags of a next hop (linux/rtnetlink.h). */
const RTNH_F_DEAD = 1;
export const RTNH_F_ONLINK = 4;
const RTNH_F_LINKDOWN = 16;

export interface NextHop {
  /** Null for the types that lead nowhere. */
  readonly device: NetDevice | null;
  /** 0: the destination itself is on the link. */
  readonly gateway: Ipv4Address;
  /** At least 1; shares of a multipath route. */
  readonly weight: number;
  readonly flags: number;
}

export interface FibRoute {
  readonly table: number;
  readonly destination: Ipv4Address;
  readonly prefixLength: number;
  readonly tos: number;
  readonly priority: number;
  readonly type: number;
  readonly scope: number;
  readonly protocol: number;
  /** 0: chosen from the device's addresses. */
  readonly preferredSource: Ipv4Address;
  readonly nextHops: readonly NextHop[];
  /** RTAX_*: value. */
  readonly metrics: ReadonlyMap<number, number>;
}

/** RTNH_F_* as user space sees them now. */
export function hopFlags(hop: NextHop): number {
  let flags = hop.flags;
  if (hop.device !== null && !hop.device.isUp) flags |= RTNH_F_DEAD;
  else if (hop.device !== null && (hop.device.flags & IFF_RUNNING) === 0) flags |= RTNH_F_LINKDOWN;
  return flags;
}
