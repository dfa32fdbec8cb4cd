import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { OutputSink } from '../host/OutputSink.ts';
import type { BoardScreen } from './StateBoard.ts';
import { StateBoard } from './StateBoard.ts';

function board(machines: readonly string[], screen: BoardScreen | null) {
  const stream = new PassThrough();
  const read = (): string => String((stream.read() as Buffer | null) ?? '');
  return { board: new StateBoard(new OutputSink(stream), machines, screen === null ? null : () => screen), read };
}

it('writes a line for each change where there is no terminal', () => {
  const { board: lines, read } = board(['h1', 'router'], null);
  lines.update('h1', { state: 'booting', progress: 'starting' });
  lines.update('router', { state: 'running' });
  lines.update('router', { state: 'running' });
  lines.update('h1', { state: 'crashed', reason: 'init was killed' });
  expect(read()).toBe('h1      booting: starting\nrouter  running\nh1      crashed: init was killed\n');
});

it('keeps a line for each machine up to date on a terminal', () => {
  const { board: lines, read } = board(['h1', 'h2'], { columns: 80, rows: 24 });
  lines.update('h1', { state: 'running' });
  expect(read()).toBe('h1  running\nh2  stopped\n');
  lines.update('h2', { state: 'running' });
  expect(read()).toBe('\x1b[2A\x1b[Jh1  running\nh2  running\n');
  lines.say('Stopping.');
  expect(read()).toBe('\x1b[2A\x1b[JStopping.\nh1  running\nh2  running\n');
});

it('cuts lines that would wrap', () => {
  const { board: lines, read } = board(['h1'], { columns: 10, rows: 24 });
  lines.update('h1', { state: 'booting', progress: 'mounting' });
  expect(read()).toBe('h1  booti\n');
});

it('writes lines when the terminal is too low', () => {
  const { board: lines, read } = board(['h1', 'h2', 'h3'], { columns: 80, rows: 3 });
  lines.update('h1', { state: 'running' });
  expect(read()).toBe('h1  running\n');
});
