// The console on a real terminal: script(1) makes one and passes on what is typed.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { start, UMLAUT, type Running } from './umlaut.ts';

/** Runs shell words on a terminal of 100 columns and 40 rows. */
function onTerminal(words: string): Running {
  return start(
    ['script', '-qec', `stty rows 40 cols 100; stty -g; ${words}; echo "code=$?"; stty -g`, '/dev/null'],
    'pipe',
  );
}

async function type(terminal: Running, text: string, answer: RegExp): Promise<void> {
  terminal.child.stdin?.write(text);
  await terminal.output(answer);
}

/** The settings that stty(1) told of before and after. */
function settings(output: string): string[] {
  return output.match(/^[0-9a-f]+(:[0-9a-f]+){10,}/gm) ?? [];
}

const PROMPT = /root@umlaut:\S*#/;

it('has a shell with job control, knows the size, and is left as it was', async () => {
  const terminal = onTerminal(`'${UMLAUT}' boot`);
  await terminal.output(PROMPT);
  await type(terminal, 'stty size\r', /40 100\r/);
  await type(terminal, 'tty\r', /\/dev\/console\r/);
  terminal.child.stdin?.write('sleep 100\r');
  await sleep(300);
  await type(terminal, '\x03', /\^C/);
  await type(terminal, 'echo status=$?\r', /status=130\r/);
  await type(terminal, 'sleep 50 &\rjobs\r', /\[1\]\+ +Running +sleep 50/);
  terminal.child.stdin?.write('poweroff\r');
  await terminal.output(/code=0\r/);
  terminal.child.stdin?.end();
  const { stdout } = await terminal.ended;
  const [before, after] = settings(stdout);
  expect(before).toBeDefined();
  expect(after).toBe(before);
});

it('gives a command the terminal, byte for byte', async () => {
  const terminal = onTerminal(
    `'${UMLAUT}' boot -- sh -c 'test -t 0 && test -t 1 && stty raw && printf "a\\nb" && exit 6'`,
  );
  await terminal.output(/code=6\r/);
  terminal.child.stdin?.end();
  // In raw mode a line feed is one, with no carriage return beside it, on either terminal.
  expect((await terminal.ended).stdout).toContain('a\nb');
});

it('starts again when the machine is told to', async () => {
  const terminal = onTerminal(`'${UMLAUT}' boot`);
  await terminal.output(PROMPT);
  // The shell must not come back to its prompt, which would be taken for that of the next start.
  const reboot = "echo $((6 * 7)) >/mark; exec sh -c 'reboot; sleep 60'\r";
  await type(terminal, reboot, /init: rebooting[^]*root@umlaut:\S*#/);
  await type(terminal, 'stty size\r', /40 100\r/);
  await type(terminal, 'cat /mark; poweroff\r', /code=0\r/);
  terminal.child.stdin?.end();
  // Without a directory for its changes a machine has them in its memory only.
  expect((await terminal.ended).stdout).toContain('cat: /mark: No such file or directory');
});

it('^] three times pulls the plug', async () => {
  const terminal = onTerminal(`'${UMLAUT}' boot`);
  await terminal.output(PROMPT);
  terminal.child.stdin?.write('\x1d\x1d\x1d');
  await terminal.output(/code=137\r/);
  terminal.child.stdin?.end();
  const [before, after] = settings((await terminal.ended).stdout);
  expect(after).toBe(before);
});

it('types what comes from a pipe', async () => {
  const running = start([UMLAUT, 'boot'], 'pipe');
  running.child.stdin?.end('echo $((6 * 7)); poweroff\n');
  const { code, stdout } = await running.ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/[\r\n]42\r\n/);
});
