import { beforeEach, describe, expect, it } from 'vitest';
import { EAGAIN, EINVAL } from '../../abi/errno.ts';
import { POLLIN } from '../../abi/poll.ts';
import { SIGKILL, SIGRTMIN, SIGUSR1, SIGUSR2, SI_QUEUE, SI_USER } from '../../abi/signals.ts';
import { KernelIo } from '../../mm/Io.ts';
import { signalInfo } from '../../process/signals.ts';
import { sendSignalToProcess, sendSignalToTask } from '../../process/signalSend.ts';
import type { Task } from '../../process/Task.ts';
import { TestKernel } from '../../syscall/kernel.testing.ts';
import { SignalFile } from './SignalFile.ts';

const bit = (signal: number): number => 1 << (signal - 1);
let task: Task;
let kernel: TestKernel;

beforeEach(() => {
  kernel = new TestKernel();
  kernel.createProcess();
  task = kernel.createProcess();
  for (const signal of [SIGUSR1, SIGUSR2, SIGRTMIN]) task.mask.add(signal);
});

/** Signal, code, pid and value of each record of one read. */
function read(file: SignalFile, reader = task, size = 1024): number[][] | number {
  const bytes = new Uint8Array(size);
  const count = file.read(reader, new KernelIo(bytes));
  if (count < 0) return count;
  const view = new DataView(bytes.buffer);
  return Array.from({ length: count / 128 }, (_, index) => [
    view.getUint32(index * 128, true),
    view.getInt32(index * 128 + 8, true),
    view.getUint32(index * 128 + 12, true),
    view.getUint32(index * 128 + 44, true),
  ]);
}

describe('signalfd', () => {
  it('gives the signals of its mask, those of the thread first', () => {
    const file = new SignalFile(task, bit(SIGUSR1) | bit(SIGUSR2) | bit(SIGRTMIN), 0, 0);
    expect([file.poll(task), read(file)]).toEqual([0, -EAGAIN]);
    sendSignalToProcess(task.process, signalInfo(SIGUSR1, SI_USER, 42));
    sendSignalToTask(task, { signal: SIGRTMIN, code: SI_QUEUE, valueLow: 7 });
    expect(file.poll(task)).toBe(POLLIN);
    expect(read(file)).toEqual([
      [SIGRTMIN, SI_QUEUE, 0, 7],
      [SIGUSR1, SI_USER, 42, 0],
    ]);
    expect(task.process.pending.has(SIGUSR1)).toBe(false);
  });

  it('leaves other signals, and those that did not fit', () => {
    const file = new SignalFile(task, bit(SIGUSR1) | bit(SIGKILL), 0, 0);
    sendSignalToProcess(task.process, signalInfo(SIGUSR2, SI_USER));
    expect(read(file)).toBe(-EAGAIN);
    file.setMask(bit(SIGUSR1) | bit(SIGUSR2), 0);
    sendSignalToProcess(task.process, signalInfo(SIGUSR1, SI_USER));
    expect([read(file, task, 127), read(file, task, 255)]).toEqual([-EINVAL, [[SIGUSR1, SI_USER, 0, 0]]]);
    expect(file.poll(task)).toBe(POLLIN);
  });

  it('wakes who waits', () => {
    const file = new SignalFile(task, bit(SIGUSR1), 0, 0);
    task.state = 'blocked';
    task.sleepOn(file.waitQueue, POLLIN);
    sendSignalToProcess(task.process, signalInfo(SIGUSR1, SI_USER));
    expect(task.state).toBe('runnable');
  });

  it('shows each process its own signals', () => {
    const file = new SignalFile(task, bit(SIGUSR1), 0, 0);
    const child = kernel.createProcess(task.process);
    child.mask.add(SIGUSR1);
    expect(file.poll(child)).toBe(0);
    child.state = 'blocked';
    child.sleepOn(file.waitQueue, POLLIN);
    sendSignalToProcess(child.process, signalInfo(SIGUSR1, SI_USER));
    expect([child.state, file.poll(task), file.poll(child)]).toEqual(['runnable', 0, POLLIN]);
    file.close();
    expect([task.process.signalQueue.isEmpty, child.process.signalQueue.isEmpty]).toEqual([true, true]);
  });
});
