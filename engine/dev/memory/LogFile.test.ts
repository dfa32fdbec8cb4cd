import { beforeEach, expect, it } from 'vitest';
import { EAGAIN, EINVAL, EPIPE } from '../../abi/errno.ts';
import { O_RDWR, SEEK_DATA, SEEK_END, SEEK_SET } from '../../abi/open.ts';
import { POLLERR, POLLIN } from '../../abi/poll.ts';
import { KernelLog, LOG_INFO, syslogLine } from '../../process/KernelLog.ts';
import { readText, TestKernel, writeText } from '../../syscall/kernel.testing.ts';
import { LogFile } from './LogFile.ts';

let log: KernelLog;
let file: LogFile;
const kernel = new TestKernel();
const task = kernel.createProcess();

beforeEach(() => {
  log = new KernelLog();
  file = new LogFile(O_RDWR, log, kernel.clock);
});

it('gives a line with each read, with what is not printable escaped', () => {
  log.add(1_234_567_890, LOG_INFO, 'first');
  log.add(2e9, LOG_INFO, 'a\\b\n\xff');
  expect([readText(file, task), readText(file, task), readText(file, task)]).toEqual([
    '6,0,1234567,-;first\n',
    '6,1,2000000,-;a\\x5cb\\x0a\\xff\n',
    -EAGAIN,
  ]);
});

it('refuses a buffer that is too small for a line, and keeps the line', () => {
  log.add(0, LOG_INFO, 'text');
  expect([readText(file, task, 5), readText(file, task)]).toEqual([-EINVAL, '6,0,0,-;text\n']);
});

it('says once that lines were lost', () => {
  for (let index = 0; index < 1500; index++) log.add(0, LOG_INFO, `${index}`);
  expect(file.poll() & (POLLIN | POLLERR)).toBe(POLLIN | POLLERR);
  expect([readText(file, task), readText(file, task)]).toEqual([-EPIPE, '6,500,0,-;500\n']);
});

it('seeks to the first line, to the first that was not cleared, and behind the last', () => {
  for (const text of ['one', 'two']) log.add(0, LOG_INFO, text);
  log.clearedBefore = 1;
  const after = (whence: number): string | number => (file.seek(0, whence), readText(file, task));
  expect([after(SEEK_SET), after(SEEK_DATA), after(SEEK_END)]).toEqual(['6,0,0,-;one\n', '6,1,0,-;two\n', -EAGAIN]);
  expect(file.seek(1, SEEK_SET)).toBe(-EINVAL);
});

// Asked of Linux 6.18: what a program writes is never the kernel's own.
it.each([
  ['plain\n', 12, 'plain'],
  ['<3>error', 11, 'error'],
  ['<30>daemon', 30, 'daemon'],
])('takes %j as a line of priority %i', (text, priority, line) => {
  expect(writeText(file, task, text)).toBe(text.length);
  expect(log.at(0)).toMatchObject({ priority, text: line });
});

it('shows times in seconds to syslog(2)', () => {
  log.add(12_345_678_900, LOG_INFO, 'text');
  expect(log.from(0).map(syslogLine)).toEqual(['<6>[   12.345679] text\n']);
});
