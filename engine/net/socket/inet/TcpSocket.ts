import { CAP_NET_BIND_SERVICE } from '../../../process/Capabilities.ts';
import {
  EACCES,
  EADDRINUSE,
  EADDRNOTAVAIL,
  EAGAIN,
  EALREADY,
  EINPROGRESS,
  EINVAL,
  EISCONN,
  ENOENT,
  ENOTCONN,
  ENOTTY,
  EPIPE,
} from '../../../abi/errno.ts';
import { FIONREAD, TIOCOUTQ } from '../../../abi/ioctls.ts';
import { POLLHUP, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../../../abi/poll.ts';
import {
  AF_INET,
  AF_UNSPEC,
  MSG_ERRQUEUE,
  MSG_MORE,
  MSG_OOB,
  MSG_PEEK,
  MSG_TRUNC,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
  SOCK_STREAM,
  SOL_IP,
  SOL_TCP,
  TCP_CONGESTION,
} from '../../../abi/socket.ts';
import { isCapable } from '../../../process/Credentials.ts';
import type { Actor } from '../../../vfs/Actor.ts';
import type { NetStack } from '../../NetStack.ts';
import { makeSendSettings } from '../../transport/endpoint.ts';
import { TCP_CLOSED, TCP_LISTEN, TCP_SYN_RECEIVED, TCP_SYN_SENT } from '../../transport/tcp/state.ts';
import { TcpConnection } from '../../transport/tcp/TcpConnection.ts';
import { TcpListener } from '../../transport/tcp/TcpListener.ts';
import { makeTcpOptionsSetting, type TcpOptionsSetting } from '../../transport/tcp/TcpOptionsSetting.ts';
import { IPPROTO_TCP } from '../../wire/ipv4.ts';
import type { ReceivedMessage, SentMessage } from '../messages.ts';
import { intValue, readInt, readName } from '../optionValue.ts';
import { Socket, type IoctlMemory } from '../Socket.ts';
import { familyOf, makeSockaddrIn, parseSockaddrIn } from './inetAddress.ts';
import { getIpOption, makeReceiveSettings, setIpOption, type IpOptionHolder } from './ipOptions.ts';
import { CONGESTION_CONTROL, getTcpOption, setTcpOption } from './tcpOptions.ts';

const UNPRIVILEGED_PORT = 1024;
const SIOCATMARK = 0x8905;

/** A stream socket over TCP (tcp(7)): first unconnected, then a connection or a listener. */
export class TcpSocket extends Socket {
  connection: TcpConnection;
  listener: TcpListener | null = null;
  readonly reports = makeReceiveSettings();
  /** connect(2) was called and its outcome not told yet. */
  #isConnecting = false;
  #hasConnected = false;

  constructor(stack: NetStack, uid: number, accepted?: TcpConnection) {
    super(stack, AF_INET, SOCK_STREAM, IPPROTO_TCP);
    this.ownerUid = uid;
    this.options.receiveBuffer = stack.ipv4Settings.tcp_rmem[1];
    this.options.sendBuffer = stack.ipv4Settings.tcp_wmem[1];
    this.connection = accepted ?? new TcpConnection(stack.tcp, makeSendSettings(), makeTcpOptionsSetting(), uid);
    this.connection.observer = this;
    if (accepted !== undefined) {
      this.#hasConnected = true;
      this.options.keepAlive = accepted.options.keepAlive;
    }
  }

  override get isListening(): boolean {
    return this.listener !== null;
  }

  override get isStream(): boolean {
    return true;
  }

  /** The state as /proc/net/tcp and TCP_INFO show it. */
  get state(): number {
    return this.listener === null ? this.connection.state : TCP_LISTEN;
  }

  get #tcpOptions(): TcpOptionsSetting {
    return this.connection.options;
  }

  override bind(bytes: Uint8Array, actor: Actor): number {
    const { connection, stack } = this;
    const parsed = parseSockaddrIn(bytes);
    if (typeof parsed === 'number') return parsed;
    if (connection.isBound || this.listener !== null || connection.state !== TCP_CLOSED) return -EINVAL;
    const { address, port } = parsed;
    const mayBind = this.reports.freeBind || stack.ipv4Settings.ip_nonlocal_bind !== 0 || stack.fib.isLocal(address);
    if (address !== 0 && !mayBind) return -EADDRNOTAVAIL;
    if (port > 0 && port < UNPRIVILEGED_PORT && !isCapable(actor.credentials, CAP_NET_BIND_SERVICE)) return -EACCES;
    return connection.bind(address, port);
  }

  override connect(bytes: Uint8Array): number {
    if (familyOf(bytes) === AF_UNSPEC) return this.#disconnect();
    if (this.listener !== null) return -EISCONN;
    const { state } = this.connection;
    if (state === TCP_SYN_SENT || state === TCP_SYN_RECEIVED) return -EALREADY;
    if (state !== TCP_CLOSED) {
      if (!this.#isConnecting) return -EISCONN;
      this.#isConnecting = false;
      return 0;
    }
    if (this.#hasConnected) {
      if (this.connection.error !== 0) {
        const error = this.connection.takeError();
        this.#renew();
        return -error;
      }
      this.#renew();
    }
    const parsed = parseSockaddrIn(bytes);
    if (typeof parsed === 'number') return parsed;
    const error = this.connection.connect(parsed.address, parsed.port);
    if (error < 0) return error;
    this.#hasConnected = true;
    this.#isConnecting = true;
    return this.connectResult();
  }

  override connectResult(): number {
    const { connection } = this;
    if (connection.state === TCP_SYN_SENT || connection.state === TCP_SYN_RECEIVED) return -EINPROGRESS;
    this.#isConnecting = false;
    if (connection.state !== TCP_CLOSED) return 0;
    const error = connection.takeError();
    this.#renew();
    return error === 0 ? -EINVAL : -error;
  }

  override listen(backlog: number): number {
    const { connection, stack } = this;
    const limit = Math.min(backlog < 0 ? stack.coreSettings.somaxconn : backlog, stack.coreSettings.somaxconn);
    if (this.listener !== null) {
      this.listener.backlog = limit;
      return 0;
    }
    if (connection.state !== TCP_CLOSED || this.#hasConnected) return -EINVAL;
    if (!connection.isBound) {
      const error = connection.bind(0, 0);
      if (error < 0) return error;
    }
    const listener = new TcpListener(stack.tcp, connection, connection.send, connection.options, limit);
    // The listener stands in for the bound connection in the port table.
    stack.tcp.ports.release(connection);
    const error = stack.tcp.ports.bind(listener, listener.localPort);
    if (error < 0) {
      stack.tcp.ports.share(connection);
      return -EADDRINUSE;
    }
    listener.observer = this;
    this.listener = listener;
    stack.tcp.addListener(listener);
    return 0;
  }

  override accept(): Socket | number {
    if (this.listener === null) return -EINVAL;
    const connection = this.listener.accept();
    return connection === undefined ? -EAGAIN : new TcpSocket(this.stack, this.ownerUid, connection);
  }

  override send(message: SentMessage): number {
    const { connection, listener } = this;
    if (listener !== null) return -EPIPE;
    if (connection.state === TCP_CLOSED && !this.#hasConnected) return -EPIPE;
    const urgent = (message.flags & MSG_OOB) !== 0 ? 1 : 0;
    return connection.write(message.source, (message.flags & MSG_MORE) !== 0 ? 1 : 0, urgent);
  }

  override receive(message: ReceivedMessage): number {
    const { connection, listener } = this;
    if ((message.flags & MSG_ERRQUEUE) !== 0) return -EAGAIN;
    if (listener !== null || (connection.state === TCP_CLOSED && !this.#hasConnected)) return -ENOTCONN;
    const isPeek = (message.flags & MSG_PEEK) !== 0;
    if ((message.flags & MSG_OOB) !== 0) {
      const result = connection.urgent.receive(message.target, isPeek);
      if (result > 0) message.outFlags |= MSG_OOB;
      return result;
    }
    if ((message.flags & MSG_TRUNC) !== 0 && !isPeek) {
      return connection.read(message.target, message.target.remaining, 'discard');
    }
    if (message.target.remaining === 0) return 0;
    const count = connection.read(message.target, message.target.remaining, isPeek ? 'peek' : 'take');
    // The end of a stream is told again and again, also after the connection is gone.
    return count === -ENOTCONN && this.#hasConnected ? 0 : count;
  }

  override getName(): Uint8Array {
    return makeSockaddrIn(this.connection.localAddress, this.connection.localPort);
  }

  override getPeerName(): Uint8Array | number {
    const { connection } = this;
    const { state } = connection;
    if (this.listener !== null || state === TCP_CLOSED || state === TCP_SYN_SENT) return -ENOTCONN;
    return makeSockaddrIn(connection.remoteAddress, connection.remotePort);
  }

  override shutdown(how: number): number {
    if (how < SHUT_RD || how > SHUT_RDWR) return -EINVAL;
    if (this.listener !== null) {
      if (how === SHUT_WR) return -ENOTCONN;
      this.#stopListening();
      this.readinessChanged(POLLIN | POLLHUP | POLLRDNORM);
      return 0;
    }
    return this.connection.shutdown(how !== SHUT_WR, how !== SHUT_RD);
  }

  override poll(): number {
    const { listener, connection } = this;
    if (listener !== null) return listener.readyCount > 0 ? POLLIN | POLLRDNORM : 0;
    if (connection.state === TCP_CLOSED && !this.#hasConnected) return POLLOUT | POLLWRNORM | POLLHUP;
    return connection.poll();
  }

  override takeError(): number {
    return this.connection.takeError();
  }

  override close(): void {
    if (this.listener !== null) {
      this.#stopListening();
      return;
    }
    this.connection.close(this.options.lingerSeconds === 0 ? 'abortive' : 'orderly');
  }

  override ioctl(request: number, argument: number, memory: IoctlMemory): number {
    const { connection } = this;
    if (request === FIONREAD) {
      if (this.listener !== null) return -EINVAL;
      const readable = connection.urgent.limitRead(connection.receiveQueue.available);
      return memory.copyOut(argument, intValue(readable), 0, 4);
    }
    if (request === SIOCATMARK) {
      return memory.copyOut(argument, intValue(connection.urgent.isAtMark ? 1 : 0), 0, 4);
    }
    if (request === TIOCOUTQ) return memory.copyOut(argument, intValue(connection.sendQueue.bytes), 0, 4);
    return -ENOTTY;
  }

  override setOption(level: number, name: number, value: Uint8Array, actor: Actor): number {
    if (level === SOL_IP) return setIpOption(this.#holder(), name, value);
    if (level !== SOL_TCP) return super.setOption(level, name, value, actor);
    if (name === TCP_CONGESTION) return readName(value) === CONGESTION_CONTROL ? 0 : -ENOENT;
    const number = readInt(value);
    if (number === undefined) return -EINVAL;
    const error = setTcpOption(this.connection, name, number);
    if (error === 0) this.connection.optionsChanged();
    return error;
  }

  override getOption(level: number, name: number, current: Uint8Array): Uint8Array | number {
    if (level === SOL_IP) return getIpOption(this.#holder(), name);
    return level === SOL_TCP ? getTcpOption(this.connection, this.state, name) : super.getOption(level, name, current);
  }

  protected override get receiveBufferSize(): number {
    return this.options.receiveBufferIsSet ? this.options.receiveBuffer : 2 * this.connection.window.limit;
  }

  protected override get sendBufferSize(): number {
    return this.options.sendBufferIsSet ? this.options.sendBuffer : this.connection.sendBufferLimit;
  }

  protected override applyOptions(): void {
    const { connection, options, listener } = this;
    const tcp = this.#tcpOptions;
    connection.reuseAddress = options.reuseAddress;
    connection.reusePort = options.reusePort;
    if (listener !== null) {
      listener.reuseAddress = options.reuseAddress;
      listener.reusePort = options.reusePort;
    }
    connection.send.mark = options.mark;
    connection.send.deviceIndex = options.deviceIndex;
    connection.send.dontRoute = options.dontRoute;
    connection.forgetRoute();
    tcp.keepAlive = options.keepAlive;
    tcp.urgentInline = options.urgentInline;
    tcp.receiveLowWater = options.receiveLowWater;
    if (options.receiveBufferIsSet) {
      tcp.receiveBuffer = options.receiveBuffer;
      connection.window.resize();
    }
    if (options.sendBufferIsSet) {
      tcp.sendBuffer = options.sendBuffer;
      connection.sendBufferLimit = options.sendBuffer;
    }
    connection.optionsChanged();
  }

  /** connect(2) to AF_UNSPEC ends the connection; the socket can be used anew. */
  #disconnect(): number {
    if (this.listener !== null) this.#stopListening();
    else this.connection.close('abortive');
    this.#renew();
    return 0;
  }

  /** A fresh connection in place of one that ended, with the same options. */
  #renew(): void {
    const old = this.connection;
    const { localAddress, localPort, isBound } = old;
    old.close('abortive');
    const next = new TcpConnection(this.stack.tcp, old.send, old.options, this.ownerUid);
    next.observer = this;
    this.connection = next;
    this.#hasConnected = false;
    this.#isConnecting = false;
    this.applyOptions();
    if (isBound) next.bind(localAddress, localPort);
  }

  #stopListening(): void {
    const { listener, stack } = this;
    if (listener === null) return;
    stack.tcp.removeListener(listener);
    stack.tcp.ports.release(listener);
    this.connection.isBound = false;
    this.listener = null;
  }

  #holder(): IpOptionHolder {
    const { stack, connection, reports } = this;
    const isConnected = connection.state !== TCP_CLOSED;
    return {
      stack,
      send: connection.send,
      reports,
      datagrams: null,
      connectedMtu: isConnected ? (connection.route?.mtu ?? 0) : 0,
    };
  }
}
