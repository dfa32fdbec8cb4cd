import { EACCES, EADDRNOTAVAIL, EMSGSIZE } from '../../abi/errno.ts';
import { POLLERR, POLLIN, POLLRDNORM } from '../../abi/poll.ts';
import type { NetEnvironment } from '../environment.ts';
import { isMulticast, IPV4_BROADCAST, type Ipv4Address } from '../ip/address.ts';
import type { Counters } from '../ip/counters.ts';
import type { Fib } from '../ip/Fib.ts';
import { RTN_BROADCAST, RTN_MULTICAST } from '../ip/FibRoute.ts';
import { RT_SCOPE_LINK } from '../ip/InterfaceAddresses.ts';
import type { Icmp } from '../ip/Icmp.ts';
import { SEND_DONT_FRAGMENT, SEND_NO_MULTICAST_LOOP, type Ipv4 } from '../ip/Ipv4.ts';
import type { MulticastGroups } from '../ip/MulticastGroups.ts';
import type { IcmpErrorReport } from '../ip/protocol.ts';
import type { Route, Router } from '../ip/Router.ts';
import type { CoreSettings, Ipv4Settings } from '../ip/settings.ts';
import type { LinkLayer } from '../link/LinkLayer.ts';
import type { NetDevice } from '../link/NetDevice.ts';
import type { Packet } from '../link/Packet.ts';
import { readSource, readTtl } from '../wire/ipv4.ts';
import { DatagramQueue, type Datagram } from './DatagramQueue.ts';
import {
  IP_PMTUDISC_DO,
  IP_PMTUDISC_PROBE,
  IP_PMTUDISC_WANT,
  SILENT_OBSERVER,
  makeSendSettings,
  type EndpointObserver,
  type SendSettings,
} from './endpoint.ts';
import { ErrorQueue, SO_EE_ORIGIN_ICMP, SO_EE_ORIGIN_LOCAL } from './ErrorQueue.ts';

/** The parts of a stack that datagram endpoints use. */
export interface DatagramContext {
  readonly environment: NetEnvironment;
  readonly link: LinkLayer;
  readonly fib: Fib;
  readonly router: Router;
  readonly ipv4: Ipv4;
  readonly icmp: Icmp;
  readonly groups: MulticastGroups;
  readonly ipv4Settings: Ipv4Settings;
  readonly coreSettings: CoreSettings;
  readonly counters: Counters;
}

/** Where one datagram goes, and what its control messages say otherwise than the socket's options. */
export interface SendTarget {
  destination: Ipv4Address;
  port: number;
  /** 0: as the socket says. */
  source: Ipv4Address;
  deviceIndex: number;
  /** -1: as the socket says. */
  ttl: number;
  tos: number;
}

interface Membership {
  readonly device: NetDevice;
  readonly group: Ipv4Address;
}

/** What UDP, raw and ping endpoints share: addresses, a queue, errors, memberships, and the way out. */
export abstract class DatagramEndpoint {
  readonly context: DatagramContext;
  readonly send: SendSettings = makeSendSettings();
  readonly queue: DatagramQueue;
  readonly errors = new ErrorQueue();
  observer: EndpointObserver = SILENT_OBSERVER;
  localAddress: Ipv4Address = 0;
  localPort = 0;
  remoteAddress: Ipv4Address = 0;
  remotePort = 0;
  isConnected = false;
  isReadShut = false;
  isWriteShut = false;
  /** IP_RECVERR. */
  keepsErrors = false;
  /** A positive errno that was not told yet. */
  error = 0;
  /** IP_MULTICAST_ALL: take groups that other sockets joined, too. */
  takesAllGroups = true;
  /** True when connect(2) chose the local address: it is let go with the connection. */
  protected hasChosenAddress = false;
  readonly #memberships: Membership[] = [];
  #route: Route | null = null;

  protected constructor(context: DatagramContext) {
    this.context = context;
    this.queue = new DatagramQueue(context.coreSettings.rmem_default);
  }

  /** The IP protocol that it sends. */
  abstract readonly protocol: number;

  /** connect(2) for datagrams: fixes the far end and, when unbound, the source. */
  setRemote(address: Ipv4Address, port: number): number {
    const route = this.resolve({ destination: address, port, source: 0, deviceIndex: 0, ttl: -1, tos: -1 });
    if (typeof route === 'number') return route;
    if (route.type === RTN_BROADCAST && !this.send.broadcast) return -EACCES;
    this.remoteAddress = route.destination;
    this.remotePort = port;
    this.isConnected = true;
    this.#route = route;
    if (this.localAddress === 0) {
      this.localAddress = route.source;
      this.hasChosenAddress = true;
    }
    return 0;
  }

  /** connect(2) to AF_UNSPEC. */
  clearRemote(): void {
    this.isConnected = false;
    this.remoteAddress = 0;
    this.remotePort = 0;
    this.#route = null;
    if (this.hasChosenAddress) this.localAddress = 0;
    this.hasChosenAddress = false;
  }

  /** The way for one datagram, or a negative errno. */
  resolve(target: SendTarget): Route | number {
    const { send, context } = this;
    const tos = (target.tos >= 0 ? target.tos : send.tos) & 0x1e;
    let source = target.source || this.localAddress;
    let deviceIndex = target.deviceIndex || send.deviceIndex;
    if (isMulticast(target.destination)) {
      if (deviceIndex === 0) deviceIndex = send.multicastDeviceIndex;
      if (source === 0) source = send.multicastSource;
    }
    if (
      this.isConnected &&
      target.destination === this.remoteAddress &&
      target.deviceIndex === 0 &&
      target.source === 0
    ) {
      const known = this.#route;
      if (known !== null && known.generation === context.router.generation) return known;
    }
    // A broadcast or group address that the socket is bound to filters what it hears, it is no source.
    if (source !== 0 && !context.fib.isLocal(source)) {
      if (target.source !== 0 && context.ipv4Settings.ip_nonlocal_bind === 0) return -EADDRNOTAVAIL;
      if (isMulticast(source) || source === IPV4_BROADCAST) source = 0;
    }
    const route = context.router.resolve(
      target.destination,
      source,
      deviceIndex,
      tos,
      send.mark,
      send.dontRoute ? RT_SCOPE_LINK : 0,
    );
    if (this.isConnected && typeof route !== 'number' && target.destination === this.remoteAddress) this.#route = route;
    return route;
  }

  /** Sends a packet whose transport header and payload are in place. */
  transmit(packet: Packet, route: Route, target: SendTarget): number {
    const { send, context } = this;
    if (route.type === RTN_BROADCAST && !send.broadcast) return -EACCES;
    const isGroup = route.type === RTN_MULTICAST;
    let ttl = isGroup ? send.multicastTtl : send.ttl || context.ipv4Settings.ip_default_ttl;
    if (target.ttl >= 0) ttl = target.ttl;
    const tos = target.tos >= 0 ? target.tos : send.tos;
    const size = packet.end - packet.transport + 20 + send.options.length;
    const discovery = send.pathMtuDiscovery;
    const mayFragment = discovery !== IP_PMTUDISC_DO && discovery !== IP_PMTUDISC_PROBE;
    const mtu = discovery === IP_PMTUDISC_PROBE ? route.device.mtu : route.mtu;
    if (size > mtu && !mayFragment) {
      this.#reportTooBig(target, mtu);
      return -EMSGSIZE;
    }
    let how = isGroup && !send.multicastLoop ? SEND_NO_MULTICAST_LOOP : 0;
    if (size <= mtu && discovery >= IP_PMTUDISC_WANT) how |= SEND_DONT_FRAGMENT;
    const optionsSize = send.options.length;
    if (optionsSize > 0) packet.bytes.set(send.options, packet.transport - optionsSize);
    packet.mark = send.mark;
    const source = target.source || this.localAddress;
    const isUsable = source !== 0 && !isMulticast(source) && source !== IPV4_BROADCAST;
    return context.ipv4.output(
      packet,
      route,
      this.protocol,
      isUsable ? source : route.source,
      tos,
      ttl,
      how,
      optionsSize,
    );
  }

  /** An ICMP error about something that this endpoint sent. */
  reportError(report: IcmpErrorReport, payloadStart: number, port: number): void {
    if (this.keepsErrors) {
      const { packet } = report;
      this.errors.push({
        errno: report.errno,
        origin: SO_EE_ORIGIN_ICMP,
        type: report.type,
        code: report.code,
        info: report.info,
        destination: report.destination,
        destinationPort: port,
        offender: senderOf(report),
        ttl: readTtl(packet.bytes, packet.network),
        data: packet.bytes.slice(Math.min(payloadStart, packet.end), packet.end),
        timestampNs: packet.timestampNs,
      });
    } else if (!report.isFatal || !this.isConnected) {
      // RFC 1122 section 4.1.3.3: without IP_RECVERR only a connected socket hears of hard errors.
      return;
    }
    this.error = report.errno;
    this.observer.readinessChanged(POLLERR | POLLIN);
  }

  takeError(): number {
    const { error } = this;
    this.error = 0;
    return error;
  }

  /** True when the endpoint's group filter lets a multicast datagram pass. */
  wantsGroup(group: Ipv4Address, device: NetDevice | null): boolean {
    const own = this.#memberships;
    if (own.some((membership) => membership.group === group && membership.device === device)) return true;
    return this.takesAllGroups && !own.some((membership) => membership.group === group);
  }

  isMember(group: Ipv4Address, device: NetDevice): boolean {
    return this.#memberships.some((membership) => membership.group === group && membership.device === device);
  }

  join(group: Ipv4Address, device: NetDevice): void {
    this.#memberships.push({ group, device });
    this.context.groups.join(device, group);
  }

  leave(group: Ipv4Address, device: NetDevice): void {
    const at = this.#memberships.findIndex((membership) => membership.group === group && membership.device === device);
    if (at < 0) return;
    this.#memberships.splice(at, 1);
    this.context.groups.leave(device, group);
  }

  protected leaveAll(): void {
    for (const { group, device } of [...this.#memberships]) this.leave(group, device);
  }

  /** Queues a datagram and wakes the reader; false when it was dropped. */
  protected enqueue(datagram: Datagram): boolean {
    if (this.isReadShut && this.isConnected) return false;
    if (!this.queue.push(datagram)) return false;
    this.observer.readinessChanged(POLLIN | POLLRDNORM);
    return true;
  }

  abstract close(): void;

  #reportTooBig(target: SendTarget, mtu: number): void {
    if (!this.keepsErrors) return;
    this.errors.push({
      errno: EMSGSIZE,
      origin: SO_EE_ORIGIN_LOCAL,
      type: 0,
      code: 0,
      info: mtu,
      destination: target.destination,
      destinationPort: target.port,
      offender: 0,
      ttl: 0,
      data: new Uint8Array(0),
      timestampNs: this.context.environment.wallClockNs(),
    });
    this.observer.readinessChanged(POLLERR);
  }
}

/** The host that sent an ICMP error. */
function senderOf(report: IcmpErrorReport): Ipv4Address {
  return readSource(report.packet.bytes, report.packet.network);
}
