/** Devices over rtnetlink: RTM_{GET,NEW,SET,DEL}LINK (rtnetlink(7), linux/if_link.h). */

import { EBUSY, EEXIST, EINVAL, ENODEV, EOPNOTSUPP } from '../../abi/errno.ts';
import { DEVICE_STATISTICS } from '../link/deviceStatistics.ts';
import type { NetDevice } from '../link/NetDevice.ts';
import type { NetStack } from '../NetStack.ts';
import { readU32Host, readI32Host, readU48, writeU16Host, writeU32Host, writeU64Host } from '../wire/bytes.ts';
import { Attributes, MessageWriter, NLM_F_CREATE, Refusal, type Request } from './message.ts';
import { RTM_NEWLINK, type AnswerContext } from './rtnetlink.ts';

const IFINFOMSG_SIZE = 16;
const IFLA_ADDRESS = 1;
const IFLA_BROADCAST = 2;
const IFLA_IFNAME = 3;
const IFLA_MTU = 4;
const IFLA_QDISC = 6;
const IFLA_STATS = 7;
const IFLA_TXQLEN = 13;
const IFLA_MAP = 14;
const IFLA_OPERSTATE = 16;
const IFLA_LINKMODE = 17;
const IFLA_LINKINFO = 18;
const IFLA_IFALIAS = 20;
const IFLA_STATS64 = 23;
const IFLA_GROUP = 27;
const IFLA_EXT_MASK = 29;
const IFLA_PROMISCUITY = 30;
const IFLA_NUM_TX_QUEUES = 31;
const IFLA_NUM_RX_QUEUES = 32;
const IFLA_CARRIER = 33;
const IFLA_CARRIER_CHANGES = 35;
const IFLA_GSO_MAX_SEGS = 40;
const IFLA_GSO_MAX_SIZE = 41;
const IFLA_MIN_MTU = 50;
const IFLA_MAX_MTU = 51;
const IFLA_ALT_IFNAME = 53;
const IFLA_AF_SPEC = 26;

/** Attributes of a change that are done here, and those that may come along without meaning anything for it. */
const CHANGEABLE = new Set([IFLA_ADDRESS, IFLA_IFNAME, IFLA_MTU, IFLA_TXQLEN, IFLA_IFALIAS, IFLA_GROUP]);
const IGNORABLE = new Set([IFLA_EXT_MASK, IFLA_AF_SPEC]);
const MAXIMUM_NAME = 15;

export function linkMessage(device: NetDevice, context: AnswerContext, type = RTM_NEWLINK): Uint8Array {
  const writer = new MessageWriter(type, context.flags, context.sequence, context.portId);
  const header = writer.header(IFINFOMSG_SIZE);
  writeU16Host(header, 2, device.hardwareType);
  writeU32Host(header, 4, device.index);
  writeU32Host(header, 8, device.flags);
  writer
    .text(IFLA_IFNAME, device.name)
    .u32(IFLA_TXQLEN, device.transmitQueueLength)
    .u8(IFLA_OPERSTATE, device.operationalState)
    .u8(IFLA_LINKMODE, 0)
    .u32(IFLA_MTU, device.mtu)
    .u32(IFLA_MIN_MTU, device.minimumMtu)
    .u32(IFLA_MAX_MTU, device.maximumMtu === 0x7fff_ffff ? 0 : device.maximumMtu)
    .u32(IFLA_GROUP, device.group)
    .u32(IFLA_PROMISCUITY, device.promiscuity)
    .u32(IFLA_NUM_TX_QUEUES, 1)
    .u32(IFLA_GSO_MAX_SEGS, 65535)
    .u32(IFLA_GSO_MAX_SIZE, 65536)
    .u32(IFLA_NUM_RX_QUEUES, 1)
    .u8(IFLA_CARRIER, device.carrier ? 1 : 0)
    .text(IFLA_QDISC, 'noqueue')
    .u32(IFLA_CARRIER_CHANGES, device.carrierChanges)
    .bytes(IFLA_MAP, new Uint8Array(32))
    .mac(IFLA_ADDRESS, device.mac)
    .mac(IFLA_BROADCAST, device.broadcastMac);
  if (device.alias !== '') writer.text(IFLA_IFALIAS, device.alias);
  const wide = new Uint8Array(8 * (DEVICE_STATISTICS.length + 1));
  const narrow = new Uint8Array(4 * DEVICE_STATISTICS.length);
  DEVICE_STATISTICS.forEach((name, at) => {
    writeU64Host(wide, 8 * at, device.statistics[name]);
    writeU32Host(narrow, 4 * at, device.statistics[name] >>> 0);
  });
  return writer.bytes(IFLA_STATS64, wide).bytes(IFLA_STATS, narrow).finish();
}

export function dumpLinks(stack: NetStack, context: AnswerContext): Uint8Array[] {
  return [...stack.link.devices].map((device) => linkMessage(device, context));
}

function findDevice(stack: NetStack, payload: Uint8Array, attributes: Attributes): NetDevice | undefined {
  const index = payload.length >= IFINFOMSG_SIZE ? readI32Host(payload, 4) : 0;
  if (index > 0) return stack.link.deviceByIndex(index);
  const name = attributes.text(IFLA_IFNAME) ?? attributes.text(IFLA_ALT_IFNAME);
  return name === undefined ? undefined : stack.link.deviceByName(name);
}

export function getLink(stack: NetStack, request: Request, context: AnswerContext): Uint8Array[] | Refusal {
  const { payload } = request;
  if (payload.length < IFINFOMSG_SIZE) return new Refusal(-EINVAL, 'Invalid header for get link');
  const device = findDevice(stack, payload, new Attributes(payload, IFINFOMSG_SIZE));
  return device === undefined ? new Refusal(-ENODEV) : [linkMessage(device, context)];
}

/** RTM_SETLINK, and RTM_NEWLINK about a device that is there. */
export function changeLink(stack: NetStack, request: Request): Refusal | null {
  const { payload, flags } = request;
  if (payload.length < IFINFOMSG_SIZE) return new Refusal(-EINVAL);
  const attributes = new Attributes(payload, IFINFOMSG_SIZE);
  const device = findDevice(stack, payload, attributes);
  if (device === undefined) {
    if ((flags & NLM_F_CREATE) === 0) return new Refusal(-ENODEV);
    return new Refusal(-EOPNOTSUPP, 'Making devices of this type is not supported');
  }
  if ((flags & NLM_F_CREATE) !== 0 && attributes.has(IFLA_LINKINFO)) return new Refusal(-EEXIST);
  for (const type of attributes.types) {
    if (!CHANGEABLE.has(type) && !IGNORABLE.has(type)) {
      return new Refusal(-EOPNOTSUPP, `Changing link attribute ${type} is not supported`);
    }
  }
  return applyChanges(stack, device, attributes) ?? applyFlags(device, payload);
}

function applyChanges(stack: NetStack, device: NetDevice, attributes: Attributes): Refusal | null {
  const mtu = attributes.u32(IFLA_MTU);
  if (mtu !== undefined && !device.setMtu(mtu)) {
    const bound = mtu < device.minimumMtu ? 'less than device minimum' : 'greater than device maximum';
    return new Refusal(-EINVAL, `mtu ${bound}`);
  }
  const mac = attributes.get(IFLA_ADDRESS);
  if (mac !== undefined) {
    if (mac.length < 6) return new Refusal(-EINVAL);
    if (device.isLoopback) return new Refusal(-EOPNOTSUPP);
    device.mac = readU48(mac, 0);
  }
  const name = attributes.text(IFLA_IFNAME);
  if (name !== undefined && name !== '' && name !== device.name) {
    if (!/^[^\s/:]+$/.test(name) || name.length > MAXIMUM_NAME || name === '.' || name === '..')
      return new Refusal(-EINVAL);
    if (device.isUp) return new Refusal(-EBUSY);
    if (stack.link.deviceByName(name) !== undefined) return new Refusal(-EEXIST);
    device.name = name;
  }
  device.transmitQueueLength = attributes.u32(IFLA_TXQLEN) ?? device.transmitQueueLength;
  device.group = attributes.u32(IFLA_GROUP) ?? device.group;
  device.alias = attributes.text(IFLA_IFALIAS) ?? device.alias;
  if (mac !== undefined || name !== undefined || attributes.has(IFLA_TXQLEN) || attributes.has(IFLA_IFALIAS)) {
    stack.link.deviceChanged(device, 'changed');
  }
  return null;
}

function applyFlags(device: NetDevice, payload: Uint8Array): Refusal | null {
  const flags = readU32Host(payload, 8);
  const mask = readU32Host(payload, 12);
  // Without a mask, flags given are all flags (as ifconfig's way of old); none given means none asked for.
  if (mask !== 0 || flags !== 0) device.setFlags(flags, mask === 0 ? 0xffff_ffff : mask);
  return null;
}
