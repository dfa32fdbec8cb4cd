/** Sockets: what they are, their addresses and their messages. */
import { AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_UNIX, SOCK_TYPE_MASK } from '../../abi/socket.ts';
import { bytesAt, input, output, value } from './format.ts';
import type { ArgumentFormat, GuestMemory, TracedCall } from './format.ts';
import { descriptorFlags, formatBuffer, formatVector } from './fileArguments.ts';
import * as names from './names.ts';
import { flags, hex, hexOrZero, nameOr, pointer, quote } from './text.ts';

const MAX_SOCKADDR = 128;
/** Offsets in `struct msghdr`. */
const MSG_NAMELEN = 8;
const MSG_IOV = 16;
const MSG_IOVLEN = 24;
const MSG_CONTROLLEN = 40;
const MSG_FLAGS = 48;

function inet6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, at) => ((bytes[2 * at] << 8) | bytes[2 * at + 1]).toString(16));
  // The longest run of zeros is left out (RFC 5952).
  const text = groups.join(':');
  const runs = [...text.matchAll(/(^|:)0(:0)+(:|$)/g)].sort((a, b) => b[0].length - a[0].length);
  return runs.length === 0 ? text : text.replace(runs[0][0], '::');
}

/** `struct sockaddr` of a family that we know, else its bytes. */
function formatSocketAddress(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 2) return quote(bytes);
  const family = view.getUint16(0, true);
  const name = nameOr(family, names.socketDomains, hexOrZero);
  const parts = [`sa_family=${name}`];
  if (family === AF_INET && bytes.length >= 8) {
    parts.push(`sin_port=htons(${view.getUint16(2)})`, `sin_addr=inet_addr("${bytes.subarray(4, 8).join('.')}")`);
  } else if (family === AF_INET6 && bytes.length >= 24) {
    parts.push(
      `sin6_port=htons(${view.getUint16(2)})`,
      `sin6_flowinfo=htonl(${view.getUint32(4)})`,
      `inet_pton(AF_INET6, "${inet6(bytes.subarray(8, 24))}", &sin6_addr)`,
      `sin6_scope_id=${bytes.length >= 28 ? view.getUint32(24, true) : 0}`,
    );
  } else if (family === AF_UNIX) {
    const path = bytes.subarray(2);
    const isAbstract = path.length > 0 && path[0] === 0;
    const end = path.indexOf(0);
    if (isAbstract) parts.push(`sun_path=@${quote(path.subarray(1))}`);
    else if (path.length > 0) parts.push(`sun_path=${quote(path.subarray(0, end < 0 ? path.length : end))}`);
  } else if (family === AF_NETLINK && bytes.length >= 12) {
    const groups = view.getUint32(8, true).toString(16).padStart(8, '0');
    parts.push(`nl_pid=${view.getInt32(4, true)}`, `nl_groups=${groups}`);
  } else if (family === AF_PACKET && bytes.length >= 12) {
    parts.push(
      `sll_protocol=htons(${hex(view.getUint16(2))})`,
      `sll_ifindex=${view.getInt32(4, true)}`,
      `sll_hatype=${view.getUint16(8, true)}`,
      `sll_pkttype=${bytes[10]}`,
      `sll_halen=${bytes[11]}`,
    );
    if (bytes[11] > 0) parts.push(`sll_addr=[${[...bytes.subarray(12, 12 + bytes[11])].map(hex).join(', ')}]`);
  } else parts.push(`sa_data=${quote(bytes.subarray(2))}`);
  return `{${parts.join(', ')}}`;
}

function addressAt(memory: GuestMemory, address: number, length: number): string | undefined {
  if (length < 0 || length > MAX_SOCKADDR) return undefined;
  const bytes = bytesAt(memory, address, length);
  return bytes && formatSocketAddress(bytes);
}

/** Most options are an int. */
function formatOption(memory: GuestMemory, address: number, length: number): string | undefined {
  if (length !== 4) return formatBuffer(memory, address, length);
  const word = memory.readU32(address);
  return word < 0 ? undefined : `[${word | 0}]`;
}

function socketType(bits: number): string {
  const type = nameOr(bits & SOCK_TYPE_MASK, names.socketTypes, String);
  const rest = bits & ~SOCK_TYPE_MASK;
  return rest === 0 ? type : `${type}|${flags(rest, names.socketFlags)}`;
}

function socketProtocol(protocol: number, { args }: TracedCall, index: number): string {
  const domain = args[index - 2] | 0;
  if (domain === AF_INET || domain === AF_INET6) return nameOr(protocol | 0, names.inetProtocols, String);
  if (domain === AF_NETLINK) return nameOr(protocol | 0, names.netlinkProtocols, String);
  return domain === AF_PACKET && protocol !== 0 ? `htons(${hex(swap16(protocol))})` : String(protocol | 0);
}

function swap16(number: number): number {
  return ((number & 0xff) << 8) | ((number >>> 8) & 0xff);
}

/** `struct msghdr`; `bytes` of its vectors, in all, have something in them. */
function formatMessage(memory: GuestMemory, address: number, bytes: number): string | undefined {
  const name = memory.readU64(address);
  const nameLength = memory.readU32(address + MSG_NAMELEN);
  const vector = memory.readU64(address + MSG_IOV);
  const count = memory.readU64(address + MSG_IOVLEN);
  const controlLength = memory.readU64(address + MSG_CONTROLLEN);
  const bits = memory.readU32(address + MSG_FLAGS);
  if (name < 0 || vector < 0 || bits < 0) return undefined;
  const shownName = name === 0 ? 'NULL' : (addressAt(memory, name, nameLength) ?? pointer(name));
  const shownVector = vector === 0 ? 'NULL' : (formatVector(memory, vector, count, bytes) ?? pointer(vector));
  return (
    `{msg_name=${shownName}, msg_namelen=${nameLength}, msg_iov=${shownVector}, msg_iovlen=${count}, ` +
    `msg_controllen=${controlLength}, msg_flags=${flags(bits, names.messageFlags)}}`
  );
}

export const socketArguments = {
  'socket-domain': value((domain) => nameOr(domain | 0, names.socketDomains, String)),
  'socket-type': value(socketType),
  'socket-flags': descriptorFlags('SOCK'),
  'socket-protocol': value(socketProtocol),
  'socket-level': value((level) => nameOr(level | 0, names.socketLevels, String)),
  'socket-option': value((option, { args }, index) =>
    nameOr(option | 0, names.optionsOfLevel.get(args[index - 1] | 0) ?? emptyNames, String),
  ),
  'option-in': input(({ memory, args }, index) => formatOption(memory, args[index], args[index + 1] | 0)),
  'option-out': output(({ memory, args }, index) => {
    const length = memory.readU32(args[index + 1]);
    return length < 0 ? undefined : formatOption(memory, args[index], length);
  }),
  'shutdown-how': value((how) => nameOr(how | 0, names.shutdownHows, String)),
  'message-flags': value((bits) => flags(bits, names.messageFlags)),
  sockaddr: input(({ memory, args }, index) => addressAt(memory, args[index], args[index + 1] | 0)),
  'sockaddr-out': output(({ memory, args }, index) => {
    const length = memory.readU32(args[index + 1]);
    return length < 0 ? undefined : addressAt(memory, args[index], Math.min(length, MAX_SOCKADDR));
  }),
  'message-in': input(({ memory, args }, index) => formatMessage(memory, args[index], Infinity)),
  'message-out': output(({ memory, args, result }, index) => formatMessage(memory, args[index], result)),
} as const satisfies Record<string, ArgumentFormat>;

const emptyNames: ReadonlyMap<number, string> = new Map();
