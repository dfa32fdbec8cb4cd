// Hot code: `receive` runs once a datagram.

import type { IcmpErrorReport, Ipv4Protocol } from '../../ip/protocol.ts';
import { PACKET_HOST, type Packet } from '../../link/Packet.ts';
import { ICMP_DEST_UNREACH, ICMP_PORT_UNREACH } from '../../wire/icmp.ts';
import { IPPROTO_UDP, readDestination, readSource, transportChecksum } from '../../wire/ipv4.ts';
import { UDP_HEADER_SIZE, hasUdpChecksum, readDestinationPort, readSourcePort, readUdpLength } from '../../wire/udp.ts';
import type { DatagramContext } from '../DatagramEndpoint.ts';
import { PortTable } from '../PortTable.ts';
import type { UdpEndpoint } from './UdpEndpoint.ts';

/** All UDP endpoints of a stack (RFC 768). */
export class UdpTable implements Ipv4Protocol {
  readonly context: DatagramContext;
  readonly ports: PortTable;
  readonly #endpoints = new Map<number, UdpEndpoint[]>();

  constructor(context: DatagramContext) {
    this.context = context;
    this.ports = new PortTable(context.environment.random, () => context.ipv4Settings.ip_local_port_range);
    context.ipv4.registerProtocol(IPPROTO_UDP, this);
  }

  *endpoints(): Iterable<UdpEndpoint> {
    for (const list of this.#endpoints.values()) yield* list;
  }

  add(endpoint: UdpEndpoint): void {
    this.#endpoints.set(endpoint.localPort, [...(this.#endpoints.get(endpoint.localPort) ?? []), endpoint]);
  }

  remove(endpoint: UdpEndpoint): void {
    const rest = (this.#endpoints.get(endpoint.localPort) ?? []).filter((other) => other !== endpoint);
    if (rest.length > 0) this.#endpoints.set(endpoint.localPort, rest);
    else this.#endpoints.delete(endpoint.localPort);
  }

  receive(packet: Packet): void {
    const { bytes, network, transport } = packet;
    const { udp } = this.context.counters;
    const length = packet.end - transport >= UDP_HEADER_SIZE ? readUdpLength(bytes, transport) : 0;
    if (length < UDP_HEADER_SIZE || length > packet.end - transport) {
      udp.InErrors++;
      return;
    }
    const source = readSource(bytes, network);
    const destination = readDestination(bytes, network);
    const end = transport + length;
    if (!packet.lacksChecksum && hasUdpChecksum(bytes, transport)) {
      if (transportChecksum(bytes, transport, end, source, destination, IPPROTO_UDP) !== 0) {
        udp.InCsumErrors++;
        udp.InErrors++;
        return;
      }
    }
    const port = readDestinationPort(bytes, transport);
    const endpoints = this.#endpoints.get(port);
    if (packet.packetType !== PACKET_HOST) {
      this.#deliverToAll(endpoints ?? [], packet, end, source, destination);
      return;
    }
    const endpoint = this.#best(endpoints ?? [], packet, source, readSourcePort(bytes, transport), destination);
    if (endpoint === undefined) {
      udp.NoPorts++;
      this.context.ipv4.errors.sendError(packet, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0);
      return;
    }
    this.#deliver(endpoint, packet, end, source, destination);
  }

  error(report: IcmpErrorReport): void {
    const { bytes } = report.packet;
    const localPort = readSourcePort(bytes, report.quotedTransport);
    const remotePort = readDestinationPort(bytes, report.quotedTransport);
    const endpoint = this.#best(
      this.#endpoints.get(localPort) ?? [],
      report.packet,
      report.destination,
      remotePort,
      report.source,
    );
    if (endpoint === undefined) this.context.counters.icmp.InErrors++;
    else endpoint.reportError(report, report.quotedTransport + UDP_HEADER_SIZE, remotePort);
  }

  /** The endpoint that says most about its ends; among equals (SO_REUSEPORT) the flow's hash decides. */
  #best(
    endpoints: readonly UdpEndpoint[],
    packet: Packet,
    remote: number,
    remotePort: number,
    local: number,
  ): UdpEndpoint | undefined {
    let best: UdpEndpoint | undefined;
    let bestScore = -1;
    let equals = 0;
    for (let at = 0; at < endpoints.length; at++) {
      const endpoint = endpoints[at];
      const score = endpoint.matchScore(local, remote, remotePort, packet.device?.index ?? 0);
      if (score < 0) continue;
      if (score > bestScore) {
        best = endpoint;
        bestScore = score;
        equals = 1;
      } else if (score === bestScore && endpoint.reusePort) {
        equals++;
      }
    }
    if (equals < 2) return best;
    const hash = Math.imul(remote ^ Math.imul(remotePort, 0x9e37_79b1), 0x85eb_ca6b) >>> 0;
    const candidates = endpoints.filter(
      (endpoint) => endpoint.matchScore(local, remote, remotePort, packet.device?.index ?? 0) === bestScore,
    );
    return candidates[hash % candidates.length];
  }

  /** Broadcasts and groups reach every endpoint that matches. */
  #deliverToAll(
    endpoints: readonly UdpEndpoint[],
    packet: Packet,
    end: number,
    source: number,
    destination: number,
  ): void {
    const sourcePort = readSourcePort(packet.bytes, packet.transport);
    for (const endpoint of endpoints) {
      if (endpoint.matchScore(destination, source, sourcePort, packet.device?.index ?? 0) < 0) continue;
      if (destination >>> 28 === 0xe && !endpoint.wantsGroup(destination, packet.device)) continue;
      this.#deliver(endpoint, packet, end, source, destination);
    }
  }

  #deliver(endpoint: UdpEndpoint, packet: Packet, end: number, source: number, destination: number): void {
    const { udp } = this.context.counters;
    if (endpoint.deliver(packet, end, source, destination)) {
      udp.InDatagrams++;
    } else {
      udp.InErrors++;
      udp.RcvbufErrors++;
    }
  }
}
