/** How strace(1) writes numbers, names and bytes. */

/** Signed values of 64 bits come out as their unsigned pattern. */
export function hex(value: number): string {
  return `0x${(value < 0 ? BigInt.asUintN(64, BigInt(value)) : value).toString(16)}`;
}

export function hexOrZero(value: number): string {
  return value === 0 ? '0' : hex(value);
}

export function pointer(value: number): string {
  return value === 0 ? 'NULL' : hex(value);
}

export function octal(value: number): string {
  return value === 0 ? '0' : `0${(value >>> 0).toString(8)}`;
}

/** Permission bits have at least three digits. */
export function permissions(mode: number): string {
  return `0${(mode >>> 0).toString(8).padStart(3, '0')}`;
}

/** Bytes of a string or buffer that are shown (strace's -s). */
export const SHOWN_BYTES = 32;
/** Elements of an array that are shown. */
export const SHOWN_ELEMENTS = 32;

const escapes: Readonly<Record<number, string | undefined>> = {
  0x22: '\\"',
  0x5c: '\\\\',
  0x09: '\\t',
  0x0a: '\\n',
  0x0b: '\\v',
  0x0c: '\\f',
  0x0d: '\\r',
};

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** An octal escape is as short as it can be, unless the next byte would be taken for one of its digits. */
export function quote(bytes: ArrayLike<number>): string {
  let text = '';
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    const escape = escapes[byte];
    if (escape !== undefined) text += escape;
    else if (byte >= 0x20 && byte < 0x7f) text += String.fromCharCode(byte);
    else text += `\\${byte.toString(8).padStart(isDigit(bytes[index + 1]) ? 3 : 1, '0')}`;
  }
  return `"${text}"`;
}

export function quoteByteString(text: string): string {
  return quote(Array.from(text, (character) => character.charCodeAt(0)));
}

/** Numbers of one kind of constant, and their names. */
export type NameTable = ReadonlyMap<number, string>;

/** The constants of a table in `abi` (or beside a handler) whose names match, under their own names. */
export function namesOf(constants: Readonly<Record<string, unknown>>, pattern: RegExp): NameTable {
  const names = new Map<number, string>();
  for (const [name, value] of Object.entries(constants)) {
    // Of two names for one number, the first in the alphabet that is not a mere alias: none of ours needs more.
    if (typeof value === 'number' && pattern.test(name) && !names.has(value)) names.set(value, name);
  }
  return names;
}

export function nameOr(value: number, names: NameTable, format: (value: number) => string): string {
  return names.get(value) ?? format(value);
}

function bitCount(value: number): number {
  let count = 0;
  for (let rest = value >>> 0; rest !== 0; rest = (rest & (rest - 1)) >>> 0) count++;
  return count;
}

/** Names of the bits that are set, in ascending order, `|` between; what has no name in hexadecimal at the end. */
export function flags(value: number, names: NameTable): string {
  const known: { bits: number; name: string }[] = [];
  let rest = value >>> 0;
  // A name for several bits goes before the names of each: O_SYNC before O_DSYNC.
  const candidates = [...names].filter(([bits]) => bits !== 0).sort(([a], [b]) => bitCount(b) - bitCount(a));
  for (const [bits, name] of candidates) {
    if ((rest & bits) >>> 0 !== bits >>> 0) continue;
    known.push({ bits: bits >>> 0, name });
    rest = (rest & ~bits) >>> 0;
  }
  const parts = known.sort((a, b) => a.bits - b.bits).map(({ name }) => name);
  if (rest !== 0) parts.push(hex(rest));
  return parts.length > 0 ? parts.join('|') : (names.get(0) ?? '0');
}
