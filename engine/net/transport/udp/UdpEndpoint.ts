import { EDESTADDRREQ, EMSGSIZE, EPIPE } from '../../../abi/errno.ts';
import type { IoSource } from '../../../mm/Io.ts';
import type { Ipv4Address } from '../../ip/address.ts';
import { NETWORK_HEADROOM, Packet } from '../../link/Packet.ts';
import { IPPROTO_UDP } from '../../wire/ipv4.ts';
import { UDP_HEADER_SIZE, emitUdp, readSourcePort } from '../../wire/udp.ts';
import { DatagramEndpoint, type SendTarget } from '../DatagramEndpoint.ts';
import type { PortUser } from '../PortTable.ts';
import type { UdpTable } from './UdpTable.ts';

const MAXIMUM_PAYLOAD = 65507;

/** A UDP endpoint: bound to a port, perhaps connected to a far end. */
export class UdpEndpoint extends DatagramEndpoint implements PortUser {
  readonly #table: UdpTable;
  readonly protocol = IPPROTO_UDP;
  reuseAddress = false;
  reusePort = false;
  readonly uid: number;
  readonly isListening = false;
  isBound = false;
  /** True when connect(2) or sending chose the port. */
  #hasChosenPort = false;

  constructor(table: UdpTable, uid: number) {
    super(table.context);
    this.#table = table;
    this.uid = uid;
  }

  get deviceIndex(): number {
    return this.send.deviceIndex;
  }

  bind(address: Ipv4Address, port: number): number {
    this.localAddress = address;
    const error = this.#table.ports.bind(this, port);
    if (error < 0) {
      this.localAddress = 0;
      return error;
    }
    this.isBound = true;
    this.#table.add(this);
    return 0;
  }

  connect(address: Ipv4Address, port: number): number {
    const error = this.#bindAny();
    return error < 0 ? error : this.setRemote(address, port);
  }

  disconnect(): void {
    this.clearRemote();
    if (this.#hasChosenPort) this.#unbind();
  }

  /** Sends all of `source` as one datagram; its length, or a negative errno. */
  sendTo(source: IoSource, target: SendTarget): number {
    const length = source.remaining;
    if (this.isWriteShut) return -EPIPE;
    if (length > MAXIMUM_PAYLOAD) return -EMSGSIZE;
    if (target.port === 0) return -EDESTADDRREQ;
    if (this.error !== 0) return -this.takeError();
    const error = this.#bindAny();
    if (error < 0) return error;
    const route = this.resolve(target);
    if (typeof route === 'number') return route;
    const bytes = new Uint8Array(NETWORK_HEADROOM + UDP_HEADER_SIZE + length);
    const packet = new Packet(bytes, NETWORK_HEADROOM, bytes.length);
    packet.transport = NETWORK_HEADROOM;
    const got = length === 0 ? 0 : source.take(bytes, NETWORK_HEADROOM + UDP_HEADER_SIZE, length);
    if (got < 0) return got;
    emitUdp(bytes, NETWORK_HEADROOM, this.localPort, target.port, UDP_HEADER_SIZE + length);
    packet.lacksChecksum = true;
    const sent = this.transmit(packet, route, target);
    if (sent < 0) return sent;
    this.context.counters.udp.OutDatagrams++;
    return length;
  }

  /** How well a datagram fits; -1 when it is not for this endpoint. */
  matchScore(local: Ipv4Address, remote: Ipv4Address, remotePort: number, deviceIndex: number): number {
    let score = 0;
    if (this.localAddress !== 0) {
      if (this.localAddress !== local) return -1;
      score += 4;
    }
    if (this.isConnected) {
      if (this.remoteAddress !== remote || this.remotePort !== remotePort) return -1;
      score += 8;
    }
    if (this.send.deviceIndex !== 0) {
      if (this.send.deviceIndex !== deviceIndex) return -1;
      score += 4;
    }
    return score;
  }

  /** False when there was no room. */
  deliver(packet: Packet, end: number, source: Ipv4Address, destination: Ipv4Address): boolean {
    return this.enqueue({
      packet,
      start: packet.transport + UDP_HEADER_SIZE,
      end,
      source,
      sourcePort: readSourcePort(packet.bytes, packet.transport),
      destination,
      destinationPort: this.localPort,
      deviceIndex: packet.device?.index ?? 0,
    });
  }

  override close(): void {
    this.leaveAll();
    this.queue.clear();
    this.#unbind();
  }

  #bindAny(): number {
    if (this.isBound) return 0;
    const error = this.bind(this.localAddress, 0);
    if (error === 0) this.#hasChosenPort = true;
    return error;
  }

  #unbind(): void {
    if (!this.isBound) return;
    this.#table.remove(this);
    this.#table.ports.release(this);
    this.isBound = false;
    this.#hasChosenPort = false;
    this.localPort = 0;
  }
}
