import type { LinkLayer } from '../link/LinkLayer.ts';
import type { NetDevice } from '../link/NetDevice.ts';
import { NETWORK_HEADROOM, PACKET_HOST, PACKET_OTHERHOST, Packet } from '../link/Packet.ts';
import { ARP_REPLY, ARP_REQUEST, ARP_SIZE, emitArp, parseArp, type ArpMessage } from '../wire/arp.ts';
import { ETHERTYPE_ARP, MAC_BROADCAST, MAC_NONE, type MacAddress } from '../wire/ethernet.ts';
import { readSource } from '../wire/ipv4.ts';
import { isLoopback, isMulticast, type Ipv4Address } from './address.ts';
import type { Fib } from './Fib.ts';
import { RTN_LOCAL } from './FibRoute.ts';
import { RT_SCOPE_LINK, type InterfaceAddresses } from './InterfaceAddresses.ts';
import type { Neighbour } from './Neighbour.ts';
import type { NeighbourTable } from './NeighbourTable.ts';
import type { DeviceSettingsTable } from './settings.ts';

/** The address resolution protocol (RFC 826), feeding the neighbour table. */
export class Arp {
  readonly #link: LinkLayer;
  readonly #neighbours: NeighbourTable;
  readonly #addresses: InterfaceAddresses;
  readonly #fib: Fib;
  readonly #settings: DeviceSettingsTable;

  constructor(
    link: LinkLayer,
    neighbours: NeighbourTable,
    addresses: InterfaceAddresses,
    fib: Fib,
    settings: DeviceSettingsTable,
  ) {
    this.#link = link;
    this.#neighbours = neighbours;
    this.#addresses = addresses;
    this.#fib = fib;
    this.#settings = settings;
    link.registerProtocol(ETHERTYPE_ARP, (packet) => this.#receive(packet));
    neighbours.solicit = (neighbour, how, waiting) => this.#solicit(neighbour, how, waiting);
  }

  /** Tells the link that an address is here: a request for oneself (RFC 5227 section 3). */
  announce(device: NetDevice, address: Ipv4Address): void {
    this.#send(device, MAC_BROADCAST, {
      operation: ARP_REQUEST,
      senderMac: device.mac,
      senderAddress: address,
      targetMac: MAC_NONE,
      targetAddress: address,
    });
  }

  #solicit(neighbour: Neighbour, how: 'unicast' | 'broadcast', waiting: Packet | undefined): void {
    const { device, address } = neighbour;
    // The waiting packet's source, when it is ours, is what the neighbour will answer to (arp_announce 0).
    let source = waiting === undefined ? 0 : readSource(waiting.bytes, waiting.network);
    if (source === 0 || !this.#fib.isLocal(source)) source = this.#addresses.select(device, address, RT_SCOPE_LINK);
    this.#send(device, how === 'unicast' ? neighbour.mac : MAC_BROADCAST, {
      operation: ARP_REQUEST,
      senderMac: device.mac,
      senderAddress: source,
      targetMac: MAC_NONE,
      targetAddress: address,
    });
  }

  #receive(packet: Packet): void {
    const device = packet.device;
    if (device === null || !device.usesArp || packet.packetType === PACKET_OTHERHOST) return;
    const message = parseArp(packet.bytes, packet.network, packet.end);
    if (message === undefined) return;
    if (message.operation !== ARP_REQUEST && message.operation !== ARP_REPLY) return;
    if (isMulticast(message.targetAddress)) return;
    if (isLoopback(message.targetAddress) && this.#settings.of(device.index).route_localnet === 0) return;
    if (message.operation === ARP_REQUEST && this.#answer(device, message)) return;
    const neighbour = this.#neighbours.find(device, message.senderAddress);
    if (neighbour === undefined) return;
    const isSolicited = message.operation === ARP_REPLY && packet.packetType === PACKET_HOST;
    this.#neighbours.learn(neighbour, message.senderMac, isSolicited ? 'solicited' : 'hearsay');
  }

  /** True when the request was for one of our addresses. */
  #answer(device: NetDevice, request: ArpMessage): boolean {
    if (this.#fib.addressType(request.targetAddress) !== RTN_LOCAL) return false;
    const ignore = Math.max(this.#settings.all.arp_ignore, this.#settings.of(device.index).arp_ignore);
    if (ignore >= 1 && !this.#addresses.of(device).some((own) => own.local === request.targetAddress)) return false;
    // An asker without an address of its own checks for duplicates (RFC 5227): it gets an answer, and leaves no entry.
    if (request.senderAddress !== 0) {
      if (this.#fib.isLocal(request.senderAddress)) return true;
      const neighbour = this.#neighbours.findOrCreate(device, request.senderAddress);
      this.#neighbours.learn(neighbour, request.senderMac, 'hearsay');
    }
    this.#send(device, request.senderMac, {
      operation: ARP_REPLY,
      senderMac: device.mac,
      senderAddress: request.targetAddress,
      targetMac: request.senderMac,
      targetAddress: request.senderAddress,
    });
    return true;
  }

  #send(device: NetDevice, destination: MacAddress, message: ArpMessage): void {
    const bytes = new Uint8Array(NETWORK_HEADROOM + ARP_SIZE);
    emitArp(bytes, NETWORK_HEADROOM, message);
    const packet = new Packet(bytes, NETWORK_HEADROOM, bytes.length);
    packet.network = NETWORK_HEADROOM;
    packet.etherType = ETHERTYPE_ARP;
    this.#link.send(packet, device, destination);
  }
}
