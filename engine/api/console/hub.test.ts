import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConsoleHub } from './hub.ts';
import type { ConsoleToTerminal } from './messages.ts';
import { CONSOLE_SCROLLBACK_BYTES, CONSOLE_WINDOW_BYTES } from './messages.ts';
import { Scrollback } from './scrollback.ts';

function device() {
  const calls: string[] = [];
  return {
    calls,
    consoleInput: (machine: string, console: number, bytes: Uint8Array) =>
      calls.push(`input ${machine}:${console} ${new TextDecoder().decode(bytes)}`),
    resizeConsole: (machine: string, console: number, columns: number, rows: number) =>
      calls.push(`resize ${machine}:${console} ${columns}x${rows}`),
    holdConsole: (machine: string, console: number) => calls.push(`hold ${machine}:${console}`),
    releaseConsole: (machine: string, console: number) => calls.push(`release ${machine}:${console}`),
  };
}

function terminal() {
  const messages: ConsoleToTerminal[] = [];
  const outputs = (): Uint8Array[] => messages.flatMap((message) => (message.type === 'output' ? [message.bytes] : []));
  return {
    messages,
    send: (message: ConsoleToTerminal) => messages.push(message),
    byteCount: () => outputs().reduce((sum, bytes) => sum + bytes.byteLength, 0),
    text: () =>
      outputs()
        .map((bytes) => new TextDecoder().decode(bytes))
        .join(''),
  };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('a terminal gets what was said before it came, and types', () => {
  const machine = device();
  const hub = new ConsoleHub(machine);
  hub.output('h1', 0, bytes('boot '));
  const port = terminal();
  const attached = hub.attach('h1', 0, port);
  hub.output('h1', 0, bytes('done'));
  hub.output('h2', 0, bytes('of another'));
  hub.output('h1', 1, bytes('of another console'));
  expect(port.messages[0]).toEqual({ type: 'begin' });
  expect(port.text()).toBe('boot done');
  attached.receive({ type: 'input', bytes: bytes('ls') });
  attached.receive({ type: 'resize', columns: 80, rows: 24 });
  expect(machine.calls).toEqual(['input h1:0 ls', 'resize h1:0 80x24']);
  hub.inputTaken('h1', 0, 2);
  expect(port.messages.at(-1)).toEqual({ type: 'credit', bytes: 2 });
});

test('input is granted as the machine takes it, to whom it came from', () => {
  const hub = new ConsoleHub(device());
  const [first, second, gone] = [terminal(), terminal(), terminal()];
  const typeInto = (port: ReturnType<typeof terminal>, text: string) => {
    const attached = hub.attach('h1', 0, port);
    attached.receive({ type: 'input', bytes: bytes(text) });
    return attached;
  };
  typeInto(first, 'abcd');
  typeInto(gone, 'xy').detach();
  typeInto(second, 'efg');
  hub.inputTaken('h1', 0, 3);
  hub.inputTaken('h1', 0, 5);
  const credits = (port: ReturnType<typeof terminal>) =>
    port.messages.flatMap((message) => (message.type === 'credit' ? [message.bytes] : []));
  expect(credits(first)).toEqual([3, 1]);
  expect(credits(gone)).toEqual([]);
  expect(credits(second)).toEqual([2]);
});

test('messages that are none are ignored', () => {
  const machine = device();
  const attached = new ConsoleHub(machine).attach('h1', 0, terminal());
  for (const message of [null, 'input', { type: 'input', bytes: 'ls' }, { type: 'resize', columns: 0, rows: 1e9 }]) {
    attached.receive(message);
  }
  expect(machine.calls).toEqual([]);
});

test('no more is sent than was granted, and a guest that floods is held until the terminal has drawn', () => {
  const machine = device();
  const hub = new ConsoleHub(machine);
  const port = terminal();
  const attached = hub.attach('h1', 0, port);
  const chunk = new Uint8Array(64 * 1024);
  let sent = 0;
  while (!machine.calls.includes('hold h1:0')) {
    hub.output('h1', 0, chunk);
    sent += chunk.length;
    expect(sent).toBeLessThan(CONSOLE_SCROLLBACK_BYTES);
  }
  expect(port.byteCount()).toBe(CONSOLE_WINDOW_BYTES);
  while (port.byteCount() < sent) attached.receive({ type: 'credit', bytes: CONSOLE_WINDOW_BYTES });
  expect(machine.calls).toEqual(['hold h1:0', 'release h1:0']);
});

test('a terminal that goes away holds nobody', () => {
  const machine = device();
  const hub = new ConsoleHub(machine);
  const attached = hub.attach('h1', 0, terminal());
  hub.output('h1', 0, new Uint8Array(CONSOLE_SCROLLBACK_BYTES - 1));
  attached.detach();
  hub.output('h1', 0, new Uint8Array(CONSOLE_SCROLLBACK_BYTES * 2));
  expect(machine.calls).toEqual(['hold h1:0', 'release h1:0']);
});

test('a machine that starts anew begins on a clean screen', () => {
  const hub = new ConsoleHub(device());
  const port = terminal();
  hub.attach('h1', 0, port);
  hub.output('h1', 0, bytes('first run'));
  hub.begin('h1');
  hub.output('h1', 0, bytes('second run'));
  const late = terminal();
  hub.attach('h1', 0, late);
  expect(port.messages.map((message) => message.type)).toEqual(['begin', 'output', 'begin', 'output']);
  expect(late.text()).toBe('second run');
});

test('the scrollback is the end of the stream', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 25 }), { maxLength: 20 }),
      fc.nat(),
      fc.nat(20),
      (chunks, at, count) => {
        const scrollback = new Scrollback(16);
        chunks.forEach((chunk) => scrollback.append(chunk));
        const whole = chunks.flatMap((chunk) => [...chunk]);
        expect(scrollback.end).toBe(whole.length);
        expect(scrollback.start).toBe(Math.max(0, whole.length - 16));
        const from = scrollback.start + (at % 17);
        expect([...scrollback.read(from, count)]).toEqual(whole.slice(from, from + count));
      },
    ),
  );
});
