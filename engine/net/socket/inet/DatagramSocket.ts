import { CAP_NET_BIND_SERVICE } from '../../../process/Capabilities.ts';
import {
  EACCES,
  EADDRNOTAVAIL,
  EAGAIN,
  EDESTADDRREQ,
  EINVAL,
  ENOTCONN,
  ENOTTY,
  EOPNOTSUPP,
} from '../../../abi/errno.ts';
import { FIONREAD, TIOCOUTQ } from '../../../abi/ioctls.ts';
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP, POLLRDNORM, POLLWRBAND, POLLWRNORM } from '../../../abi/poll.ts';
import {
  AF_INET,
  AF_UNSPEC,
  ICMP_FILTER,
  IP_HDRINCL,
  IP_PKTINFO,
  IP_RECVERR,
  IP_RETOPTS,
  IP_TOS,
  IP_TTL,
  MSG_ERRQUEUE,
  MSG_OOB,
  MSG_PEEK,
  MSG_TRUNC,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
  SOL_IP,
  SOL_RAW,
} from '../../../abi/socket.ts';
import { isCapable } from '../../../process/Credentials.ts';
import type { Actor } from '../../../vfs/Actor.ts';
import { IPV4_BROADCAST, isMulticast } from '../../ip/address.ts';
import { RTN_BROADCAST } from '../../ip/FibRoute.ts';
import type { NetStack } from '../../NetStack.ts';
import type { SendTarget } from '../../transport/DatagramEndpoint.ts';
import type { Datagram } from '../../transport/DatagramQueue.ts';
import type { SocketError } from '../../transport/ErrorQueue.ts';
import type { PingEndpoint } from '../../transport/raw/PingEndpoint.ts';
import { RawEndpoint } from '../../transport/raw/RawEndpoint.ts';
import { UdpEndpoint } from '../../transport/udp/UdpEndpoint.ts';
import { readI32Host, readU32, readU32Host, writeU32, writeU32Host } from '../../wire/bytes.ts';
import { IPPROTO_ICMP, readHeaderSize, readTos, readTtl } from '../../wire/ipv4.ts';
import type { ControlMessage, ReceivedMessage, SentMessage } from '../messages.ts';
import { intValue, readInt, readIntOrByte } from '../optionValue.ts';
import { Socket, type IoctlMemory } from '../Socket.ts';
import { familyOf, makeSockaddrIn, parseSockaddrIn } from './inetAddress.ts';
import { getIpOption, makeReceiveSettings, setIpOption, type IpOptionHolder } from './ipOptions.ts';

const UNPRIVILEGED_PORT = 1024;

/** UDP, raw and ping sockets: AF_INET sockets that send and receive datagrams. */
export class DatagramSocket extends Socket {
  readonly endpoint: UdpEndpoint | RawEndpoint | PingEndpoint;
  readonly reports = makeReceiveSettings();

  constructor(stack: NetStack, type: number, protocol: number, endpoint: UdpEndpoint | RawEndpoint | PingEndpoint) {
    super(stack, AF_INET, type, protocol);
    this.endpoint = endpoint;
    endpoint.observer = this;
  }

  override bind(bytes: Uint8Array, actor: Actor): number {
    const { endpoint } = this;
    // Some programs leave the family unset for the wildcard (ip(7) is silent; Linux allows it).
    const isWild = bytes.length >= 16 && familyOf(bytes) === AF_UNSPEC && readU32(bytes, 4) === 0;
    const parsed = isWild ? { address: 0, port: 0 } : parseSockaddrIn(bytes);
    if (typeof parsed === 'number') return parsed;
    const { address, port } = parsed;
    if (!this.#isBindable(address)) return -EADDRNOTAVAIL;
    if (endpoint instanceof UdpEndpoint) {
      if (endpoint.isBound) return -EINVAL;
      if (port > 0 && port < UNPRIVILEGED_PORT && !isCapable(actor.credentials, CAP_NET_BIND_SERVICE)) return -EACCES;
      return endpoint.bind(address, port);
    }
    if (endpoint instanceof RawEndpoint) return endpoint.bind(address);
    return endpoint.isBound ? -EINVAL : endpoint.bind(address, port);
  }

  override connect(bytes: Uint8Array): number {
    const { endpoint } = this;
    if (familyOf(bytes) === AF_UNSPEC) {
      if (endpoint instanceof UdpEndpoint) endpoint.disconnect();
      else endpoint.clearRemote();
      return 0;
    }
    const parsed = parseSockaddrIn(bytes);
    if (typeof parsed === 'number') return parsed;
    if (endpoint instanceof UdpEndpoint) return endpoint.connect(parsed.address, parsed.port);
    return endpoint.setRemote(parsed.address, endpoint instanceof RawEndpoint ? 0 : parsed.port);
  }

  override send(message: SentMessage): number {
    const { endpoint } = this;
    if ((message.flags & MSG_OOB) !== 0) return -EOPNOTSUPP;
    const target: SendTarget = { destination: 0, port: 0, source: 0, deviceIndex: 0, ttl: -1, tos: -1 };
    if (message.address !== null) {
      const isUnspecified = familyOf(message.address) === AF_UNSPEC;
      const parsed = parseSockaddrIn(isUnspecified ? withInetFamily(message.address) : message.address);
      if (typeof parsed === 'number') return parsed;
      target.destination = parsed.address;
      target.port = parsed.port;
    } else {
      if (!endpoint.isConnected) return -EDESTADDRREQ;
      target.destination = endpoint.remoteAddress;
      target.port = endpoint.remotePort;
    }
    if (endpoint instanceof UdpEndpoint && target.port === 0) return -EINVAL;
    const error = readSendControl(message.control, target);
    return error < 0 ? error : endpoint.sendTo(message.source, target);
  }

  override receive(message: ReceivedMessage): number {
    const { endpoint } = this;
    if ((message.flags & MSG_ERRQUEUE) !== 0) return this.#receiveError(message);
    if ((message.flags & MSG_OOB) !== 0) return -EOPNOTSUPP;
    if (endpoint.error !== 0) return -endpoint.takeError();
    const isPeek = (message.flags & MSG_PEEK) !== 0;
    const datagram = isPeek ? endpoint.queue.peek() : endpoint.queue.shift();
    if (datagram === undefined) return endpoint.isReadShut ? 0 : -EAGAIN;
    const length = datagram.end - datagram.start;
    const count = Math.min(length, message.target.remaining);
    const put = count === 0 ? 0 : message.target.put(datagram.packet.bytes, datagram.start, count);
    if (put < 0) return put;
    if (length > count) message.outFlags |= MSG_TRUNC;
    message.address = makeSockaddrIn(datagram.source, datagram.sourcePort);
    this.addTimestamp(message, datagram.packet.timestampNs);
    this.addDrops(message, endpoint.queue.drops);
    this.#addReports(message, datagram);
    return (message.flags & MSG_TRUNC) !== 0 ? length : count;
  }

  override getName(): Uint8Array {
    return makeSockaddrIn(this.endpoint.localAddress, this.endpoint.localPort);
  }

  override getPeerName(): Uint8Array | number {
    const { endpoint } = this;
    return endpoint.isConnected ? makeSockaddrIn(endpoint.remoteAddress, endpoint.remotePort) : -ENOTCONN;
  }

  override shutdown(how: number): number {
    const { endpoint } = this;
    if (how < SHUT_RD || how > SHUT_RDWR) return -EINVAL;
    if (!endpoint.isConnected) return -ENOTCONN;
    if (how !== SHUT_WR) endpoint.isReadShut = true;
    if (how !== SHUT_RD) endpoint.isWriteShut = true;
    this.readinessChanged(this.poll());
    return 0;
  }

  override poll(): number {
    const { endpoint } = this;
    let events = POLLOUT | POLLWRNORM | POLLWRBAND;
    if (endpoint.queue.length > 0) events |= POLLIN | POLLRDNORM;
    if (endpoint.error !== 0 || endpoint.errors.length > 0) events |= POLLERR;
    if (endpoint.isReadShut) events |= POLLIN | POLLRDNORM | POLLRDHUP;
    if (endpoint.isReadShut && endpoint.isWriteShut) events |= POLLHUP;
    return events;
  }

  override takeError(): number {
    return this.endpoint.takeError();
  }

  override close(): void {
    this.endpoint.close();
  }

  override ioctl(request: number, argument: number, memory: IoctlMemory): number {
    if (request === FIONREAD) {
      const next = this.endpoint.queue.peek();
      return memory.copyOut(argument, intValue(next === undefined ? 0 : next.end - next.start), 0, 4);
    }
    if (request === TIOCOUTQ) return memory.copyOut(argument, intValue(0), 0, 4);
    return -ENOTTY;
  }

  override setOption(level: number, name: number, value: Uint8Array, actor: Actor): number {
    const { endpoint } = this;
    if (level === SOL_IP && name === IP_HDRINCL && endpoint instanceof RawEndpoint) {
      const number = readIntOrByte(value);
      if (number === undefined) return -EINVAL;
      endpoint.includesHeader = number !== 0;
      return 0;
    }
    if (level === SOL_IP) return setIpOption(this.#holder(), name, value);
    if (level === SOL_RAW && name === ICMP_FILTER && endpoint instanceof RawEndpoint) {
      if (endpoint.protocol !== IPPROTO_ICMP) return -EOPNOTSUPP;
      if (value.length < 4) return -EINVAL;
      endpoint.icmpFilter = readU32Host(value, 0);
      return 0;
    }
    return super.setOption(level, name, value, actor);
  }

  override getOption(level: number, name: number, current: Uint8Array): Uint8Array | number {
    const { endpoint } = this;
    if (level === SOL_IP && name === IP_HDRINCL && endpoint instanceof RawEndpoint) {
      return intValue(endpoint.includesHeader ? 1 : 0);
    }
    if (level === SOL_IP) return getIpOption(this.#holder(), name);
    if (level === SOL_RAW && name === ICMP_FILTER && endpoint instanceof RawEndpoint)
      return intValue(endpoint.icmpFilter);
    return super.getOption(level, name, current);
  }

  protected override applyOptions(): void {
    const { endpoint, options } = this;
    endpoint.send.broadcast = options.broadcast;
    endpoint.send.mark = options.mark;
    endpoint.send.deviceIndex = options.deviceIndex;
    endpoint.send.dontRoute = options.dontRoute;
    endpoint.queue.limitBytes = options.receiveBuffer;
    if (!(endpoint instanceof UdpEndpoint)) return;
    endpoint.reuseAddress = options.reuseAddress;
    endpoint.reusePort = options.reusePort;
  }

  #isBindable(address: number): boolean {
    if (address === 0 || isMulticast(address) || address === IPV4_BROADCAST) return true;
    if (this.reports.freeBind || this.stack.ipv4Settings.ip_nonlocal_bind !== 0) return true;
    return this.stack.fib.isLocal(address) || this.stack.fib.addressType(address) === RTN_BROADCAST;
  }

  #addReports(message: ReceivedMessage, datagram: Datagram): void {
    const { reports } = this;
    const { bytes, network } = datagram.packet;
    if (reports.packetInfo) {
      const data = new Uint8Array(12);
      writeU32Host(data, 0, datagram.deviceIndex);
      writeU32(
        data,
        4,
        this.stack.fib.isLocal(datagram.destination) ? datagram.destination : this.endpoint.localAddress,
      );
      writeU32(data, 8, datagram.destination);
      message.control.push({ level: SOL_IP, type: IP_PKTINFO, data });
    }
    if (reports.ttl) message.control.push({ level: SOL_IP, type: IP_TTL, data: intValue(readTtl(bytes, network)) });
    if (reports.tos) {
      message.control.push({ level: SOL_IP, type: IP_TOS, data: Uint8Array.of(readTos(bytes, network)) });
    }
    if (reports.options && readHeaderSize(bytes, network) > 20) {
      const data = bytes.slice(network + 20, network + readHeaderSize(bytes, network));
      message.control.push({ level: SOL_IP, type: IP_RETOPTS, data });
    }
  }

  /** MSG_ERRQUEUE: the payload of the packet that failed, and a `struct sock_extended_err` with the offender's address. */
  #receiveError(message: ReceivedMessage): number {
    const entry = this.endpoint.errors.shift();
    if (entry === undefined) return -EAGAIN;
    const count = Math.min(entry.data.length, message.target.remaining);
    const put = count === 0 ? 0 : message.target.put(entry.data, 0, count);
    if (put < 0) return put;
    if (entry.data.length > count) message.outFlags |= MSG_TRUNC;
    message.outFlags |= MSG_ERRQUEUE;
    message.address = makeSockaddrIn(entry.destination, entry.destinationPort);
    this.addTimestamp(message, entry.timestampNs);
    if (this.reports.ttl && entry.ttl > 0) {
      message.control.push({ level: SOL_IP, type: IP_TTL, data: intValue(entry.ttl) });
    }
    message.control.push({ level: SOL_IP, type: IP_RECVERR, data: extendedError(entry) });
    // As Linux: the next entry's error takes the place of this one's.
    this.endpoint.error = this.endpoint.errors.peek()?.errno ?? 0;
    return count;
  }

  #holder(): IpOptionHolder {
    const { stack, endpoint, reports } = this;
    let connectedMtu = 0;
    if (endpoint.isConnected) {
      const target = { destination: endpoint.remoteAddress, port: 0, source: 0, deviceIndex: 0, ttl: -1, tos: -1 };
      const route = endpoint.resolve(target);
      connectedMtu = typeof route === 'number' ? 0 : route.mtu;
    }
    return { stack, send: endpoint.send, reports, datagrams: endpoint, connectedMtu };
  }
}

/** The control messages that sendmsg(2) takes here: IP_PKTINFO, IP_TTL, IP_TOS. */
function readSendControl(control: readonly ControlMessage[], target: SendTarget): number {
  for (const { level, type, data } of control) {
    if (level !== SOL_IP) continue;
    if (type === IP_PKTINFO) {
      if (data.length < 12) return -EINVAL;
      target.deviceIndex = readI32Host(data, 0);
      target.source = readU32(data, 4);
    } else if (type === IP_TTL) {
      const ttl = readInt(data);
      if (ttl === undefined || ttl < 1 || ttl > 255) return -EINVAL;
      target.ttl = ttl;
    } else if (type === IP_TOS) {
      target.tos = (readIntOrByte(data) ?? 0) & 0xff;
    } else if (type !== IP_RETOPTS) {
      return -EINVAL;
    }
  }
  return 0;
}

function withInetFamily(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy[0] = AF_INET;
  return copy;
}

/** `struct sock_extended_err` and the `struct sockaddr_in` of SO_EE_OFFENDER. */
function extendedError(entry: SocketError): Uint8Array {
  const data = new Uint8Array(32);
  writeU32Host(data, 0, entry.errno);
  data[4] = entry.origin;
  data[5] = entry.type;
  data[6] = entry.code;
  writeU32Host(data, 8, entry.info);
  if (entry.offender !== 0) data.set(makeSockaddrIn(entry.offender, 0), 16);
  return data;
}
