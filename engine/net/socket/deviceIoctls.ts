/** ioctl(2) requests of network devices that any socket takes (netdevice(7)), for ifconfig, route, arp, libpcap and others. */

import { CAP_NET_ADMIN } from '../../process/Capabilities.ts';
import { EADDRNOTAVAIL, EFAULT, EINVAL, ENODEV, ENOTTY, ENXIO, EOPNOTSUPP, EPERM } from '../../abi/errno.ts';
import { AF_INET } from '../../abi/socket.ts';
import { isCapable } from '../../process/Credentials.ts';
import type { Actor } from '../../vfs/Actor.ts';
import { maskPrefixLength, prefixMask } from '../ip/address.ts';
import { RTN_UNICAST, RTPROT_BOOT, RT_TABLE_MAIN } from '../ip/FibRoute.ts';
import {
  directedBroadcast,
  IFA_F_PERMANENT,
  INFINITE_LIFETIME,
  RT_SCOPE_HOST,
  RT_SCOPE_LINK,
  RT_SCOPE_UNIVERSE,
  type InterfaceAddress,
} from '../ip/InterfaceAddresses.ts';
import { NUD_PERMANENT, NUD_VALID } from '../ip/Neighbour.ts';
import { ARPHRD_ETHER, type NetDevice } from '../link/NetDevice.ts';
import type { NetStack } from '../NetStack.ts';
import {
  readI32Host,
  readU16Host,
  readU32,
  readU48,
  readU64Host,
  writeU16Host,
  writeU32,
  writeU32Host,
  writeU48,
} from '../wire/bytes.ts';
import { readName } from './optionValue.ts';
import type { IoctlMemory, Socket } from './Socket.ts';

const SIOCADDRT = 0x890b;
const SIOCDELRT = 0x890c;
const SIOCGIFNAME = 0x8910;
const SIOCGIFCONF = 0x8912;
const SIOCGIFFLAGS = 0x8913;
const SIOCSIFFLAGS = 0x8914;
const SIOCGIFADDR = 0x8915;
const SIOCSIFADDR = 0x8916;
const SIOCGIFDSTADDR = 0x8917;
const SIOCGIFBRDADDR = 0x8919;
const SIOCSIFBRDADDR = 0x891a;
const SIOCGIFNETMASK = 0x891b;
const SIOCSIFNETMASK = 0x891c;
const SIOCGIFMETRIC = 0x891d;
const SIOCGIFMTU = 0x8921;
const SIOCSIFMTU = 0x8922;
const SIOCSIFNAME = 0x8923;
const SIOCSIFHWADDR = 0x8924;
const SIOCGIFHWADDR = 0x8927;
const SIOCGIFINDEX = 0x8933;
const SIOCGIFTXQLEN = 0x8942;
const SIOCSIFTXQLEN = 0x8943;
const SIOCDARP = 0x8953;
const SIOCGARP = 0x8954;
const SIOCSARP = 0x8955;
const SIOCGIFMAP = 0x8970;

/** `struct ifreq`: a name of 16 bytes, then a union. */
const IFREQ_SIZE = 40;
const IFNAMSIZ = 16;
const ARPREQ_SIZE = 68;
const RTENTRY_SIZE = 120;
const RTF_GATEWAY = 2;
const RTF_HOST = 4;
const RTF_REJECT = 0x200;
const ATF_COM = 2;
const ATF_PERM = 4;

/** Changes that need the right to administer the network (capabilities(7), CAP_NET_ADMIN). */
const PRIVILEGED = new Set([
  SIOCADDRT,
  SIOCDELRT,
  SIOCSIFFLAGS,
  SIOCSIFADDR,
  SIOCSIFBRDADDR,
  SIOCSIFNETMASK,
  SIOCSIFMTU,
  SIOCSIFNAME,
  SIOCSIFHWADDR,
  SIOCSIFTXQLEN,
  SIOCDARP,
  SIOCSARP,
]);

/** The socket's own requests, then those of devices; -ENOTTY for neither. */
export function deviceIoctl(
  socket: Socket,
  actor: Actor,
  request: number,
  argument: number,
  memory: IoctlMemory,
): number {
  const own = socket.ioctl(request, argument, memory);
  if (own !== -ENOTTY) return own;
  const { stack } = socket;
  if (PRIVILEGED.has(request) && !isCapable(actor.credentials, CAP_NET_ADMIN)) return -EPERM;
  switch (request) {
    case SIOCGIFCONF:
      return listInterfaces(stack, argument, memory);
    case SIOCGIFNAME:
      return nameOfIndex(stack, argument, memory);
    case SIOCADDRT:
    case SIOCDELRT:
      return changeRoute(stack, request, argument, memory);
    case SIOCGARP:
    case SIOCSARP:
    case SIOCDARP:
      return neighbourRequest(stack, request, argument, memory);
    default:
      break;
  }
  if (request < SIOCGIFNAME || request > SIOCGIFMAP) return -ENOTTY;
  const ifreq = new Uint8Array(IFREQ_SIZE);
  if (memory.copyIn(argument, ifreq, 0, IFREQ_SIZE) < 0) return -EFAULT;
  const label = readName(ifreq.subarray(0, IFNAMSIZ));
  const [name] = label.split(':');
  const device = stack.link.deviceByName(name);
  if (device === undefined) return -ENODEV;
  const result = interfaceRequest(stack, device, label, request, ifreq);
  if (result !== 0) return result;
  return memory.copyOut(argument, ifreq, 0, IFREQ_SIZE) < 0 ? -EFAULT : 0;
}

function interfaceRequest(
  stack: NetStack,
  device: NetDevice,
  label: string,
  request: number,
  ifreq: Uint8Array,
): number {
  const address = stack.addresses.of(device).find((own) => own.label === label) ?? stack.addresses.of(device).at(0);
  switch (request) {
    case SIOCGIFFLAGS:
      writeU16Host(ifreq, IFNAMSIZ, device.flags & 0xffff);
      return 0;
    case SIOCSIFFLAGS:
      device.setFlags(readU16Host(ifreq, IFNAMSIZ), 0xffff);
      return 0;
    case SIOCGIFINDEX:
      writeU32Host(ifreq, IFNAMSIZ, device.index);
      return 0;
    case SIOCGIFMETRIC:
      writeU32Host(ifreq, IFNAMSIZ, 0);
      return 0;
    case SIOCGIFMTU:
      writeU32Host(ifreq, IFNAMSIZ, device.mtu);
      return 0;
    case SIOCSIFMTU:
      return device.setMtu(readI32Host(ifreq, IFNAMSIZ)) ? 0 : -EINVAL;
    case SIOCGIFTXQLEN:
      writeU32Host(ifreq, IFNAMSIZ, device.transmitQueueLength);
      return 0;
    case SIOCSIFTXQLEN:
      device.transmitQueueLength = Math.max(0, readI32Host(ifreq, IFNAMSIZ));
      return 0;
    case SIOCGIFHWADDR:
      ifreq.fill(0, IFNAMSIZ);
      writeU16Host(ifreq, IFNAMSIZ, device.hardwareType);
      writeU48(ifreq, IFNAMSIZ + 2, device.mac);
      return 0;
    case SIOCSIFHWADDR:
      if (readU16Host(ifreq, IFNAMSIZ) !== ARPHRD_ETHER || device.isLoopback) return -EINVAL;
      device.mac = readU48(ifreq, IFNAMSIZ + 2);
      return 0;
    case SIOCGIFMAP:
      ifreq.fill(0, IFNAMSIZ);
      return 0;
    case SIOCGIFADDR:
    case SIOCGIFDSTADDR:
    case SIOCGIFBRDADDR:
    case SIOCGIFNETMASK:
      if (address === undefined) return -EADDRNOTAVAIL;
      putInetAddress(ifreq, IFNAMSIZ, fieldOf(address, request));
      return 0;
    case SIOCSIFADDR:
    case SIOCSIFNETMASK:
    case SIOCSIFBRDADDR:
      return changeAddress(stack, device, label, request, ifreq, address);
    default:
      return -EOPNOTSUPP;
  }
}

function fieldOf(address: InterfaceAddress, request: number): number {
  switch (request) {
    case SIOCGIFADDR:
      return address.local;
    case SIOCGIFDSTADDR:
      return address.peer;
    case SIOCGIFBRDADDR:
      return address.broadcast;
    default:
      return prefixMask(address.prefixLength);
  }
}

/** An address has the prefix of its class until a mask is set (netdevice(7), as old as classes). */
function classPrefix(address: number): number {
  if (address >>> 31 === 0) return 8;
  return address >>> 30 === 2 ? 16 : 24;
}

function changeAddress(
  stack: NetStack,
  device: NetDevice,
  label: string,
  request: number,
  ifreq: Uint8Array,
  old: InterfaceAddress | undefined,
): number {
  if (readU16Host(ifreq, IFNAMSIZ) !== AF_INET) return -EINVAL;
  const value = readU32(ifreq, IFNAMSIZ + 4);
  if (request !== SIOCSIFADDR && old === undefined) return -EADDRNOTAVAIL;
  let local = old?.local ?? 0;
  let prefixLength = old?.prefixLength ?? 32;
  let broadcast: number;
  if (request === SIOCSIFADDR) {
    local = value;
    prefixLength = classPrefix(value);
    broadcast = device.isLoopback ? 0 : directedBroadcast(local, prefixLength);
  } else if (request === SIOCSIFNETMASK) {
    prefixLength = maskPrefixLength(value);
    if (prefixLength < 0) return -EINVAL;
    broadcast = device.isLoopback ? 0 : directedBroadcast(local, prefixLength);
  } else {
    broadcast = value;
  }
  if (old !== undefined && (request !== SIOCSIFADDR || old.label === label)) stack.addresses.remove(old);
  if (local === 0) return 0;
  stack.addresses.add({
    device,
    local,
    peer: local,
    prefixLength,
    broadcast,
    scope: device.isLoopback ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE,
    label,
    flags: IFA_F_PERMANENT,
    metric: 0,
    protocol: 0,
    validLifetime: INFINITE_LIFETIME,
    preferredLifetime: INFINITE_LIFETIME,
    createdNs: stack.environment.timers.now(),
  });
  return 0;
}

/** `struct ifconf`: length and buffer of `struct ifreq`; with a null buffer, only the length that is needed. */
function listInterfaces(stack: NetStack, argument: number, memory: IoctlMemory): number {
  const ifconf = new Uint8Array(16);
  if (memory.copyIn(argument, ifconf, 0, 16) < 0) return -EFAULT;
  const room = readI32Host(ifconf, 0);
  const buffer = readU64Host(ifconf, 8);
  let length = 0;
  for (const device of stack.link.devices) {
    for (const address of stack.addresses.of(device)) {
      const ifreq = new Uint8Array(IFREQ_SIZE);
      for (let at = 0; at < address.label.length; at++) ifreq[at] = address.label.charCodeAt(at);
      putInetAddress(ifreq, IFNAMSIZ, address.local);
      if (buffer !== 0) {
        if (length + IFREQ_SIZE > room) break;
        if (memory.copyOut(buffer + length, ifreq, 0, IFREQ_SIZE) < 0) return -EFAULT;
      }
      length += IFREQ_SIZE;
    }
  }
  writeU32Host(ifconf, 0, length);
  return memory.copyOut(argument, ifconf, 0, 4) < 0 ? -EFAULT : 0;
}

function nameOfIndex(stack: NetStack, argument: number, memory: IoctlMemory): number {
  const ifreq = new Uint8Array(IFREQ_SIZE);
  if (memory.copyIn(argument, ifreq, 0, IFREQ_SIZE) < 0) return -EFAULT;
  const device = stack.link.deviceByIndex(readI32Host(ifreq, IFNAMSIZ));
  if (device === undefined) return -ENODEV;
  ifreq.fill(0, 0, IFNAMSIZ);
  for (let at = 0; at < device.name.length; at++) ifreq[at] = device.name.charCodeAt(at);
  return memory.copyOut(argument, ifreq, 0, IFREQ_SIZE) < 0 ? -EFAULT : 0;
}

/** `struct rtentry`: destination, gateway and mask as `struct sockaddr`, flags, metric + 1, device name. */
function changeRoute(stack: NetStack, request: number, argument: number, memory: IoctlMemory): number {
  const entry = new Uint8Array(RTENTRY_SIZE);
  if (memory.copyIn(argument, entry, 0, RTENTRY_SIZE) < 0) return -EFAULT;
  const flags = readU16Host(entry, 56);
  const destination = readU32(entry, 12);
  const gateway = (flags & RTF_GATEWAY) !== 0 ? readU32(entry, 28) : 0;
  const prefixLength = (flags & RTF_HOST) !== 0 ? 32 : maskPrefixLength(readU32(entry, 44));
  if (prefixLength < 0 || (destination & ~prefixMask(prefixLength)) !== 0) return -EINVAL;
  const metric = Math.max(0, readU16Host(entry, 80) - 1);
  const namePointer = readU64Host(entry, 88);
  let device: NetDevice | undefined;
  if (namePointer !== 0) {
    const name = new Uint8Array(IFNAMSIZ);
    if (memory.copyIn(namePointer, name, 0, IFNAMSIZ - 1) < 0) return -EFAULT;
    device = stack.link.deviceByName(readName(name));
    if (device === undefined) return -ENODEV;
  }
  if (request === SIOCDELRT) {
    return stack.fib.remove({
      table: RT_TABLE_MAIN,
      destination,
      prefixLength,
      gateway: gateway === 0 ? undefined : gateway,
      device,
      priority: metric === 0 ? undefined : metric,
    });
  }
  if ((flags & RTF_REJECT) === 0 && device === undefined) {
    const way = gateway === 0 ? -ENODEV : stack.router.resolve(gateway, 0, 0);
    if (typeof way === 'number') return way;
    device = way.device;
  }
  return stack.fib.insert(
    {
      table: RT_TABLE_MAIN,
      destination,
      prefixLength,
      tos: 0,
      priority: metric,
      type: (flags & RTF_REJECT) !== 0 ? 7 : RTN_UNICAST,
      scope: gateway === 0 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
      protocol: RTPROT_BOOT,
      preferredSource: 0,
      nextHops: device === undefined ? [] : [{ device, gateway, weight: 1, flags: 0 }],
      metrics: new Map(),
    },
    { create: true, exclusive: true, replace: false, append: false },
  );
}

/** `struct arpreq`: protocol address, hardware address, flags, mask, device name. */
function neighbourRequest(stack: NetStack, request: number, argument: number, memory: IoctlMemory): number {
  const arpreq = new Uint8Array(ARPREQ_SIZE);
  if (memory.copyIn(argument, arpreq, 0, ARPREQ_SIZE) < 0) return -EFAULT;
  if (readU16Host(arpreq, 0) !== AF_INET) return -EINVAL;
  const address = readU32(arpreq, 4);
  const name = readName(arpreq.subarray(52, 68));
  let device = name === '' ? undefined : stack.link.deviceByName(name);
  if (name !== '' && device === undefined) return -ENODEV;
  if (device === undefined) {
    const route = stack.router.resolve(address, 0, 0);
    if (typeof route === 'number') return route;
    device = route.device;
  }
  const known = stack.neighbours.find(device, address);
  if (request === SIOCSARP) {
    stack.neighbours.set(device, address, NUD_PERMANENT, readU48(arpreq, 18));
    return 0;
  }
  if (known === undefined) return -ENXIO;
  if (request === SIOCDARP) {
    stack.neighbours.remove(known);
    return 0;
  }
  writeU16Host(arpreq, 16, device.hardwareType);
  writeU48(arpreq, 18, known.mac);
  const isComplete = (known.state & NUD_VALID) !== 0;
  writeU32Host(arpreq, 32, (isComplete ? ATF_COM : 0) | (known.state === NUD_PERMANENT ? ATF_PERM : 0));
  return memory.copyOut(argument, arpreq, 0, ARPREQ_SIZE) < 0 ? -EFAULT : 0;
}

function putInetAddress(bytes: Uint8Array, at: number, address: number): void {
  bytes.fill(0, at, at + 16);
  writeU16Host(bytes, at, AF_INET);
  writeU32(bytes, at + 4, address);
}
