/** /proc/net/snmp, netstat and sockstat (proc(5)). */

import { SOCK_STREAM } from '../../abi/socket.ts';
import type { NetStack } from '../NetStack.ts';
import type { Socket } from '../socket/Socket.ts';
import { TCP_TIME_WAIT } from '../transport/tcp/state.ts';

const PAGE_SIZE = 4096;

function section(title: string, names: readonly string[], values: readonly number[]): string {
  return `${title}: ${names.join(' ')}\n${title}: ${values.join(' ')}\n`;
}

function counters(
  title: string,
  values: Readonly<Record<string, number>>,
  first: Readonly<Record<string, number>> = {},
): string {
  const all = { ...first, ...values };
  return section(title, Object.keys(all), Object.values(all));
}

/** ICMP messages by type. */
function icmpTypes(stack: NetStack): string {
  const names: string[] = [];
  const values: number[] = [];
  for (const [direction, types] of [
    ['In', stack.counters.icmpInTypes],
    ['Out', stack.counters.icmpOutTypes],
  ] as const) {
    for (const [type, count] of [...types].sort(([a], [b]) => a - b)) {
      names.push(`${direction}Type${type}`);
      values.push(count);
    }
  }
  return names.length === 0 ? '' : section('IcmpMsg', names, values);
}

/** /proc/net/snmp. */
export function snmpTable(stack: NetStack): string {
  const { ip, icmp, tcp, udp } = stack.counters;
  return (
    counters('Ip', ip, {
      // RFC 4293: 1 forwards, 2 does not.
      Forwarding: stack.deviceSettings.all.forwarding !== 0 ? 1 : 2,
      DefaultTTL: stack.ipv4Settings.ip_default_ttl,
    }) +
    counters('Icmp', icmp) +
    icmpTypes(stack) +
    counters('Tcp', tcp, { RtoAlgorithm: 1, RtoMin: 200, RtoMax: 120000, MaxConn: -1 }) +
    counters('Udp', udp)
  );
}

/** /proc/net/netstat. */
export function netstatTable(stack: NetStack): string {
  return counters('TcpExt', stack.counters.tcpExtended) + counters('IpExt', stack.counters.ipExtended);
}

/** /proc/net/sockstat. */
export function sockstatTable(stack: NetStack, sockets: ReadonlySet<Socket>): string {
  let inUse = 0;
  let orphans = 0;
  let timeWaits = 0;
  let bytes = 0;
  for (const connection of stack.tcp.connections()) {
    bytes += connection.sendQueue.bytes + connection.receiveQueue.available + connection.receiveQueue.earlyBytes;
    if (connection.state === TCP_TIME_WAIT) timeWaits++;
    else if (connection.isOrphan) orphans++;
    else inUse++;
  }
  for (const _listener of stack.tcp.listeners()) inUse++;
  let streams = 0;
  for (const socket of sockets) if (socket.type === SOCK_STREAM && socket.family === 2) streams++;
  const udp = [...stack.udp.endpoints()];
  const udpBytes = udp.reduce((sum, endpoint) => sum + endpoint.queue.bytes, 0);
  return [
    `sockets: used ${sockets.size}`,
    `TCP: inuse ${inUse} orphan ${orphans} tw ${timeWaits} alloc ${streams + orphans} mem ${Math.ceil(bytes / PAGE_SIZE)}`,
    `UDP: inuse ${udp.length} mem ${Math.ceil(udpBytes / PAGE_SIZE)}`,
    'UDPLITE: inuse 0',
    `RAW: inuse ${stack.raw.rawEndpoints.length}`,
    `FRAG: inuse ${stack.reassembler.count} memory ${stack.reassembler.memory}`,
    '',
  ].join('\n');
}
