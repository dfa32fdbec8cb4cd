/** Descriptors, paths, buffers, and what files say of themselves. */
import {
  F_DUPFD,
  F_DUPFD_CLOEXEC,
  F_GETFD,
  F_GETFL,
  F_GETPIPE_SZ,
  F_OFD_SETLKW,
  F_SETFD,
  F_SETFL,
} from '../../abi/fcntl.ts';
import { F_GETLK, F_OFD_GETLK, F_OFD_SETLK, F_SETLK, F_SETLKW, FLOCK_SIZE } from '../../abi/fcntl.ts';
import {
  FIONBIO,
  FIONREAD,
  TIOCGPGRP,
  TIOCGPTN,
  TIOCGSID,
  TIOCGWINSZ,
  TIOCOUTQ,
  TIOCSPGRP,
  TIOCSPTLCK,
  TIOCSWINSZ,
} from '../../abi/ioctls.ts';
import { S_IFBLK, S_IFCHR, S_IFMT } from '../../abi/mode.ts';
import { AT_FDCWD, O_ACCMODE, O_CREAT, O_TMPFILE } from '../../abi/open.ts';
import { STAT_SIZE, STATX_SIZE } from '../../abi/stat.ts';
import { getI64, getU64 } from '../../abi/words.ts';
import { bytesAt, input, OMITTED, output, value, viewAt } from './format.ts';
import type { ArgumentFormat, GuestMemory, TracedCall } from './format.ts';
import * as names from './names.ts';
import {
  flags,
  hex,
  hexOrZero,
  nameOr,
  octal,
  permissions,
  pointer,
  quote,
  quoteByteString,
  SHOWN_BYTES,
  SHOWN_ELEMENTS,
} from './text.ts';

const MAX_PATH = 4096;
const TMPFILE_BIT = O_TMPFILE & ~0o200000;

/** At most `SHOWN_BYTES`, with dots for the rest. */
export function formatBuffer(memory: GuestMemory, address: number, length: number): string | undefined {
  const bytes = bytesAt(memory, address, Math.min(length, SHOWN_BYTES));
  return bytes && quote(bytes) + (length > SHOWN_BYTES ? '...' : '');
}

function formatString(memory: GuestMemory, address: number): string | undefined {
  const text = memory.readString(address, SHOWN_BYTES + 1);
  if (typeof text === 'string') return quoteByteString(text);
  const start = formatBuffer(memory, address, SHOWN_BYTES);
  return start === undefined ? undefined : `${start}...`;
}

function formatPath(memory: GuestMemory, address: number): string | undefined {
  const text = memory.readString(address, MAX_PATH);
  return typeof text === 'string' ? quoteByteString(text) : formatString(memory, address);
}

/** Pointers up to a NULL, of which each is formatted. */
function pointersAt(memory: GuestMemory, address: number, limit: number): number[] | undefined {
  const found: number[] = [];
  while (found.length < limit) {
    const next = memory.readU64(address + 8 * found.length);
    if (next < 0) return undefined;
    if (next === 0) break;
    found.push(next);
  }
  return found;
}

function formatStringArray({ memory, args }: TracedCall, index: number): string | undefined {
  const pointers = pointersAt(memory, args[index], SHOWN_ELEMENTS + 1);
  if (pointers === undefined) return undefined;
  const shown = pointers.slice(0, SHOWN_ELEMENTS).map((at) => formatString(memory, at) ?? pointer(at));
  if (pointers.length > SHOWN_ELEMENTS) shown.push('...');
  return `[${shown.join(', ')}]`;
}

function formatEnvironment({ memory, args }: TracedCall, index: number): string | undefined {
  const count = pointersAt(memory, args[index], 0x10000)?.length;
  return count === undefined ? undefined : `${hex(args[index])} /* ${count} var${count === 1 ? '' : 's'} */`;
}

/** `struct iovec` elements; `limit` bytes in all have something in them. */
export function formatVector(memory: GuestMemory, address: number, count: number, limit: number): string | undefined {
  const shown: string[] = [];
  let left = limit;
  for (let index = 0; index < count; index++) {
    if (index === SHOWN_ELEMENTS) {
      shown.push('...');
      break;
    }
    const base = memory.readU64(address + 16 * index);
    const length = memory.readU64(address + 16 * index + 8);
    if (base < 0 || length < 0) return undefined;
    const bytes = Math.min(length, left);
    left -= bytes;
    const text = base === 0 ? 'NULL' : (formatBuffer(memory, base, bytes) ?? pointer(base));
    shown.push(`{iov_base=${text}, iov_len=${length}}`);
  }
  return `[${shown.join(', ')}]`;
}

function openFlags(value: number): string {
  const access = names.accessModes.get(value & O_ACCMODE) ?? 'O_ACCMODE';
  const rest = value & ~O_ACCMODE;
  return rest === 0 ? access : `${access}|${flags(rest, names.openFlags)}`;
}

/** From the right to read on, as the manual page has them. */
function accessMode(bits: number): string {
  return flags(bits, names.accessBits).split('|').reverse().join('|');
}

/** A mode counts only where the flags before it make a file. */
function formatMode(mode: number, call: TracedCall, index: number): string {
  const before = call.args[index - 1];
  return index >= 2 && (before & (O_CREAT | TMPFILE_BIT)) === 0 ? OMITTED : permissions(mode & 0xffff);
}

function fileMode(mode: number): string {
  const type = mode & S_IFMT;
  const special = mode & 0o7000;
  const parts = [names.fileTypes.get(type) ?? octal(type)];
  if (special !== 0) parts.push(flags(special, names.setIdBits));
  return `${parts.join('|')}|${permissions(mode & 0o777)}`;
}

/** Device nodes tell which device, everything else its size. */
function sizeOrDevice(prefix: string, mode: number, major: number, minor: number, size: number): string {
  const type = mode & S_IFMT;
  return type === S_IFBLK || type === S_IFCHR
    ? `${prefix}_rdev=makedev(${hexOrZero(major)}, ${hexOrZero(minor)})`
    : `${prefix}_size=${size}`;
}

function formatStat({ memory, args }: TracedCall, index: number): string | undefined {
  const view = viewAt(memory, args[index], STAT_SIZE);
  if (view === undefined) return undefined;
  const mode = view.getUint32(24, true);
  const device = view.getUint32(40, true);
  const major = (device >>> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >>> 12) & 0xfff00);
  return `{st_mode=${fileMode(mode)}, ${sizeOrDevice('st', mode, major, minor, getU64(view, 48))}, ...}`;
}

function formatStatx({ memory, args }: TracedCall, index: number): string | undefined {
  const view = viewAt(memory, args[index], STATX_SIZE);
  if (view === undefined) return undefined;
  const mode = view.getUint16(28, true);
  const what = sizeOrDevice('stx', mode, view.getUint32(128, true), view.getUint32(132, true), getU64(view, 40));
  return `{stx_mask=${hex(view.getUint32(0, true))}, stx_mode=${fileMode(mode)}, ${what}, ...}`;
}

function formatEntries({ memory, args, result }: TracedCall, index: number): string | undefined {
  let count = 0;
  for (let at = 0; at < result; count++) {
    const length = memory.readU16(args[index] + at + 16);
    if (length <= 0) return undefined;
    at += length;
  }
  return `${hex(args[index])} /* ${count} entr${count === 1 ? 'y' : 'ies'} */`;
}

const withoutFcntlArgument: readonly number[] = [F_GETFD, F_GETFL, F_GETPIPE_SZ];
const lockCommands: readonly number[] = [F_GETLK, F_SETLK, F_SETLKW, F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW];

function formatLock(memory: GuestMemory, address: number): string | undefined {
  const view = viewAt(memory, address, FLOCK_SIZE);
  if (view === undefined) return undefined;
  const type = nameOr(view.getInt16(0, true), names.lockTypes, hexOrZero);
  const whence = nameOr(view.getInt16(2, true), names.whences, hexOrZero);
  return `{l_type=${type}, l_whence=${whence}, l_start=${getI64(view, 8)}, l_len=${getI64(view, 16)}}`;
}

function formatFcntlArgument({ memory, args }: TracedCall, index: number): string {
  const command = args[index - 1] | 0;
  const argument = args[index];
  if (withoutFcntlArgument.includes(command)) return OMITTED;
  if (command === F_SETFD) return flags(argument, names.descriptorFlags);
  if (command === F_SETFL) return openFlags(argument);
  if (command === F_DUPFD || command === F_DUPFD_CLOEXEC) return String(argument | 0);
  if (lockCommands.includes(command)) return formatLock(memory, argument) ?? pointer(argument);
  return hexOrZero(argument);
}

/** Result of fcntl(2), where it is more than a number. */
export function fcntlResult(command: number, result: number): string {
  if (command === F_GETFD && result !== 0) return `${hex(result)} (flags ${flags(result, names.descriptorFlags)})`;
  if (command === F_GETFL) return `${hexOrZero(result)} (flags ${openFlags(result)})`;
  return String(result);
}

const integersIn: readonly number[] = [TIOCSPGRP, FIONBIO, TIOCSPTLCK];
const integersOut: readonly number[] = [TIOCGPGRP, TIOCGSID, TIOCOUTQ, TIOCGPTN, FIONREAD];

function formatIoctlArgument({ memory, args, result }: TracedCall, index: number): string {
  const request = args[index - 1] >>> 0;
  const address = args[index];
  const isFilled = result >= 0;
  if (address > 0 && (integersIn.includes(request) || (isFilled && integersOut.includes(request)))) {
    const word = memory.readU32(address);
    if (word >= 0) return `[${word | 0}]`;
  }
  if (address > 0 && (request === TIOCSWINSZ || (isFilled && request === TIOCGWINSZ))) {
    const size = viewAt(memory, address, 8);
    if (size !== undefined) {
      const [rows, columns, width, height] = [0, 2, 4, 6].map((offset) => size.getUint16(offset, true));
      return `{ws_row=${rows}, ws_col=${columns}, ws_xpixel=${width}, ws_ypixel=${height}}`;
    }
  }
  return hexOrZero(address);
}

function formatIntegers(count: number) {
  return ({ memory, args }: TracedCall, index: number): string | undefined => {
    const view = viewAt(memory, args[index], 4 * count);
    if (view === undefined) return undefined;
    return `[${Array.from({ length: count }, (_, at) => view.getInt32(4 * at, true)).join(', ')}]`;
  };
}

/** Flags of calls that make descriptors: the same bits everywhere, each call with names of its own. */
export function descriptorFlags(prefix: string): ArgumentFormat {
  const own = new Map([...names.openFlags].map(([bits, name]) => [bits, name.replace(/^O/, prefix)]));
  return value((bits) => flags(bits, own));
}

export const fileArguments = {
  fd: value((fd) => String(fd | 0)),
  dirfd: value((fd) => ((fd | 0) === AT_FDCWD ? 'AT_FDCWD' : String(fd | 0))),
  'fd-pair-out': output(formatIntegers(2)),
  'int-in': input(formatIntegers(1)),
  'int-out': output(formatIntegers(1)),
  'offset-in': input(({ memory, args }, index) => {
    const offset = memory.readI64(args[index]);
    return Number.isNaN(offset) ? undefined : `[${offset}]`;
  }),
  path: input(({ memory, args }, index) => formatPath(memory, args[index])),
  string: input(({ memory, args }, index) => formatString(memory, args[index])),
  'string-out': output(({ memory, args }, index) => formatPath(memory, args[index])),
  'buffer-in': input(({ memory, args }, index) => formatBuffer(memory, args[index], args[index + 1])),
  'buffer-out': output(({ memory, args, result }, index) => formatBuffer(memory, args[index], result)),
  'iovec-in': input(({ memory, args }, index) => formatVector(memory, args[index], args[index + 1], Infinity)),
  'iovec-out': output(({ memory, args, result }, index) => formatVector(memory, args[index], args[index + 1], result)),
  'string-array': input(formatStringArray),
  environment: input(formatEnvironment),
  mode: value(formatMode),
  'open-flags': value(openFlags),
  'descriptor-flags': descriptorFlags('O'),
  'epoll-flags': descriptorFlags('EPOLL'),
  'eventfd-flags': descriptorFlags('EFD'),
  'timerfd-flags': descriptorFlags('TFD'),
  'at-flags': value((bits) => flags(bits, names.atFlags)),
  'access-flags': value((bits) => flags(bits, names.accessFlags)),
  'access-mode': value(accessMode),
  'rename-flags': value((bits) => flags(bits, names.renameFlags)),
  'close-range-flags': value((bits) => flags(bits, names.closeRangeFlags)),
  'mount-flags': value((bits) => flags(bits, names.mountFlags)),
  whence: value((whence) => nameOr(whence | 0, names.whences, String)),
  'fcntl-command': value((command) => nameOr(command | 0, names.fcntlCommands, hexOrZero)),
  'fcntl-argument': { known: 'before', format: formatFcntlArgument },
  'lock-operation': value((operation) => flags(operation, names.lockOperations)),
  'ioctl-request': value((request) => nameOr(request >>> 0, names.ioctlRequests, hex)),
  'ioctl-argument': { known: 'after', format: formatIoctlArgument },
  'stat-out': output(formatStat),
  'statx-out': output(formatStatx),
  'entries-out': output(formatEntries),
} as const satisfies Record<string, ArgumentFormat>;
