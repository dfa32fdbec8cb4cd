/** /proc/net files about devices, routes and neighbours (proc(5)). */

import { formatIpv4, prefixMask } from '../ip/address.ts';
import {
  RTN_BLACKHOLE,
  RTN_BROADCAST,
  RTN_LOCAL,
  RTN_MULTICAST,
  RTN_PROHIBIT,
  RTN_THROW,
  RTN_UNREACHABLE,
  RT_TABLE_MAIN,
} from '../ip/FibRoute.ts';
import { NUD_NOARP, NUD_PERMANENT, NUD_VALID } from '../ip/Neighbour.ts';
import type { NetStack } from '../NetStack.ts';
import { formatMac } from '../wire/ethernet.ts';
import { decimal, hex, hexAddress } from './format.ts';

const RTF_UP = 0x1;
const RTF_GATEWAY = 0x2;
const RTF_HOST = 0x4;
const RTF_REJECT = 0x200;
const RTAX_MTU = 2;
const ATF_COM = 0x02;
const ATF_PERM = 0x04;
const ROUTE_LINE_WIDTH = 127;

/** /proc/net/dev. */
export function deviceTable(stack: NetStack): string {
  const lines = [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
  ];
  for (const { name, statistics: s } of stack.link.devices) {
    const received = [
      decimal(s.rx_bytes, 8),
      decimal(s.rx_packets, 7),
      decimal(s.rx_errors, 4),
      decimal(s.rx_dropped + s.rx_missed_errors, 4),
      decimal(s.rx_fifo_errors, 4),
      decimal(s.rx_length_errors + s.rx_over_errors + s.rx_crc_errors + s.rx_frame_errors, 5),
      decimal(s.rx_compressed, 10),
      decimal(s.multicast, 9),
    ];
    const sent = [
      decimal(s.tx_bytes, 8),
      decimal(s.tx_packets, 7),
      decimal(s.tx_errors, 4),
      decimal(s.tx_dropped, 4),
      decimal(s.tx_fifo_errors, 4),
      decimal(s.collisions, 5),
      decimal(s.tx_carrier_errors + s.tx_aborted_errors + s.tx_window_errors + s.tx_heartbeat_errors, 7),
      decimal(s.tx_compressed, 10),
    ];
    lines.push(`${name.padStart(6)}: ${received.join(' ')} ${sent.join(' ')}`);
  }
  return `${lines.join('\n')}\n`;
}

/** /proc/net/route: the main table, as route(8) wants it. */
export function routeTable(stack: NetStack): string {
  const header = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
  const lines = [header.padEnd(ROUTE_LINE_WIDTH)];
  const rejected: readonly number[] = [RTN_UNREACHABLE, RTN_PROHIBIT, RTN_BLACKHOLE, RTN_THROW];
  const hidden: readonly number[] = [RTN_BROADCAST, RTN_MULTICAST, RTN_LOCAL];
  for (const route of stack.fib.table(RT_TABLE_MAIN)?.list() ?? []) {
    if (hidden.includes(route.type)) continue;
    const hop = route.nextHops.at(0);
    let flags = RTF_UP;
    if (rejected.includes(route.type)) flags |= RTF_REJECT;
    if (hop !== undefined && hop.gateway !== 0) flags |= RTF_GATEWAY;
    if (route.prefixLength === 32) flags |= RTF_HOST;
    const mtu = route.metrics.get(RTAX_MTU);
    const fields = [
      hop?.device?.name ?? '*',
      hexAddress(route.destination),
      hexAddress(hop?.gateway ?? 0),
      hex(flags, 4),
      '0',
      '0',
      String(route.priority),
      hexAddress(prefixMask(route.prefixLength)),
      String(mtu ?? 0),
      '0',
      '0',
    ];
    lines.push(fields.join('\t').padEnd(ROUTE_LINE_WIDTH));
  }
  return `${lines.join('\n')}\n`;
}

/** /proc/net/arp. */
export function arpTable(stack: NetStack): string {
  const lines = ['IP address       HW type     Flags       HW address            Mask     Device'];
  for (const neighbour of stack.neighbours.all()) {
    if ((neighbour.state & NUD_NOARP) !== 0) continue;
    let flags = (neighbour.state & NUD_VALID) === 0 ? 0 : ATF_COM;
    if ((neighbour.state & NUD_PERMANENT) !== 0) flags |= ATF_PERM;
    const type = `0x${neighbour.device.hardwareType.toString(16)}`.padEnd(10);
    lines.push(
      `${formatIpv4(neighbour.address).padEnd(16)} ${type}  0x${flags.toString(16).padEnd(10)}${formatMac(neighbour.mac)}     *        ${neighbour.device.name}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** /proc/net/igmp. */
export function groupTable(stack: NetStack): string {
  const lines = ['Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter'];
  for (const device of stack.link.devices) {
    const groups = stack.groups.of(device);
    lines.push(`${device.index}\t${device.name.padEnd(10)}: ${decimal(groups.length, 5)}      V3`);
    for (const [group, users] of groups)
      lines.push(`\t\t\t\t${hexAddress(group)} ${decimal(users, 5)} 0:00000000\t\t0`);
  }
  return `${lines.join('\n')}\n`;
}
