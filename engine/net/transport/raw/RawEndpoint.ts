import { EINVAL, EMSGSIZE, EPIPE } from '../../../abi/errno.ts';
import type { IoSource } from '../../../mm/Io.ts';
import type { Ipv4Address } from '../../ip/address.ts';
import { NETWORK_HEADROOM, Packet } from '../../link/Packet.ts';
import { readIcmpType } from '../../wire/icmp.ts';
import {
  IPPROTO_ICMP,
  IPV4_HEADER_SIZE,
  completeHeader,
  readHeaderSize,
  setIdentification,
  readIdentification,
} from '../../wire/ipv4.ts';
import { DatagramEndpoint, type SendTarget } from '../DatagramEndpoint.ts';
import { isFilteredIcmp, type RawTable } from './RawTable.ts';

/** A raw(7) endpoint: gets every packet of its protocol with the IP header, and sends with a header of ours or its own. */
export class RawEndpoint extends DatagramEndpoint {
  readonly #table: RawTable;
  readonly protocol: number;
  /** IP_HDRINCL: always on for IPPROTO_RAW. */
  includesHeader: boolean;
  /** ICMP_FILTER: a set bit hides that type. */
  icmpFilter = 0;

  constructor(table: RawTable, protocol: number, includesHeader: boolean) {
    super(table.context);
    this.#table = table;
    this.protocol = protocol;
    this.includesHeader = includesHeader;
    table.addRaw(this);
  }

  bind(address: Ipv4Address): number {
    this.localAddress = address;
    return 0;
  }

  matches(packet: Packet, source: Ipv4Address, destination: Ipv4Address): boolean {
    if (this.localAddress !== 0 && this.localAddress !== destination) return false;
    if (this.isConnected && this.remoteAddress !== source) return false;
    if (this.send.deviceIndex !== 0 && this.send.deviceIndex !== packet.device?.index) return false;
    return this.icmpFilter === 0 || !isFilteredIcmp(packet, this.icmpFilter);
  }

  deliver(packet: Packet, source: Ipv4Address, destination: Ipv4Address): void {
    this.enqueue({
      packet,
      start: packet.network,
      end: packet.end,
      source,
      sourcePort: 0,
      destination,
      destinationPort: 0,
      deviceIndex: packet.device?.index ?? 0,
    });
  }

  sendTo(source: IoSource, target: SendTarget): number {
    const length = source.remaining;
    if (this.isWriteShut) return -EPIPE;
    if (length > 65535) return -EMSGSIZE;
    if (this.error !== 0) return -this.takeError();
    const route = this.resolve(target);
    if (typeof route === 'number') return route;
    const bytes = new Uint8Array(NETWORK_HEADROOM + length);
    const packet = new Packet(bytes, NETWORK_HEADROOM, bytes.length);
    const got = length === 0 ? 0 : source.take(bytes, NETWORK_HEADROOM, length);
    if (got < 0) return got;
    packet.transport = NETWORK_HEADROOM;
    if (this.includesHeader) return this.#sendWithHeader(packet, target, length);
    if (this.protocol === IPPROTO_ICMP && length > 0) {
      this.context.icmp.countSent(readIcmpType(bytes, NETWORK_HEADROOM));
    }
    const sent = this.transmit(packet, route, target);
    return sent < 0 ? sent : length;
  }

  override close(): void {
    this.leaveAll();
    this.queue.clear();
    this.#table.removeRaw(this);
  }

  /** The user's header is sent as it is, but for what raw(7) says that the kernel fills in; it is never fragmented. */
  #sendWithHeader(packet: Packet, target: SendTarget, length: number): number {
    const { bytes } = packet;
    const network = NETWORK_HEADROOM;
    if (length < IPV4_HEADER_SIZE) return -EINVAL;
    const headerSize = readHeaderSize(bytes, network);
    if (headerSize < IPV4_HEADER_SIZE || headerSize > length) return -EINVAL;
    const route = this.resolve(target);
    if (typeof route === 'number') return route;
    if (length > route.device.mtu) return -EMSGSIZE;
    packet.network = network;
    packet.transport = network + headerSize;
    packet.mark = this.send.mark;
    if (readIdentification(bytes, network) === 0)
      setIdentification(bytes, network, this.context.ipv4.nextIdentification());
    completeHeader(bytes, network, length, route.source, 0);
    const sent = this.context.ipv4.send(packet, route, 0);
    return sent < 0 ? sent : length;
  }
}
