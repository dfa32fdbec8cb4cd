import { NANOSECONDS_PER_MILLISECOND, type NetEnvironment } from '../environment.ts';
import { NETWORK_HEADROOM, PACKET_HOST, Packet } from '../link/Packet.ts';
import {
  ICMP_DEST_UNREACH,
  ICMP_ECHO,
  ICMP_ECHO_REPLY,
  ICMP_FRAG_NEEDED,
  ICMP_HEADER_SIZE,
  ICMP_PARAMETER_PROBLEM,
  ICMP_REDIRECT,
  ICMP_SOURCE_QUENCH,
  ICMP_TIMESTAMP,
  ICMP_TIMESTAMP_REPLY,
  ICMP_TIME_EXCEEDED,
  emitIcmp,
  icmpPayload,
  isIcmpError,
  readIcmpCode,
  readIcmpRest,
  readIcmpType,
  readNextHopMtu,
} from '../wire/icmp.ts';
import { checksum } from '../wire/checksum.ts';
import {
  IPPROTO_ICMP,
  IPV4_HEADER_SIZE,
  IPV4_OFFSET_MASK,
  readDestination,
  readFragmentWord,
  readHeaderSize,
  readProtocol,
  readSource,
  readTos,
  readTotalLength,
} from '../wire/ipv4.ts';
import { IPV4_BROADCAST, isMulticast, isZeroNetwork, type Ipv4Address } from './address.ts';
import type { Counters } from './counters.ts';
import type { Fib } from './Fib.ts';
import { RTN_LOCAL } from './FibRoute.ts';
import { icmpErrorMeaning } from './icmpErrors.ts';
import { SEND_DONT_FRAGMENT, type Ipv4 } from './Ipv4.ts';
import type { PathMtu } from './PathMtu.ts';
import type { ErrorSender, IcmpErrorReport, Ipv4Protocol } from './protocol.ts';
import type { Router } from './Router.ts';
import type { Ipv4Settings } from './settings.ts';

/** RFC 1812 section 4.3.2.3: an error quotes as much as fits into this many bytes. */
const MAXIMUM_ERROR_SIZE = 576;
/** Errors to one host come in bursts of at most this many, then one per icmp_ratelimit. */
const RATE_BURST = 6;
const MAXIMUM_RATE_ENTRIES = 1024;

/** RFC 1191 section 7.1: sizes to try when an old router does not tell its MTU. */
const PLATEAUS = [32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68];

type OutCounter =
  | 'OutEchoReps'
  | 'OutEchos'
  | 'OutDestUnreachs'
  | 'OutTimeExcds'
  | 'OutParmProbs'
  | 'OutRedirects'
  | 'OutSrcQuenchs'
  | 'OutTimestamps'
  | 'OutTimestampReps';
type InCounter =
  | 'InEchoReps'
  | 'InEchos'
  | 'InDestUnreachs'
  | 'InTimeExcds'
  | 'InParmProbs'
  | 'InRedirects'
  | 'InSrcQuenchs'
  | 'InTimestamps'
  | 'InTimestampReps';
const COUNTERS_OF_TYPE = new Map<number, readonly [InCounter, OutCounter]>([
  [ICMP_ECHO_REPLY, ['InEchoReps', 'OutEchoReps']],
  [ICMP_DEST_UNREACH, ['InDestUnreachs', 'OutDestUnreachs']],
  [ICMP_SOURCE_QUENCH, ['InSrcQuenchs', 'OutSrcQuenchs']],
  [ICMP_REDIRECT, ['InRedirects', 'OutRedirects']],
  [ICMP_ECHO, ['InEchos', 'OutEchos']],
  [ICMP_TIME_EXCEEDED, ['InTimeExcds', 'OutTimeExcds']],
  [ICMP_PARAMETER_PROBLEM, ['InParmProbs', 'OutParmProbs']],
  [ICMP_TIMESTAMP, ['InTimestamps', 'OutTimestamps']],
  [ICMP_TIMESTAMP_REPLY, ['InTimestampReps', 'OutTimestampReps']],
]);

/** The Internet control message protocol of one stack (RFC 792, RFC 1122 section 3.2.2). */
export class Icmp implements Ipv4Protocol, ErrorSender {
  readonly #environment: NetEnvironment;
  readonly #ipv4: Ipv4;
  readonly #router: Router;
  readonly #fib: Fib;
  readonly #pathMtu: PathMtu;
  readonly #settings: Ipv4Settings;
  readonly #counters: Counters;
  readonly #rates = new Map<Ipv4Address, { tokens: number; sinceNs: number }>();
  /** Gets echo replies: the ping sockets of icmp(7). */
  deliverEchoReply: (packet: Packet) => void = () => {};
  /** Gets errors about echo requests. */
  reportEchoError: (report: IcmpErrorReport) => void = () => {};
  /** Gets every error, for raw sockets. */
  reportRawError: (report: IcmpErrorReport) => void = () => {};

  constructor(
    environment: NetEnvironment,
    ipv4: Ipv4,
    router: Router,
    fib: Fib,
    pathMtu: PathMtu,
    settings: Ipv4Settings,
    counters: Counters,
  ) {
    this.#environment = environment;
    this.#ipv4 = ipv4;
    this.#router = router;
    this.#fib = fib;
    this.#pathMtu = pathMtu;
    this.#settings = settings;
    this.#counters = counters;
    ipv4.registerProtocol(IPPROTO_ICMP, this);
    ipv4.errors = this;
  }

  receive(packet: Packet): void {
    const { bytes, transport, end } = packet;
    const counters = this.#counters.icmp;
    counters.InMsgs++;
    if (end - transport < ICMP_HEADER_SIZE) {
      counters.InErrors++;
      return;
    }
    if (checksum(bytes, transport, end) !== 0) {
      counters.InErrors++;
      counters.InCsumErrors++;
      return;
    }
    const type = readIcmpType(bytes, transport);
    const names = COUNTERS_OF_TYPE.get(type);
    if (names !== undefined) counters[names[0]]++;
    this.#counters.icmpInTypes.set(type, (this.#counters.icmpInTypes.get(type) ?? 0) + 1);
    switch (type) {
      case ICMP_ECHO:
        this.#answerEcho(packet);
        break;
      case ICMP_TIMESTAMP:
        this.#answerTimestamp(packet);
        break;
      case ICMP_ECHO_REPLY:
        this.deliverEchoReply(packet);
        break;
      case ICMP_DEST_UNREACH:
      case ICMP_TIME_EXCEEDED:
      case ICMP_PARAMETER_PROBLEM:
        this.#receiveError(packet, type);
        break;
      default:
        break;
    }
  }

  /** An error about an ICMP packet of ours: only echo requests have someone to tell. */
  error(report: IcmpErrorReport): void {
    if (readIcmpType(report.packet.bytes, report.quotedTransport) === ICMP_ECHO) this.reportEchoError(report);
  }

  sendError(packet: Packet, type: number, code: number, rest: number): void {
    const { bytes, network } = packet;
    if (!this.#mayReportOn(packet)) return;
    const source = readSource(bytes, network);
    const destination = readDestination(bytes, network);
    const from = this.#fib.addressType(destination) === RTN_LOCAL ? destination : 0;
    const route = this.#router.resolve(source, from, 0, 0, packet.mark);
    if (typeof route === 'number') return;
    const isPathMtu = type === ICMP_DEST_UNREACH && code === ICMP_FRAG_NEEDED;
    if (!route.device.isLoopback && !isPathMtu && !this.#takeToken(source, type)) return;
    const quoted = Math.min(packet.end - network, MAXIMUM_ERROR_SIZE - IPV4_HEADER_SIZE - ICMP_HEADER_SIZE);
    const reply = makeIcmpPacket(quoted);
    reply.bytes.set(bytes.subarray(network, network + quoted), icmpPayload(reply.transport));
    emitIcmp(reply.bytes, reply.transport, reply.end, type, code, rest);
    // RFC 1812 section 4.3.2.5: errors have precedence 6 (internetwork control).
    this.#send(reply, route.source, (readTos(bytes, network) & 0x1e) | 0xc0, source, type);
  }

  /** Counts and sends a message that a socket made; the checksum is in place. */
  countSent(type: number): void {
    this.#counters.icmp.OutMsgs++;
    const names = COUNTERS_OF_TYPE.get(type);
    if (names !== undefined) this.#counters.icmp[names[1]]++;
    this.#counters.icmpOutTypes.set(type, (this.#counters.icmpOutTypes.get(type) ?? 0) + 1);
  }

  #mayReportOn(packet: Packet): boolean {
    const { bytes, network } = packet;
    if (packet.packetType !== PACKET_HOST) return false;
    if ((readFragmentWord(bytes, network) & IPV4_OFFSET_MASK) !== 0) return false;
    const source = readSource(bytes, network);
    if (isZeroNetwork(source) || isMulticast(source) || source === IPV4_BROADCAST) return false;
    const destination = readDestination(bytes, network);
    if (isMulticast(destination) || destination === IPV4_BROADCAST) return false;
    if (readProtocol(bytes, network) !== IPPROTO_ICMP) return true;
    const transport = network + readHeaderSize(bytes, network);
    return transport < packet.end && !isIcmpError(readIcmpType(bytes, transport));
  }

  #takeToken(destination: Ipv4Address, type: number): boolean {
    const limitMs = this.#settings.icmp_ratelimit;
    if (limitMs === 0 || ((this.#settings.icmp_ratemask >> type) & 1) === 0) return true;
    const now = this.#environment.timers.now();
    let rate = this.#rates.get(destination);
    if (rate === undefined) {
      if (this.#rates.size >= MAXIMUM_RATE_ENTRIES) this.#rates.clear();
      rate = { tokens: RATE_BURST, sinceNs: now };
      this.#rates.set(destination, rate);
    }
    const earned = (now - rate.sinceNs) / (limitMs * NANOSECONDS_PER_MILLISECOND);
    rate.tokens = Math.min(RATE_BURST, rate.tokens + earned);
    rate.sinceNs = now;
    if (rate.tokens < 1) return false;
    rate.tokens--;
    return true;
  }

  #answerEcho(packet: Packet): void {
    if (this.#settings.icmp_echo_ignore_all !== 0) return;
    if (packet.packetType !== PACKET_HOST && this.#settings.icmp_echo_ignore_broadcasts !== 0) return;
    const { bytes, transport } = packet;
    const payload = icmpPayload(transport);
    const reply = makeIcmpPacket(packet.end - payload);
    reply.bytes.set(bytes.subarray(payload, packet.end), icmpPayload(reply.transport));
    emitIcmp(reply.bytes, reply.transport, reply.end, ICMP_ECHO_REPLY, 0, readIcmpRest(bytes, transport));
    this.#reply(packet, reply, ICMP_ECHO_REPLY);
  }

  #answerTimestamp(packet: Packet): void {
    const { bytes, transport } = packet;
    const payload = icmpPayload(transport);
    if (packet.end - payload < 12 || packet.packetType !== PACKET_HOST) return;
    const reply = makeIcmpPacket(12);
    const answer = icmpPayload(reply.transport);
    reply.bytes.set(bytes.subarray(payload, payload + 4), answer);
    const dayMs = Math.floor(this.#environment.wallClockNs() / NANOSECONDS_PER_MILLISECOND) % 86_400_000;
    new DataView(reply.bytes.buffer).setUint32(answer + 4, dayMs);
    new DataView(reply.bytes.buffer).setUint32(answer + 8, dayMs);
    emitIcmp(reply.bytes, reply.transport, reply.end, ICMP_TIMESTAMP_REPLY, 0, readIcmpRest(bytes, transport));
    this.#reply(packet, reply, ICMP_TIMESTAMP_REPLY);
  }

  #reply(request: Packet, reply: Packet, type: number): void {
    const destination = readDestination(request.bytes, request.network);
    const own = this.#fib.addressType(destination) === RTN_LOCAL ? destination : 0;
    const tos = readTos(request.bytes, request.network);
    this.#send(reply, own, tos, readSource(request.bytes, request.network), type);
  }

  #send(packet: Packet, source: Ipv4Address, tos: number, destination: Ipv4Address, type: number): void {
    const route = this.#router.resolve(destination, source, 0, tos & 0x1e, packet.mark);
    if (typeof route === 'number') {
      this.#counters.icmp.OutErrors++;
      return;
    }
    this.countSent(type);
    const isError = isIcmpError(type);
    this.#ipv4.output(
      packet,
      route,
      IPPROTO_ICMP,
      source || route.source,
      tos,
      this.#settings.ip_default_ttl,
      isError ? SEND_DONT_FRAGMENT : 0,
    );
  }

  #receiveError(packet: Packet, type: number): void {
    const { bytes, transport, end } = packet;
    const quoted = icmpPayload(transport);
    const code = readIcmpCode(bytes, transport);
    const meaning = icmpErrorMeaning(type, code);
    if (end - quoted < IPV4_HEADER_SIZE || meaning === undefined) {
      this.#counters.icmp.InErrors++;
      return;
    }
    const quotedTransport = quoted + readHeaderSize(bytes, quoted);
    if (end - quotedTransport < 8) {
      this.#counters.icmp.InErrors++;
      return;
    }
    let info = 0;
    if (type === ICMP_DEST_UNREACH && code === ICMP_FRAG_NEEDED) {
      info = this.#learnPathMtu(bytes, transport, quoted);
      if (info === 0) return;
    }
    const report: IcmpErrorReport = {
      packet,
      type,
      code,
      info,
      errno: meaning.errno,
      isFatal: meaning.isFatal,
      quotedNetwork: quoted,
      quotedTransport,
      source: readSource(bytes, quoted),
      destination: readDestination(bytes, quoted),
    };
    this.reportRawError(report);
    this.#ipv4.protocol(readProtocol(bytes, quoted))?.error(report);
  }

  /** The path MTU to use from now on, or 0 when the report is not to be believed. */
  #learnPathMtu(bytes: Uint8Array, transport: number, quoted: number): number {
    if (this.#settings.ip_no_pmtu_disc !== 0) return 0;
    if (this.#fib.addressType(readSource(bytes, quoted)) !== RTN_LOCAL) return 0;
    const quotedSize = readTotalLength(bytes, quoted);
    let mtu = readNextHopMtu(bytes, transport);
    if (mtu === 0) mtu = PLATEAUS.find((plateau) => plateau < quotedSize) ?? 68;
    const usable = this.#pathMtu.update(readDestination(bytes, quoted), mtu);
    this.#fib.invalidate();
    return usable;
  }
}

/** An ICMP packet with room for `payloadSize` bytes. */
function makeIcmpPacket(payloadSize: number): Packet {
  const bytes = new Uint8Array(NETWORK_HEADROOM + ICMP_HEADER_SIZE + payloadSize);
  const packet = new Packet(bytes, NETWORK_HEADROOM, bytes.length);
  packet.transport = NETWORK_HEADROOM;
  return packet;
}
