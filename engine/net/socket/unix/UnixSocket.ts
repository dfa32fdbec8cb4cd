import { CAP_SYS_ADMIN } from '../../../process/Capabilities.ts';
import {
  EADDRINUSE,
  EAGAIN,
  ECONNREFUSED,
  ECONNRESET,
  EINVAL,
  EISCONN,
  EMSGSIZE,
  ENOTCONN,
  ENOTTY,
  EOPNOTSUPP,
  EPERM,
  EPIPE,
  EPROTOTYPE,
} from '../../../abi/errno.ts';
import { FIONREAD, TIOCOUTQ } from '../../../abi/ioctls.ts';
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP, POLLRDNORM, POLLWRNORM } from '../../../abi/poll.ts';
import {
  AF_UNIX,
  AF_UNSPEC,
  MSG_OOB,
  MSG_PEEK,
  SCM_CREDENTIALS,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
  SO_PEERCRED,
  SO_PEERGROUPS,
  SOCK_DGRAM,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  SOL_SOCKET,
} from '../../../abi/socket.ts';
import { isCapable } from '../../../process/Credentials.ts';
import type { Actor } from '../../../vfs/Actor.ts';
import type { NetStack } from '../../NetStack.ts';
import { readU16Host, readU32Host, writeU32Host } from '../../wire/bytes.ts';
import type { ReceivedMessage, SentMessage } from '../messages.ts';
import { intValue } from '../optionValue.ts';
import { Socket, type IoctlMemory } from '../Socket.ts';
import { makeUnixAddress, parseUnixAddress, type UnixName } from './unixAddress.ts';
import type { UnixNames } from './UnixNames.ts';
import { UnixQueue, type PeerIdentity, type UnixMessage } from './UnixQueue.ts';

const READABLE = POLLIN | POLLRDNORM;
const WRITABLE = POLLOUT | POLLWRNORM;
const LARGEST_PIECE = 65536;

/** A socket between processes of one machine (unix(7)). */
export class UnixSocket extends Socket {
  readonly #names: UnixNames;
  #name: UnixName | null = null;
  #peer: UnixSocket | null = null;
  #wasConnected = false;
  #isReadShut = false;
  #isWriteShut = false;
  #error = 0;
  readonly queue = new UnixQueue();
  /** Connections that wait for accept(2); null unless listening. */
  #backlog: UnixSocket[] | null = null;
  #backlogLimit = 0;
  /** Datagram sockets connected here, which hear when this one goes. */
  readonly #followers = new Set<UnixSocket>();
  readonly #identity: PeerIdentity;
  #peerIdentity: PeerIdentity | null = null;

  constructor(stack: NetStack, type: number, names: UnixNames, actor: Actor) {
    super(stack, AF_UNIX, type, 0);
    this.#names = names;
    this.#identity = identityOf(actor);
  }

  get name(): UnixName | null {
    return this.#name;
  }

  get peer(): UnixSocket | null {
    return this.#peer;
  }

  override get isListening(): boolean {
    return this.#backlog !== null;
  }

  override get isStream(): boolean {
    return this.type === SOCK_STREAM;
  }

  get #isConnectionOriented(): boolean {
    return this.type !== SOCK_DGRAM;
  }

  override bind(bytes: Uint8Array, actor: Actor): number {
    const wanted = parseUnixAddress(bytes);
    if (typeof wanted === 'number') return wanted;
    if (this.#name !== null) {
      if (wanted === null) return 0;
      // A path is made before anything else is looked at, so that one that exists is what is wrong.
      return wanted.kind === 'path' && this.#names.exists(wanted, actor) ? -EADDRINUSE : -EINVAL;
    }
    const name = this.#names.bind(this, wanted, actor);
    if (typeof name === 'number') return name;
    this.#name = name;
    return 0;
  }

  override connect(bytes: Uint8Array, actor: Actor): number {
    if (bytes.length >= 2 && readU16Host(bytes, 0) === AF_UNSPEC && !this.#isConnectionOriented) {
      this.#setDatagramPeer(null);
      return 0;
    }
    const target = parseUnixAddress(bytes);
    if (typeof target === 'number') return target;
    if (target === null) return -EINVAL;
    const found = this.#names.find(target, actor);
    if (typeof found === 'number') return found;
    if (found.type !== this.type) return -EPROTOTYPE;
    if (!this.#isConnectionOriented) {
      if (found.#peer !== null && found.#peer !== this) return -EPERM;
      this.#setDatagramPeer(found);
      return 0;
    }
    if (this.#peer !== null || this.#wasConnected) return -EISCONN;
    if (this.#backlog !== null) return -EINVAL;
    return this.#connectTo(found, actor);
  }

  override listen(backlog: number): number {
    if (!this.#isConnectionOriented) return -EOPNOTSUPP;
    if (this.#name === null || this.#wasConnected) return -EINVAL;
    this.#backlog ??= [];
    this.#backlogLimit = Math.min(backlog < 0 ? 4096 : backlog, this.stack.coreSettings.somaxconn);
    return 0;
  }

  override accept(): Socket | number {
    if (!this.#isConnectionOriented) return -EOPNOTSUPP;
    if (this.#backlog === null) return -EINVAL;
    const connection = this.#backlog.shift();
    if (connection === undefined) return this.#isReadShut ? -EINVAL : -EAGAIN;
    this.waitQueue.wake(WRITABLE);
    return connection;
  }

  override send(message: SentMessage): number {
    if ((message.flags & MSG_OOB) !== 0) return -EOPNOTSUPP;
    if (this.#isWriteShut) return -EPIPE;
    const sender = senderIdentity(message);
    if (typeof sender === 'number') return sender;
    const peer = this.#destination(message);
    if (typeof peer === 'number') return peer;
    return this.type === SOCK_STREAM
      ? this.#sendStream(peer, message, sender)
      : this.#sendPacket(peer, message, sender);
  }

  override receive(message: ReceivedMessage, _actor: Actor): number {
    if ((message.flags & MSG_OOB) !== 0) return this.isStream ? -EINVAL : -EOPNOTSUPP;
    if (this.#backlog !== null || (this.#isConnectionOriented && !this.#wasConnected)) {
      return this.type === SOCK_STREAM ? -EINVAL : -ENOTCONN;
    }
    if (this.queue.isEmpty) {
      if (this.#error !== 0) return -this.takeError();
      if (this.#isReadShut || (this.#isConnectionOriented && this.#peer === null)) return 0;
      return -EAGAIN;
    }
    const count = this.isStream
      ? this.queue.readStream(message, this.options.passCredentials)
      : this.queue.readPacket(message, this.options.passCredentials);
    if (count >= 0 && (message.flags & MSG_PEEK) === 0) this.#roomAppeared();
    return count;
  }

  override getName(): Uint8Array {
    return makeUnixAddress(this.#name);
  }

  override getPeerName(): Uint8Array | number {
    return this.#peer === null ? -ENOTCONN : makeUnixAddress(this.#peer.#name);
  }

  override shutdown(how: number): number {
    if (how < SHUT_RD || how > SHUT_RDWR) return -EINVAL;
    if (this.#isConnectionOriented && !this.#wasConnected && this.#backlog === null) return -ENOTCONN;
    const peer = this.#isConnectionOriented ? this.#peer : null;
    if (how !== SHUT_WR) {
      this.#isReadShut = true;
      if (peer !== null) peer.#isWriteShut = true;
    }
    if (how !== SHUT_RD) {
      this.#isWriteShut = true;
      if (peer !== null) peer.#isReadShut = true;
    }
    this.readinessChanged(this.poll() | READABLE | WRITABLE);
    peer?.readinessChanged(peer.poll() | READABLE | WRITABLE);
    return 0;
  }

  override poll(): number {
    if (this.#backlog !== null) return this.#backlog.length > 0 ? READABLE : 0;
    let events = 0;
    if (!this.queue.isEmpty) events |= READABLE;
    if (this.#error !== 0) events |= POLLERR;
    const peer = this.#peer;
    if (this.#isConnectionOriented) {
      const isOver = this.#wasConnected && peer === null;
      if (this.#isReadShut || isOver) events |= READABLE | POLLRDHUP;
      if (isOver || (this.#isReadShut && this.#isWriteShut) || !this.#wasConnected) events |= POLLHUP;
      if (this.#isWriteShut || peer === null || peer.queue.hasRoomFor(1, this.options.sendBuffer)) events |= WRITABLE;
      return events;
    }
    if (this.#isReadShut) events |= READABLE | POLLRDHUP;
    if (this.#isReadShut && this.#isWriteShut) events |= POLLHUP;
    if (peer === null || peer === this || !peer.queue.isFullOfDatagrams) events |= WRITABLE;
    return events;
  }

  override takeError(): number {
    const error = this.#error;
    this.#error = 0;
    return error;
  }

  override close(): void {
    this.#names.release(this);
    for (const waiting of this.#backlog?.splice(0) ?? []) waiting.#refuse();
    this.#backlog = null;
    const peer = this.#peer;
    this.#peer = null;
    if (this.#isConnectionOriented && peer !== null) {
      peer.#peer = null;
      peer.#isWriteShut = true;
      peer.#isReadShut = true;
      // Unread data that is thrown away is a reset to the far end.
      if (!this.queue.isEmpty) peer.#error = ECONNRESET;
      peer.readinessChanged(READABLE | WRITABLE | POLLHUP | POLLRDHUP | POLLERR);
    } else {
      if (peer !== null) peer.#followers.delete(this);
      for (const follower of this.#followers) follower.#peerVanished();
      this.#followers.clear();
    }
    this.queue.clear();
    this.waitQueue.wake(READABLE | WRITABLE | POLLHUP);
  }

  override ioctl(request: number, argument: number, memory: IoctlMemory): number {
    if (request === FIONREAD) {
      if (this.#backlog !== null) return -EINVAL;
      const size = this.isStream ? this.queue.bytes : this.queue.nextLength;
      return memory.copyOut(argument, intValue(size), 0, 4);
    }
    if (request === TIOCOUTQ) return memory.copyOut(argument, intValue(this.#peer?.queue.bytes ?? 0), 0, 4);
    return -ENOTTY;
  }

  override getOption(level: number, name: number, current: Uint8Array): Uint8Array | number {
    if (level === SOL_SOCKET && name === SO_PEERCRED) {
      const value = new Uint8Array(12);
      const { pid, uid, gid } = this.#peerIdentity ?? { pid: 0, uid: 0xffff_ffff, gid: 0xffff_ffff };
      writeU32Host(value, 0, pid);
      writeU32Host(value, 4, uid);
      writeU32Host(value, 8, gid);
      return value;
    }
    if (level === SOL_SOCKET && name === SO_PEERGROUPS) {
      const groups = this.#peerIdentity?.groups ?? [];
      const value = new Uint8Array(4 * groups.length);
      groups.forEach((gid, at) => writeU32Host(value, 4 * at, gid));
      return value;
    }
    return super.getOption(level, name, current);
  }

  /** socketpair(2). */
  pairWith(other: UnixSocket): void {
    this.#peer = other;
    other.#peer = this;
    this.#wasConnected = true;
    other.#wasConnected = true;
    this.#peerIdentity = other.#identity;
    other.#peerIdentity = this.#identity;
    if (this.#isConnectionOriented) return;
    this.#followers.add(other);
    other.#followers.add(this);
  }

  #connectTo(listener: UnixSocket, actor: Actor): number {
    const backlog = listener.#backlog;
    if (backlog === null || listener.#isReadShut) return -ECONNREFUSED;
    if (backlog.length > listener.#backlogLimit) {
      this.blockingQueue = listener.waitQueue;
      return -EAGAIN;
    }
    this.blockingQueue = null;
    const accepted = new UnixSocket(this.stack, this.type, this.#names, actor);
    accepted.#name = listener.#name;
    accepted.options.passCredentials = listener.options.passCredentials;
    this.pairWith(accepted);
    this.#peerIdentity = listener.#identity;
    accepted.#peerIdentity = identityOf(actor);
    backlog.push(accepted);
    listener.readinessChanged(READABLE);
    return 0;
  }

  #destination(message: SentMessage): UnixSocket | number {
    if (this.#isConnectionOriented) {
      if (!this.#wasConnected) return -ENOTCONN;
      if (message.address !== null && this.isStream) return this.#peer === null ? -EPIPE : -EISCONN;
      return this.#peer ?? -EPIPE;
    }
    if (message.address === null) {
      if (this.#peer !== null) return this.#peer;
      const error = this.takeError();
      return error === 0 ? -ENOTCONN : -error;
    }
    const target = parseUnixAddress(message.address);
    if (typeof target === 'number') return target;
    if (target === null) return -EINVAL;
    const found = this.#names.find(target, message.sender);
    if (typeof found === 'number') return found;
    if (found.type !== this.type) return -EPROTOTYPE;
    return found.#peer !== null && found.#peer !== this ? -EPERM : found;
  }

  #sendStream(peer: UnixSocket, message: SentMessage, sender: PeerIdentity): number {
    const { source } = message;
    let sent = 0;
    let files = message.files;
    if (peer.#isReadShut) return -EPIPE;
    while (source.remaining > 0) {
      const room = peer.queue.roomFor(this.options.sendBuffer);
      if (room <= 0) break;
      const bytes = new Uint8Array(Math.min(room, source.remaining, LARGEST_PIECE));
      const got = source.take(bytes, 0, bytes.length);
      if (got < 0) return sent > 0 ? sent : got;
      peer.queue.push({ bytes, start: 0, end: got, files: files.map((file) => file.retain()), sender, address: null });
      files = [];
      sent += got;
      if (got < bytes.length) break;
    }
    if (sent > 0) peer.readinessChanged(READABLE);
    return sent > 0 || source.remaining === 0 ? sent : -EAGAIN;
  }

  #sendPacket(peer: UnixSocket, message: SentMessage, sender: PeerIdentity): number {
    const length = message.source.remaining;
    if (length > this.options.sendBuffer) return -EMSGSIZE;
    if (peer.#isReadShut) return -EPIPE;
    const isFull =
      this.type === SOCK_SEQPACKET
        ? !peer.queue.hasRoomFor(length, this.options.sendBuffer)
        : peer !== this && peer.queue.isFullOfDatagrams;
    if (isFull) {
      // Readers of the peer wake its queue when there is room again.
      this.blockingQueue = this.type === SOCK_SEQPACKET ? null : peer.waitQueue;
      return -EAGAIN;
    }
    this.blockingQueue = null;
    const bytes = new Uint8Array(length);
    const got = length === 0 ? 0 : message.source.take(bytes, 0, length);
    if (got < 0) return got;
    const packet: UnixMessage = {
      bytes,
      start: 0,
      end: got,
      files: message.files.map((file) => file.retain()),
      sender,
      address: this.#name === null ? null : makeUnixAddress(this.#name),
    };
    peer.queue.push(packet);
    peer.readinessChanged(READABLE);
    return got;
  }

  #roomAppeared(): void {
    this.#peer?.readinessChanged(WRITABLE);
    if (!this.#isConnectionOriented) this.waitQueue.wake(WRITABLE);
  }

  #setDatagramPeer(peer: UnixSocket | null): void {
    if (this.#peer !== null) this.#peer.#followers.delete(this);
    this.#peer = peer;
    this.#peerIdentity = peer === null ? null : peer.#identity;
    if (peer !== null) peer.#followers.add(this);
  }

  #peerVanished(): void {
    this.#peer = null;
    this.#error = ECONNREFUSED;
    this.readinessChanged(READABLE | WRITABLE | POLLERR);
  }

  /** A connection that nobody accepted. */
  #refuse(): void {
    const peer = this.#peer;
    this.#peer = null;
    if (peer === null) return;
    peer.#peer = null;
    peer.#error = ECONNRESET;
    peer.#isReadShut = true;
    peer.#isWriteShut = true;
    peer.readinessChanged(READABLE | WRITABLE | POLLHUP | POLLERR);
  }
}

export function makeUnixPair(a: UnixSocket, b: UnixSocket): void {
  a.pairWith(b);
}

function identityOf(actor: Actor): PeerIdentity {
  const { euid, egid, groups } = actor.credentials;
  return { pid: actor.process?.pid ?? 0, uid: euid, gid: egid, groups };
}

/** What SCM_CREDENTIALS says, when the sender may say it; else who the sender is (unix(7)). */
function senderIdentity(message: SentMessage): PeerIdentity | number {
  const { credentials, process } = message.sender;
  const own: PeerIdentity = {
    pid: process?.pid ?? 0,
    uid: credentials.uid,
    gid: credentials.gid,
    groups: credentials.groups,
  };
  for (const { level, type, data } of message.control) {
    if (level !== SOL_SOCKET || type !== SCM_CREDENTIALS) continue;
    if (data.length < 12) return -EINVAL;
    const [pid, uid, gid] = [readU32Host(data, 0), readU32Host(data, 4), readU32Host(data, 8)];
    const mayClaim =
      isCapable(credentials, CAP_SYS_ADMIN) ||
      (pid === own.pid &&
        [credentials.uid, credentials.euid, credentials.suid].includes(uid) &&
        [credentials.gid, credentials.egid, credentials.sgid].includes(gid));
    if (!mayClaim) return -EPERM;
    return { pid, uid, gid, groups: credentials.groups };
  }
  return own;
}
