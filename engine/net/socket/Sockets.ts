import { CAP_NET_RAW } from '../../process/Capabilities.ts';
import { EACCES, EAFNOSUPPORT, EINVAL, EOPNOTSUPP, EPERM, EPROTONOSUPPORT, ESOCKTNOSUPPORT } from '../../abi/errno.ts';
import { S_IFSOCK } from '../../abi/mode.ts';
import {
  AF_INET,
  AF_NETLINK,
  AF_PACKET,
  AF_UNIX,
  NETLINK_ROUTE,
  NETLINK_SOCK_DIAG,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_SEQPACKET,
  SOCK_STREAM,
} from '../../abi/socket.ts';
import { isInGroup, isCapable } from '../../process/Credentials.ts';
import type { Actor } from '../../vfs/Actor.ts';
import { Inode } from '../../vfs/Inode.ts';
import { PseudoFileSystem } from '../../vfs/PseudoFileSystem.ts';
import type { WallClock } from '../../vfs/FileSystem.ts';
import { RouteNetlink } from '../netlink/RouteNetlink.ts';
import { SocketDiagnostics } from '../netlink/SocketDiagnostics.ts';
import type { NetStack } from '../NetStack.ts';
import { PingEndpoint } from '../transport/raw/PingEndpoint.ts';
import { RawEndpoint } from '../transport/raw/RawEndpoint.ts';
import { UdpEndpoint } from '../transport/udp/UdpEndpoint.ts';
import { IPPROTO_ICMP, IPPROTO_RAW, IPPROTO_TCP, IPPROTO_UDP } from '../wire/ipv4.ts';
import { DatagramSocket } from './inet/DatagramSocket.ts';
import { TcpSocket } from './inet/TcpSocket.ts';
import type { RingMemory } from './packet/PacketRing.ts';
import { PacketSocket } from './packet/PacketSocket.ts';
import { NetlinkSocket, type NetlinkFamily, type PortNumbers } from './netlink/NetlinkSocket.ts';
import type { Socket } from './Socket.ts';
import { SocketFile } from './SocketFile.ts';
import { makeUnixPair, UnixSocket } from './unix/UnixSocket.ts';
import { UnixNames } from './unix/UnixNames.ts';
import type { UnixPathBinder } from './unix/UnixNames.ts';

const SOCKFS_MAGIC = 0x534f_434b;

/** What sockets need of the machine beside the network stack. */
export interface SocketEnvironment {
  readonly net: NetStack;
  readonly clock: WallClock;
  /** `st_dev` of sockets. */
  readonly device: number;
  nextInode(): number;
  /** Physical pages for packet rings. */
  readonly ringMemory: RingMemory;
  /** Makes and finds the names of unix sockets in the file system. */
  readonly unixPaths: UnixPathBinder;
}

class SocketInode extends Inode {}

/** The sockets of one machine: makes them, and the descriptions that carry them. */
export class Sockets {
  readonly #environment: SocketEnvironment;
  readonly #fs: PseudoFileSystem;
  readonly unix: UnixNames;
  readonly #netlinkFamilies: ReadonlyMap<number, NetlinkFamily>;
  readonly #netlinkPorts: PortNumbers = new NetlinkPorts();
  /** Every open socket, for /proc/net and `ss`. */
  readonly all = new Set<Socket>();

  constructor(environment: SocketEnvironment) {
    this.#environment = environment;
    this.#fs = new PseudoFileSystem('sockfs', SOCKFS_MAGIC, environment.device, environment.clock);
    this.#netlinkFamilies = new Map<number, NetlinkFamily>([
      [NETLINK_ROUTE, new RouteNetlink(environment.net)],
      [NETLINK_SOCK_DIAG, new SocketDiagnostics(environment.net, this.all)],
    ]);
    this.unix = new UnixNames(environment.unixPaths);
  }

  /** socket(2): a socket, or a negative errno. */
  create(family: number, type: number, protocol: number, actor: Actor): Socket | number {
    switch (family) {
      case AF_INET:
        return this.#createInet(type, protocol, actor);
      case AF_UNIX:
        if (protocol !== 0 && protocol !== AF_UNIX) return -EPROTONOSUPPORT;
        if (type === SOCK_RAW) return new UnixSocket(this.#environment.net, SOCK_DGRAM, this.unix, actor);
        if (type !== SOCK_STREAM && type !== SOCK_DGRAM && type !== SOCK_SEQPACKET) return -ESOCKTNOSUPPORT;
        return new UnixSocket(this.#environment.net, type, this.unix, actor);
      case AF_PACKET:
        if (!isCapable(actor.credentials, CAP_NET_RAW)) return -EPERM;
        if (type !== SOCK_RAW && type !== SOCK_DGRAM) return -ESOCKTNOSUPPORT;
        return new PacketSocket(this.#environment.net, type, protocol, this.#environment.ringMemory);
      case AF_NETLINK:
        if (type !== SOCK_RAW && type !== SOCK_DGRAM) return -ESOCKTNOSUPPORT;
        return this.#createNetlink(type, protocol);
      default:
        return -EAFNOSUPPORT;
    }
  }

  /** socketpair(2). */
  createPair(family: number, type: number, protocol: number, actor: Actor): [Socket, Socket] | number {
    if (family === AF_INET) {
      const probe = this.create(family, type, protocol, actor);
      if (typeof probe === 'number') return probe;
      probe.close();
      return -EOPNOTSUPP;
    }
    if (family !== AF_UNIX) return -EAFNOSUPPORT;
    const a = this.create(family, type, protocol, actor);
    const b = this.create(family, type, protocol, actor);
    if (!(a instanceof UnixSocket) || !(b instanceof UnixSocket)) return typeof a === 'number' ? a : -EINVAL;
    makeUnixPair(a, b);
    return [a, b];
  }

  /** The description that carries `socket`; `flags` is O_NONBLOCK or 0. */
  open(socket: Socket, flags: number, actor: Actor): SocketFile {
    const inode = new SocketInode(this.#fs, this.#environment.nextInode(), S_IFSOCK | 0o777);
    inode.uid = actor.credentials.fsuid;
    inode.gid = actor.credentials.fsgid;
    socket.ownerUid = actor.credentials.fsuid;
    this.all.add(socket);
    return new OpenSocket(socket, inode, flags, this.all);
  }

  #createNetlink(type: number, protocol: number): Socket | number {
    const family = this.#netlinkFamilies.get(protocol);
    if (family === undefined) return -EPROTONOSUPPORT;
    return new NetlinkSocket(this.#environment.net, type, protocol, family, this.#netlinkPorts);
  }

  #createInet(type: number, protocol: number, actor: Actor): Socket | number {
    const { net } = this.#environment;
    if (protocol < 0 || protocol > 255) return -EINVAL;
    const { uid } = actor.credentials;
    switch (type) {
      case SOCK_STREAM:
        return protocol === 0 || protocol === IPPROTO_TCP ? new TcpSocket(net, uid) : -EPROTONOSUPPORT;
      case SOCK_DGRAM:
        if (protocol === 0 || protocol === IPPROTO_UDP) {
          return new DatagramSocket(net, type, IPPROTO_UDP, new UdpEndpoint(net.udp, uid));
        }
        if (protocol !== IPPROTO_ICMP) return -EPROTONOSUPPORT;
        if (!mayPing(net, actor)) return -EACCES;
        return new DatagramSocket(net, type, protocol, new PingEndpoint(net.raw));
      case SOCK_RAW:
        if (!isCapable(actor.credentials, CAP_NET_RAW)) return -EPERM;
        if (protocol === 0) return -EPROTONOSUPPORT;
        return new DatagramSocket(net, type, protocol, new RawEndpoint(net.raw, protocol, protocol === IPPROTO_RAW));
      case SOCK_SEQPACKET:
        return -ESOCKTNOSUPPORT;
      default:
        return type < 0 || type > 10 ? -EINVAL : -ESOCKTNOSUPPORT;
    }
  }
}

class NetlinkPorts implements PortNumbers {
  readonly #taken = new Set<string>();

  take(protocol: number, portId: number): boolean {
    const key = `${protocol} ${portId}`;
    if (this.#taken.has(key)) return false;
    this.#taken.add(key);
    return true;
  }

  release(protocol: number, portId: number): void {
    this.#taken.delete(`${protocol} ${portId}`);
  }
}

class OpenSocket extends SocketFile {
  readonly #all: Set<Socket>;

  constructor(socket: Socket, inode: Inode, flags: number, all: Set<Socket>) {
    super(socket, inode, flags);
    this.#all = all;
  }

  protected override release(): void {
    this.#all.delete(this.socket);
    super.release();
  }
}

/** net.ipv4.ping_group_range (icmp(7)). */
function mayPing(net: NetStack, actor: Actor): boolean {
  const [first, last] = net.ipv4Settings.ping_group_range;
  const { credentials } = actor;
  if (credentials.egid >= first && credentials.egid <= last) return true;
  return credentials.groups.some((gid) => gid >= first && gid <= last && isInGroup(credentials, gid));
}
