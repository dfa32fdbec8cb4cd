import { beforeEach, describe, expect, it } from 'vitest';
import { EAGAIN, EBADF, EBUSY, EFAULT, EINVAL, ENOTTY, ENXIO, EPERM, EPIPE, ERESTARTSYS } from '../../abi/errno.ts';
import { FIONREAD, TCGETS } from '../../abi/ioctls.ts';
import { S_IFIFO } from '../../abi/mode.ts';
import { O_DIRECT, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } from '../../abi/open.ts';
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../../abi/poll.ts';
import { SIGPIPE, SIGUSR1 } from '../../abi/signals.ts';
import { BLOCKED } from '../../process/CallState.ts';
import { rootCredentials } from '../../process/Credentials.ts';
import { signalInfo } from '../../process/signals.ts';
import type { Task } from '../../process/Task.ts';
import { BAD_ADDRESS, readText, runCall, TestKernel, writeText } from '../../syscall/kernel.testing.ts';
import type { File } from '../File.ts';
import { Inode } from '../Inode.ts';
import { PseudoFileSystem } from '../PseudoFileSystem.ts';
import { PIPE_MAX_BYTES } from './Pipe.ts';
import { PipeFile } from './PipeFile.ts';

const READABLE = POLLIN | POLLRDNORM;
const WRITABLE = POLLOUT | POLLWRNORM;

class FifoInode extends Inode {}

let kernel: TestKernel;
let task: Task;

beforeEach(() => {
  kernel = new TestKernel();
  task = kernel.createProcess();
});

describe('pipe', () => {
  it('carries bytes, and tells both ends what they can do', () => {
    const [reader, writer] = kernel.pipes.create(rootCredentials, 0);
    expect([reader.poll(), writer.poll()]).toEqual([0, WRITABLE]);
    expect(readText(reader, task)).toBe(-EAGAIN);
    expect(writeText(writer, task, 'hello')).toBe(5);
    expect([reader.poll(), writer.poll()]).toEqual([READABLE, WRITABLE]);
    expect(readText(reader, task, 2)).toBe('he');
    expect(readText(reader, task)).toBe('llo');
  });

  it('is full at its capacity', () => {
    const [, writer] = kernel.pipes.create(rootCredentials, 0);
    expect(writeText(writer, task, 'x'.repeat(70000))).toBe(65536);
    expect([writer.poll(), writeText(writer, task, 'x')]).toEqual([0, -EAGAIN]);
  });

  it('ends for readers when the last writer closes', () => {
    const [reader, writer] = kernel.pipes.create(rootCredentials, 0);
    writeText(writer, task, 'last');
    writer.close();
    expect(reader.poll()).toBe(READABLE | POLLHUP);
    expect([readText(reader, task), readText(reader, task), reader.poll()]).toEqual(['last', '', POLLHUP]);
  });

  it('breaks for writers when the last reader closes', () => {
    const [reader, writer] = kernel.pipes.create(rootCredentials, 0);
    reader.close();
    expect(writer.poll()).toBe(WRITABLE | POLLERR);
    expect(writeText(writer, task, '')).toBe(0);
    expect(task.pending.has(SIGPIPE)).toBe(false);
    task.mask.add(SIGPIPE);
    expect(writeText(writer, task, 'x')).toBe(-EPIPE);
    expect(task.pending.has(SIGPIPE)).toBe(true);
  });

  it('wakes a reader on bytes, on the end, and a writer on room', () => {
    const [reader, writer] = kernel.pipes.create(rootCredentials, 0);
    const woken: number[] = [];
    const sleeper = (events: number): void => {
      task.state = 'blocked';
      task.sleepOn(reader.waitQueue, events);
    };
    const wasWoken = (): void => void woken.push(task.state === 'runnable' ? 1 : 0);
    sleeper(POLLIN);
    writeText(writer, task, 'x'.repeat(65536));
    wasWoken();
    sleeper(POLLOUT);
    readText(reader, task, 4095);
    wasWoken();
    readText(reader, task, 1);
    wasWoken();
    sleeper(POLLHUP);
    writer.close();
    wasWoken();
    expect(woken).toEqual([1, 0, 1, 1]);
  });

  it('keeps to its directions and its few requests', () => {
    const [reader, writer] = kernel.pipes.create(rootCredentials, 0);
    writeText(writer, task, 'abc');
    expect([writeText(reader, task, 'x'), readText(writer, task)]).toEqual([-EBADF, -EBADF]);
    expect([reader.ioctl(task, FIONREAD, 64), task.memory.readU32(64)]).toEqual([0, 3]);
    expect([reader.ioctl(task, FIONREAD, BAD_ADDRESS), reader.ioctl(task, TCGETS, 64)]).toEqual([-EFAULT, -ENOTTY]);
    expect([reader.describe(), reader.inode?.mode]).toEqual(['pipe:[1]', S_IFIFO | 0o600]);
  });

  it('keeps packets apart with O_DIRECT', () => {
    const [reader, writer] = kernel.pipes.create(rootCredentials, O_DIRECT);
    for (const text of ['one', 'two']) writeText(writer, task, text);
    expect([readText(reader, task), readText(reader, task, 1), readText(reader, task)]).toEqual(['one', 't', -EAGAIN]);
  });

  // Asked of Linux 6.18.
  it.each([
    [0, 4096],
    [4097, 8192],
    [65537, 131072],
    [1048576, 1048576],
    [1048577, -EPERM],
    [0x80000000, -EPERM],
    [0xffffffff, -EINVAL],
  ])('F_SETPIPE_SZ of %i answers %i', (size, result) => {
    const [{ pipe }] = kernel.pipes.create(rootCredentials, 0);
    expect(pipe.resize(size, PIPE_MAX_BYTES)).toBe(result);
  });

  it('does not shrink below what is in it', () => {
    const [{ pipe }, writer] = kernel.pipes.create(rootCredentials, 0);
    writeText(writer, task, 'x'.repeat(8192));
    expect([pipe.resize(4096, PIPE_MAX_BYTES), pipe.resize(8192, PIPE_MAX_BYTES)]).toEqual([-EBUSY, 8192]);
  });

  it('opens again by its inode, for /dev/fd', () => {
    const [reader, writer] = kernel.pipes.create(rootCredentials, 0);
    const again = kernel.pipes.openFifo(reader.inode!, O_RDONLY, task) as File;
    reader.close();
    writeText(writer, task, 'x');
    expect(readText(again, task)).toBe('x');
  });
});

describe('FIFO', () => {
  let inode: Inode;

  beforeEach(() => {
    inode = new FifoInode(new PseudoFileSystem('test', 0, 1, kernel.clock), 7, S_IFIFO | 0o644);
    inode.retain();
  });

  const open = (opener: Task, flags: number): File | number => kernel.pipes.openFifo(inode, flags, opener);

  it.each([
    ['reader', O_RDONLY, O_WRONLY],
    ['writer', O_WRONLY, O_RDONLY],
  ])('lets a %s wait for its partner', (_name, flags, partnerFlags) => {
    const partner = kernel.createProcess(task.process);
    expect(runCall(task, () => open(task, flags) as number)).toBe(BLOCKED);
    expect(open(partner, partnerFlags)).toBeInstanceOf(PipeFile);
    expect(task.state).toBe('runnable');
    expect(open(task, flags)).toBeInstanceOf(PipeFile);
  });

  it('sees a partner that came and left', () => {
    const partner = kernel.createProcess(task.process);
    runCall(task, () => open(task, O_RDONLY) as number);
    (open(partner, O_WRONLY) as File).close();
    const file = open(task, O_RDONLY) as PipeFile;
    expect([file.poll(), readText(file, task)]).toEqual([POLLHUP, '']);
  });

  it('gives up at a signal and leaves nothing behind', () => {
    runCall(task, () => open(task, O_WRONLY) as number);
    task.pending.add(signalInfo(SIGUSR1, 0));
    expect(runCall(task, () => open(task, O_WRONLY) as number)).toBe(-ERESTARTSYS);
    const reader = open(kernel.createProcess(), O_RDONLY | O_NONBLOCK) as PipeFile;
    expect(reader.pipe.writers).toBe(0);
  });

  it('does not wait with O_NONBLOCK: a writer is refused, a reader waits for nobody', () => {
    expect(open(task, O_WRONLY | O_NONBLOCK)).toBe(-ENXIO);
    const reader = open(task, O_RDONLY | O_NONBLOCK) as File;
    // Not hung up: nobody was there yet (poll(2) of fs/pipe.c).
    expect([reader.poll(task), readText(reader, task)]).toEqual([0, '']);
    const writer = open(task, O_WRONLY | O_NONBLOCK) as File;
    expect(readText(reader, task)).toBe(-EAGAIN);
    writer.close();
    expect(reader.poll(task)).toBe(POLLHUP);
  });

  it('opens for both directions at once and is its own partner', () => {
    const both = open(task, O_RDWR) as File;
    writeText(both, task, 'x');
    expect([both.poll(task), readText(both, task), readText(both, task)]).toEqual([READABLE | WRITABLE, 'x', -EAGAIN]);
  });

  it('forgets its bytes when the last end closes', () => {
    const both = open(task, O_RDWR) as File;
    writeText(both, task, 'x');
    both.close();
    expect(readText(open(task, O_RDWR) as File, task)).toBe(-EAGAIN);
    expect(inode.references).toBe(2);
  });
});
