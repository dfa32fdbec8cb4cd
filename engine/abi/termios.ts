/** Terminal attributes of x86-64 Linux (termios(3), asm-generic/termbits.h). */

// c_iflag
export const PARMRK = 0o10;
export const ISTRIP = 0o40;
export const INLCR = 0o100;
export const IGNCR = 0o200;
export const ICRNL = 0o400;
export const IUCLC = 0o1000;
export const IXON = 0o2000;
export const IXANY = 0o4000;
export const IUTF8 = 0o40000;

// c_oflag
export const OPOST = 0o1;
export const OLCUC = 0o2;
export const ONLCR = 0o4;
export const OCRNL = 0o10;
export const ONOCR = 0o20;
export const ONLRET = 0o40;
export const TABDLY = 0o14000;
export const XTABS = 0o14000;

// c_cflag
const CBAUD = 0o10017;
export const B38400 = 0o17;
const BOTHER = 0o10000;
export const CSIZE = 0o60;
export const CS8 = 0o60;
export const CREAD = 0o200;
export const PARENB = 0o400;
const HUPCL = 0o2000;
const IBSHIFT = 16;

// c_lflag
export const ISIG = 0o1;
export const ICANON = 0o2;
export const ECHO = 0o10;
export const ECHOE = 0o20;
export const ECHOK = 0o40;
export const ECHONL = 0o100;
export const NOFLSH = 0o200;
export const TOSTOP = 0o400;
export const ECHOCTL = 0o1000;
export const ECHOPRT = 0o2000;
export const ECHOKE = 0o4000;
export const IEXTEN = 0o100000;
export const EXTPROC = 0o200000;

// Places in c_cc.
export const VINTR = 0;
export const VQUIT = 1;
export const VERASE = 2;
export const VKILL = 3;
export const VEOF = 4;
export const VTIME = 5;
export const VMIN = 6;
export const VSTART = 8;
export const VSTOP = 9;
export const VSUSP = 10;
export const VEOL = 11;
export const VREPRINT = 12;
export const VWERASE = 14;
export const VLNEXT = 15;
export const VEOL2 = 16;
const NCCS = 19;
/** A special character set to this is off (_POSIX_VDISABLE). */
export const DISABLED_CHARACTER = 0;

/** Bytes of `struct termios` as the kernel has it (not the C library's), of `termios2`, and of the old `termio`. */
export const TERMIOS_BYTES = 36;
export const TERMIOS2_BYTES = 44;
export const TERMIO_BYTES = 18;
const TERMIO_CHARACTERS = 8;

export interface Termios {
  iflag: number;
  oflag: number;
  cflag: number;
  lflag: number;
  line: number;
  readonly cc: Uint8Array;
  ispeed: number;
  ospeed: number;
}

/** What a terminal starts with (`tty_std_termios`): 38400 baud, cooked, with echo. */
export function defaultTermios(): Termios {
  const cc = new Uint8Array(NCCS);
  cc.set([0x03, 0x1c, 0x7f, 0x15, 0x04, 0, 1, 0, 0x11, 0x13, 0x1a, 0, 0x12, 0x0f, 0x17, 0x16, 0]);
  return {
    iflag: ICRNL | IXON,
    oflag: OPOST | ONLCR,
    cflag: B38400 | CS8 | CREAD | HUPCL,
    lflag: ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
    line: 0,
    cc,
    ispeed: 38400,
    ospeed: 38400,
  };
}

export function copyTermios(from: Termios): Termios {
  return { ...from, cc: from.cc.slice() };
}

/** Speeds by their code in CBAUD; the codes with the CBAUDEX bit follow the plain ones. */
const plainSpeeds = [0, 50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400];
const extendedSpeeds = [
  0, 57600, 115200, 230400, 460800, 500000, 576000, 921600, 1000000, 1152000, 1500000, 2000000, 2500000, 3000000,
  3500000, 4000000,
];

function speedOf(code: number): number {
  return (code & BOTHER) === 0 ? plainSpeeds[code & 0o17] : extendedSpeeds[code & 0o17];
}

/** Takes the speeds from c_cflag, unless it says that they stand in their own fields (BOTHER, termios2 only). */
function settleSpeeds(termios: Termios): Termios {
  const output = termios.cflag & CBAUD;
  const input = (termios.cflag >>> IBSHIFT) & CBAUD;
  if (output !== BOTHER) termios.ospeed = speedOf(output);
  if (input === 0) termios.ispeed = termios.ospeed;
  else if (input !== BOTHER) termios.ispeed = speedOf(input);
  return termios;
}

/** Reads `struct termios` or `struct termios2`, by its length; `old` gives what the short one does not carry. */
export function readTermios(bytes: Uint8Array, length: number, old: Termios): Termios {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const long = length >= TERMIOS2_BYTES;
  return settleSpeeds({
    iflag: view.getUint32(0, true),
    oflag: view.getUint32(4, true),
    cflag: view.getUint32(8, true),
    lflag: view.getUint32(12, true),
    line: bytes[16],
    cc: bytes.slice(17, 17 + NCCS),
    ispeed: long ? view.getUint32(36, true) : old.ispeed,
    ospeed: long ? view.getUint32(40, true) : old.ospeed,
  });
}

/** Writes `struct termios2`, whose beginning is `struct termios`. */
export function writeTermios(bytes: Uint8Array, termios: Termios): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(0, termios.iflag, true);
  view.setUint32(4, termios.oflag, true);
  view.setUint32(8, termios.cflag, true);
  view.setUint32(12, termios.lflag, true);
  bytes[16] = termios.line;
  bytes.set(termios.cc, 17);
  view.setUint32(36, termios.ispeed, true);
  view.setUint32(40, termios.ospeed, true);
}

/** The old `struct termio` (TCSETA): the low halves of the flags and eight characters. */
export function readTermio(bytes: Uint8Array, old: Termios): Termios {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const cc = old.cc.slice();
  cc.set(bytes.subarray(9, 9 + TERMIO_CHARACTERS));
  return settleSpeeds({
    iflag: mergeLow(old.iflag, view.getUint16(0, true)),
    oflag: mergeLow(old.oflag, view.getUint16(2, true)),
    cflag: mergeLow(old.cflag, view.getUint16(4, true)),
    lflag: mergeLow(old.lflag, view.getUint16(6, true)),
    line: bytes[8],
    cc,
    ispeed: old.ispeed,
    ospeed: old.ospeed,
  });
}

export function writeTermio(bytes: Uint8Array, termios: Termios): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint16(0, termios.iflag & 0xffff, true);
  view.setUint16(2, termios.oflag & 0xffff, true);
  view.setUint16(4, termios.cflag & 0xffff, true);
  view.setUint16(6, termios.lflag & 0xffff, true);
  bytes[8] = termios.line;
  bytes.set(termios.cc.subarray(0, TERMIO_CHARACTERS), 9);
}

function mergeLow(old: number, low: number): number {
  return ((old & 0xffff0000) | low) >>> 0;
}
