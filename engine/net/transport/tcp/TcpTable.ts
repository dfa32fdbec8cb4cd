// Hot code: `receive` runs once a packet.

import { EMSGSIZE } from '../../../abi/errno.ts';
import type { NetEnvironment } from '../../environment.ts';
import type { Counters } from '../../ip/counters.ts';
import type { Ipv4 } from '../../ip/Ipv4.ts';
import { SEND_DONT_FRAGMENT } from '../../ip/Ipv4.ts';
import type { IcmpErrorReport, Ipv4Protocol } from '../../ip/protocol.ts';
import type { Router } from '../../ip/Router.ts';
import type { Ipv4Settings } from '../../ip/settings.ts';
import { NETWORK_HEADROOM, PACKET_HOST, Packet } from '../../link/Packet.ts';
import { readU32 } from '../../wire/bytes.ts';
import { IPPROTO_TCP, readDestination, readSource, readTos, transportChecksum } from '../../wire/ipv4.ts';
import {
  TCP_ACK,
  TCP_HEADER_SIZE,
  TCP_RST,
  TCP_SYN,
  emitTcp,
  readDestinationPort,
  readSourcePort,
} from '../../wire/tcp.ts';
import { PortTable } from '../PortTable.ts';
import { segmentArrives } from './input.ts';
import { resegment } from './recovery.ts';
import { after, before } from './sequence.ts';
import { TCP_CLOSED, TCP_SYN_RECEIVED, TCP_SYN_SENT, TCP_TIME_WAIT } from './state.ts';
import type { TcpConnection } from './TcpConnection.ts';
import type { TcpContext } from './TcpContext.ts';
import type { TcpListener } from './TcpListener.ts';
import { TcpSegment } from './TcpSegment.ts';

/** All TCP endpoints of a stack. */
export class TcpTable implements Ipv4Protocol, TcpContext {
  readonly environment: NetEnvironment;
  readonly ipv4: Ipv4;
  readonly router: Router;
  readonly settings: Ipv4Settings;
  readonly counters: Counters;
  readonly ports: PortTable;
  /** By local and remote port; those that share both are told apart by address. */
  readonly #connections = new Map<number, TcpConnection[]>();
  readonly #listeners = new Map<number, TcpListener[]>();
  readonly #segment = new TcpSegment();
  readonly #secret: number;

  constructor(environment: NetEnvironment, ipv4: Ipv4, router: Router, settings: Ipv4Settings, counters: Counters) {
    this.environment = environment;
    this.ipv4 = ipv4;
    this.router = router;
    this.settings = settings;
    this.counters = counters;
    this.ports = new PortTable(environment.random, () => settings.ip_local_port_range);
    this.#secret = environment.random.next32();
    ipv4.registerProtocol(IPPROTO_TCP, this);
  }

  /** Every connection, for /proc/net/tcp and sock_diag. */
  *connections(): Iterable<TcpConnection> {
    for (const list of this.#connections.values()) yield* list;
  }

  *listeners(): Iterable<TcpListener> {
    for (const list of this.#listeners.values()) yield* list;
  }

  register(connection: TcpConnection): boolean {
    const key = portKey(connection.localPort, connection.remotePort);
    const list = this.#connections.get(key);
    const known = list?.find(
      (other) => other.remoteAddress === connection.remoteAddress && other.localAddress === connection.localAddress,
    );
    if (known !== undefined) return false;
    if (list === undefined) this.#connections.set(key, [connection]);
    else list.push(connection);
    connection.isRegistered = true;
    return true;
  }

  unregister(connection: TcpConnection): void {
    const key = portKey(connection.localPort, connection.remotePort);
    const rest = (this.#connections.get(key) ?? []).filter((other) => other !== connection);
    if (rest.length > 0) this.#connections.set(key, rest);
    else this.#connections.delete(key);
    connection.isRegistered = false;
  }

  addListener(listener: TcpListener): void {
    this.#listeners.set(listener.localPort, [...(this.#listeners.get(listener.localPort) ?? []), listener]);
  }

  removeListener(listener: TcpListener): void {
    const rest = (this.#listeners.get(listener.localPort) ?? []).filter((other) => other !== listener);
    if (rest.length > 0) this.#listeners.set(listener.localPort, rest);
    else this.#listeners.delete(listener.localPort);
    listener.close();
  }

  /** RFC 6528: a clock of 4 µs plus a hash that outsiders cannot guess. */
  initialSequence(localAddress: number, localPort: number, remoteAddress: number, remotePort: number): number {
    let hash = this.#secret;
    for (const word of [localAddress, remoteAddress, (localPort << 16) | remotePort]) {
      hash = Math.imul(hash ^ word, 0x9e37_79b1);
      hash ^= hash >>> 15;
      hash = Math.imul(hash, 0x85eb_ca6b);
      hash ^= hash >>> 13;
    }
    return (Math.floor(this.environment.timers.now() / 64) + hash) >>> 0;
  }

  receive(packet: Packet): void {
    const { tcp } = this.counters;
    tcp.InSegs++;
    if (packet.packetType !== PACKET_HOST) return;
    const segment = this.#segment;
    if (!segment.decode(packet)) {
      tcp.InErrs++;
      return;
    }
    const { bytes, transport, end } = packet;
    if (!packet.lacksChecksum) {
      const sum = transportChecksum(bytes, transport, end, segment.source, segment.destination, IPPROTO_TCP);
      if (sum !== 0) {
        tcp.InErrs++;
        tcp.InCsumErrors++;
        return;
      }
    }
    const connection = this.#find(segment.destinationPort, segment.sourcePort, segment.destination, segment.source);
    if (connection !== undefined && !this.#isReusedTimeWait(connection, segment)) segmentArrives(connection, segment);
    else this.#receiveUnconnected(packet, segment);
  }

  error(report: IcmpErrorReport): void {
    const { bytes } = report.packet;
    const localPort = readSourcePort(bytes, report.quotedTransport);
    const remotePort = readDestinationPort(bytes, report.quotedTransport);
    const connection = this.#find(localPort, remotePort, report.source, report.destination);
    if (connection === undefined) {
      this.counters.icmp.InErrors++;
      return;
    }
    const { state } = connection;
    if (state === TCP_CLOSED || state === TCP_TIME_WAIT) return;
    // Only about what is really in flight (RFC 5927).
    const quoted = readU32(bytes, report.quotedTransport + 4);
    if (before(quoted, connection.unacknowledged) || after(quoted, connection.nextSequence)) return;
    if (report.errno === EMSGSIZE) {
      resegment(connection);
      return;
    }
    if (state === TCP_SYN_SENT || state === TCP_SYN_RECEIVED) {
      if (state === TCP_SYN_SENT) connection.finish(report.errno);
      return;
    }
    connection.softError = report.errno;
  }

  #find(localPort: number, remotePort: number, local: number, remote: number): TcpConnection | undefined {
    const list = this.#connections.get(portKey(localPort, remotePort));
    if (list === undefined) return undefined;
    for (let at = 0; at < list.length; at++) {
      const connection = list[at];
      if (connection.remoteAddress === remote && connection.localAddress === local) return connection;
    }
    return undefined;
  }

  /** RFC 1122 section 4.2.2.13, RFC 6191: a new SYN may end an old connection's TIME-WAIT. */
  #isReusedTimeWait(connection: TcpConnection, s: TcpSegment): boolean {
    if (connection.state !== TCP_TIME_WAIT || (s.flags & (TCP_SYN | TCP_ACK | TCP_RST)) !== TCP_SYN) return false;
    if (this.#findListener(s, connection.deviceIndex) === undefined) return false;
    const isLaterClock =
      connection.usesTimestamps &&
      s.options.hasTimestamps &&
      after(s.options.timestampValue, connection.recentTimestamp);
    if (!after(s.sequence, connection.receiveNext) && !isLaterClock) return false;
    this.counters.tcpExtended.TWRecycled++;
    connection.finish(0);
    return true;
  }

  #receiveUnconnected(packet: Packet, s: TcpSegment): void {
    if ((s.flags & TCP_RST) !== 0) return;
    const listener = this.#findListener(s, packet.device?.index ?? 0);
    if (listener !== undefined && (s.flags & (TCP_SYN | TCP_ACK)) === TCP_SYN) listener.receiveSyn(s);
    else this.#sendReset(packet, s);
  }

  /** The most specific listener; among equals (SO_REUSEPORT) the flow's hash decides. */
  #findListener(s: TcpSegment, deviceIndex: number): TcpListener | undefined {
    let best: TcpListener[] = [];
    let bestScore = -1;
    for (const listener of this.#listeners.get(s.destinationPort) ?? []) {
      if (listener.localAddress !== 0 && listener.localAddress !== s.destination) continue;
      if (listener.deviceIndex !== 0 && listener.deviceIndex !== deviceIndex) continue;
      const score = (listener.localAddress === 0 ? 0 : 2) + (listener.deviceIndex === 0 ? 0 : 1);
      if (score > bestScore) {
        best = [listener];
        bestScore = score;
      } else if (score === bestScore) {
        best.push(listener);
      }
    }
    if (best.length <= 1) return best.at(0);
    const hash = Math.imul(s.source ^ Math.imul(s.sourcePort, 0x9e37_79b1), 0x85eb_ca6b) >>> 0;
    return best[hash % best.length];
  }

  /** RFC 9293 section 3.10.7.1: what belongs to no connection is refused so that its sender believes it. */
  #sendReset(packet: Packet, s: TcpSegment): void {
    const hasAck = (s.flags & TCP_ACK) !== 0;
    const sequence = hasAck ? s.acknowledgement : 0;
    const acknowledgement = hasAck ? 0 : s.endSequence;
    const flags = hasAck ? TCP_RST : TCP_RST | TCP_ACK;
    const size = NETWORK_HEADROOM + TCP_HEADER_SIZE;
    const reply = new Packet(new Uint8Array(size), NETWORK_HEADROOM, size);
    reply.transport = NETWORK_HEADROOM;
    emitTcp(
      reply.bytes,
      reply.transport,
      TCP_HEADER_SIZE,
      s.destinationPort,
      s.sourcePort,
      sequence,
      acknowledgement,
      flags,
      0,
    );
    reply.lacksChecksum = true;
    const source = readDestination(packet.bytes, packet.network);
    const route = this.router.resolve(readSource(packet.bytes, packet.network), source, 0, 0, packet.mark);
    if (typeof route === 'number') return;
    this.counters.tcp.OutRsts++;
    this.counters.tcp.OutSegs++;
    const tos = readTos(packet.bytes, packet.network);
    this.ipv4.output(reply, route, IPPROTO_TCP, source, tos, this.settings.ip_default_ttl, SEND_DONT_FRAGMENT);
  }
}

function portKey(localPort: number, remotePort: number): number {
  return localPort * 65536 + remotePort;
}
