/** Neighbours over rtnetlink: RTM_{GET,NEW,DEL}NEIGH (rtnetlink(7), linux/neighbour.h). */

import { EEXIST, EINVAL, ENODEV, ENOENT, EOPNOTSUPP } from '../../abi/errno.ts';
import { AF_INET } from '../../abi/socket.ts';
import {
  NUD_FAILED,
  NUD_INCOMPLETE,
  NUD_NONE,
  NUD_NOARP,
  NUD_PERMANENT,
  NUD_VALID,
  type Neighbour,
} from '../ip/Neighbour.ts';
import type { NetStack } from '../NetStack.ts';
import { readU16Host, readU32Host, readU48, writeU16Host, writeU32Host } from '../wire/bytes.ts';
import {
  Attributes,
  MessageWriter,
  NLM_F_CREATE,
  NLM_F_EXCL,
  NLM_F_REPLACE,
  Refusal,
  type Request,
} from './message.ts';
import { RTM_NEWNEIGH, type AnswerContext } from './rtnetlink.ts';

const NDMSG_SIZE = 12;
const NDA_DST = 1;
const NDA_LLADDR = 2;
const NDA_CACHEINFO = 3;
const NDA_PROBES = 4;
const NDA_IFINDEX = 8;
const RTN_UNICAST = 1;
const NANOSECONDS_PER_CENTISECOND = 10_000_000;

export function neighbourMessage(
  stack: NetStack,
  neighbour: Neighbour,
  context: AnswerContext,
  type = RTM_NEWNEIGH,
): Uint8Array {
  const writer = new MessageWriter(type, context.flags, context.sequence, context.portId);
  const header = writer.header(NDMSG_SIZE);
  header[0] = AF_INET;
  writeU32Host(header, 4, neighbour.device.index);
  writeU16Host(header, 8, neighbour.state);
  header[11] = RTN_UNICAST;
  writer.address(NDA_DST, neighbour.address);
  if ((neighbour.state & NUD_VALID) !== 0) writer.mac(NDA_LLADDR, neighbour.mac);
  writer.u32(NDA_PROBES, neighbour.probes);
  const now = stack.environment.timers.now();
  const ago = (ns: number): number => Math.max(0, Math.floor((now - ns) / NANOSECONDS_PER_CENTISECOND));
  const cacheInfo = new Uint8Array(16);
  writeU32Host(cacheInfo, 0, ago(neighbour.confirmedNs));
  writeU32Host(cacheInfo, 4, ago(neighbour.usedNs));
  writeU32Host(cacheInfo, 8, ago(neighbour.updatedNs));
  return writer.bytes(NDA_CACHEINFO, cacheInfo).finish();
}

export function dumpNeighbours(
  stack: NetStack,
  request: Request,
  isStrict: boolean,
  context: AnswerContext,
): Uint8Array[] {
  const { payload } = request;
  // Iproute2 gives the device as attribute, also without strict checking.
  const attributes = new Attributes(payload, NDMSG_SIZE);
  const wanted =
    attributes.u32(NDA_IFINDEX) ?? (isStrict && payload.length >= NDMSG_SIZE ? readU32Host(payload, 4) : 0);
  const messages: Uint8Array[] = [];
  for (const neighbour of stack.neighbours.all()) {
    if (wanted !== 0 && neighbour.device.index !== wanted) continue;
    if (neighbour.state === NUD_NONE) continue;
    messages.push(neighbourMessage(stack, neighbour, context));
  }
  return messages;
}

export function getNeighbour(stack: NetStack, request: Request, context: AnswerContext): Uint8Array[] | Refusal {
  const { payload } = request;
  if (payload.length < NDMSG_SIZE) return new Refusal(-EINVAL, 'Invalid header for neighbor get request');
  const address = new Attributes(payload, NDMSG_SIZE).address(NDA_DST);
  const device = stack.link.deviceByIndex(readU32Host(payload, 4));
  if (address === undefined) return new Refusal(-EINVAL, 'Network address not specified');
  if (device === undefined) return new Refusal(-ENODEV, 'Unknown device ifindex');
  const neighbour = stack.neighbours.find(device, address);
  if (neighbour === undefined) return new Refusal(-ENOENT, 'Neighbour entry not found');
  return [neighbourMessage(stack, neighbour, context)];
}

export function newNeighbour(stack: NetStack, request: Request): Refusal | null {
  const { payload, flags } = request;
  if (payload.length < NDMSG_SIZE) return new Refusal(-EINVAL);
  if (payload[0] !== AF_INET) return new Refusal(-EOPNOTSUPP);
  const attributes = new Attributes(payload, NDMSG_SIZE);
  const address = attributes.address(NDA_DST);
  if (address === undefined) return new Refusal(-EINVAL, 'Network address not specified');
  const device = stack.link.deviceByIndex(readU32Host(payload, 4));
  if (device === undefined) return new Refusal(-EINVAL);
  const mac = attributes.get(NDA_LLADDR);
  if (mac !== undefined && mac.length < 6) return new Refusal(-EINVAL, 'Invalid link address');
  const state = readU16Host(payload, 8);
  const known = stack.neighbours.find(device, address);
  if (known === undefined && (flags & NLM_F_CREATE) === 0) return new Refusal(-ENOENT);
  if (known !== undefined && (flags & NLM_F_EXCL) !== 0) return new Refusal(-EEXIST);
  const needsMac = (state & NUD_VALID) !== 0 && (state & NUD_NOARP) === 0;
  if (needsMac && mac === undefined && known === undefined) return new Refusal(-EINVAL);
  const keepsMac = mac === undefined || (known !== undefined && (flags & NLM_F_REPLACE) === 0 && known.mac !== 0);
  stack.neighbours.set(
    device,
    address,
    state === 0 ? NUD_PERMANENT : state,
    keepsMac && known !== undefined ? known.mac : mac === undefined ? 0 : readU48(mac, 0),
  );
  return null;
}

export function deleteNeighbour(stack: NetStack, request: Request): Refusal | null {
  const { payload } = request;
  if (payload.length < NDMSG_SIZE) return new Refusal(-EINVAL);
  const address = new Attributes(payload, NDMSG_SIZE).address(NDA_DST);
  if (address === undefined) return new Refusal(-EINVAL, 'Network address not specified');
  const device = stack.link.deviceByIndex(readU32Host(payload, 4));
  if (device === undefined) return new Refusal(-ENODEV);
  const neighbour = stack.neighbours.find(device, address);
  if (neighbour === undefined) return new Refusal(-ENOENT);
  // An entry in use becomes failed first, so that its users look again; then it goes.
  neighbour.state &= ~(NUD_INCOMPLETE | NUD_VALID);
  neighbour.state |= NUD_FAILED;
  stack.neighbours.remove(neighbour);
  return null;
}
