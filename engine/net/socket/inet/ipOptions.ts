/** The options of IPPROTO_IP (ip(7)), on what holds them for every kind of AF_INET socket. */

import { EADDRINUSE, EADDRNOTAVAIL, EINVAL, ENODEV, ENOPROTOOPT, ENOTCONN } from '../../../abi/errno.ts';
import {
  IP_ADD_MEMBERSHIP,
  IP_DROP_MEMBERSHIP,
  IP_FREEBIND,
  IP_HDRINCL,
  IP_MTU,
  IP_MTU_DISCOVER,
  IP_MULTICAST_ALL,
  IP_MULTICAST_IF,
  IP_MULTICAST_LOOP,
  IP_MULTICAST_TTL,
  IP_OPTIONS,
  IP_PKTINFO,
  IP_RECVERR,
  IP_RECVOPTS,
  IP_RECVTOS,
  IP_RECVTTL,
  IP_RETOPTS,
  IP_TOS,
  IP_TTL,
} from '../../../abi/socket.ts';
import { isMulticast } from '../../ip/address.ts';
import type { NetDevice } from '../../link/NetDevice.ts';
import type { NetStack } from '../../NetStack.ts';
import type { DatagramEndpoint } from '../../transport/DatagramEndpoint.ts';
import type { SendSettings } from '../../transport/endpoint.ts';
import { readI32Host, readU32, writeU32 } from '../../wire/bytes.ts';
import { intValue, readIntOrByte } from '../optionValue.ts';

/** What an AF_INET socket reports beside the data. */
export interface ReceiveSettings {
  packetInfo: boolean;
  ttl: boolean;
  tos: boolean;
  options: boolean;
  freeBind: boolean;
}

export function makeReceiveSettings(): ReceiveSettings {
  return { packetInfo: false, ttl: false, tos: false, options: false, freeBind: false };
}

/** What the options work on. */
export interface IpOptionHolder {
  readonly stack: NetStack;
  readonly send: SendSettings;
  readonly reports: ReceiveSettings;
  /** Null for TCP: groups and error queues are for datagrams. */
  readonly datagrams: DatagramEndpoint | null;
  /** The path MTU of a connected socket; 0 when not connected. */
  readonly connectedMtu: number;
}

export function setIpOption(holder: IpOptionHolder, name: number, value: Uint8Array): number {
  const { send, reports, datagrams } = holder;
  if (name === IP_OPTIONS) return setHeaderOptions(send, value);
  if (name === IP_ADD_MEMBERSHIP || name === IP_DROP_MEMBERSHIP) return changeMembership(holder, name, value);
  if (name === IP_MULTICAST_IF) return setMulticastDevice(holder, value);
  const number = readIntOrByte(value);
  if (number === undefined) return -EINVAL;
  const isOn = number !== 0;
  switch (name) {
    case IP_TOS:
      send.tos = number & 0xff;
      return 0;
    case IP_TTL:
      if (number !== -1 && (number < 1 || number > 255)) return -EINVAL;
      send.ttl = number === -1 ? 0 : number;
      return 0;
    case IP_MULTICAST_TTL:
      if (number < -1 || number > 255) return -EINVAL;
      send.multicastTtl = number === -1 ? 1 : number;
      return 0;
    case IP_MULTICAST_LOOP:
      send.multicastLoop = isOn;
      return 0;
    case IP_MTU_DISCOVER:
      if (number < 0 || number > 5) return -EINVAL;
      // INTERFACE and OMIT (4, 5) ignore what routers report, as PROBE and DONT do.
      send.pathMtuDiscovery = number === 4 ? 3 : number === 5 ? 0 : number;
      return 0;
    case IP_PKTINFO:
      reports.packetInfo = isOn;
      return 0;
    case IP_RECVTTL:
      reports.ttl = isOn;
      return 0;
    case IP_RECVTOS:
      reports.tos = isOn;
      return 0;
    case IP_RECVOPTS:
    case IP_RETOPTS:
      reports.options = isOn;
      return 0;
    case IP_FREEBIND:
      reports.freeBind = isOn;
      return 0;
    case IP_RECVERR:
      if (datagrams === null) return -ENOPROTOOPT;
      datagrams.keepsErrors = isOn;
      return 0;
    case IP_MULTICAST_ALL:
      if (datagrams === null) return -ENOPROTOOPT;
      datagrams.takesAllGroups = isOn;
      return 0;
    default:
      return -ENOPROTOOPT;
  }
}

export function getIpOption(holder: IpOptionHolder, name: number): Uint8Array | number {
  const { send, reports, datagrams, stack } = holder;
  switch (name) {
    case IP_TOS:
      return intValue(send.tos);
    case IP_TTL:
      return intValue(send.ttl || stack.ipv4Settings.ip_default_ttl);
    case IP_MULTICAST_TTL:
      return intValue(send.multicastTtl);
    case IP_MULTICAST_LOOP:
      return intValue(send.multicastLoop ? 1 : 0);
    case IP_MTU_DISCOVER:
      return intValue(send.pathMtuDiscovery);
    case IP_PKTINFO:
      return intValue(reports.packetInfo ? 1 : 0);
    case IP_RECVTTL:
      return intValue(reports.ttl ? 1 : 0);
    case IP_RECVTOS:
      return intValue(reports.tos ? 1 : 0);
    case IP_RECVOPTS:
    case IP_RETOPTS:
      return intValue(reports.options ? 1 : 0);
    case IP_FREEBIND:
      return intValue(reports.freeBind ? 1 : 0);
    case IP_RECVERR:
      return intValue(datagrams?.keepsErrors === true ? 1 : 0);
    case IP_MULTICAST_ALL:
      return intValue(datagrams?.takesAllGroups === false ? 0 : 1);
    case IP_MTU:
      return holder.connectedMtu === 0 ? -ENOTCONN : intValue(holder.connectedMtu);
    case IP_OPTIONS:
      return send.options.slice();
    case IP_HDRINCL:
      return intValue(0);
    case IP_MULTICAST_IF: {
      const address = new Uint8Array(4);
      writeU32(address, 0, send.multicastSource);
      return address;
    }
    default:
      return -ENOPROTOOPT;
  }
}

function setHeaderOptions(send: SendSettings, value: Uint8Array): number {
  if (value.length > 40) return -EINVAL;
  const padded = new Uint8Array((value.length + 3) & ~3);
  padded.set(value);
  send.options = padded;
  return 0;
}

/** `struct ip_mreq` (group, address) or `struct ip_mreqn` (group, address, index). */
function changeMembership(holder: IpOptionHolder, name: number, value: Uint8Array): number {
  const { datagrams, stack } = holder;
  if (datagrams === null) return -ENOPROTOOPT;
  if (value.length < 8) return -EINVAL;
  const group = readU32(value, 0);
  if (!isMulticast(group)) return -EINVAL;
  const device = deviceOf(stack, readU32(value, 4), value.length >= 12 ? readI32Host(value, 8) : 0, group);
  if (device === undefined) return -ENODEV;
  const isMember = datagrams.isMember(group, device);
  if (name === IP_ADD_MEMBERSHIP) {
    if (isMember) return -EADDRINUSE;
    datagrams.join(group, device);
  } else {
    if (!isMember) return -EADDRNOTAVAIL;
    datagrams.leave(group, device);
  }
  return 0;
}

/** By index, else by one of its addresses, else the one that the group is routed through. */
function deviceOf(stack: NetStack, address: number, index: number, group: number): NetDevice | undefined {
  if (index !== 0) return stack.link.deviceByIndex(index);
  if (address !== 0) return stack.addresses.find(address)?.device;
  const route = stack.router.resolve(group, 0, 0);
  return typeof route === 'number' ? undefined : route.device;
}

/** `struct in_addr`, `struct ip_mreq` or `struct ip_mreqn`. */
function setMulticastDevice(holder: IpOptionHolder, value: Uint8Array): number {
  const { stack, send } = holder;
  if (value.length < 4) return -EINVAL;
  const address = value.length >= 8 ? readU32(value, 4) : readU32(value, 0);
  const index = value.length >= 12 ? readI32Host(value, 8) : 0;
  if (index === 0 && address === 0) {
    send.multicastDeviceIndex = 0;
    send.multicastSource = 0;
    return 0;
  }
  const device = index === 0 ? stack.addresses.find(address)?.device : stack.link.deviceByIndex(index);
  if (device === undefined) return -EADDRNOTAVAIL;
  send.multicastDeviceIndex = device.index;
  send.multicastSource = address;
  return 0;
}
