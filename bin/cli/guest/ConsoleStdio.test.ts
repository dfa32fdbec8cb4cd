import { PassThrough, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { OutputSink } from '../host/OutputSink.ts';
import { ConsoleStdio, EscapeWatch } from './ConsoleStdio.ts';

describe('the keys that pull the plug', () => {
  const typed: [what: string, keys: [string, number][], pulled: boolean][] = [
    ['three at once', [['\x1d\x1d\x1d', 0]], true],
    [
      'three within a second',
      [
        ['\x1d', 0],
        ['\x1d', 400],
        ['\x1d', 900],
      ],
      true,
    ],
    ['two', [['\x1d\x1d', 0]], false],
    [
      'three, but slowly',
      [
        ['\x1d', 0],
        ['\x1d', 800],
        ['\x1d', 1600],
      ],
      false,
    ],
    ['three with another key between', [['\x1d\x1dx\x1d', 0]], false],
    [
      'the last two of four, and one more in time',
      [
        ['\x1d', 0],
        ['\x1d', 1500],
        ['\x1d', 1600],
        ['\x1d', 1700],
      ],
      true,
    ],
  ];
  it.each(typed)('%s', (_what, keys, pulled) => {
    const watch = new EscapeWatch();
    const results = keys.map(([text, at]) => watch.type(Buffer.from(text, 'latin1'), at));
    expect(results.includes(true)).toBe(pulled);
  });
});

class SlowWriter extends Writable {
  readonly pending: (() => void)[] = [];
  override _write(_chunk: unknown, _encoding: string, callback: () => void): void {
    this.pending.push(callback);
  }
}

function scene() {
  const orders: string[] = [];
  const engine = {
    consoleInput: (_machine: string, _console: number, bytes: Uint8Array) => orders.push(`input ${bytes.length}`),
    resizeConsole: () => {},
    holdConsole: () => orders.push('hold'),
    releaseConsole: () => orders.push('release'),
    streamInput: () => Promise.resolve(),
  };
  const input = new PassThrough();
  const writer = new SlowWriter();
  const stdio = new ConsoleStdio('m', {
    input,
    output: new OutputSink(writer),
    errors: new OutputSink(new PassThrough()),
    terminal: null,
    onEscape: () => orders.push('escape'),
  });
  stdio.begin(engine);
  return { orders, input, writer, stdio };
}

describe('a console on pipes', () => {
  it('takes no more input than the machine does', async () => {
    const { orders, input, stdio } = scene();
    input.write(Buffer.alloc(5000));
    await sleep(1);
    input.write(Buffer.alloc(3000));
    await sleep(1);
    expect(orders).toEqual(['input 5000']);
    stdio.consoleInputTaken(5000);
    await sleep(1);
    expect(orders).toEqual(['input 5000', 'input 3000']);
  });

  it('holds the console while nobody reads its output', async () => {
    const { orders, writer, stdio } = scene();
    stdio.consoleOutput(new Uint8Array(200_000));
    expect(orders).toEqual([]);
    stdio.consoleOutput(new Uint8Array(200_000));
    expect(orders).toEqual(['hold']);
    for (let done = writer.pending.shift(); done !== undefined; done = writer.pending.shift()) {
      done();
      await sleep(1);
    }
    expect(orders).toEqual(['hold', 'release']);
  });

  it('takes ^] for a key like any other', async () => {
    const { orders, input } = scene();
    input.write(Buffer.from('\x1d\x1d\x1d', 'latin1'));
    await sleep(1);
    expect(orders).toEqual(['input 3']);
  });
});
