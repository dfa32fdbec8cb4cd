import { EAFNOSUPPORT, EINVAL } from '../../../abi/errno.ts';
import { AF_INET, AF_UNSPEC } from '../../../abi/socket.ts';
import { readU16, readU16Host, readU32, writeU16, writeU16Host, writeU32 } from '../../wire/bytes.ts';

/** `struct sockaddr_in` (ip(7)): family, port, address, padding. */
const SOCKADDR_IN_SIZE = 16;

export interface InetAddress {
  readonly address: number;
  readonly port: number;
}

export function makeSockaddrIn(address: number, port: number): Uint8Array {
  const bytes = new Uint8Array(SOCKADDR_IN_SIZE);
  writeU16Host(bytes, 0, AF_INET);
  writeU16(bytes, 2, port);
  writeU32(bytes, 4, address);
  return bytes;
}

/** The family of a `struct sockaddr`, AF_UNSPEC when it is too short to have one. */
export function familyOf(bytes: Uint8Array): number {
  return bytes.length < 2 ? AF_UNSPEC : readU16Host(bytes, 0);
}

/** -EINVAL when too short, -EAFNOSUPPORT for another family. */
export function parseSockaddrIn(bytes: Uint8Array): InetAddress | number {
  if (bytes.length < SOCKADDR_IN_SIZE) return -EINVAL;
  if (readU16Host(bytes, 0) !== AF_INET) return -EAFNOSUPPORT;
  return { address: readU32(bytes, 4), port: readU16(bytes, 2) };
}
