/** /proc/net files about sockets: tcp, udp, raw, icmp, unix, packet, netlink (proc(5)). */

import { SOCK_STREAM } from '../../abi/socket.ts';
import type { NetStack } from '../NetStack.ts';
import { DatagramSocket } from '../socket/inet/DatagramSocket.ts';
import { TcpSocket } from '../socket/inet/TcpSocket.ts';
import { NetlinkSocket } from '../socket/netlink/NetlinkSocket.ts';
import { PacketSocket } from '../socket/packet/PacketSocket.ts';
import type { Socket } from '../socket/Socket.ts';
import { UnixSocket } from '../socket/unix/UnixSocket.ts';
import { PingEndpoint } from '../transport/raw/PingEndpoint.ts';
import { RawEndpoint } from '../transport/raw/RawEndpoint.ts';
import { TCP_LISTEN, TCP_TIME_WAIT } from '../transport/tcp/state.ts';
import type { TcpConnection } from '../transport/tcp/TcpConnection.ts';
import { UdpEndpoint } from '../transport/udp/UdpEndpoint.ts';
import { decimal, hex, hexAddress } from './format.ts';

const TCP_LINE_WIDTH = 149;
const UDP_LINE_WIDTH = 127;
const TCP_ESTABLISHED = 1;
const TCP_CLOSE = 7;
const NANOSECONDS_PER_JIFFY = 10_000_000;
const NO_POINTER = '0000000000000000';
const SO_ACCEPTCON = 0x10000;
const SS_UNCONNECTED = 1;
const SS_CONNECTED = 3;

type Sockets = ReadonlySet<Socket>;

function endpointText(address: number, port: number): string {
  return `${hexAddress(address)}:${hex(port, 4)}`;
}

/** /proc/net/tcp. */
export function tcpTable(stack: NetStack, sockets: Sockets): string {
  const header = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
  const lines = [header.padEnd(TCP_LINE_WIDTH)];
  const owners = new Map<TcpConnection, TcpSocket>();
  for (const socket of sockets) {
    if (!(socket instanceof TcpSocket)) continue;
    owners.set(socket.connection, socket);
    const { listener } = socket;
    if (listener === null) continue;
    const local = endpointText(listener.localAddress, listener.localPort);
    const queues = `${hex(0, 8)}:${hex(listener.readyCount, 8)}`;
    const line = `${decimal(lines.length - 1, 4)}: ${local} ${endpointText(0, 0)} ${hex(TCP_LISTEN, 2)} ${queues} 00:00000000 00000000 ${decimal(socket.ownerUid, 5)} ${decimal(0, 8)} ${socket.ino} 1 ${NO_POINTER} 100 0 0 10 0`;
    lines.push(line.padEnd(TCP_LINE_WIDTH));
  }
  for (const connection of stack.tcp.connections()) {
    lines.push(tcpLine(lines.length - 1, connection, owners.get(connection)).padEnd(TCP_LINE_WIDTH));
  }
  return `${lines.join('\n')}\n`;
}

function tcpLine(slot: number, c: TcpConnection, socket: TcpSocket | undefined): string {
  const { kind, whenNs } = pendingTimer(c);
  const jiffies = whenNs === 0 ? 0 : Math.max(0, Math.floor((whenNs - c.now) / NANOSECONDS_PER_JIFFY));
  const fields = [
    `${decimal(slot, 4)}:`,
    endpointText(c.localAddress, c.localPort),
    endpointText(c.remoteAddress, c.remotePort),
    hex(c.state, 2),
    `${hex(c.sendQueue.bytes, 8)}:${hex(c.receiveQueue.available, 8)}`,
    `${hex(kind, 2)}:${hex(jiffies, 8)}`,
    hex(c.retries, 8),
    decimal(c.uid, 5),
    decimal(c.probes, 8),
    String(socket?.ino ?? 0),
    '1',
    NO_POINTER,
    String(Math.floor(c.roundTrip.timeoutNs / NANOSECONDS_PER_JIFFY)),
    '4',
    '0',
    String(Math.max(1, Math.floor(c.congestion.window / c.mss))),
    c.congestion.threshold === 0x7fff_ffff ? '-1' : String(Math.floor(c.congestion.threshold / c.mss)),
  ];
  return fields.join(' ');
}

/** 1 retransmission, 2 keep-alive, 3 TIME-WAIT, 4 window probe. */
function pendingTimer(c: TcpConnection): { kind: number; whenNs: number } {
  if (c.state === TCP_TIME_WAIT) return { kind: 3, whenNs: c.keepaliveTimer.deadlineNs };
  if (c.retransmitTimer.isSet) return { kind: c.inFlight > 0 ? 1 : 4, whenNs: c.retransmitTimer.deadlineNs };
  if (c.keepaliveTimer.isSet) return { kind: 2, whenNs: c.keepaliveTimer.deadlineNs };
  return { kind: 0, whenNs: 0 };
}

function datagramTable(
  sockets: Sockets,
  wants: (endpoint: DatagramSocket['endpoint']) => boolean,
  firstWidth: number,
): string {
  const header =
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops';
  const lines = [(firstWidth === 5 ? ` ${header}` : header).padEnd(UDP_LINE_WIDTH)];
  for (const socket of sockets) {
    if (!(socket instanceof DatagramSocket) || !wants(socket.endpoint)) continue;
    const { endpoint } = socket;
    const port = endpoint instanceof RawEndpoint ? endpoint.protocol : endpoint.localPort;
    if (endpoint instanceof UdpEndpoint && !endpoint.isBound) continue;
    const fields = [
      `${decimal(lines.length - 1, firstWidth)}:`,
      endpointText(endpoint.localAddress, port),
      endpointText(endpoint.remoteAddress, endpoint.remotePort),
      hex(endpoint.isConnected ? TCP_ESTABLISHED : TCP_CLOSE, 2),
      `${hex(0, 8)}:${hex(endpoint.queue.bytes, 8)}`,
      '00:00000000',
      '00000000',
      decimal(socket.ownerUid, 5),
      decimal(0, 8),
      String(socket.ino),
      '2',
      NO_POINTER,
      String(endpoint.queue.drops),
    ];
    lines.push(fields.join(' ').padEnd(UDP_LINE_WIDTH));
  }
  return `${lines.join('\n')}\n`;
}

/** /proc/net/udp. */
export function udpTable(sockets: Sockets): string {
  return datagramTable(sockets, (endpoint) => endpoint instanceof UdpEndpoint, 5);
}

/** /proc/net/raw. */
export function rawTable(sockets: Sockets): string {
  return datagramTable(sockets, (endpoint) => endpoint instanceof RawEndpoint, 4);
}

/** /proc/net/icmp: ping sockets. */
export function icmpTable(sockets: Sockets): string {
  return datagramTable(sockets, (endpoint) => endpoint instanceof PingEndpoint, 4);
}

/** /proc/net/unix. */
export function unixTable(sockets: Sockets): string {
  const lines = ['Num       RefCount Protocol Flags    Type St Inode Path'];
  for (const socket of sockets) {
    if (!(socket instanceof UnixSocket)) continue;
    const { name } = socket;
    const flags = socket.isListening ? SO_ACCEPTCON : 0;
    const state = socket.peer === null || socket.type !== SOCK_STREAM ? SS_UNCONNECTED : SS_CONNECTED;
    const path =
      name === null ? '' : ` ${name.kind === 'abstract' ? `@${name.text.replaceAll('\0', '@')}` : name.text}`;
    lines.push(
      `${NO_POINTER}: ${hex(2, 8)} ${hex(0, 8)} ${hex(flags, 8)} ${hex(socket.type, 4)} ${hex(state, 2)} ${decimal(socket.ino, 5)}${path}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** /proc/net/packet. */
export function packetTable(sockets: Sockets): string {
  const lines = ['sk               RefCnt Type Proto  Iface R Rmem   User   Inode'];
  for (const socket of sockets) {
    if (!(socket instanceof PacketSocket)) continue;
    const fields = [
      NO_POINTER,
      String(3).padEnd(6),
      String(socket.type).padEnd(4),
      hex(socket.tapProtocol, 4).toLowerCase(),
      String(socket.deviceIndex).padStart(5),
      '1',
      String(socket.queuedBytes).padEnd(6),
      String(socket.ownerUid).padEnd(6),
      String(socket.ino).padEnd(6),
    ];
    lines.push(fields.join(' '));
  }
  return `${lines.join('\n')}\n`;
}

/** /proc/net/netlink. */
export function netlinkTable(sockets: Sockets): string {
  const lines = ['sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode'];
  for (const socket of sockets) {
    if (!(socket instanceof NetlinkSocket)) continue;
    const fields = [
      NO_POINTER,
      String(socket.protocol).padEnd(3),
      String(socket.portId).padEnd(10),
      hex(socket.groupMask, 8).toLowerCase(),
      '0'.padEnd(8),
      '0'.padEnd(8),
      '0'.padEnd(5),
      '2'.padEnd(8),
      '0'.padEnd(8),
      String(socket.ino).padEnd(8),
    ];
    lines.push(fields.join(' '));
  }
  return `${lines.join('\n')}\n`;
}
