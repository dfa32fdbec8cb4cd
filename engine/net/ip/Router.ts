// Hot code: `resolveInput` runs once a received packet.

import { EINVAL, ENETUNREACH, ENODEV } from '../../abi/errno.ts';
import type { LinkLayer } from '../link/LinkLayer.ts';
import type { NetDevice } from '../link/NetDevice.ts';
import {
  IPV4_BROADCAST,
  IPV4_LOOPBACK,
  isLocalMulticast,
  isLoopback,
  isMulticast,
  isZeroNetwork,
  type Ipv4Address,
} from './address.ts';
import type { Fib } from './Fib.ts';
import { RTN_BROADCAST, RTN_LOCAL, RTN_MULTICAST, RTN_UNICAST, type FibRoute, type NextHop } from './FibRoute.ts';
import { RT_SCOPE_HOST, RT_SCOPE_LINK, RT_SCOPE_UNIVERSE, type InterfaceAddresses } from './InterfaceAddresses.ts';
import type { MulticastGroups } from './MulticastGroups.ts';
import type { Neighbour } from './Neighbour.ts';
import type { PathMtu } from './PathMtu.ts';
import type { DeviceSettingsTable } from './settings.ts';

const RTAX_MTU = 2;

/** The resolved way of packets to one destination. Good while `generation` is the FIB's. */
export class Route {
  readonly type: number;
  readonly destination: Ipv4Address;
  /** The source that packets get when their sender did not choose. */
  readonly source: Ipv4Address;
  /** The device that packets leave through; the loopback device for local destinations. */
  readonly device: NetDevice;
  /** 0: the destination is on the link. */
  readonly gateway: Ipv4Address;
  readonly mtu: number;
  readonly generation: number;
  /** The FIB's route, null for those that need none (multicast and broadcast on a given device). */
  readonly fibRoute: FibRoute | null;
  /** Kept for the next packet once it is known. */
  neighbour: Neighbour | null = null;

  constructor(
    type: number,
    destination: Ipv4Address,
    source: Ipv4Address,
    device: NetDevice,
    gateway: Ipv4Address,
    mtu: number,
    generation: number,
    fibRoute: FibRoute | null,
  ) {
    this.type = type;
    this.destination = destination;
    this.source = source;
    this.device = device;
    this.gateway = gateway;
    this.mtu = mtu;
    this.generation = generation;
    this.fibRoute = fibRoute;
  }
}

/** Why a received packet goes no further. */
export const MARTIAN = -EINVAL;

/** Resolves where packets go: the FIB, source selection and path MTU in one answer. */
export class Router {
  readonly #link: LinkLayer;
  readonly #fib: Fib;
  readonly #addresses: InterfaceAddresses;
  readonly #groups: MulticastGroups;
  readonly #pathMtu: PathMtu;
  readonly #settings: DeviceSettingsTable;
  readonly #loopback: NetDevice;

  constructor(
    link: LinkLayer,
    fib: Fib,
    addresses: InterfaceAddresses,
    groups: MulticastGroups,
    pathMtu: PathMtu,
    settings: DeviceSettingsTable,
    loopback: NetDevice,
  ) {
    this.#link = link;
    this.#fib = fib;
    this.#addresses = addresses;
    this.#groups = groups;
    this.#pathMtu = pathMtu;
    this.#settings = settings;
    this.#loopback = loopback;
  }

  get generation(): number {
    return this.#fib.generation;
  }

  /** For packets made here. `source` 0 lets the route choose; `outputIndex` 0 lets the FIB. A negative errno when there is no way. */
  resolve(
    destination: Ipv4Address,
    source: Ipv4Address,
    outputIndex: number,
    tos = 0,
    mark = 0,
    scope = 0,
  ): Route | number {
    const target = destination === 0 ? source || IPV4_LOOPBACK : destination;
    if (outputIndex !== 0) {
      const device = this.#link.deviceByIndex(outputIndex);
      if (device === undefined) return -ENODEV;
      if (!device.isUp) return -ENETUNREACH;
      if (isMulticast(target) || target === IPV4_BROADCAST) return this.#resolveGroup(device, target, source, null);
    } else if (source !== 0 && (isMulticast(target) || target === IPV4_BROADCAST)) {
      // The source chooses the device, as with IP_MULTICAST_IF (ip_route_output_key).
      const owner = this.#addresses.find(source);
      if (owner !== undefined) return this.#resolveGroup(owner.device, target, source, null);
    }
    const found = this.#fib.lookup(target, source, null, outputIndex, tos, mark, scope);
    if (typeof found === 'number') {
      const device = outputIndex === 0 ? undefined : this.#link.deviceByIndex(outputIndex);
      if (found !== -ENETUNREACH || device === undefined) return found;
      // Without a route the given device is believed to reach everybody on its link.
      return this.#make(
        RTN_UNICAST,
        target,
        source || this.#addresses.select(device, 0, RT_SCOPE_LINK),
        device,
        0,
        null,
      );
    }
    if (found.type === RTN_LOCAL) {
      const local = source || found.preferredSource || target;
      return this.#make(RTN_LOCAL, target, local, this.#loopback, 0, found);
    }
    const hop = this.#chooseHop(found, target, source, outputIndex);
    if (hop === undefined || hop.device === null) return -ENETUNREACH;
    if (isMulticast(target) || target === IPV4_BROADCAST) return this.#resolveGroup(hop.device, target, source, found);
    return this.#make(
      found.type,
      target,
      source || this.#sourceFor(found, hop, target),
      hop.device,
      hop.gateway,
      found,
    );
  }

  /** For received packets: RTN_LOCAL, RTN_BROADCAST and RTN_MULTICAST are for us, RTN_UNICAST is to be forwarded. */
  resolveInput(
    destination: Ipv4Address,
    source: Ipv4Address,
    device: NetDevice,
    tos: number,
    mark: number,
  ): Route | number {
    if (destination === IPV4_BROADCAST) {
      return this.#make(RTN_BROADCAST, destination, this.#addresses.select(device, 0, RT_SCOPE_LINK), device, 0, null);
    }
    if (isMulticast(source) || source === IPV4_BROADCAST) return MARTIAN;
    if (isMulticast(destination)) {
      if (!this.#groups.isMember(device, destination)) return -ENETUNREACH;
      return this.#make(RTN_MULTICAST, destination, this.#addresses.select(device, 0, RT_SCOPE_LINK), device, 0, null);
    }
    if (isZeroNetwork(source) || isZeroNetwork(destination)) return MARTIAN;
    if (!device.isLoopback && this.#settings.of(device.index).route_localnet === 0) {
      if (isLoopback(source) || isLoopback(destination)) return MARTIAN;
    }
    const found = this.#fib.lookup(destination, source, device, 0, tos, mark);
    if (typeof found === 'number') return found;
    if (!device.isLoopback) {
      const verdict = this.#validateSource(source, device, tos, mark);
      if (verdict < 0) return verdict;
    }
    if (found.type === RTN_LOCAL || found.type === RTN_BROADCAST) {
      return this.#make(found.type, destination, destination, this.#loopback, 0, found);
    }
    const hop = this.#chooseHop(found, destination, source, 0);
    if (hop === undefined || hop.device === null) return -ENETUNREACH;
    return this.#make(RTN_UNICAST, destination, 0, hop.device, hop.gateway, found);
  }

  /** RFC 3704: with rp_filter 1, the way back must lead through the device; our own addresses never come from outside. */
  #validateSource(source: Ipv4Address, device: NetDevice, tos: number, mark: number): number {
    const own = this.#settings.of(device.index);
    const strictness = Math.max(this.#settings.all.rp_filter, own.rp_filter);
    const back = this.#fib.lookup(source, 0, device, 0, tos, mark);
    if (typeof back === 'number') return strictness === 0 ? 0 : MARTIAN;
    if (back.type === RTN_LOCAL) return own.accept_local !== 0 ? 0 : MARTIAN;
    if (back.type !== RTN_UNICAST) return MARTIAN;
    if (strictness === 1 && !back.nextHops.some((hop) => hop.device === device)) return MARTIAN;
    return 0;
  }

  #resolveGroup(device: NetDevice, target: Ipv4Address, source: Ipv4Address, found: FibRoute | null): Route {
    const scope = isMulticast(target) && !isLocalMulticast(target) ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
    const local = source || this.#addresses.select(device, 0, scope);
    const type = isMulticast(target) ? RTN_MULTICAST : RTN_BROADCAST;
    return this.#make(type, target, local, device, 0, found);
  }

  #sourceFor(route: FibRoute, hop: NextHop, target: Ipv4Address): Ipv4Address {
    if (route.preferredSource !== 0) return route.preferredSource;
    if (hop.device === null) return 0;
    const scope = route.scope === RT_SCOPE_HOST ? RT_SCOPE_HOST : RT_SCOPE_LINK;
    return this.#addresses.select(hop.device, hop.gateway || target, scope);
  }

  /** Flows are spread over the hops of a multipath route by their addresses, in proportion to the weights. */
  #chooseHop(route: FibRoute, destination: Ipv4Address, source: Ipv4Address, outputIndex: number): NextHop | undefined {
    const hops = route.nextHops;
    if (hops.length <= 1) return hops[0];
    const usable = hops.filter(
      (hop) => hop.device !== null && hop.device.isUp && (outputIndex === 0 || hop.device.index === outputIndex),
    );
    let total = 0;
    for (const hop of usable) total += hop.weight;
    let share = (Math.imul(destination ^ Math.imul(source, 0x9e37_79b1), 0x85eb_ca6b) >>> 8) % Math.max(total, 1);
    for (const hop of usable) {
      share -= hop.weight;
      if (share < 0) return hop;
    }
    return usable[0];
  }

  #make(
    type: number,
    destination: Ipv4Address,
    source: Ipv4Address,
    device: NetDevice,
    gateway: Ipv4Address,
    fibRoute: FibRoute | null,
  ): Route {
    const limit = fibRoute?.metrics.get(RTAX_MTU) ?? 0;
    let mtu = Math.min(limit === 0 ? device.mtu : limit, 65535);
    const pathMtu = this.#pathMtu.of(destination);
    if (pathMtu !== 0) mtu = Math.min(mtu, pathMtu);
    return new Route(type, destination, source, device, gateway, mtu, this.#fib.generation, fibRoute);
  }
}
