/** Addresses over rtnetlink: RTM_{GET,NEW,DEL}ADDR (rtnetlink(7), linux/if_addr.h). */

import { EADDRNOTAVAIL, EEXIST, EINVAL, ENODEV, EOPNOTSUPP } from '../../abi/errno.ts';
import { AF_INET } from '../../abi/socket.ts';
import { NANOSECONDS_PER_SECOND } from '../environment.ts';
import { isInPrefix } from '../ip/address.ts';
import {
  IFA_F_NOPREFIXROUTE,
  IFA_F_PERMANENT,
  INFINITE_LIFETIME,
  type InterfaceAddress,
} from '../ip/InterfaceAddresses.ts';
import type { NetStack } from '../NetStack.ts';
import { readU32Host, writeU32Host } from '../wire/bytes.ts';
import { Attributes, MessageWriter, NLM_F_EXCL, NLM_F_REPLACE, Refusal, type Request } from './message.ts';
import { RTM_NEWADDR, type AnswerContext } from './rtnetlink.ts';

const IFADDRMSG_SIZE = 8;
const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_LABEL = 3;
const IFA_BROADCAST = 4;
const IFA_CACHEINFO = 6;
const IFA_FLAGS = 8;
const IFA_RT_PRIORITY = 9;
const IFA_PROTO = 11;
const NANOSECONDS_PER_CENTISECOND = 10_000_000;
const SETTABLE_FLAGS = IFA_F_NOPREFIXROUTE;

export function addressMessage(
  stack: NetStack,
  address: InterfaceAddress,
  context: AnswerContext,
  type = RTM_NEWADDR,
): Uint8Array {
  const writer = new MessageWriter(type, context.flags, context.sequence, context.portId);
  const header = writer.header(IFADDRMSG_SIZE);
  header[0] = AF_INET;
  header[1] = address.prefixLength;
  header[2] = address.flags & 0xff;
  header[3] = address.scope;
  writeU32Host(header, 4, address.device.index);
  writer.address(IFA_ADDRESS, address.peer).address(IFA_LOCAL, address.local);
  if (address.broadcast !== 0) writer.address(IFA_BROADCAST, address.broadcast);
  if (address.label !== '') writer.text(IFA_LABEL, address.label);
  if (address.protocol !== 0) writer.u8(IFA_PROTO, address.protocol);
  writer.u32(IFA_FLAGS, address.flags);
  if (address.metric !== 0) writer.u32(IFA_RT_PRIORITY, address.metric);
  const age = Math.floor((stack.environment.timers.now() - address.createdNs) / NANOSECONDS_PER_SECOND);
  const left = (lifetime: number): number => (lifetime === INFINITE_LIFETIME ? lifetime : Math.max(0, lifetime - age));
  const cacheInfo = new Uint8Array(16);
  writeU32Host(cacheInfo, 0, left(address.preferredLifetime));
  writeU32Host(cacheInfo, 4, left(address.validLifetime));
  writeU32Host(cacheInfo, 8, Math.floor(address.createdNs / NANOSECONDS_PER_CENTISECOND));
  writeU32Host(cacheInfo, 12, Math.floor(address.createdNs / NANOSECONDS_PER_CENTISECOND));
  return writer.bytes(IFA_CACHEINFO, cacheInfo).finish();
}

/** All addresses, or those of one device where a strict request names it. */
export function dumpAddresses(
  stack: NetStack,
  request: Request,
  isStrict: boolean,
  context: AnswerContext,
): Uint8Array[] {
  const wanted = isStrict && request.payload.length >= IFADDRMSG_SIZE ? readU32Host(request.payload, 4) : 0;
  const messages: Uint8Array[] = [];
  for (const device of stack.link.devices) {
    if (wanted !== 0 && device.index !== wanted) continue;
    for (const address of stack.addresses.of(device)) messages.push(addressMessage(stack, address, context));
  }
  return messages;
}

export function newAddress(stack: NetStack, request: Request): Refusal | null {
  const { payload, flags } = request;
  if (payload.length < IFADDRMSG_SIZE) return new Refusal(-EINVAL);
  if (payload[0] !== AF_INET) return new Refusal(-EOPNOTSUPP);
  const attributes = new Attributes(payload, IFADDRMSG_SIZE);
  const device = stack.link.deviceByIndex(readU32Host(payload, 4));
  const prefixLength = payload[1];
  if (prefixLength > 32) return new Refusal(-EINVAL, 'ipv4: Invalid prefix length');
  const local = attributes.address(IFA_LOCAL);
  if (local === undefined) return new Refusal(-EINVAL, 'ipv4: Local address is not supplied');
  if (device === undefined) return new Refusal(-ENODEV, 'ipv4: Device not found');
  const cacheInfo = attributes.get(IFA_CACHEINFO);
  const preferredLifetime = cacheInfo === undefined ? INFINITE_LIFETIME : readU32Host(cacheInfo, 0);
  const validLifetime = cacheInfo === undefined ? INFINITE_LIFETIME : readU32Host(cacheInfo, 4);
  if (validLifetime === 0 || preferredLifetime > validLifetime) {
    return new Refusal(-EINVAL, 'ipv4: address lifetime invalid');
  }
  const given = (attributes.u32(IFA_FLAGS) ?? payload[2]) & SETTABLE_FLAGS;
  const address: InterfaceAddress = {
    device,
    local,
    peer: attributes.address(IFA_ADDRESS) ?? local,
    prefixLength,
    broadcast: attributes.address(IFA_BROADCAST) ?? 0,
    scope: payload[3],
    label: attributes.text(IFA_LABEL) ?? device.name,
    flags: given | (validLifetime === INFINITE_LIFETIME ? IFA_F_PERMANENT : 0),
    metric: attributes.u32(IFA_RT_PRIORITY) ?? 0,
    protocol: attributes.u8(IFA_PROTO) ?? 0,
    validLifetime,
    preferredLifetime,
    createdNs: stack.environment.timers.now(),
  };
  const known = stack.addresses
    .of(device)
    .find(
      (own) =>
        own.local === local && own.prefixLength === prefixLength && isInPrefix(own.peer, address.peer, prefixLength),
    );
  if (known !== undefined) {
    if ((flags & NLM_F_EXCL) !== 0 || (flags & NLM_F_REPLACE) === 0) {
      return new Refusal(-EEXIST, 'ipv4: Address already assigned');
    }
    stack.addresses.remove(known);
  }
  if (!stack.addresses.add(address)) return new Refusal(-EEXIST, 'ipv4: Address already assigned');
  if (validLifetime !== INFINITE_LIFETIME) expireLater(stack, address);
  return null;
}

export function deleteAddress(stack: NetStack, request: Request): Refusal | null {
  const { payload } = request;
  if (payload.length < IFADDRMSG_SIZE) return new Refusal(-EINVAL);
  if (payload[0] !== AF_INET) return new Refusal(-EOPNOTSUPP);
  const attributes = new Attributes(payload, IFADDRMSG_SIZE);
  const device = stack.link.deviceByIndex(readU32Host(payload, 4));
  if (device === undefined) return new Refusal(-ENODEV, 'ipv4: Device not found');
  const local = attributes.address(IFA_LOCAL);
  const label = attributes.text(IFA_LABEL);
  const peer = attributes.address(IFA_ADDRESS);
  const address = stack.addresses.of(device).find((own) => {
    if (local !== undefined && own.local !== local) return false;
    if (label !== undefined && own.label !== label) return false;
    return peer === undefined || (own.prefixLength === payload[1] && isInPrefix(peer, own.peer, own.prefixLength));
  });
  if (address === undefined) return new Refusal(-EADDRNOTAVAIL, 'ipv4: Address not found');
  stack.addresses.remove(address);
  return null;
}

/** DHCP clients give addresses a lifetime. */
function expireLater(stack: NetStack, address: InterfaceAddress): void {
  const { timers } = stack.environment;
  timers.schedule(timers.now() + address.validLifetime * NANOSECONDS_PER_SECOND, () => {
    if (stack.addresses.of(address.device).includes(address)) stack.addresses.remove(address);
  });
}
