import { IUTF8 } from '../abi/termios.ts';

/** What Linux's line discipline takes characters for: Latin-1 classes, as in lib/ctype.c. */
export function isControl(byte: number): boolean {
  return byte < 0x20 || byte === 0x7f;
}

export function isAlphanumeric(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0xc0 && byte !== 0xd7 && byte !== 0xf7)
  );
}

export function upperCase(byte: number): number {
  const isLower = (byte >= 0x61 && byte <= 0x7a) || (byte >= 0xe0 && byte !== 0xf7 && byte !== 0xff);
  return isLower ? byte - 0x20 : byte;
}

export function lowerCase(byte: number): number {
  const isUpper = (byte >= 0x41 && byte <= 0x5a) || (byte >= 0xc0 && byte <= 0xde && byte !== 0xd7);
  return isUpper ? byte + 0x20 : byte;
}

/** Whether `byte` continues a multibyte character of a UTF-8 terminal. */
export function isContinuation(byte: number, iflag: number): boolean {
  return (iflag & IUTF8) !== 0 && (byte & 0xc0) === 0x80;
}
