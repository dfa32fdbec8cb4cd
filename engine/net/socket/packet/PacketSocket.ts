import {
  EADDRNOTAVAIL,
  EAGAIN,
  EBUSY,
  EINVAL,
  EMSGSIZE,
  ENETDOWN,
  ENODEV,
  ENOENT,
  ENOPROTOOPT,
  ENOTCONN,
  ENOTTY,
  ENXIO,
  EOPNOTSUPP,
} from '../../../abi/errno.ts';
import { FIONREAD } from '../../../abi/ioctls.ts';
import { POLLERR, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../../../abi/poll.ts';
import {
  AF_PACKET,
  MSG_OOB,
  MSG_PEEK,
  MSG_TRUNC,
  PACKET_ADD_MEMBERSHIP,
  PACKET_AUXDATA,
  PACKET_DROP_MEMBERSHIP,
  PACKET_HDRLEN,
  PACKET_IGNORE_OUTGOING,
  PACKET_MR_ALLMULTI,
  PACKET_MR_MULTICAST,
  PACKET_MR_PROMISC,
  PACKET_RESERVE,
  PACKET_RX_RING,
  PACKET_STATISTICS,
  PACKET_TIMESTAMP,
  PACKET_VERSION,
  SO_ATTACH_FILTER,
  SO_BPF_EXTENSIONS,
  SO_DETACH_FILTER,
  SOCK_DGRAM,
  SOL_PACKET,
  SOL_SOCKET,
} from '../../../abi/socket.ts';
import type { PageSource } from '../../../mm/PageSource.ts';
import type { Actor } from '../../../vfs/Actor.ts';
import type { PacketTap } from '../../link/LinkLayer.ts';
import type { NetDevice } from '../../link/NetDevice.ts';
import { NETWORK_HEADROOM, PACKET_OUTGOING, Packet } from '../../link/Packet.ts';
import type { NetStack } from '../../NetStack.ts';
import { readI32Host, readU16, readU16Host, readU32Host, readU48, writeU32Host } from '../../wire/bytes.ts';
import { ETHERNET_HEADER_SIZE, emitEthernet, readEtherType, readSourceMac } from '../../wire/ethernet.ts';
import type { ReceivedMessage, SentMessage } from '../messages.ts';
import { intValue, readInt } from '../optionValue.ts';
import { Socket, type IoctlMemory } from '../Socket.ts';
import { auxiliaryData, linkAddress, type Captured } from './captured.ts';
import { BPF_EXTENSIONS, BpfProgram } from './classicBpf.ts';
import {
  PacketRing,
  RING_REQUEST_SIZE,
  TP_STATUS_CSUM_NOT_READY,
  TP_STATUS_CSUM_VALID,
  TP_STATUS_LOSING,
  type RingMemory,
} from './PacketRing.ts';

/** A `struct sockaddr_ll` may end with its hardware address. */
const SOCKADDR_LL_MINIMUM = 12;
const TPACKET_V1 = 0;
const TPACKET_V2 = 1;
const TPACKET_V2_HEADER = 32;
const OVERHEAD_BYTES = 768;

interface Membership {
  readonly deviceIndex: number;
  readonly type: number;
  readonly address: number;
}

/** A packet(7) socket: frames as they come and go, beside the protocols. */
export class PacketSocket extends Socket implements PacketTap {
  /** EtherType, ETH_P_ALL, or 0 for none; host order. */
  tapProtocol: number;
  #deviceIndex = 0;
  #isTapping = false;
  #filter: BpfProgram | null = null;
  #queue: Captured[] = [];
  #queuedBytes = 0;
  #received = 0;
  #drops = 0;
  #hasAuxData = false;
  #ignoresOutgoing = false;
  #version = TPACKET_V1;
  #reserve = 0;
  #ring: PacketRing | null = null;
  #error = 0;
  readonly #ringMemory: RingMemory;
  readonly #memberships: Membership[] = [];

  /** `protocol` as socket(2) takes it: in network byte order. */
  constructor(stack: NetStack, type: number, protocol: number, ringMemory: RingMemory) {
    super(stack, AF_PACKET, type, protocol);
    this.tapProtocol = swap16(protocol);
    this.#ringMemory = ringMemory;
    this.#updateTap();
  }

  get deviceIndex(): number {
    return this.#deviceIndex;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** What mmap(2) maps. */
  get ringPages(): PageSource | null {
    return this.#ring;
  }

  override bind(bytes: Uint8Array): number {
    if (bytes.length < SOCKADDR_LL_MINIMUM) return -EINVAL;
    if (readU16Host(bytes, 0) !== AF_PACKET) return -EINVAL;
    const index = readI32Host(bytes, 4);
    const device = this.stack.link.deviceByIndex(index);
    if (index !== 0 && device === undefined) return -ENODEV;
    const protocol = readU16(bytes, 2);
    if (protocol !== 0) this.tapProtocol = protocol;
    this.#deviceIndex = index;
    this.#updateTap();
    if (device?.isUp === false) this.#error = ENETDOWN;
    return 0;
  }

  override connect(): number {
    return -EOPNOTSUPP;
  }

  override getName(): Uint8Array {
    const device = this.stack.link.deviceByIndex(this.#deviceIndex);
    return linkAddress(this.tapProtocol, this.#deviceIndex, device?.hardwareType ?? 0, 0, device?.mac ?? 0);
  }

  override getPeerName(): number {
    return -EOPNOTSUPP;
  }

  override shutdown(): number {
    return -EOPNOTSUPP;
  }

  override send(message: SentMessage): number {
    if ((message.flags & MSG_OOB) !== 0) return -EINVAL;
    let index = this.#deviceIndex;
    let protocol = this.tapProtocol;
    let destination = 0;
    if (message.address !== null) {
      if (message.address.length < SOCKADDR_LL_MINIMUM) return -EINVAL;
      if (readU16Host(message.address, 0) !== AF_PACKET) return -EINVAL;
      protocol = readU16(message.address, 2);
      index = readI32Host(message.address, 4);
      if (message.address.length >= SOCKADDR_LL_MINIMUM + 6)
        destination = readU48(message.address, SOCKADDR_LL_MINIMUM);
      else if (this.type === SOCK_DGRAM) return -EINVAL;
    } else if (this.type === SOCK_DGRAM || index === 0) {
      return this.type === SOCK_DGRAM ? -ENOTCONN : -ENXIO;
    }
    const device = this.stack.link.deviceByIndex(index);
    if (device === undefined) return -ENXIO;
    if (!device.isUp) return -ENETDOWN;
    return this.#sendThrough(device, message, protocol, destination);
  }

  override receive(message: ReceivedMessage): number {
    if (this.#error !== 0) return -this.takeError();
    const item = this.#queue.at(0);
    if (item === undefined) return -EAGAIN;
    if ((message.flags & MSG_PEEK) === 0) {
      this.#queue.shift();
      this.#queuedBytes -= OVERHEAD_BYTES + item.length;
    }
    const count = Math.min(item.length, message.target.remaining);
    const put = count === 0 ? 0 : message.target.put(item.bytes, item.start, count);
    if (put < 0) return put;
    if (item.length > count) message.outFlags |= MSG_TRUNC;
    message.address = item.address;
    this.addTimestamp(message, item.timestampNs);
    this.addDrops(message, this.#drops);
    if (this.#hasAuxData) message.control.push({ level: SOL_PACKET, type: PACKET_AUXDATA, data: auxiliaryData(item) });
    return (message.flags & MSG_TRUNC) !== 0 ? item.length : count;
  }

  override poll(): number {
    let events = POLLOUT | POLLWRNORM;
    if (this.#queue.length > 0 || this.#ring?.hasPackets === true) events |= POLLIN | POLLRDNORM;
    if (this.#error !== 0) events |= POLLERR;
    return events;
  }

  override takeError(): number {
    const error = this.#error;
    this.#error = 0;
    return error;
  }

  override close(): void {
    if (this.#isTapping) this.stack.link.removeTap(this);
    this.#isTapping = false;
    for (const membership of this.#memberships.splice(0)) this.#applyMembership(membership, -1);
    this.#queue = [];
    this.#ring?.release();
    this.#ring = null;
  }

  override ioctl(request: number, argument: number, memory: IoctlMemory): number {
    if (request !== FIONREAD) return -ENOTTY;
    return memory.copyOut(argument, intValue(this.#queue.at(0)?.length ?? 0), 0, 4);
  }

  override setOption(level: number, name: number, value: Uint8Array, actor: Actor): number {
    if (level === SOL_SOCKET && name === SO_ATTACH_FILTER) return this.#attachFilter(value);
    if (level === SOL_SOCKET && name === SO_DETACH_FILTER) {
      if (this.#filter === null) return -ENOENT;
      this.#filter = null;
      return 0;
    }
    if (level !== SOL_PACKET) return super.setOption(level, name, value, actor);
    switch (name) {
      case PACKET_ADD_MEMBERSHIP:
      case PACKET_DROP_MEMBERSHIP:
        return this.#changeMembership(name, value);
      case PACKET_RX_RING:
        return this.#setRing(value);
      default:
        break;
    }
    const number = readInt(value);
    if (number === undefined) return -EINVAL;
    switch (name) {
      case PACKET_AUXDATA:
        this.#hasAuxData = number !== 0;
        return 0;
      case PACKET_IGNORE_OUTGOING:
        this.#ignoresOutgoing = number !== 0;
        return 0;
      case PACKET_VERSION:
        if (this.#ring !== null) return -EBUSY;
        if (number !== TPACKET_V2) return -EINVAL;
        this.#version = number;
        return 0;
      case PACKET_RESERVE:
        if (this.#ring !== null) return -EBUSY;
        if (number < 0 || number > 65536) return -EINVAL;
        this.#reserve = number;
        return 0;
      case PACKET_TIMESTAMP:
        // Software time stamps are what there is; asking for them by name is fine.
        return number === 0 ? 0 : -EINVAL;
      default:
        return -ENOPROTOOPT;
    }
  }

  override getOption(level: number, name: number, current: Uint8Array): Uint8Array | number {
    if (level === SOL_SOCKET && name === SO_BPF_EXTENSIONS) return intValue(BPF_EXTENSIONS);
    if (level !== SOL_PACKET) return super.getOption(level, name, current);
    switch (name) {
      case PACKET_STATISTICS: {
        const value = new Uint8Array(8);
        writeU32Host(value, 0, this.#received);
        writeU32Host(value, 4, this.#drops);
        this.#received = 0;
        this.#drops = 0;
        return value;
      }
      case PACKET_AUXDATA:
        return intValue(this.#hasAuxData ? 1 : 0);
      case PACKET_VERSION:
        return intValue(this.#version);
      case PACKET_RESERVE:
        return intValue(this.#reserve);
      case PACKET_IGNORE_OUTGOING:
        return intValue(this.#ignoresOutgoing ? 1 : 0);
      case PACKET_HDRLEN:
        // Only version 2 is there: libpcap takes -EINVAL for 3 and asks for 2.
        return readInt(current) === TPACKET_V2 ? intValue(TPACKET_V2_HEADER) : -EINVAL;
      default:
        return -ENOPROTOOPT;
    }
  }

  deliver(packet: Packet): void {
    const { device } = packet;
    if (device === null) return;
    if (this.#deviceIndex !== 0 && this.#deviceIndex !== device.index) return;
    if (this.#ignoresOutgoing && packet.packetType === PACKET_OUTGOING) return;
    const start = this.type === SOCK_DGRAM ? packet.network : packet.start;
    let length = packet.end - start;
    if (this.#filter !== null) {
      const snap = this.#filter.run({
        bytes: packet.bytes,
        start,
        end: packet.end,
        link: packet.start,
        network: packet.network,
        etherType: packet.etherType,
        packetType: packet.packetType,
        deviceIndex: device.index,
        hardwareType: device.hardwareType,
        mark: packet.mark,
      });
      if (snap === 0) return;
      length = Math.min(length, snap);
    }
    this.#received++;
    let status = packet.lacksChecksum ? TP_STATUS_CSUM_NOT_READY : 0;
    if (!packet.lacksChecksum && packet.packetType !== PACKET_OUTGOING) status |= TP_STATUS_CSUM_VALID;
    const captured: Captured = {
      bytes: packet.bytes,
      start,
      end: packet.end,
      length,
      networkOffset: packet.network - start,
      timestampNs: packet.timestampNs,
      address: linkAddress(
        packet.etherType,
        device.index,
        device.hardwareType,
        packet.packetType,
        readSourceMac(packet.bytes, packet.start),
      ),
      status,
    };
    if (this.#enqueue(captured)) this.readinessChanged(POLLIN | POLLRDNORM);
    else this.#drops++;
  }

  #enqueue(item: Captured): boolean {
    if (this.#ring !== null) {
      const losing = this.#drops > 0 ? TP_STATUS_LOSING : 0;
      return this.#ring.push({ ...item, captured: item.length, status: item.status | losing });
    }
    if (this.#queuedBytes > this.options.receiveBuffer) return false;
    this.#queue.push(item);
    this.#queuedBytes += OVERHEAD_BYTES + item.length;
    return true;
  }

  #updateTap(): void {
    const wants = this.tapProtocol !== 0;
    // Registered anew, so that the link layer sees the present protocol.
    if (this.#isTapping) this.stack.link.removeTap(this);
    if (wants) this.stack.link.addTap(this);
    this.#isTapping = wants;
  }

  #sendThrough(device: NetDevice, message: SentMessage, protocol: number, destination: number): number {
    const length = message.source.remaining;
    const isRaw = this.type !== SOCK_DGRAM;
    const headerSize = isRaw ? 0 : ETHERNET_HEADER_SIZE;
    if (isRaw && length < ETHERNET_HEADER_SIZE) return -EINVAL;
    if (length + headerSize > device.mtu + ETHERNET_HEADER_SIZE + 4) return -EMSGSIZE;
    const bytes = new Uint8Array(NETWORK_HEADROOM + length);
    const got = length === 0 ? 0 : message.source.take(bytes, NETWORK_HEADROOM, length);
    if (got < 0) return got;
    const packet = new Packet(bytes, NETWORK_HEADROOM - headerSize, bytes.length);
    if (!isRaw) emitEthernet(bytes, packet.start, destination, device.mac, protocol);
    packet.network = packet.start + ETHERNET_HEADER_SIZE;
    packet.etherType = readEtherType(bytes, packet.start);
    packet.mark = this.options.mark;
    this.stack.link.transmit(packet, device);
    return length;
  }

  /** `struct sock_fprog` was read by the caller: `value` is the program. */
  #attachFilter(value: Uint8Array): number {
    const program = BpfProgram.parse(value);
    if (typeof program === 'number') return program;
    this.#filter = program;
    return 0;
  }

  /** `struct packet_mreq`: index, type, address. */
  #changeMembership(name: number, value: Uint8Array): number {
    if (value.length < 8) return -EINVAL;
    const membership: Membership = {
      deviceIndex: readI32Host(value, 0),
      type: readU16Host(value, 4),
      address: value.length >= 14 ? readU48(value, 8) : 0,
    };
    if (this.stack.link.deviceByIndex(membership.deviceIndex) === undefined) return -ENODEV;
    const { type } = membership;
    if (type !== PACKET_MR_PROMISC && type !== PACKET_MR_ALLMULTI && type !== PACKET_MR_MULTICAST) return -EINVAL;
    if (name === PACKET_ADD_MEMBERSHIP) {
      this.#memberships.push(membership);
      this.#applyMembership(membership, 1);
      return 0;
    }
    const at = this.#memberships.findIndex(
      (other) =>
        other.deviceIndex === membership.deviceIndex && other.type === type && other.address === membership.address,
    );
    if (at < 0) return -EADDRNOTAVAIL;
    this.#memberships.splice(at, 1);
    this.#applyMembership(membership, -1);
    return 0;
  }

  /** Group addresses need no work: devices take all groups. */
  #applyMembership(membership: Membership, users: 1 | -1): void {
    const device = this.stack.link.deviceByIndex(membership.deviceIndex);
    if (membership.type === PACKET_MR_PROMISC) device?.addPromiscuous(users);
    else if (membership.type === PACKET_MR_ALLMULTI) device?.addAllMulticast(users);
  }

  #setRing(value: Uint8Array): number {
    if (value.length < RING_REQUEST_SIZE) return -EINVAL;
    if (this.#version !== TPACKET_V2) return -EINVAL;
    if (this.#ring?.isMapped === true) return -EBUSY;
    const blockCount = readU32Host(value, 4);
    const frameCount = readU32Host(value, 12);
    if (blockCount === 0) {
      if (frameCount !== 0) return -EINVAL;
      this.#ring?.release();
      this.#ring = null;
      return 0;
    }
    if (this.#ring !== null) return -EBUSY;
    const ring = PacketRing.create(
      this.#ringMemory,
      readU32Host(value, 0),
      blockCount,
      readU32Host(value, 8),
      frameCount,
      this.#reserve,
    );
    if (typeof ring === 'number') return ring;
    this.#ring = ring;
    this.#queue = [];
    this.#queuedBytes = 0;
    return 0;
  }
}

function swap16(value: number): number {
  return ((value & 0xff) << 8) | ((value >> 8) & 0xff);
}
