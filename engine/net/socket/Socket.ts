import { CAP_NET_ADMIN } from '../../process/Capabilities.ts';
import { EDOM, EINVAL, ENODEV, ENOPROTOOPT, ENOTTY, EOPNOTSUPP, EPERM } from '../../abi/errno.ts';
import {
  SCM_TIMESTAMP,
  SCM_TIMESTAMPNS,
  SO_ACCEPTCONN,
  SO_BINDTODEVICE,
  SO_BINDTOIFINDEX,
  SO_BROADCAST,
  SO_COOKIE,
  SO_DOMAIN,
  SO_DONTROUTE,
  SO_ERROR,
  SO_KEEPALIVE,
  SO_LINGER,
  SO_MARK,
  SO_OOBINLINE,
  SO_PASSCRED,
  SO_PRIORITY,
  SO_PROTOCOL,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SO_RCVLOWAT,
  SO_RCVTIMEO,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SO_RXQ_OVFL,
  SO_SNDBUF,
  SO_SNDBUFFORCE,
  SO_SNDLOWAT,
  SO_SNDTIMEO,
  SO_TIMESTAMP,
  SO_TIMESTAMPNS,
  SO_TYPE,
  SOL_SOCKET,
} from '../../abi/socket.ts';
import { isCapable } from '../../process/Credentials.ts';
import { WaitQueue } from '../../sched/WaitQueue.ts';
import type { Actor } from '../../vfs/Actor.ts';
import type { NetStack } from '../NetStack.ts';
import type { EndpointObserver } from '../transport/endpoint.ts';
import type { ReceivedMessage, SentMessage } from './messages.ts';
import { intValue, nameValue, readInt, readName, readTimeval, timespecValue, timevalValue } from './optionValue.ts';
import { makeSocketOptions, type SocketOptions } from './SocketOptions.ts';

const MINIMUM_RECEIVE_BUFFER = 2304;
const MINIMUM_SEND_BUFFER = 4608;

/** Access to the guest's memory for ioctl(2) arguments; all answer -EFAULT. */
export interface IoctlMemory {
  copyIn(address: number, target: Uint8Array, start: number, length: number): number;
  copyOut(address: number, source: Uint8Array, start: number, length: number): number;
}

/**
 * A socket, without the description that it hangs on. Operations never block: -EAGAIN says that they would, and
 * `waitQueue` is woken with poll(2) bits when that may have changed. Addresses are `struct sockaddr` bytes. Errors are
 * negative errnos.
 */
export abstract class Socket implements EndpointObserver {
  readonly stack: NetStack;
  readonly family: number;
  readonly type: number;
  readonly protocol: number;
  readonly waitQueue = new WaitQueue();
  /** Where to wait after -EAGAIN, when that is not the socket's own queue: a unix socket's full peer. */
  blockingQueue: WaitQueue | null = null;
  readonly options: SocketOptions;
  /** Number shown by /proc and `socket:[n]`; set by the file that carries the socket. */
  ino = 0;
  ownerUid = 0;

  protected constructor(stack: NetStack, family: number, type: number, protocol: number) {
    this.stack = stack;
    this.family = family;
    this.type = type;
    this.protocol = protocol;
    this.options = makeSocketOptions(stack.coreSettings.rmem_default, stack.coreSettings.wmem_default);
  }

  abstract bind(address: Uint8Array, actor: Actor): number;
  /** 0 when connected, -EINPROGRESS when that takes time: `waitQueue` tells, and `connectResult` then says how it went. */
  abstract connect(address: Uint8Array, actor: Actor): number;
  abstract send(message: SentMessage): number;
  abstract receive(message: ReceivedMessage, actor: Actor): number;
  abstract getName(): Uint8Array | number;
  abstract getPeerName(): Uint8Array | number;
  abstract shutdown(how: number): number;
  abstract poll(): number;
  abstract close(): void;
  /** The pending error as a positive errno, which is thereby told. */
  abstract takeError(): number;

  connectResult(): number {
    return 0;
  }

  listen(_backlog: number): number {
    return -EOPNOTSUPP;
  }

  accept(): Socket | number {
    return -EOPNOTSUPP;
  }

  get isListening(): boolean {
    return false;
  }

  /** A stream: reads and writes of any size join and part, and MSG_WAITALL means something. */
  get isStream(): boolean {
    return false;
  }

  readinessChanged(events: number): void {
    this.waitQueue.wake(events);
  }

  /** ioctl(2) requests of this kind of socket; -ENOTTY passes on to those of network devices. */
  ioctl(_request: number, _argument: number, _memory: IoctlMemory): number {
    return -ENOTTY;
  }

  /** The options of SOL_SOCKET changed: endpoints copy what concerns them. */
  protected applyOptions(): void {
    // most keep reading `options`
  }

  setOption(level: number, name: number, value: Uint8Array, actor: Actor): number {
    if (level !== SOL_SOCKET) return -ENOPROTOOPT;
    switch (name) {
      case SO_RCVTIMEO:
      case SO_SNDTIMEO:
        return this.#setTimeout(name, value);
      case SO_LINGER:
        return this.#setLinger(value);
      case SO_BINDTODEVICE:
        return this.#bindToDevice(readName(value), actor);
      default:
        break;
    }
    const number = readInt(value);
    if (number === undefined) return -EINVAL;
    const error = this.#setInteger(name, number, actor);
    if (error === 0) this.applyOptions();
    return error;
  }

  #setInteger(name: number, value: number, actor: Actor): number {
    const { options } = this;
    const isOn = value !== 0;
    switch (name) {
      case SO_REUSEADDR:
        options.reuseAddress = isOn;
        return 0;
      case SO_REUSEPORT:
        options.reusePort = isOn;
        return 0;
      case SO_KEEPALIVE:
        options.keepAlive = isOn;
        return 0;
      case SO_BROADCAST:
        options.broadcast = isOn;
        return 0;
      case SO_PASSCRED:
        options.passCredentials = isOn;
        return 0;
      case SO_OOBINLINE:
        options.urgentInline = isOn;
        return 0;
      case SO_DONTROUTE:
        options.dontRoute = isOn;
        return 0;
      case SO_TIMESTAMP:
        options.timestamp = isOn ? 'microseconds' : 'none';
        this.stack.link.stampsPackets ||= isOn;
        return 0;
      case SO_TIMESTAMPNS:
        options.timestamp = isOn ? 'nanoseconds' : 'none';
        this.stack.link.stampsPackets ||= isOn;
        return 0;
      case SO_RXQ_OVFL:
        options.reportDrops = isOn;
        return 0;
      case SO_RCVLOWAT:
        options.receiveLowWater = value < 0 ? 0x7fff_ffff : value || 1;
        return 0;
      case SO_RCVBUF:
      case SO_RCVBUFFORCE:
        return this.#setReceiveBuffer(value, name === SO_RCVBUFFORCE, actor);
      case SO_SNDBUF:
      case SO_SNDBUFFORCE:
        return this.#setSendBuffer(value, name === SO_SNDBUFFORCE, actor);
      case SO_MARK:
        if (!isCapable(actor.credentials, CAP_NET_ADMIN)) return -EPERM;
        options.mark = value >>> 0;
        return 0;
      case SO_PRIORITY:
        if ((value < 0 || value > 6) && !isCapable(actor.credentials, CAP_NET_ADMIN)) return -EPERM;
        options.priority = value;
        return 0;
      case SO_BINDTOIFINDEX:
        if (value !== 0 && this.stack.link.deviceByIndex(value) === undefined) return -ENODEV;
        options.deviceIndex = value;
        return 0;
      default:
        return -ENOPROTOOPT;
    }
  }

  /** `current` is what the caller's buffer holds: some options ask with it. */
  getOption(level: number, name: number, _current: Uint8Array): Uint8Array | number {
    if (level !== SOL_SOCKET) return -ENOPROTOOPT;
    const { options } = this;
    switch (name) {
      case SO_TYPE:
        return intValue(this.type);
      case SO_DOMAIN:
        return intValue(this.family);
      case SO_PROTOCOL:
        return intValue(this.protocol);
      case SO_ERROR:
        return intValue(this.takeError());
      case SO_ACCEPTCONN:
        return intValue(this.isListening ? 1 : 0);
      case SO_REUSEADDR:
        return intValue(options.reuseAddress ? 1 : 0);
      case SO_REUSEPORT:
        return intValue(options.reusePort ? 1 : 0);
      case SO_KEEPALIVE:
        return intValue(options.keepAlive ? 1 : 0);
      case SO_BROADCAST:
        return intValue(options.broadcast ? 1 : 0);
      case SO_PASSCRED:
        return intValue(options.passCredentials ? 1 : 0);
      case SO_OOBINLINE:
        return intValue(options.urgentInline ? 1 : 0);
      case SO_DONTROUTE:
        return intValue(options.dontRoute ? 1 : 0);
      case SO_TIMESTAMP:
        return intValue(options.timestamp === 'microseconds' ? 1 : 0);
      case SO_TIMESTAMPNS:
        return intValue(options.timestamp === 'nanoseconds' ? 1 : 0);
      case SO_RXQ_OVFL:
        return intValue(options.reportDrops ? 1 : 0);
      case SO_RCVLOWAT:
        return intValue(options.receiveLowWater);
      case SO_SNDLOWAT:
        return intValue(1);
      case SO_RCVBUF:
        return intValue(this.receiveBufferSize);
      case SO_SNDBUF:
        return intValue(this.sendBufferSize);
      case SO_MARK:
        return intValue(options.mark);
      case SO_PRIORITY:
        return intValue(options.priority);
      case SO_BINDTOIFINDEX:
        return intValue(options.deviceIndex);
      case SO_BINDTODEVICE:
        return this.#boundDevice();
      case SO_RCVTIMEO:
        return timevalValue(options.receiveTimeoutNs);
      case SO_SNDTIMEO:
        return timevalValue(options.sendTimeoutNs);
      case SO_LINGER: {
        const value = new Uint8Array(8);
        value.set(intValue(options.lingerSeconds >= 0 ? 1 : 0), 0);
        value.set(intValue(Math.max(options.lingerSeconds, 0)), 4);
        return value;
      }
      case SO_COOKIE: {
        const value = new Uint8Array(8);
        value.set(intValue(this.ino), 0);
        return value;
      }
      default:
        return -ENOPROTOOPT;
    }
  }

  /** What SO_RCVBUF and SO_SNDBUF show; stream endpoints that tune themselves show their present size. */
  protected get receiveBufferSize(): number {
    return this.options.receiveBuffer;
  }

  protected get sendBufferSize(): number {
    return this.options.sendBuffer;
  }

  /** The control message of SO_TIMESTAMP, when asked for. */
  protected addTimestamp(message: ReceivedMessage, timestampNs: number): void {
    const { timestamp } = this.options;
    if (timestamp === 'none') return;
    const ns = timestampNs === 0 ? this.stack.environment.wallClockNs() : timestampNs;
    message.control.push(
      timestamp === 'microseconds'
        ? { level: SOL_SOCKET, type: SCM_TIMESTAMP, data: timevalValue(ns) }
        : { level: SOL_SOCKET, type: SCM_TIMESTAMPNS, data: timespecValue(ns) },
    );
  }

  /** The control message of SO_RXQ_OVFL, when asked for. */
  protected addDrops(message: ReceivedMessage, drops: number): void {
    if (!this.options.reportDrops || drops === 0) return;
    message.control.push({ level: SOL_SOCKET, type: SO_RXQ_OVFL, data: intValue(drops) });
  }

  #setTimeout(name: number, value: Uint8Array): number {
    const ns = readTimeval(value);
    if (ns === undefined) return -EINVAL;
    if (ns < 0) return -EDOM;
    if (name === SO_RCVTIMEO) this.options.receiveTimeoutNs = ns;
    else this.options.sendTimeoutNs = ns;
    return 0;
  }

  #setLinger(value: Uint8Array): number {
    if (value.length < 8) return -EINVAL;
    const isOn = readInt(value) !== 0;
    this.options.lingerSeconds = isOn ? Math.max(0, readInt(value.subarray(4)) ?? 0) : -1;
    return 0;
  }

  #bindToDevice(name: string, actor: Actor): number {
    // Since Linux 5.7 anyone may bind a socket that is not bound yet.
    if (this.options.deviceIndex !== 0 && !isCapable(actor.credentials, CAP_NET_ADMIN)) return -EPERM;
    const device = name === '' ? undefined : this.stack.link.deviceByName(name);
    if (name !== '' && device === undefined) return -ENODEV;
    this.options.deviceIndex = device?.index ?? 0;
    this.applyOptions();
    return 0;
  }

  #boundDevice(): Uint8Array {
    const device = this.stack.link.deviceByIndex(this.options.deviceIndex);
    return device === undefined ? new Uint8Array(0) : nameValue(device.name, device.name.length + 1);
  }

  /** socket(7): the kernel doubles the value, for its own overhead. */
  #setReceiveBuffer(value: number, isForced: boolean, actor: Actor): number {
    if (isForced && !isCapable(actor.credentials, CAP_NET_ADMIN)) return -EPERM;
    const asked = value < 0 ? 0x3fff_ffff : value;
    const wanted = isForced ? asked : Math.min(asked, this.stack.coreSettings.rmem_max);
    this.options.receiveBuffer = Math.max(Math.min(wanted, 0x3fff_ffff) * 2, MINIMUM_RECEIVE_BUFFER);
    this.options.receiveBufferIsSet = true;
    return 0;
  }

  #setSendBuffer(value: number, isForced: boolean, actor: Actor): number {
    if (isForced && !isCapable(actor.credentials, CAP_NET_ADMIN)) return -EPERM;
    const asked = value < 0 ? 0x3fff_ffff : value;
    const wanted = isForced ? asked : Math.min(asked, this.stack.coreSettings.wmem_max);
    this.options.sendBuffer = Math.max(Math.min(wanted, 0x3fff_ffff) * 2, MINIMUM_SEND_BUFFER);
    this.options.sendBufferIsSet = true;
    return 0;
  }
}
