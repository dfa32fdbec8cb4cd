/** Routes over rtnetlink: RTM_{GET,NEW,DEL}ROUTE (rtnetlink(7), linux/rtnetlink.h). */

import { EINVAL, ENETDOWN, ENETUNREACH, ENODEV, ENOENT, EOPNOTSUPP, ESRCH } from '../../abi/errno.ts';
import { AF_INET } from '../../abi/socket.ts';
import { network } from '../ip/address.ts';
import {
  RTN_BLACKHOLE,
  RTN_BROADCAST,
  RTN_LOCAL,
  RTN_MULTICAST,
  RTN_PROHIBIT,
  RTN_THROW,
  RTN_UNICAST,
  RTN_UNREACHABLE,
  RTN_UNSPEC,
  RTNH_F_ONLINK,
  RT_TABLE_DEFAULT,
  RT_TABLE_LOCAL,
  RT_TABLE_MAIN,
  hopFlags,
  type FibRoute,
  type NextHop,
} from '../ip/FibRoute.ts';
import { RT_SCOPE_HOST, RT_SCOPE_LINK, RT_SCOPE_NOWHERE } from '../ip/InterfaceAddresses.ts';
import type { Route } from '../ip/Router.ts';
import type { NetDevice } from '../link/NetDevice.ts';
import type { NetStack } from '../NetStack.ts';
import { readU16Host, readU32Host, writeU16Host, writeU32, writeU32Host } from '../wire/bytes.ts';
import {
  Attributes,
  MessageWriter,
  NLM_F_APPEND,
  NLM_F_CREATE,
  NLM_F_EXCL,
  NLM_F_REPLACE,
  Refusal,
  type Request,
} from './message.ts';
import { RTM_NEWROUTE, type AnswerContext } from './rtnetlink.ts';

const RTMSG_SIZE = 12;
const RTNEXTHOP_SIZE = 8;
const RTA_DST = 1;
const RTA_SRC = 2;
const RTA_IIF = 3;
const RTA_OIF = 4;
const RTA_GATEWAY = 5;
const RTA_PRIORITY = 6;
const RTA_PREFSRC = 7;
const RTA_METRICS = 8;
const RTA_MULTIPATH = 9;
const RTA_CACHEINFO = 12;
const RTA_TABLE = 15;
const RTA_MARK = 16;
const RTA_UID = 25;
const RTAX_MTU = 2;
const RTAX_MAX = 17;

const RTM_F_CLONED = 0x200;
const RTM_F_FIB_MATCH = 0x2000;
const RTCF_LOCAL = 0x8000_0000;
const RTCF_BROADCAST = 0x1000_0000;
const RTCF_MULTICAST = 0x2000_0000;
const NANOSECONDS_PER_CENTISECOND = 10_000_000;

/** Types that lead to no device. */
const DEAD_ENDS: readonly number[] = [RTN_BLACKHOLE, RTN_UNREACHABLE, RTN_PROHIBIT, RTN_THROW];
const KNOWN = new Set([
  RTA_DST,
  RTA_OIF,
  RTA_GATEWAY,
  RTA_PRIORITY,
  RTA_PREFSRC,
  RTA_METRICS,
  RTA_MULTIPATH,
  RTA_TABLE,
]);

export function routeMessage(route: FibRoute, context: AnswerContext, type = RTM_NEWROUTE): Uint8Array {
  const writer = new MessageWriter(type, context.flags, context.sequence, context.portId);
  const [first] = route.nextHops;
  const header = writer.header(RTMSG_SIZE);
  header[0] = AF_INET;
  header[1] = route.prefixLength;
  header[3] = route.tos;
  header[4] = route.table > 255 ? 252 : route.table;
  header[5] = route.protocol;
  header[6] = route.scope;
  header[7] = route.type;
  if (route.nextHops.length === 1) writeU32Host(header, 8, hopFlags(first));
  writer.u32(RTA_TABLE, route.table);
  if (route.prefixLength > 0) writer.address(RTA_DST, route.destination);
  if (route.priority !== 0) writer.u32(RTA_PRIORITY, route.priority);
  if (route.metrics.size > 0) {
    writer.nested(RTA_METRICS, () => {
      for (const [metric, value] of route.metrics) writer.u32(metric, value);
    });
  }
  if (route.preferredSource !== 0) writer.address(RTA_PREFSRC, route.preferredSource);
  if (route.nextHops.length === 1) {
    if (first.gateway !== 0) writer.address(RTA_GATEWAY, first.gateway);
    if (first.device !== null) writer.u32(RTA_OIF, first.device.index);
  } else if (route.nextHops.length > 1) {
    writer.bytes(RTA_MULTIPATH, encodeHops(route.nextHops));
  }
  return writer.finish();
}

/** `struct rtnexthop` for each, with its gateway as attribute. */
function encodeHops(hops: readonly NextHop[]): Uint8Array {
  const parts: number[] = [];
  for (const hop of hops) {
    const part = new Uint8Array(hop.gateway === 0 ? RTNEXTHOP_SIZE : RTNEXTHOP_SIZE + 8);
    writeU16Host(part, 0, part.length);
    part[2] = hopFlags(hop);
    part[3] = hop.weight - 1;
    writeU32Host(part, 4, hop.device?.index ?? 0);
    if (hop.gateway !== 0) {
      writeU16Host(part, 8, 8);
      writeU16Host(part, 10, RTA_GATEWAY);
      writeU32(part, 12, hop.gateway);
    }
    parts.push(...part);
  }
  return Uint8Array.from(parts);
}

/** A strict request may narrow the dump by table, protocol, type and device. */
export function dumpRoutes(
  stack: NetStack,
  request: Request,
  isStrict: boolean,
  context: AnswerContext,
): Uint8Array[] | Refusal {
  const { payload } = request;
  let wanted = { table: 0, protocol: 0, type: 0, output: 0 };
  if (isStrict && payload.length >= RTMSG_SIZE) {
    const attributes = new Attributes(payload, RTMSG_SIZE);
    wanted = {
      table: attributes.u32(RTA_TABLE) ?? payload[4],
      protocol: payload[5],
      type: payload[7],
      output: attributes.u32(RTA_OIF) ?? 0,
    };
    // Asking for the cache of IPv4 routes: there has been none since Linux 3.6.
    if ((readU32Host(payload, 8) & RTM_F_CLONED) !== 0) return [];
    const always = [RT_TABLE_LOCAL, RT_TABLE_MAIN, RT_TABLE_DEFAULT];
    if (wanted.table !== 0 && !always.includes(wanted.table) && stack.fib.table(wanted.table) === undefined) {
      return new Refusal(-ENOENT, 'ipv4: FIB table does not exist');
    }
  }
  const messages: Uint8Array[] = [];
  for (const [id, table] of stack.fib.tables) {
    if (wanted.table !== 0 && id !== wanted.table) continue;
    for (const route of table.list()) {
      if (wanted.protocol !== 0 && route.protocol !== wanted.protocol) continue;
      if (wanted.type !== 0 && route.type !== wanted.type) continue;
      if (wanted.output !== 0 && !route.nextHops.some((hop) => hop.device?.index === wanted.output)) continue;
      messages.push(routeMessage(route, context));
    }
  }
  return messages;
}

/** `ip route get`: which way a packet would take. */
export function getRoute(stack: NetStack, request: Request, context: AnswerContext): Uint8Array[] | Refusal {
  const { payload } = request;
  if (payload.length < RTMSG_SIZE) return new Refusal(-EINVAL, 'ipv4: Invalid header for route get request');
  const attributes = new Attributes(payload, RTMSG_SIZE);
  const destination = attributes.address(RTA_DST) ?? 0;
  const source = attributes.address(RTA_SRC) ?? 0;
  const inputIndex = attributes.u32(RTA_IIF) ?? 0;
  const outputIndex = attributes.u32(RTA_OIF) ?? 0;
  const mark = attributes.u32(RTA_MARK) ?? 0;
  const input = inputIndex === 0 ? undefined : stack.link.deviceByIndex(inputIndex);
  if (inputIndex !== 0 && input === undefined) return new Refusal(-ENODEV);
  const route =
    input === undefined
      ? stack.router.resolve(destination, source, outputIndex, payload[3], mark)
      : stack.router.resolveInput(destination, source, input, payload[3], mark);
  if (typeof route === 'number') return new Refusal(route);
  if ((readU32Host(payload, 8) & RTM_F_FIB_MATCH) !== 0) {
    if (route.fibRoute === null) return new Refusal(-ENETUNREACH);
    return [routeMessage(route.fibRoute, context)];
  }
  return [resolvedMessage(stack, route, source, input, attributes.u32(RTA_UID), mark, context)];
}

function resolvedMessage(
  stack: NetStack,
  route: Route,
  source: number,
  input: NetDevice | undefined,
  uid: number | undefined,
  mark: number,
  context: AnswerContext,
): Uint8Array {
  const writer = new MessageWriter(RTM_NEWROUTE, context.flags, context.sequence, context.portId);
  const header = writer.header(RTMSG_SIZE);
  const table = route.fibRoute?.table ?? (route.type === RTN_UNICAST ? RT_TABLE_MAIN : RT_TABLE_LOCAL);
  let flags = RTM_F_CLONED;
  if (route.type === RTN_LOCAL) flags |= RTCF_LOCAL;
  else if (route.type === RTN_BROADCAST) flags |= RTCF_LOCAL | RTCF_BROADCAST;
  else if (route.type === RTN_MULTICAST) flags |= RTCF_MULTICAST;
  header[0] = AF_INET;
  header[1] = 32;
  header[2] = source === 0 ? 0 : 32;
  header[4] = table > 255 ? 252 : table;
  header[7] = route.type;
  writeU32Host(header, 8, flags >>> 0);
  writer.address(RTA_DST, route.destination).u32(RTA_TABLE, table);
  if (source !== 0) writer.address(RTA_SRC, source);
  writer.u32(RTA_OIF, route.device.index);
  if (route.gateway !== 0) writer.address(RTA_GATEWAY, route.gateway);
  if (route.source !== 0 && route.source !== source && input === undefined) writer.address(RTA_PREFSRC, route.source);
  if (mark !== 0) writer.u32(RTA_MARK, mark);
  if (uid !== undefined) writer.u32(RTA_UID, uid);
  if (input !== undefined) writer.u32(RTA_IIF, input.index);
  const pathMtu = stack.pathMtu.of(route.destination);
  if (pathMtu !== 0) writer.nested(RTA_METRICS, () => writer.u32(RTAX_MTU, pathMtu));
  const cacheInfo = new Uint8Array(32);
  if (pathMtu !== 0) {
    const left = stack.pathMtu.expiresNs(route.destination) - stack.environment.timers.now();
    writeU32Host(cacheInfo, 8, Math.floor(left / NANOSECONDS_PER_CENTISECOND));
  }
  return writer.bytes(RTA_CACHEINFO, cacheInfo).finish();
}

/** The fields that adding and deleting share. */
interface Described {
  readonly table: number;
  readonly destination: number;
  readonly prefixLength: number;
  readonly attributes: Attributes;
}

function describe(request: Request): Described | Refusal {
  const { payload } = request;
  if (payload.length < RTMSG_SIZE) return new Refusal(-EINVAL);
  if (payload[0] !== AF_INET) return new Refusal(-EOPNOTSUPP);
  const attributes = new Attributes(payload, RTMSG_SIZE);
  const prefixLength = payload[1];
  if (prefixLength > 32) return new Refusal(-EINVAL, 'Invalid prefix length');
  const destination = attributes.address(RTA_DST) ?? 0;
  if (network(destination, prefixLength) !== destination) {
    return new Refusal(-EINVAL, 'Invalid prefix for given prefix length');
  }
  const table = (attributes.u32(RTA_TABLE) ?? payload[4]) || RT_TABLE_MAIN;
  return { table, destination, prefixLength, attributes };
}

export function newRoute(stack: NetStack, request: Request): Refusal | null {
  const described = describe(request);
  if (described instanceof Refusal) return described;
  const { payload, flags } = request;
  const { attributes } = described;
  for (const type of attributes.types) {
    if (!KNOWN.has(type)) return new Refusal(-EOPNOTSUPP, `Route attribute ${type} is not supported`);
  }
  const type = payload[7] === RTN_UNSPEC ? RTN_UNICAST : payload[7];
  const preferredSource = attributes.address(RTA_PREFSRC) ?? 0;
  if (preferredSource !== 0 && !stack.fib.isLocal(preferredSource)) {
    return new Refusal(-EINVAL, 'Invalid prefsrc address');
  }
  const nextHops = DEAD_ENDS.includes(type) ? [] : readHops(stack, attributes, payload, type);
  if (nextHops instanceof Refusal) return nextHops;
  const metrics = new Map<number, number>();
  const given = attributes.nested(RTA_METRICS);
  for (const metric of given?.types ?? []) {
    const value = given?.u32(metric);
    if (metric > RTAX_MAX || value === undefined) return new Refusal(-EINVAL, 'Unknown metric type');
    metrics.set(metric, value);
  }
  const error = stack.fib.insert(
    {
      table: described.table,
      destination: described.destination,
      prefixLength: described.prefixLength,
      tos: payload[3],
      priority: attributes.u32(RTA_PRIORITY) ?? 0,
      type,
      scope: payload[6],
      protocol: payload[5],
      preferredSource,
      nextHops,
      metrics,
    },
    {
      create: (flags & NLM_F_CREATE) !== 0,
      exclusive: (flags & NLM_F_EXCL) !== 0,
      replace: (flags & NLM_F_REPLACE) !== 0,
      append: (flags & NLM_F_APPEND) !== 0,
    },
  );
  return error < 0 ? new Refusal(error) : null;
}

function readHops(stack: NetStack, attributes: Attributes, payload: Uint8Array, type: number): NextHop[] | Refusal {
  const multipath = attributes.get(RTA_MULTIPATH);
  if (multipath === undefined) {
    const flags = readU32Host(payload, 8) & RTNH_F_ONLINK;
    const hop = checkHop(
      stack,
      attributes.u32(RTA_OIF) ?? 0,
      attributes.address(RTA_GATEWAY) ?? 0,
      1,
      flags,
      payload[6],
      type,
    );
    return hop instanceof Refusal ? hop : [hop];
  }
  const hops: NextHop[] = [];
  for (let at = 0; at + RTNEXTHOP_SIZE <= multipath.length;) {
    const length = readU16Host(multipath, at);
    if (length < RTNEXTHOP_SIZE || at + length > multipath.length) return new Refusal(-EINVAL);
    const own = new Attributes(multipath.subarray(at, at + length), RTNEXTHOP_SIZE);
    const hop = checkHop(
      stack,
      readU32Host(multipath, at + 4),
      own.address(RTA_GATEWAY) ?? 0,
      multipath[at + 3] + 1,
      multipath[at + 2] & RTNH_F_ONLINK,
      payload[6],
      type,
    );
    if (hop instanceof Refusal) return hop;
    hops.push(hop);
    at += (length + 3) & ~3;
  }
  return hops.length === 0 ? new Refusal(-EINVAL) : hops;
}

/** A next hop must lie on a link that is up (fib_check_nh). */
function checkHop(
  stack: NetStack,
  index: number,
  gateway: number,
  weight: number,
  flags: number,
  scope: number,
  type: number,
): NextHop | Refusal {
  let device = index === 0 ? undefined : stack.link.deviceByIndex(index);
  if (index !== 0 && device === undefined) return new Refusal(-ENODEV);
  if (gateway !== 0) {
    if (scope >= RT_SCOPE_LINK) return new Refusal(-EINVAL, 'Nexthop has invalid scope');
    if ((flags & RTNH_F_ONLINK) !== 0) {
      if (device === undefined) return new Refusal(-ENODEV, 'Nexthop device required for onlink');
    } else {
      const way = stack.fib.lookup(gateway, 0, null, index, 0, 0, scope + 1);
      if (typeof way === 'number') return new Refusal(-ENETUNREACH, 'Nexthop has invalid gateway');
      if (way.type !== RTN_UNICAST) return new Refusal(-EINVAL, 'Nexthop has invalid gateway');
      device ??= way.nextHops.at(0)?.device ?? undefined;
    }
  } else if (type === RTN_LOCAL && scope !== RT_SCOPE_HOST && scope !== RT_SCOPE_NOWHERE && index === 0) {
    return new Refusal(-EINVAL, 'Route with host scope can not have a gateway');
  }
  if (device === undefined) return new Refusal(-ENODEV);
  if (!device.isUp) return new Refusal(-ENETDOWN, 'Device for nexthop is not up');
  return { device, gateway, weight, flags };
}

export function deleteRoute(stack: NetStack, request: Request): Refusal | null {
  const described = describe(request);
  if (described instanceof Refusal) return described;
  const { payload } = request;
  const { attributes } = described;
  const index = attributes.u32(RTA_OIF);
  const device = index === undefined ? undefined : stack.link.deviceByIndex(index);
  if (index !== undefined && device === undefined) return new Refusal(-ENODEV);
  const error = stack.fib.remove({
    table: described.table,
    destination: described.destination,
    prefixLength: described.prefixLength,
    tos: payload[3],
    priority: attributes.u32(RTA_PRIORITY),
    type: payload[7] === RTN_UNSPEC ? undefined : payload[7],
    scope: payload[6] === RT_SCOPE_NOWHERE ? undefined : payload[6],
    protocol: payload[5] === 0 ? undefined : payload[5],
    preferredSource: attributes.address(RTA_PREFSRC),
    gateway: attributes.address(RTA_GATEWAY),
    device,
  });
  return error < 0 ? new Refusal(error === -ESRCH ? -ESRCH : error) : null;
}
