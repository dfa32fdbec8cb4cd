/** Netlink messages and their attributes (netlink(7), linux/netlink.h), in host byte order. */

import {
  readU16Host,
  readU32,
  readU32Host,
  readU64Host,
  writeU16Host,
  writeU32,
  writeU32Host,
  writeU48,
  writeU64Host,
} from '../wire/bytes.ts';

export const NLMSG_HEADER_SIZE = 16;
const ATTRIBUTE_HEADER_SIZE = 4;
const ATTRIBUTE_TYPE_MASK = 0x3fff;
const NLA_F_NESTED = 0x8000;

export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;
export const NLMSG_MIN_TYPE = 0x10;

export const NLM_F_REQUEST = 0x1;
export const NLM_F_MULTI = 0x2;
export const NLM_F_ACK = 0x4;
export const NLM_F_DUMP_FILTERED = 0x20;
export const NLM_F_REPLACE = 0x100;
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;
export const NLM_F_APPEND = 0x800;
export const NLM_F_DUMP = 0x300;
export const NLM_F_CAPPED = 0x100;
export const NLM_F_ACK_TLVS = 0x200;

function align(size: number): number {
  return (size + 3) & ~3;
}

/** Builds one message; grows as needed. */
export class MessageWriter {
  #bytes = new Uint8Array(512);
  #length = NLMSG_HEADER_SIZE;

  constructor(type: number, flags: number, sequence: number, portId: number) {
    writeU16Host(this.#bytes, 4, type);
    writeU16Host(this.#bytes, 6, flags);
    writeU32Host(this.#bytes, 8, sequence);
    writeU32Host(this.#bytes, 12, portId);
  }

  /** Room for the family's fixed header, which the caller fills through the returned bytes at once. */
  header(size: number): Uint8Array {
    const at = this.#reserve(align(size));
    return this.#bytes.subarray(at, at + size);
  }

  raw(bytes: Uint8Array): void {
    const at = this.#reserve(align(bytes.length));
    this.#bytes.set(bytes, at);
  }

  /* In all of these the place comes first: making room may move the bytes. */

  bytes(type: number, value: Uint8Array): this {
    const at = this.#attribute(type, value.length);
    this.#bytes.set(value, at);
    return this;
  }

  u8(type: number, value: number): this {
    const at = this.#attribute(type, 1);
    this.#bytes[at] = value;
    return this;
  }

  u16(type: number, value: number): this {
    const at = this.#attribute(type, 2);
    writeU16Host(this.#bytes, at, value);
    return this;
  }

  u32(type: number, value: number): this {
    const at = this.#attribute(type, 4);
    writeU32Host(this.#bytes, at, value);
    return this;
  }

  u64(type: number, value: number): this {
    const at = this.#attribute(type, 8);
    writeU64Host(this.#bytes, at, value);
    return this;
  }

  /** An IPv4 address, which is in network order. */
  address(type: number, value: number): this {
    const at = this.#attribute(type, 4);
    writeU32(this.#bytes, at, value);
    return this;
  }

  mac(type: number, value: number): this {
    const at = this.#attribute(type, 6);
    writeU48(this.#bytes, at, value);
    return this;
  }

  /** With the terminating NUL. */
  text(type: number, value: string): this {
    const at = this.#attribute(type, value.length + 1);
    for (let index = 0; index < value.length; index++) this.#bytes[at + index] = value.charCodeAt(index);
    return this;
  }

  nested(type: number, fill: () => void): this {
    const at = this.#attribute(type | NLA_F_NESTED, 0) - ATTRIBUTE_HEADER_SIZE;
    fill();
    writeU16Host(this.#bytes, at, this.#length - at);
    return this;
  }

  finish(): Uint8Array {
    writeU32Host(this.#bytes, 0, this.#length);
    return this.#bytes.slice(0, this.#length);
  }

  #attribute(type: number, size: number): number {
    const at = this.#reserve(align(ATTRIBUTE_HEADER_SIZE + size));
    writeU16Host(this.#bytes, at, ATTRIBUTE_HEADER_SIZE + size);
    writeU16Host(this.#bytes, at + 2, type);
    return at + ATTRIBUTE_HEADER_SIZE;
  }

  #reserve(size: number): number {
    const at = this.#length;
    if (at + size > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.#bytes.length, at + size));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#length = at + size;
    return at;
  }
}

/** One request, decoded as far as every family needs it. */
export interface Request {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly portId: number;
  /** After the netlink header: the family's header and attributes. */
  readonly payload: Uint8Array;
  /** The whole message, for error answers. */
  readonly message: Uint8Array;
}

/** The messages of one datagram; what is misshapen ends the list. */
export function parseMessages(bytes: Uint8Array): Request[] {
  const requests: Request[] = [];
  for (let at = 0; at + NLMSG_HEADER_SIZE <= bytes.length;) {
    const length = readU32Host(bytes, at);
    if (length < NLMSG_HEADER_SIZE || at + length > bytes.length) break;
    const message = bytes.subarray(at, at + length);
    requests.push({
      type: readU16Host(message, 4),
      flags: readU16Host(message, 6),
      sequence: readU32Host(message, 8),
      portId: readU32Host(message, 12),
      payload: message.subarray(NLMSG_HEADER_SIZE),
      message,
    });
    at += align(length);
  }
  return requests;
}

/** Attributes by type; a later one of the same type wins. */
export class Attributes {
  readonly #values = new Map<number, Uint8Array>();

  constructor(bytes: Uint8Array, start: number) {
    for (let at = align(start); at + ATTRIBUTE_HEADER_SIZE <= bytes.length;) {
      const length = readU16Host(bytes, at);
      if (length < ATTRIBUTE_HEADER_SIZE || at + length > bytes.length) break;
      this.#values.set(
        readU16Host(bytes, at + 2) & ATTRIBUTE_TYPE_MASK,
        bytes.subarray(at + ATTRIBUTE_HEADER_SIZE, at + length),
      );
      at += align(length);
    }
  }

  has(type: number): boolean {
    return this.#values.has(type);
  }

  get types(): Iterable<number> {
    return this.#values.keys();
  }

  get(type: number): Uint8Array | undefined {
    return this.#values.get(type);
  }

  u8(type: number): number | undefined {
    return this.#values.get(type)?.at(0);
  }

  u32(type: number): number | undefined {
    const value = this.#values.get(type);
    return value === undefined || value.length < 4 ? undefined : readU32Host(value, 0);
  }

  u64(type: number): number | undefined {
    const value = this.#values.get(type);
    return value === undefined || value.length < 8 ? undefined : readU64Host(value, 0);
  }

  address(type: number): number | undefined {
    const value = this.#values.get(type);
    return value === undefined || value.length < 4 ? undefined : readU32(value, 0);
  }

  text(type: number): string | undefined {
    const value = this.#values.get(type);
    if (value === undefined) return undefined;
    const end = value.indexOf(0);
    return String.fromCharCode(...value.subarray(0, end < 0 ? value.length : end));
  }

  nested(type: number): Attributes | undefined {
    const value = this.#values.get(type);
    return value === undefined ? undefined : new Attributes(value, 0);
  }
}

/** A refused request: the errno (negative), and what the extended acknowledgement says. */
export class Refusal {
  readonly errno: number;
  readonly text: string;

  constructor(errno: number, text = '') {
    this.errno = errno;
    this.text = text;
  }
}
