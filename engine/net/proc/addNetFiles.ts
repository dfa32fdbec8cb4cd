import type { TextTree } from '../../vfs/TextTree.ts';
import type { NetStack } from '../NetStack.ts';
import type { Socket } from '../socket/Socket.ts';
import { netstatTable, snmpTable, sockstatTable } from './counterTables.ts';
import { arpTable, deviceTable, groupTable, routeTable } from './deviceTables.ts';
import { icmpTable, netlinkTable, packetTable, rawTable, tcpTable, udpTable, unixTable } from './socketTables.ts';
import { SysClassNet } from './sysClassNet.ts';
import { addNetSysctls } from './sysctls.ts';

/** What the network shows in /proc and /sys. */
export function addNetFiles(
  vfs: { readonly proc: TextTree; readonly sys: TextTree },
  stack: NetStack,
  sockets: ReadonlySet<Socket>,
): void {
  const net = vfs.proc.directory('net');
  net.addFile('arp', () => arpTable(stack));
  net.addFile('dev', () => deviceTable(stack));
  net.addFile('icmp', () => icmpTable(sockets));
  net.addFile('igmp', () => groupTable(stack));
  net.addFile('netlink', () => netlinkTable(sockets));
  net.addFile('netstat', () => netstatTable(stack));
  net.addFile('packet', () => packetTable(sockets));
  net.addFile('raw', () => rawTable(sockets));
  net.addFile('route', () => routeTable(stack));
  net.addFile('snmp', () => snmpTable(stack));
  net.addFile('sockstat', () => sockstatTable(stack, sockets));
  net.addFile('tcp', () => tcpTable(stack, sockets));
  net.addFile('udp', () => udpTable(sockets));
  net.addFile('unix', () => unixTable(sockets));
  addNetSysctls(vfs.proc.directory('sys'), stack);
  vfs.sys.add('class/net', new SysClassNet(stack));
}
