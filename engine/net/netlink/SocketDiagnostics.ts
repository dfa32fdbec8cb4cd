/** NETLINK_SOCK_DIAG (sock_diag(7)): how `ss` asks about sockets. */

import { EINVAL, ENOENT, EOPNOTSUPP } from '../../abi/errno.ts';
import { AF_INET, AF_INET6, AF_UNIX } from '../../abi/socket.ts';
import type { NetStack } from '../NetStack.ts';
import { DatagramSocket } from '../socket/inet/DatagramSocket.ts';
import { makeTcpInfo } from '../socket/inet/tcpInfo.ts';
import { TcpSocket } from '../socket/inet/TcpSocket.ts';
import type { Socket } from '../socket/Socket.ts';
import { UnixSocket } from '../socket/unix/UnixSocket.ts';
import { TCP_LISTEN, TCP_TIME_WAIT } from '../transport/tcp/state.ts';
import type { TcpConnection } from '../transport/tcp/TcpConnection.ts';
import { UdpEndpoint } from '../transport/udp/UdpEndpoint.ts';
import { readU32Host, writeU16, writeU32, writeU32Host } from '../wire/bytes.ts';
import { IPPROTO_TCP } from '../wire/ipv4.ts';
import { MessageWriter, NLM_F_DUMP, NLM_F_MULTI, Refusal, type Request } from './message.ts';
import type { Credentials } from '../../process/Credentials.ts';
import type { Outcome } from './RouteNetlink.ts';
import type { AnswerContext } from './rtnetlink.ts';

const SOCK_DIAG_BY_FAMILY = 20;
/** `struct inet_diag_req_v2` and `struct inet_diag_msg`. */
const INET_REQUEST_SIZE = 56;
const INET_MESSAGE_SIZE = 72;
/** `struct unix_diag_req` and `struct unix_diag_msg`. */
const UNIX_REQUEST_SIZE = 24;
const UNIX_MESSAGE_SIZE = 16;

const INET_DIAG_INFO = 2;
const INET_DIAG_CONG = 4;
const INET_DIAG_TOS = 5;
const INET_DIAG_SKMEMINFO = 7;
const INET_DIAG_SHUTDOWN = 8;
const UNIX_DIAG_NAME = 0;
const UNIX_DIAG_PEER = 2;
const UNIX_DIAG_RQLEN = 4;
const UDIAG_SHOW_NAME = 1;
const UDIAG_SHOW_PEER = 4;
const UDIAG_SHOW_RQLEN = 16;

const ESTABLISHED = 1;
const CLOSED = 7;
const NANOSECONDS_PER_MILLISECOND = 1_000_000;
const NO_COOKIE = 0xffff_ffff;

/** What all inet sockets say. */
interface InetFacts {
  readonly state: number;
  readonly localAddress: number;
  readonly localPort: number;
  readonly remoteAddress: number;
  readonly remotePort: number;
  readonly deviceIndex: number;
  readonly receiveQueue: number;
  readonly sendQueue: number;
  readonly uid: number;
  readonly ino: number;
  readonly tos: number;
  readonly memory: readonly number[];
  readonly connection: TcpConnection | null;
}

export class SocketDiagnostics {
  readonly #stack: NetStack;
  readonly #sockets: ReadonlySet<Socket>;

  constructor(stack: NetStack, sockets: ReadonlySet<Socket>) {
    this.#stack = stack;
    this.#sockets = sockets;
  }

  /** Nothing is told to groups here. */
  subscribe(): void {}

  unsubscribe(): void {}

  handle(request: Request, _credentials: Credentials, _isStrict: boolean, portId: number): Outcome {
    const { payload } = request;
    if (request.type !== SOCK_DIAG_BY_FAMILY) return refuse(-EINVAL);
    const isDump = (request.flags & NLM_F_DUMP) === NLM_F_DUMP;
    const context: AnswerContext = { flags: isDump ? NLM_F_MULTI : 0, sequence: request.sequence, portId };
    switch (payload.at(0)) {
      case AF_INET:
        return payload.length < INET_REQUEST_SIZE ? refuse(-EINVAL) : this.#inet(payload, isDump, context);
      case AF_UNIX:
        if (payload.length < UNIX_REQUEST_SIZE) return refuse(-EINVAL);
        return isDump ? { kind: 'dump', messages: this.#unix(payload, context) } : refuse(-EOPNOTSUPP);
      case AF_INET6:
        // There are none; a refusal would make `ss` list the others twice.
        return isDump ? { kind: 'dump', messages: [] } : refuse(-ENOENT);
      default:
        // As when a family's diagnosis is not built in: `ss` then reads /proc/net.
        return refuse(-ENOENT);
    }
  }

  #inet(payload: Uint8Array, isDump: boolean, context: AnswerContext): Outcome {
    const protocol = payload[1];
    const extensions = payload[2];
    const states = readU32Host(payload, 4);
    const messages: Uint8Array[] = [];
    for (const facts of protocol === IPPROTO_TCP ? this.#tcp() : this.#datagrams(protocol)) {
      if (((states >>> facts.state) & 1) === 0) continue;
      if (!isDump && !isAskedFor(payload, facts)) continue;
      messages.push(inetMessage(facts, extensions, context));
    }
    if (isDump) return { kind: 'dump', messages };
    return messages.length === 0 ? refuse(-ENOENT) : { kind: 'answer', messages: messages.slice(0, 1) };
  }

  *#tcp(): Iterable<InetFacts> {
    const owners = new Map<TcpConnection, TcpSocket>();
    for (const socket of this.#sockets) {
      if (!(socket instanceof TcpSocket)) continue;
      owners.set(socket.connection, socket);
      const { listener } = socket;
      if (listener === null) continue;
      yield {
        state: TCP_LISTEN,
        localAddress: listener.localAddress,
        localPort: listener.localPort,
        remoteAddress: 0,
        remotePort: 0,
        deviceIndex: listener.deviceIndex,
        receiveQueue: listener.readyCount,
        sendQueue: listener.backlog,
        uid: socket.ownerUid,
        ino: socket.ino,
        tos: listener.send.tos,
        memory: [0, socket.options.receiveBuffer, 0, socket.options.sendBuffer],
        connection: null,
      };
    }
    for (const c of this.#stack.tcp.connections()) {
      const queued = c.receiveQueue.available + c.receiveQueue.earlyBytes;
      yield {
        state: c.state,
        localAddress: c.localAddress,
        localPort: c.localPort,
        remoteAddress: c.remoteAddress,
        remotePort: c.remotePort,
        deviceIndex: c.deviceIndex,
        receiveQueue: c.receiveQueue.available,
        sendQueue: c.sendQueue.bytes,
        uid: c.uid,
        ino: owners.get(c)?.ino ?? 0,
        tos: c.send.tos,
        memory: [queued, 2 * c.window.limit, c.sendQueue.bytes, c.sendBufferLimit],
        connection: c,
      };
    }
  }

  *#datagrams(protocol: number): Iterable<InetFacts> {
    for (const socket of this.#sockets) {
      if (!(socket instanceof DatagramSocket) || socket.protocol !== protocol) continue;
      const { endpoint } = socket;
      if (endpoint instanceof UdpEndpoint && !endpoint.isBound) continue;
      yield {
        state: endpoint.isConnected ? ESTABLISHED : CLOSED,
        localAddress: endpoint.localAddress,
        localPort: endpoint.localPort,
        remoteAddress: endpoint.remoteAddress,
        remotePort: endpoint.remotePort,
        deviceIndex: endpoint.send.deviceIndex,
        receiveQueue: endpoint.queue.bytes,
        sendQueue: 0,
        uid: socket.ownerUid,
        ino: socket.ino,
        tos: endpoint.send.tos,
        memory: [endpoint.queue.bytes, socket.options.receiveBuffer, 0, socket.options.sendBuffer],
        connection: null,
      };
    }
  }

  #unix(payload: Uint8Array, context: AnswerContext): Uint8Array[] {
    const states = readU32Host(payload, 4);
    const show = readU32Host(payload, 12);
    const messages: Uint8Array[] = [];
    for (const socket of this.#sockets) {
      if (!(socket instanceof UnixSocket)) continue;
      let state = socket.peer === null ? CLOSED : ESTABLISHED;
      if (socket.isListening) state = TCP_LISTEN;
      if (((states >>> state) & 1) === 0) continue;
      const writer = new MessageWriter(SOCK_DIAG_BY_FAMILY, context.flags, context.sequence, context.portId);
      const header = writer.header(UNIX_MESSAGE_SIZE);
      header[0] = AF_UNIX;
      header[1] = socket.type;
      header[2] = state;
      writeU32Host(header, 4, socket.ino);
      writeU32Host(header, 8, socket.ino);
      const { name } = socket;
      if ((show & UDIAG_SHOW_NAME) !== 0 && name !== null) {
        const text = name.kind === 'abstract' ? `\0${name.text}` : name.text;
        writer.bytes(
          UNIX_DIAG_NAME,
          Uint8Array.from(text, (character) => character.charCodeAt(0)),
        );
      }
      if ((show & UDIAG_SHOW_PEER) !== 0 && socket.peer !== null) writer.u32(UNIX_DIAG_PEER, socket.peer.ino);
      if ((show & UDIAG_SHOW_RQLEN) !== 0) {
        const lengths = new Uint8Array(8);
        writeU32Host(lengths, 0, socket.queue.bytes);
        writer.bytes(UNIX_DIAG_RQLEN, lengths);
      }
      messages.push(writer.finish());
    }
    return messages;
  }
}

/** Whether a request for one socket means this one: its ports, addresses and cookie (`struct inet_diag_sockid`). */
function isAskedFor(payload: Uint8Array, facts: InetFacts): boolean {
  const id = new Uint8Array(48);
  writeSocketId(id, 0, facts);
  for (let at = 0; at < 4; at++) if (payload[8 + at] !== id[at]) return false;
  for (let at = 4; at < 8; at++) if (payload[8 + at] !== id[at]) return false;
  for (let at = 20; at < 24; at++) if (payload[8 + at] !== id[at]) return false;
  const cookie = readU32Host(payload, 48);
  return cookie === NO_COOKIE || cookie === facts.ino;
}

function writeSocketId(bytes: Uint8Array, at: number, facts: InetFacts): void {
  writeU16(bytes, at, facts.localPort);
  writeU16(bytes, at + 2, facts.remotePort);
  writeU32(bytes, at + 4, facts.localAddress);
  writeU32(bytes, at + 20, facts.remoteAddress);
  writeU32Host(bytes, at + 36, facts.deviceIndex);
  writeU32Host(bytes, at + 40, facts.ino);
}

function inetMessage(facts: InetFacts, extensions: number, context: AnswerContext): Uint8Array {
  const writer = new MessageWriter(SOCK_DIAG_BY_FAMILY, context.flags, context.sequence, context.portId);
  const header = writer.header(INET_MESSAGE_SIZE);
  const { connection } = facts;
  const timer = connection === null ? { kind: 0, expiresMs: 0 } : pendingTimer(connection);
  header[0] = AF_INET;
  header[1] = facts.state;
  header[2] = timer.kind;
  header[3] = connection?.retries ?? 0;
  writeSocketId(header, 4, facts);
  writeU32Host(header, 52, timer.expiresMs);
  writeU32Host(header, 56, facts.receiveQueue);
  writeU32Host(header, 60, facts.sendQueue);
  writeU32Host(header, 64, facts.uid);
  writeU32Host(header, 68, facts.ino);
  const wants = (attribute: number): boolean => ((extensions >>> (attribute - 1)) & 1) === 1;
  if (facts.state === TCP_TIME_WAIT) return writer.finish();
  let shutdown = 0;
  if (connection?.isReadShut === true) shutdown |= 1;
  if (connection?.isWriteShut === true) shutdown |= 2;
  writer.u8(INET_DIAG_SHUTDOWN, shutdown);
  if (wants(INET_DIAG_TOS)) writer.u8(INET_DIAG_TOS, facts.tos);
  if (wants(INET_DIAG_SKMEMINFO)) {
    // Bytes queued and limits in both directions, then what is not accounted here.
    const memory = new Uint8Array(36);
    facts.memory.forEach((value, at) => writeU32Host(memory, 4 * at, value));
    writer.bytes(INET_DIAG_SKMEMINFO, memory);
  }
  if (connection !== null) {
    if (wants(INET_DIAG_INFO)) writer.bytes(INET_DIAG_INFO, makeTcpInfo(connection));
    if (wants(INET_DIAG_CONG)) writer.text(INET_DIAG_CONG, 'reno');
  }
  return writer.finish();
}

/** 1 retransmission, 2 keep-alive, 3 TIME-WAIT, 4 window probe; milliseconds left. */
function pendingTimer(c: TcpConnection): { kind: number; expiresMs: number } {
  const left = (deadlineNs: number): number =>
    Math.max(0, Math.floor((deadlineNs - c.now) / NANOSECONDS_PER_MILLISECOND));
  if (c.state === TCP_TIME_WAIT) return { kind: 3, expiresMs: left(c.keepaliveTimer.deadlineNs) };
  if (c.retransmitTimer.isSet) return { kind: c.inFlight > 0 ? 1 : 4, expiresMs: left(c.retransmitTimer.deadlineNs) };
  if (c.keepaliveTimer.isSet) return { kind: 2, expiresMs: left(c.keepaliveTimer.deadlineNs) };
  return { kind: 0, expiresMs: 0 };
}

function refuse(errno: number): Outcome {
  return { kind: 'refused', refusal: new Refusal(errno) };
}
