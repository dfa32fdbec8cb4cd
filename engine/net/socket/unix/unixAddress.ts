import { EINVAL } from '../../../abi/errno.ts';
import { AF_UNIX } from '../../../abi/socket.ts';
import { readU16Host } from '../../wire/bytes.ts';

/** `struct sockaddr_un`: family, then up to 108 bytes of name (unix(7)). */
const PATH_OFFSET = 2;
const MAXIMUM_PATH = 108;

/** A name, as a byte string: in the file system, or abstract. `null` asks for autobind. */
export interface UnixName {
  readonly kind: 'path' | 'abstract';
  readonly text: string;
}

export function parseUnixAddress(bytes: Uint8Array): UnixName | null | number {
  if (bytes.length < PATH_OFFSET || bytes.length > PATH_OFFSET + MAXIMUM_PATH) return -EINVAL;
  if (readU16Host(bytes, 0) !== AF_UNIX) return -EINVAL;
  const name = bytes.subarray(PATH_OFFSET);
  if (name.length === 0) return null;
  if (name[0] === 0) return { kind: 'abstract', text: String.fromCharCode(...name.subarray(1)) };
  const end = name.indexOf(0);
  return { kind: 'path', text: String.fromCharCode(...name.subarray(0, end < 0 ? name.length : end)) };
}

/** As getsockname(2) gives it; an unnamed socket has only a family. */
export function makeUnixAddress(name: UnixName | null): Uint8Array {
  if (name === null) return Uint8Array.of(AF_UNIX, 0);
  const isPath = name.kind === 'path';
  const bytes = new Uint8Array(PATH_OFFSET + 1 + name.text.length);
  bytes[0] = AF_UNIX;
  // A path ends with a NUL, an abstract name begins with one.
  const start = isPath ? PATH_OFFSET : PATH_OFFSET + 1;
  for (let at = 0; at < name.text.length; at++) bytes[start + at] = name.text.charCodeAt(at);
  return bytes;
}
