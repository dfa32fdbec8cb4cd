import { EADDRINUSE, EINVAL, EMSGSIZE, EPIPE } from '../../../abi/errno.ts';
import type { IoSource } from '../../../mm/Io.ts';
import type { Ipv4Address } from '../../ip/address.ts';
import { NETWORK_HEADROOM, Packet } from '../../link/Packet.ts';
import {
  ICMP_ECHO,
  ICMP_HEADER_SIZE,
  readIcmpCode,
  readIcmpType,
  writeEchoIdentifier,
  writeIcmpChecksum,
} from '../../wire/icmp.ts';
import { IPPROTO_ICMP, readDestination, readSource } from '../../wire/ipv4.ts';
import { DatagramEndpoint, type SendTarget } from '../DatagramEndpoint.ts';
import type { RawTable } from './RawTable.ts';

/** The datagram socket of icmp(7): echo requests without privilege. The kernel sets identifier and checksum. */
export class PingEndpoint extends DatagramEndpoint {
  readonly #table: RawTable;
  readonly protocol = IPPROTO_ICMP;
  isBound = false;

  constructor(table: RawTable) {
    super(table.context);
    this.#table = table;
  }

  /** The "port" is the identifier of the echo requests. */
  bind(address: Ipv4Address, identifier: number): number {
    if (!this.#table.bindPing(this, identifier)) return -EADDRINUSE;
    this.localAddress = address;
    this.isBound = true;
    return 0;
  }

  sendTo(source: IoSource, target: SendTarget): number {
    const length = source.remaining;
    if (this.isWriteShut) return -EPIPE;
    if (length > 65535 - 20) return -EMSGSIZE;
    if (length < ICMP_HEADER_SIZE) return -EINVAL;
    if (this.error !== 0) return -this.takeError();
    if (!this.isBound) {
      const error = this.bind(this.localAddress, 0);
      if (error < 0) return error;
    }
    const route = this.resolve(target);
    if (typeof route === 'number') return route;
    const bytes = new Uint8Array(NETWORK_HEADROOM + length);
    const packet = new Packet(bytes, NETWORK_HEADROOM, bytes.length);
    packet.transport = NETWORK_HEADROOM;
    const got = source.take(bytes, NETWORK_HEADROOM, length);
    if (got < 0) return got;
    if (readIcmpType(bytes, NETWORK_HEADROOM) !== ICMP_ECHO || readIcmpCode(bytes, NETWORK_HEADROOM) !== 0)
      return -EINVAL;
    writeEchoIdentifier(bytes, NETWORK_HEADROOM, this.localPort);
    writeIcmpChecksum(bytes, NETWORK_HEADROOM, packet.end);
    this.context.icmp.countSent(ICMP_ECHO);
    const sent = this.transmit(packet, route, target);
    return sent < 0 ? sent : length;
  }

  deliver(packet: Packet): void {
    const source = readSource(packet.bytes, packet.network);
    const destination = readDestination(packet.bytes, packet.network);
    if (this.isConnected && this.remoteAddress !== source) return;
    if (this.localAddress !== 0 && this.localAddress !== destination) return;
    if (this.send.deviceIndex !== 0 && this.send.deviceIndex !== packet.device?.index) return;
    this.enqueue({
      packet,
      start: packet.transport,
      end: packet.end,
      source,
      sourcePort: 0,
      destination,
      destinationPort: this.localPort,
      deviceIndex: packet.device?.index ?? 0,
    });
  }

  override close(): void {
    this.leaveAll();
    this.queue.clear();
    this.#table.removePing(this);
  }
}
