import { isMulticast } from '../../ip/address.ts';
import type { IcmpErrorReport } from '../../ip/protocol.ts';
import type { Packet } from '../../link/Packet.ts';
import { ICMP_HEADER_SIZE, readEchoIdentifier, readIcmpType } from '../../wire/icmp.ts';
import { IPPROTO_ICMP, IPPROTO_RAW, readDestination, readProtocol, readSource } from '../../wire/ipv4.ts';
import type { DatagramContext } from '../DatagramEndpoint.ts';
import type { PingEndpoint } from './PingEndpoint.ts';
import type { RawEndpoint } from './RawEndpoint.ts';

/** The raw(7) and ping (icmp(7)) endpoints of a stack. */
export class RawTable {
  readonly context: DatagramContext;
  #raw: readonly RawEndpoint[] = [];
  readonly #ping = new Map<number, PingEndpoint>();

  constructor(context: DatagramContext) {
    this.context = context;
    context.ipv4.deliverRaw = (packet, protocol) => this.#deliver(packet, protocol);
    context.icmp.deliverEchoReply = (packet) => this.#deliverEchoReply(packet);
    context.icmp.reportEchoError = (report) => {
      const identifier = readEchoIdentifier(report.packet.bytes, report.quotedTransport);
      this.#ping.get(identifier)?.reportError(report, report.quotedTransport, 0);
    };
    context.icmp.reportRawError = (report) => this.#reportError(report);
  }

  get rawEndpoints(): readonly RawEndpoint[] {
    return this.#raw;
  }

  addRaw(endpoint: RawEndpoint): void {
    this.#raw = [...this.#raw, endpoint];
  }

  removeRaw(endpoint: RawEndpoint): void {
    this.#raw = this.#raw.filter((other) => other !== endpoint);
  }

  /** Gives a ping endpoint its identifier: `wanted`, or any free one for 0. False when it is taken. */
  bindPing(endpoint: PingEndpoint, wanted: number): boolean {
    let identifier = wanted;
    if (identifier === 0) {
      identifier = 1 + (this.context.environment.random.next32() % 65535);
      for (let tries = 0; this.#ping.has(identifier); tries++) {
        if (tries > 65535) return false;
        identifier = 1 + (identifier % 65535);
      }
    }
    if (this.#ping.has(identifier)) return false;
    endpoint.localPort = identifier;
    this.#ping.set(identifier, endpoint);
    return true;
  }

  removePing(endpoint: PingEndpoint): void {
    if (this.#ping.get(endpoint.localPort) === endpoint) this.#ping.delete(endpoint.localPort);
  }

  #deliver(packet: Packet, protocol: number): boolean {
    if (this.#raw.length === 0) return false;
    const source = readSource(packet.bytes, packet.network);
    const destination = readDestination(packet.bytes, packet.network);
    let taken = false;
    for (const endpoint of this.#raw) {
      if (endpoint.protocol !== protocol || protocol === IPPROTO_RAW) continue;
      if (!endpoint.matches(packet, source, destination)) continue;
      if (isMulticast(destination) && !endpoint.wantsGroup(destination, packet.device)) continue;
      taken = true;
      endpoint.deliver(packet, source, destination);
    }
    return taken;
  }

  #deliverEchoReply(packet: Packet): void {
    const { bytes, transport } = packet;
    if (packet.end - transport < ICMP_HEADER_SIZE) return;
    this.#ping.get(readEchoIdentifier(bytes, transport))?.deliver(packet);
  }

  #reportError(report: IcmpErrorReport): void {
    const protocol = readProtocol(report.packet.bytes, report.quotedNetwork);
    for (const endpoint of this.#raw) {
      if (endpoint.protocol !== protocol) continue;
      if (endpoint.isConnected && endpoint.remoteAddress !== report.destination) continue;
      if (endpoint.localAddress !== 0 && endpoint.localAddress !== report.source) continue;
      const payload = endpoint.includesHeader ? report.quotedNetwork : report.quotedTransport;
      endpoint.reportError(report, payload, 0);
    }
  }
}

/** True for ICMP packets whose type the filter of a raw socket hides (raw(7), ICMP_FILTER). */
export function isFilteredIcmp(packet: Packet, filter: number): boolean {
  if (readProtocol(packet.bytes, packet.network) !== IPPROTO_ICMP || packet.transport >= packet.end) return false;
  const type = readIcmpType(packet.bytes, packet.transport);
  return type < 32 && ((filter >>> type) & 1) === 1;
}
