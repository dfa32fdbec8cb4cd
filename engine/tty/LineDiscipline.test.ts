import { describe, expect, it } from 'vitest';
import * as flags from '../abi/termios.ts';
import { defaultTermios } from '../abi/termios.ts';
import type { Termios } from '../abi/termios.ts';
import { KernelIo } from '../mm/Io.ts';
import { LineDiscipline } from './LineDiscipline.ts';

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

interface Change {
  iflag?: number;
  oflag?: number;
  lflag?: number;
  noIflag?: number;
  noOflag?: number;
  noLflag?: number;
  cc?: Record<number, number>;
}

function termiosWith(change: Change): Termios {
  const termios = defaultTermios();
  termios.iflag = (termios.iflag | (change.iflag ?? 0)) & ~(change.noIflag ?? 0);
  termios.oflag = (termios.oflag | (change.oflag ?? 0)) & ~(change.noOflag ?? 0);
  termios.lflag = (termios.lflag | (change.lflag ?? 0)) & ~(change.noLflag ?? 0);
  for (const [index, byte] of Object.entries(change.cc ?? {})) termios.cc[Number(index)] = byte;
  return termios;
}

/** A line discipline between a keyboard, a screen and a reader. */
class Bench {
  readonly discipline: LineDiscipline;
  screen = '';
  signals: number[] = [];
  deviceRoom = Infinity;
  ready = 0;
  flow: boolean[] = [];

  constructor(change: Change = {}) {
    this.discipline = new LineDiscipline(termiosWith(change), {
      room: () => Math.min(this.deviceRoom, 1 << 20),
      transmit: (bytes, start, length) => {
        this.screen += latin1(bytes.subarray(start, start + length));
        this.deviceRoom -= length;
        expect(this.deviceRoom).toBeGreaterThanOrEqual(0);
      },
      signal: (signo) => this.signals.push(signo),
      flushOutput: () => {},
      inputFlushed: () => {},
      inputReady: () => this.ready++,
      flowChanged: (stopped) => this.flow.push(stopped),
    });
  }

  type(text: string): number {
    const bytes = bytesOf(text);
    return this.discipline.receive(bytes, 0, bytes.length);
  }

  /** One read(2); null when it would block. */
  read(size = 4096): string | null {
    if (!this.discipline.hasReadable) return null;
    const bytes = new Uint8Array(size);
    return latin1(bytes.subarray(0, this.discipline.read(new KernelIo(bytes))));
  }

  readAll(): string[] {
    const result: string[] = [];
    for (let text = this.read(); text !== null; text = this.read()) result.push(text);
    return result;
  }

  write(text: string): number {
    return this.discipline.write(new KernelIo(bytesOf(text)));
  }
}

interface Row {
  name: string;
  change?: Change;
  typed: string;
  screen: string;
  reads: string[];
}

const rows: Row[] = [
  { name: 'a line', typed: 'hello\r', screen: 'hello\r\n', reads: ['hello\n'] },
  { name: 'two lines, one read each', typed: 'a\rb\r', screen: 'a\r\nb\r\n', reads: ['a\n', 'b\n'] },
  { name: 'an unfinished line', typed: 'abc', screen: 'abc', reads: [] },
  { name: 'erase', typed: 'ab\x7fc\r', screen: 'ab\b \bc\r\n', reads: ['ac\n'] },
  { name: 'erase on an empty line', typed: '\x7fa\r', screen: 'a\r\n', reads: ['a\n'] },
  {
    name: 'erase does not reach a finished line',
    typed: 'a\r\x7f\x7fb\r',
    screen: 'a\r\nb\r\n',
    reads: ['a\n', 'b\n'],
  },
  { name: 'erase of a control character', typed: '\x01\x7fx\r', screen: '^A\b \b\b \bx\r\n', reads: ['x\n'] },
  { name: 'control characters are shown', typed: '\x1b[A\r', screen: '^[[A\r\n', reads: ['\x1b[A\n'] },
  {
    name: 'control characters without ECHOCTL',
    change: { noLflag: flags.ECHOCTL },
    typed: '\x01\x7fx\r',
    screen: '\x01x\r\n',
    reads: ['x\n'],
  },
  { name: 'kill', typed: 'abc\x15d\r', screen: 'abc\b \b\b \b\b \bd\r\n', reads: ['d\n'] },
  {
    name: 'kill without ECHOKE',
    change: { noLflag: flags.ECHOKE },
    typed: 'abc\x15d\r',
    screen: 'abc^U\r\nd\r\n',
    reads: ['d\n'],
  },
  {
    name: 'kill without ECHOK and ECHOKE',
    change: { noLflag: flags.ECHOKE | flags.ECHOK },
    typed: 'abc\x15d\r',
    screen: 'abc^Ud\r\n',
    reads: ['d\n'],
  },
  { name: 'word erase', typed: 'foo bar\x17x\r', screen: 'foo bar\b \b\b \b\b \bx\r\n', reads: ['foo x\n'] },
  {
    name: 'word erase over trailing blanks',
    typed: 'foo ba_1  \x17\r',
    screen: 'foo ba_1  ' + '\b \b'.repeat(6) + '\r\n',
    reads: ['foo \n'],
  },
  {
    name: 'word erase needs IEXTEN',
    change: { noLflag: flags.IEXTEN },
    typed: 'a\x17\r',
    screen: 'a^W\r\n',
    reads: ['a\x17\n'],
  },
  {
    name: 'erase without ECHOE prints the erase character',
    change: { noLflag: flags.ECHOE },
    typed: 'ab\x7fc\r',
    screen: 'ab^?c\r\n',
    reads: ['ac\n'],
  },
  {
    name: 'ECHOPRT prints what goes',
    change: { lflag: flags.ECHOPRT },
    typed: 'abc\x7f\x7fd\r',
    screen: 'abc\\cb/d\r\n',
    reads: ['ad\n'],
  },
  {
    name: 'ECHOPRT closes when the line is empty',
    change: { lflag: flags.ECHOPRT },
    typed: 'a\x7fb\r',
    screen: 'a\\a/b\r\n',
    reads: ['b\n'],
  },
  { name: 'erase of a tab', typed: 'ab\t\x7fc\r', screen: 'ab\t' + '\b'.repeat(6) + 'c\r\n', reads: ['abc\n'] },
  {
    name: 'erase of a second tab',
    typed: '\tabc\t\x7f\r',
    screen: '\tabc\t' + '\b'.repeat(5) + '\r\n',
    reads: ['\tabc\n'],
  },
  { name: 'reprint', typed: 'abc\x12d\r', screen: 'abc^R\r\nabcd\r\n', reads: ['abcd\n'] },
  { name: 'literal next', typed: 'a\x16\x03b\r', screen: 'a^\b^Cb\r\n', reads: ['a\x03b\n'] },
  { name: 'literal next of a newline', typed: 'a\x16\nb\r', screen: 'a^\b^Jb\r\n', reads: ['a\nb\n'] },
  { name: 'end of file on an empty line', typed: '\x04', screen: '', reads: [''] },
  { name: 'end of file after text gives the text', typed: 'abc\x04', screen: 'abc', reads: ['abc'] },
  { name: 'end of file twice after text', typed: 'abc\x04\x04', screen: 'abc', reads: ['abc', ''] },
  {
    name: 'EOL ends a line and is read',
    change: { cc: { [flags.VEOL]: 0x3b } },
    typed: 'a;b;',
    screen: 'a;b;',
    reads: ['a;', 'b;'],
  },
  {
    name: 'EOL2 ends a line',
    change: { cc: { [flags.VEOL2]: 0x2c } },
    typed: 'a,b\r',
    screen: 'a,b\r\n',
    reads: ['a,', 'b\n'],
  },
  { name: 'no ECHO', change: { noLflag: flags.ECHO }, typed: 'pw\x7fx\r', screen: '', reads: ['px\n'] },
  {
    name: 'ECHONL without ECHO',
    change: { noLflag: flags.ECHO, lflag: flags.ECHONL },
    typed: 'pw\r',
    screen: '\r\n',
    reads: ['pw\n'],
  },
  { name: 'no ICRNL', change: { noIflag: flags.ICRNL }, typed: 'a\rb\n', screen: 'a^Mb\r\n', reads: ['a\rb\n'] },
  { name: 'IGNCR', change: { iflag: flags.IGNCR }, typed: 'a\rb\n', screen: 'ab\r\n', reads: ['ab\n'] },
  {
    name: 'INLCR',
    change: { iflag: flags.INLCR, noIflag: flags.ICRNL },
    typed: 'a\n\x04',
    screen: 'a^M',
    reads: ['a\r'],
  },
  { name: 'ISTRIP', change: { iflag: flags.ISTRIP }, typed: '\xe1\r', screen: 'a\r\n', reads: ['a\n'] },
  { name: 'IUCLC', change: { iflag: flags.IUCLC }, typed: 'ABC\r', screen: 'abc\r\n', reads: ['abc\n'] },
  {
    name: 'IUTF8 erases a whole character',
    change: { iflag: flags.IUTF8 },
    typed: 'a\xc3\xa4\x7fb\r',
    screen: 'a\xc3\xa4\b \bb\r\n',
    reads: ['ab\n'],
  },
  {
    name: 'without IUTF8 bytes are characters',
    typed: 'a\xc3\xa4\x7f\x7fb\r',
    screen: 'a\xc3\xa4\b \b\b \bb\r\n',
    reads: ['ab\n'],
  },
  {
    name: 'raw mode',
    change: { noLflag: flags.ICANON | flags.ECHO | flags.ISIG, noIflag: flags.ICRNL | flags.IXON },
    typed: 'a\r\x03\x7f\x04',
    screen: '',
    reads: ['a\r\x03\x7f\x04'],
  },
  {
    name: 'raw mode with echo',
    change: { noLflag: flags.ICANON | flags.ISIG, noIflag: flags.ICRNL },
    typed: 'a\r\n',
    screen: 'a^M^J',
    reads: ['a\r\n'],
  },
  { name: 'OCRNL in echo', change: { noOflag: flags.ONLCR }, typed: 'a\r', screen: 'a\n', reads: ['a\n'] },
  {
    name: 'PARMRK doubles 0xff',
    change: { iflag: flags.PARMRK },
    typed: 'a\xff\r',
    screen: 'a\xff\r\n',
    reads: ['a\xff\xff\n'],
  },
  {
    name: 'a disabled character is ordinary',
    change: { cc: { [flags.VINTR]: 0 } },
    typed: '\x00\x03\r',
    screen: '^@^C\r\n',
    reads: ['\x00\x03\n'],
  },
];

describe('LineDiscipline', () => {
  it.each(rows)('$name', ({ change, typed, screen, reads }) => {
    const bench = new Bench(change);
    bench.type(typed);
    expect(bench.readAll()).toEqual(reads);
    expect(bench.screen).toBe(screen);
  });

  describe('signal characters', () => {
    it.each([
      ['\x03', 2],
      ['\x1c', 3],
      ['\x1a', 20],
    ])('%j sends signal %i and drops what was typed', (typed, signo) => {
      const bench = new Bench();
      bench.type(`lost\rlost${typed}kept\r`);
      expect(bench.signals).toEqual([signo]);
      expect(bench.readAll()).toEqual(['kept\n']);
    });

    it('leaves input alone with NOFLSH', () => {
      const bench = new Bench({ lflag: flags.NOFLSH });
      bench.type('one\rtwo\x03 three\r');
      expect(bench.readAll()).toEqual(['one\n', 'two three\n']);
    });

    it('is an ordinary byte without ISIG', () => {
      const bench = new Bench({ noLflag: flags.ISIG });
      bench.type('a\x03\r');
      expect([bench.signals, bench.readAll()]).toEqual([[], ['a\x03\n']]);
    });
  });

  describe('reading', () => {
    it('gives a long line in pieces', () => {
      const bench = new Bench();
      bench.type('abcdef\rg\r');
      expect([bench.read(4), bench.read(4), bench.read(4)]).toEqual(['abcd', 'ef\n', 'g\n']);
    });

    it('skips the end-of-file mark that a full buffer did not see', () => {
      const bench = new Bench();
      bench.type('abc\x04x\r');
      expect([bench.read(3), bench.read(3)]).toEqual(['abc', 'x\n']);
    });

    it('counts FIONREAD without end-of-file marks and unfinished lines', () => {
      const bench = new Bench();
      bench.type('ab\x04cd\ref');
      expect(bench.discipline.readableBytes).toBe(5);
      bench.discipline.setTermios(termiosWith({ noLflag: flags.ICANON }));
      expect(bench.discipline.readableBytes).toBe(8);
    });

    it('waits for VMIN bytes as poll(2) does, but not when there is a VTIME', () => {
      const cc = { [flags.VMIN]: 3 };
      const bench = new Bench({ noLflag: flags.ICANON, cc });
      bench.type('ab');
      expect(bench.discipline.isReadable).toBe(false);
      bench.type('c');
      expect([bench.discipline.isReadable, bench.ready]).toEqual([true, 2]);
      const timed = new Bench({ noLflag: flags.ICANON, cc: { ...cc, [flags.VTIME]: 1 } });
      timed.type('a');
      expect(timed.discipline.isReadable).toBe(true);
    });

    it('tells of every finished line', () => {
      const bench = new Bench();
      bench.type('a');
      expect(bench.ready).toBe(0);
      bench.type('\r');
      bench.type('b\r');
      expect(bench.ready).toBe(2);
    });
  });

  describe('a change of mode', () => {
    it('turns bytes that were typed raw into a line', () => {
      const bench = new Bench({ noLflag: flags.ICANON });
      bench.type('abc');
      bench.discipline.setTermios(termiosWith({}));
      bench.type('d\r');
      expect(bench.readAll()).toEqual(['abc', 'd\n']);
    });

    it('makes an unfinished line readable in raw mode', () => {
      const bench = new Bench();
      bench.type('a\rbc');
      bench.discipline.setTermios(termiosWith({ noLflag: flags.ICANON }));
      expect(bench.readAll()).toEqual(['a\nbc']);
    });

    it('starts stopped output when IXON goes', () => {
      const bench = new Bench();
      bench.type('\x13');
      expect(bench.write('x')).toBe(0);
      bench.discipline.setTermios(termiosWith({ noIflag: flags.IXON }));
      expect([bench.write('x'), bench.screen]).toEqual([1, 'x']);
    });
  });

  describe('a full queue', () => {
    it('keeps the end of an overlong line readable', () => {
      const bench = new Bench({ noLflag: flags.ECHO });
      bench.type('a'.repeat(5000));
      bench.type('\r');
      const line = bench.read(8192)!;
      expect([line.length, line.at(-1)]).toEqual([4096, '\n']);
      bench.type('next\r');
      expect(bench.read()).toBe('next\n');
    });

    it('leaves raw bytes with the device until they are read', () => {
      const bench = new Bench({ noLflag: flags.ICANON | flags.ECHO });
      expect(bench.type('x'.repeat(5000))).toBe(4095);
      bench.read(100);
      expect(bench.type('x'.repeat(5000))).toBe(100);
    });

    it('keeps finished lines that nobody reads', () => {
      const bench = new Bench({ noLflag: flags.ECHO });
      const line = 'y'.repeat(99) + '\r';
      expect(bench.type(line.repeat(50))).toBe(4095);
      expect(bench.read()).toBe('y'.repeat(99) + '\n');
    });
  });

  describe('output', () => {
    it.each<[string, Change, string, string]>([
      ['ONLCR', {}, 'a\nb', 'a\r\nb'],
      ['no OPOST', { noOflag: flags.OPOST }, 'a\nb\t', 'a\nb\t'],
      ['no ONLCR', { noOflag: flags.ONLCR }, 'a\nb', 'a\nb'],
      ['OCRNL', { oflag: flags.OCRNL, noOflag: flags.ONLCR }, 'a\rb', 'a\nb'],
      ['ONOCR', { oflag: flags.ONOCR }, '\ra\r\rb', 'a\rb'],
      ['ONOCR after ONLRET newline', { oflag: flags.ONOCR | flags.ONLRET, noOflag: flags.ONLCR }, 'a\n\rb', 'a\nb'],
      ['XTABS', { oflag: flags.XTABS }, 'a\tb\n\tc', 'a       b\r\n        c'],
      ['XTABS after backspace', { oflag: flags.XTABS }, 'ab\b\tc', 'ab\b       c'],
      ['OLCUC', { oflag: flags.OLCUC }, 'aBc\n', 'ABC\r\n'],
      ['XTABS with IUTF8', { oflag: flags.XTABS, iflag: flags.IUTF8 }, '\xc3\xa4\tb', '\xc3\xa4       b'],
    ])('%s', (_name, change, written, screen) => {
      const bench = new Bench(change);
      expect(bench.write(written)).toBe(written.length);
      expect(bench.screen).toBe(screen);
    });

    it('takes no more than the device has room for, and loses nothing', () => {
      const bench = new Bench();
      const text = 'line\n'.repeat(40);
      let sent = 0;
      for (let round = 0; sent < text.length; round++) {
        bench.deviceRoom = 7;
        sent += bench.write(text.slice(sent));
        expect(round).toBeLessThan(100);
      }
      bench.deviceRoom = 7;
      bench.discipline.drain();
      expect(bench.screen).toBe(text.replaceAll('\n', '\r\n'));
    });

    it('stops at ^S, goes on at ^Q, echo included', () => {
      const bench = new Bench();
      bench.type('\x13ab');
      expect([bench.write('x'), bench.screen, bench.flow]).toEqual([0, '', [true]]);
      bench.type('\x11');
      expect([bench.screen, bench.flow]).toEqual(['ab', [true, false]]);
      expect(bench.write('x')).toBe(1);
    });

    it('goes on at any character with IXANY', () => {
      const bench = new Bench({ iflag: flags.IXANY });
      bench.type('\x13');
      bench.type('a');
      expect([bench.screen, bench.discipline.isStopped]).toEqual(['a', false]);
    });

    it('is started by ^C', () => {
      const bench = new Bench();
      bench.type('\x13\x03');
      expect([bench.discipline.isStopped, bench.screen]).toEqual([false, '^C']);
    });

    it('stays stopped by tcflow(TCOOFF) until TCOON', () => {
      const bench = new Bench();
      bench.discipline.setStoppedByProgram('stop');
      bench.type('\x11');
      expect(bench.write('x')).toBe(0);
      bench.discipline.setStoppedByProgram('start');
      expect(bench.write('x')).toBe(1);
    });
  });
});
