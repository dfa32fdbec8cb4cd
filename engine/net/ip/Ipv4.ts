// Hot code: `receive` and `output` run once a packet.

import { EMSGSIZE, EHOSTUNREACH, ENETUNREACH } from '../../abi/errno.ts';
import type { NetEnvironment } from '../environment.ts';
import type { LinkLayer } from '../link/LinkLayer.ts';
import { PACKET_HOST, PACKET_MULTICAST, PACKET_OTHERHOST, Packet } from '../link/Packet.ts';
import { segmentFrame, writeTransportChecksum } from '../link/offload.ts';
import { ETHERTYPE_IPV4, ETHERNET_HEADER_SIZE, MAC_NONE, emitEthernet, multicastMac } from '../wire/ethernet.ts';
import { ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, ICMP_NET_UNREACH, ICMP_PROTOCOL_UNREACH } from '../wire/icmp.ts';
import {
  IPV4_DONT_FRAGMENT,
  IPV4_HEADER_SIZE,
  IPV4_MORE_FRAGMENTS,
  IPV4_OFFSET_MASK,
  emitIpv4,
  isValidHeader,
  readDestination,
  readFragmentWord,
  readHeaderSize,
  readProtocol,
  readSource,
  readTos,
  readTotalLength,
} from '../wire/ipv4.ts';
import { readTcpHeaderSize } from '../wire/tcp.ts';
import type { Ipv4Address } from './address.ts';
import type { Counters } from './counters.ts';
import { RTN_BROADCAST, RTN_LOCAL, RTN_MULTICAST, RTN_UNICAST } from './FibRoute.ts';
import { fragmentPacket } from './fragmentation.ts';
import type { MulticastGroups } from './MulticastGroups.ts';
import type { NeighbourTable } from './NeighbourTable.ts';
import type { ErrorSender, Ipv4Protocol } from './protocol.ts';
import type { Reassembler } from './Reassembler.ts';
import { MARTIAN, type Route, type Router } from './Router.ts';
import type { DeviceSettingsTable } from './settings.ts';

/** Sees every packet for this stack before its protocol does; true when a raw socket took it. */
export type RawDelivery = (packet: Packet, protocol: number) => boolean;
/** Takes packets that are not for this stack. */
export type ForwardPacket = (packet: Packet, route: Route) => void;

/** How a packet may be treated on its way. */
export const SEND_DONT_FRAGMENT = 1;
/** IP_MULTICAST_LOOP is off. */
export const SEND_NO_MULTICAST_LOOP = 2;

/** The Internet protocol of one stack: in, out, and the demultiplexing to protocols. */
export class Ipv4 {
  readonly #environment: NetEnvironment;
  readonly #link: LinkLayer;
  readonly #router: Router;
  readonly #neighbours: NeighbourTable;
  readonly #groups: MulticastGroups;
  readonly #reassembler: Reassembler;
  readonly #deviceSettings: DeviceSettingsTable;
  readonly #counters: Counters;
  readonly #protocols: (Ipv4Protocol | undefined)[] = new Array<undefined>(256).fill(undefined);
  #identification: number;
  errors: ErrorSender = { sendError: () => {} };
  deliverRaw: RawDelivery = () => false;
  forward: ForwardPacket = () => {};

  constructor(
    environment: NetEnvironment,
    link: LinkLayer,
    router: Router,
    neighbours: NeighbourTable,
    groups: MulticastGroups,
    reassembler: Reassembler,
    deviceSettings: DeviceSettingsTable,
    counters: Counters,
  ) {
    this.#environment = environment;
    this.#link = link;
    this.#router = router;
    this.#neighbours = neighbours;
    this.#groups = groups;
    this.#reassembler = reassembler;
    this.#deviceSettings = deviceSettings;
    this.#counters = counters;
    this.#identification = environment.random.next32() & 0xffff;
    link.registerProtocol(ETHERTYPE_IPV4, (packet) => this.receive(packet));
  }

  registerProtocol(number: number, protocol: Ipv4Protocol): void {
    this.#protocols[number] = protocol;
  }

  protocol(number: number): Ipv4Protocol | undefined {
    return this.#protocols[number];
  }

  /** Identifications for `count` packets in a row. */
  nextIdentification(count = 1): number {
    const identification = this.#identification;
    this.#identification = (identification + count) & 0xffff;
    return identification;
  }

  receive(packet: Packet): void {
    const { bytes, network, device } = packet;
    if (packet.packetType === PACKET_OTHERHOST || device === null) return;
    const counters = this.#counters;
    counters.ip.InReceives++;
    if (!isValidHeader(bytes, network, packet.end)) {
      counters.ip.InHdrErrors++;
      return;
    }
    packet.end = network + readTotalLength(bytes, network);
    counters.ipExtended.InOctets += packet.end - network;
    const destination = readDestination(bytes, network);
    const route = this.#router.resolveInput(
      destination,
      readSource(bytes, network),
      device,
      readTos(bytes, network),
      packet.mark,
    );
    if (typeof route === 'number') {
      this.#refuse(packet, route);
      return;
    }
    switch (route.type) {
      case RTN_LOCAL:
        this.deliver(packet);
        break;
      case RTN_BROADCAST:
        counters.ipExtended.InBcastPkts++;
        this.deliver(packet);
        break;
      case RTN_MULTICAST:
        counters.ipExtended.InMcastPkts++;
        this.deliver(packet);
        break;
      default:
        if (packet.packetType !== PACKET_HOST || this.#deviceSettings.of(device.index).forwarding === 0) {
          counters.ip.InAddrErrors++;
          return;
        }
        this.forward(packet, route);
    }
  }

  /** Gives a packet to the protocols of this stack. */
  deliver(packet: Packet): void {
    let whole: Packet | undefined = packet;
    if ((readFragmentWord(packet.bytes, packet.network) & (IPV4_MORE_FRAGMENTS | IPV4_OFFSET_MASK)) !== 0) {
      whole = this.#reassembler.add(packet);
      if (whole === undefined) return;
    }
    const { bytes, network } = whole;
    whole.transport = network + readHeaderSize(bytes, network);
    const number = readProtocol(bytes, network);
    const wasRaw = this.deliverRaw(whole, number);
    const protocol = this.#protocols[number];
    if (protocol !== undefined) {
      this.#counters.ip.InDelivers++;
      protocol.receive(whole);
    } else if (wasRaw) {
      this.#counters.ip.InDelivers++;
    } else {
      this.#counters.ip.InUnknownProtos++;
      this.errors.sendError(whole, ICMP_DEST_UNREACH, ICMP_PROTOCOL_UNREACH, 0);
    }
  }

  /**
   * Puts an IPv4 header in front of `packet.transport` (options must lie in front of it already, `optionsSize` bytes) and
   * sends. 0, or a negative errno.
   */
  output(
    packet: Packet,
    route: Route,
    protocol: number,
    source: Ipv4Address,
    tos: number,
    ttl: number,
    how: number,
    optionsSize = 0,
  ): number {
    const headerSize = IPV4_HEADER_SIZE + optionsSize;
    const network = packet.transport - headerSize;
    const segments = packet.gsoSize === 0 ? 1 : Math.ceil((packet.end - packet.transport) / packet.gsoSize);
    packet.network = network;
    emitIpv4(
      packet.bytes,
      network,
      headerSize,
      tos,
      packet.end - network,
      this.nextIdentification(segments),
      (how & SEND_DONT_FRAGMENT) !== 0 ? IPV4_DONT_FRAGMENT : 0,
      ttl,
      protocol,
      source,
      route.destination,
    );
    return this.send(packet, route, how);
  }

  /** Sends a packet whose IPv4 header is in place, fragmenting it where that is needed and allowed. */
  send(packet: Packet, route: Route, how: number): number {
    packet.etherType = ETHERTYPE_IPV4;
    const counters = this.#counters;
    counters.ip.OutRequests++;
    counters.ipExtended.OutOctets += packet.end - packet.network;
    if (route.type === RTN_MULTICAST) {
      counters.ipExtended.OutMcastPkts++;
      if ((how & SEND_NO_MULTICAST_LOOP) === 0 && this.#groups.isMember(route.device, route.destination)) {
        this.#loopBack(packet, route);
      }
    } else if (route.type === RTN_BROADCAST) {
      counters.ipExtended.OutBcastPkts++;
      this.#loopBack(packet, route);
    }
    return this.transmit(packet, route);
  }

  /** The last step for own and forwarded packets: fits them to the MTU and hands them to the neighbour. */
  transmit(packet: Packet, route: Route): number {
    const size = packet.end - packet.network;
    if (packet.gsoSize !== 0) {
      if (this.segmentSize(packet) > route.mtu) return this.#transmitSegmented(packet, route);
    } else if (size > route.mtu) {
      return this.#transmitFragmented(packet, route);
    }
    return this.#transmitWhole(packet, route);
  }

  /** The size of the packets that a large segment stands for. */
  segmentSize(packet: Packet): number {
    const transport = packet.network + readHeaderSize(packet.bytes, packet.network);
    return transport - packet.network + readTcpHeaderSize(packet.bytes, transport) + packet.gsoSize;
  }

  /** A transport protocol heard from the far end: the next hop is alive. */
  confirm(route: Route): void {
    if (route.neighbour !== null) this.#neighbours.confirm(route.neighbour);
  }

  #transmitWhole(packet: Packet, route: Route): number {
    const device = route.device;
    if (route.type === RTN_UNICAST && device.usesArp) {
      let neighbour = route.neighbour;
      if (neighbour?.isLive !== true) {
        neighbour = this.#neighbours.findOrCreate(device, route.gateway || route.destination);
        route.neighbour = neighbour;
      }
      this.#neighbours.send(neighbour, packet);
      return 0;
    }
    let mac = device.broadcastMac;
    if (route.type === RTN_MULTICAST) mac = multicastMac(route.destination);
    else if (route.type === RTN_LOCAL) mac = MAC_NONE;
    this.#link.send(packet, device, mac);
    return 0;
  }

  #transmitFragmented(packet: Packet, route: Route): number {
    const counters = this.#counters.ip;
    if ((readFragmentWord(packet.bytes, packet.network) & IPV4_DONT_FRAGMENT) !== 0) {
      counters.FragFails++;
      return -EMSGSIZE;
    }
    // A fragment cannot carry a promise that the checksum will be made later.
    if (packet.lacksChecksum) {
      writeTransportChecksum(packet.bytes, packet.network);
      packet.lacksChecksum = false;
    }
    for (const fragment of fragmentPacket(packet, route.mtu)) {
      counters.FragCreates++;
      this.#transmitWhole(fragment, route);
    }
    counters.FragOKs++;
    return 0;
  }

  /** A large segment for a link with a smaller MTU: cut it as its sender meant, then fragment what may be fragmented. */
  #transmitSegmented(packet: Packet, route: Route): number {
    if ((readFragmentWord(packet.bytes, packet.network) & IPV4_DONT_FRAGMENT) !== 0) {
      this.#counters.ip.FragFails++;
      return -EMSGSIZE;
    }
    packet.start = packet.network - ETHERNET_HEADER_SIZE;
    emitEthernet(packet.bytes, packet.start, MAC_NONE, MAC_NONE, ETHERTYPE_IPV4);
    for (const frame of segmentFrame(packet.toFrame())) {
      const bytes = new Uint8Array(ETHERNET_HEADER_SIZE + frame.length);
      bytes.set(frame.bytes.subarray(frame.start, frame.end), ETHERNET_HEADER_SIZE);
      const segment = new Packet(bytes, ETHERNET_HEADER_SIZE, bytes.length);
      segment.network = 2 * ETHERNET_HEADER_SIZE;
      segment.etherType = ETHERTYPE_IPV4;
      this.transmit(segment, route);
    }
    return 0;
  }

  /** Broadcasts and joined groups are heard by the sender's own sockets too. */
  #loopBack(packet: Packet, route: Route): void {
    const copy = packet.copyFromNetwork();
    copy.device = route.device;
    copy.packetType = PACKET_MULTICAST;
    copy.timestampNs = this.#environment.wallClockNs();
    this.#environment.softirq.defer(() => this.deliver(copy));
  }

  #refuse(packet: Packet, error: number): void {
    if (error === MARTIAN) {
      this.#counters.ip.InAddrErrors++;
      return;
    }
    this.#counters.ipExtended.InNoRoutes++;
    const device = packet.device;
    if (device === null || packet.packetType !== PACKET_HOST) return;
    if (this.#deviceSettings.of(device.index).forwarding === 0) return;
    if (error === -ENETUNREACH) this.errors.sendError(packet, ICMP_DEST_UNREACH, ICMP_NET_UNREACH, 0);
    else if (error === -EHOSTUNREACH) this.errors.sendError(packet, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
  }
}
