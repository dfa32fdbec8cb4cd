import { describe, expect, test } from 'vitest';
import { ResultStream, unescape } from './resultStream.ts';

const stream = [
  'Booting',
  '@@umlaut begin static/signal/one',
  '@@umlaut stdout first line\\n',
  'kernel: a message',
  '@@umlaut stdout a \\\\ and \\x1b\\n',
  '@@umlaut stderr oh\\n',
  '@@umlaut end exited 0',
  '@@umlaut begin static/signal/two',
  '@@umlaut stdout half a line',
  '@@umlaut end killed 11',
  '@@umlaut begin static/signal/three',
  '@@umlaut end timeout',
  '@@umlaut done',
  '',
].join('\r\n');

describe('ResultStream', () => {
  test.each([1, 2, 7, 100, 10_000])('reads the stream in pieces of %i', (size) => {
    const results = new ResultStream();
    for (let at = 0; at < stream.length; at += size) results.feed(stream.slice(at, at + size));
    expect(results.done).toBe(true);
    expect(results.current).toBeUndefined();
    expect(results.results).toEqual([
      {
        path: 'static/signal/one',
        stdout: 'first line\na \\ and \x1b\n',
        stderr: 'oh\n',
        console: ['kernel: a message'],
        end: { kind: 'exited', code: 0 },
      },
      {
        path: 'static/signal/two',
        stdout: 'half a line',
        stderr: '',
        console: [],
        end: { kind: 'killed', signal: 11 },
      },
      { path: 'static/signal/three', stdout: '', stderr: '', console: [], end: { kind: 'timeout' } },
    ]);
  });

  test('knows which program is running, and finds a frame behind a message without newline', () => {
    const results = new ResultStream();
    results.feed('panic@@umlaut begin static/file/x\n@@umlaut stdout text\\n\n@@umlaut end ex');
    expect(results.current?.path).toBe('static/file/x');
    expect(results.current?.stdout).toBe('text\n');
    expect(results.done).toBe(false);
  });
});

test.each([
  ['plain', 'plain'],
  ['a\\nb', 'a\nb'],
  ['\\\\n', '\\n'],
  ['\\x00\\xff', '\0\xff'],
])('unescape %s', (text, expected) => {
  expect(unescape(text)).toBe(expected);
});
