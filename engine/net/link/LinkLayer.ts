// Hot code: `send` and `#process` run once a packet.

import type { NetEnvironment } from '../environment.ts';
import {
  ETHERNET_HEADER_SIZE,
  emitEthernet,
  isGroupMac,
  readDestinationMac,
  readEtherType,
  type MacAddress,
} from '../wire/ethernet.ts';
import type { Frame } from './Frame.ts';
import type { DeviceChange, DeviceOwner, NetDevice } from './NetDevice.ts';
import {
  PACKET_BROADCAST,
  PACKET_HOST,
  PACKET_MULTICAST,
  PACKET_OTHERHOST,
  PACKET_OUTGOING,
  Packet,
} from './Packet.ts';

/** Sees packets beside the protocols: an AF_PACKET socket. */
export interface PacketTap {
  /** An EtherType, or ETH_P_ALL. */
  readonly tapProtocol: number;
  deliver(packet: Packet): void;
}
const ETH_P_ALL = 3;

export type DeviceListener = (device: NetDevice, change: DeviceChange) => void;

/** net.core.netdev_max_backlog and dev_weight. */
const MAXIMUM_BACKLOG = 1000;
const POLL_WEIGHT = 64;

/** The devices of one stack, and the way of packets between them, the taps and the network protocols. */
export class LinkLayer implements DeviceOwner {
  readonly #environment: NetEnvironment;
  readonly #devices = new Map<number, NetDevice>();
  readonly #protocols = new Map<number, (packet: Packet) => void>();
  readonly #listeners: DeviceListener[] = [];
  #taps: readonly PacketTap[] = [];
  /** Some socket wants to know when packets arrive (SO_TIMESTAMP): reading the clock costs. */
  stampsPackets = false;
  #nextIndex = 1;
  // Arrived frames wait here for the soft interrupt, so that a stack never runs inside another stack's send.
  #backlogFrames: Frame[] = [];
  #backlogDevices: NetDevice[] = [];
  #backlogHead = 0;
  #pollPending = false;
  readonly #poll = (): void => {
    this.#pollBacklog();
  };

  constructor(environment: NetEnvironment) {
    this.#environment = environment;
  }

  /** Devices in the order of their index. */
  get devices(): Iterable<NetDevice> {
    return this.#devices.values();
  }

  deviceByIndex(index: number): NetDevice | undefined {
    return this.#devices.get(index);
  }

  deviceByName(name: string): NetDevice | undefined {
    for (const device of this.#devices.values()) if (device.name === name) return device;
    return undefined;
  }

  addDevice(device: NetDevice): void {
    device.index = this.#nextIndex++;
    device.owner = this;
    this.#devices.set(device.index, device);
    this.deviceChanged(device, 'added');
  }

  removeDevice(device: NetDevice): void {
    device.setFlags(0, ~0);
    this.#devices.delete(device.index);
    this.deviceChanged(device, 'removed');
    device.owner = null;
  }

  listen(listener: DeviceListener): void {
    this.#listeners.push(listener);
  }

  deviceChanged(device: NetDevice, change: DeviceChange): void {
    for (const listener of this.#listeners) listener(device, change);
  }

  registerProtocol(etherType: number, handler: (packet: Packet) => void): void {
    this.#protocols.set(etherType, handler);
  }

  get taps(): readonly PacketTap[] {
    return this.#taps;
  }

  addTap(tap: PacketTap): void {
    this.#taps = [...this.#taps, tap];
  }

  removeTap(tap: PacketTap): void {
    this.#taps = this.#taps.filter((other) => other !== tap);
  }

  /** Puts a link header before the network header and sends. The packet's bytes may not be changed afterwards. */
  send(packet: Packet, device: NetDevice, destination: MacAddress): void {
    packet.start = packet.network - ETHERNET_HEADER_SIZE;
    emitEthernet(packet.bytes, packet.start, destination, device.mac, packet.etherType);
    this.transmit(packet, device);
  }

  /** Sends a packet whose link header is in place. */
  transmit(packet: Packet, device: NetDevice): void {
    packet.device = device;
    if (!device.isUp) {
      device.statistics.tx_dropped++;
      return;
    }
    if (this.#taps.length > 0) this.#tapOutgoing(packet);
    device.transmit(packet.toFrame());
  }

  receive(device: NetDevice, frame: Frame): void {
    if (!device.isUp) return;
    if (this.#backlogFrames.length - this.#backlogHead >= MAXIMUM_BACKLOG) {
      device.statistics.rx_dropped++;
      return;
    }
    this.#backlogFrames.push(frame);
    this.#backlogDevices.push(device);
    this.#raise();
  }

  #pollBacklog(): void {
    this.#pollPending = false;
    const last = Math.min(this.#backlogFrames.length, this.#backlogHead + POLL_WEIGHT);
    while (this.#backlogHead < last) {
      const at = this.#backlogHead++;
      this.#process(this.#backlogDevices[at], this.#backlogFrames[at]);
    }
    if (this.#backlogHead === this.#backlogFrames.length) {
      this.#backlogFrames = [];
      this.#backlogDevices = [];
      this.#backlogHead = 0;
    } else {
      if (this.#backlogHead > 4 * POLL_WEIGHT) {
        this.#backlogFrames.splice(0, this.#backlogHead);
        this.#backlogDevices.splice(0, this.#backlogHead);
        this.#backlogHead = 0;
      }
      this.#raise();
    }
  }

  #raise(): void {
    if (this.#pollPending) return;
    this.#pollPending = true;
    this.#environment.softirq.defer(this.#poll);
  }

  #process(device: NetDevice, frame: Frame): void {
    if (frame.end - frame.start < ETHERNET_HEADER_SIZE) {
      device.statistics.rx_length_errors++;
      return;
    }
    const packet = Packet.fromFrame(frame);
    const destination = readDestinationMac(frame.bytes, frame.start);
    packet.device = device;
    packet.etherType = readEtherType(frame.bytes, frame.start);
    packet.network = frame.start + ETHERNET_HEADER_SIZE;
    if (destination === device.mac) packet.packetType = PACKET_HOST;
    else if (destination === device.broadcastMac) packet.packetType = PACKET_BROADCAST;
    else packet.packetType = isGroupMac(destination) ? PACKET_MULTICAST : PACKET_OTHERHOST;
    if (this.stampsPackets || this.#taps.length > 0) packet.timestampNs = this.#environment.wallClockNs();
    let seen = false;
    for (const tap of this.#taps) {
      if (tap.tapProtocol !== ETH_P_ALL && tap.tapProtocol !== packet.etherType) continue;
      tap.deliver(packet);
      seen = true;
    }
    const handler = this.#protocols.get(packet.etherType);
    if (handler !== undefined) handler(packet);
    else if (!seen) device.statistics.rx_nohandler++;
  }

  #tapOutgoing(packet: Packet): void {
    const typeBefore = packet.packetType;
    packet.packetType = PACKET_OUTGOING;
    packet.timestampNs = this.#environment.wallClockNs();
    packet.etherType = readEtherType(packet.bytes, packet.start);
    packet.network = packet.start + ETHERNET_HEADER_SIZE;
    for (const tap of this.#taps) if (tap.tapProtocol === ETH_P_ALL) tap.deliver(packet);
    packet.packetType = typeBefore;
  }
}
