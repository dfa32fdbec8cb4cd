import { beforeEach, describe, expect, it } from 'vitest';
import { EAGAIN, EINVAL, EIO, ENOENT, ENOTTY } from '../../abi/errno.ts';
import * as requests from '../../abi/ioctls.ts';
import { S_IFCHR } from '../../abi/mode.ts';
import { O_NOCTTY, O_NONBLOCK, O_RDWR } from '../../abi/open.ts';
import { POLLHUP, POLLIN, POLLOUT, POLLPRI, POLLRDNORM, POLLWRNORM } from '../../abi/poll.ts';
import { SIGHUP, SIGINT, SIGUSR1, SIGWINCH } from '../../abi/signals.ts';
import { CSIZE, ECHO, EXTPROC, IXON } from '../../abi/termios.ts';
import { Devpts } from '../../fs/devpts/Devpts.ts';
import { BLOCKED } from '../../process/CallState.ts';
import type { Task } from '../../process/Task.ts';
import { readText, runCall, TestKernel, writeText } from '../../syscall/kernel.testing.ts';
import { makeDevice } from '../../vfs/deviceNumber.ts';
import type { File } from '../../vfs/File.ts';
import { TtyFile } from '../TtyFile.ts';
import { TtyRegistry } from '../TtyRegistry.ts';
import type { PtyMasterFile } from './PtyMasterFile.ts';
import { Ptys } from './Ptys.ts';

const ARGUMENT = 0x1000;
const READABLE = POLLIN | POLLRDNORM;
const WRITABLE = POLLOUT | POLLWRNORM;

let kernel: TestKernel;
let devpts: Devpts;
let ptys: Ptys;
let task: Task;
let master: PtyMasterFile;

function openDevice(device: number, flags = O_RDWR | O_NOCTTY, opener = task): File | number {
  return kernel.vfs.devices.findCharacter(device)?.(opener, flags, null as never) ?? -ENOENT;
}

const openMaster = (): PtyMasterFile => openDevice(makeDevice(5, 2)) as PtyMasterFile;
const openSlave = (number = 0, opener = task, flags = O_RDWR | O_NOCTTY): File | number =>
  openDevice(makeDevice(136, number), flags, opener);

function unlock(of: PtyMasterFile): void {
  task.memory.writeU32(ARGUMENT, 0);
  expect(of.ioctl(task, requests.TIOCSPTLCK, ARGUMENT)).toBe(0);
}

function ask(of: File, request: number): number {
  const result = of.ioctl(task, request, ARGUMENT);
  return result < 0 ? result : task.memory.readU32(ARGUMENT);
}

function setPacketMode(): void {
  task.memory.writeU32(ARGUMENT, 1);
  master.ioctl(task, requests.TIOCPKT, ARGUMENT);
}

beforeEach(() => {
  kernel = new TestKernel();
  devpts = new Devpts(kernel.clock);
  ptys = new Ptys(new TtyRegistry(kernel.vfs.devices), kernel.vfs.devices, devpts);
  kernel.createProcess();
  task = kernel.createProcess();
  master = openMaster();
});

describe('a pty', () => {
  it('gives each master a number and each slave a node', () => {
    const second = openMaster();
    expect([ask(master, requests.TIOCGPTN), ask(second, requests.TIOCGPTN), ptys.count]).toEqual([0, 1, 2]);
    expect(devpts.root.entries().map(({ name }) => name)).toEqual(['ptmx', '0', '1']);
    master.close();
    expect([devpts.root.lookup('0'), ptys.count]).toEqual([-ENOENT, 1]);
    expect(ask(openMaster(), requests.TIOCGPTN)).toBe(0);
  });

  it('is locked at first', () => {
    expect([openSlave(), ask(master, requests.TIOCGPTLCK)]).toEqual([-EIO, 1]);
    unlock(master);
    expect([openSlave(), ask(master, requests.TIOCGPTLCK)]).toEqual([expect.any(TtyFile), 0]);
  });

  it('carries what is typed and what is shown', () => {
    unlock(master);
    const slave = openSlave() as TtyFile;
    expect([master.poll(), slave.poll()]).toEqual([WRITABLE, WRITABLE]);
    writeText(master, task, 'ls\n');
    expect([master.poll(), slave.poll()]).toEqual([READABLE | WRITABLE, READABLE | WRITABLE]);
    expect([readText(slave, task), readText(master, task)]).toEqual(['ls\n', 'ls\r\n']);
    writeText(slave, task, 'file\n');
    expect([readText(master, task, 4), readText(master, task)]).toEqual(['file', '\r\n']);
    expect([readText(master, task), readText(slave, task)]).toEqual([-EAGAIN, -EAGAIN]);
  });

  it('takes input before the slave is opened', () => {
    expect(writeText(master, task, 'early\n')).toBe(6);
    unlock(master);
    expect(readText(openSlave() as TtyFile, task)).toBe('early\n');
  });

  it('holds back both sides when the other one is slow, and loses nothing', () => {
    unlock(master);
    const slave = openSlave() as TtyFile;
    slave.tty.setTermios({ ...slave.tty.discipline.termios, lflag: 0, oflag: 0, iflag: 0 });
    for (const [from, to] of [
      [master, slave],
      [slave, master],
    ] as const) {
      const text = Array.from({ length: 60000 }, (_, index) => String.fromCharCode(97 + (index % 26))).join('');
      let sent = 0;
      let received = '';
      while (received.length < text.length) {
        const count = sent < text.length ? writeText(from, task, text.slice(sent)) : -EAGAIN;
        expect(count === -EAGAIN || count > 0).toBe(true);
        if (count > 0) sent += count;
        if (sent < text.length) expect(from.poll() & POLLOUT).toBe(0);
        received += String(readText(to, task, 3000));
      }
      expect(received).toBe(text);
    }
  });

  it('wakes whoever waits on either side', () => {
    unlock(master);
    const slave = openSlave() as TtyFile;
    const sleep = (file: File): number => runCall(task, () => (task.sleepOn(file.waitQueue!, POLLIN), BLOCKED));
    sleep(master);
    writeText(slave, kernel.createProcess(), 'x');
    expect(task.state).toBe('runnable');
    sleep(slave);
    writeText(master, kernel.createProcess(), 'x\n');
    expect(task.state).toBe('runnable');
  });

  it('shares size and attributes between its sides', () => {
    unlock(master);
    const slave = openSlave() as TtyFile;
    task.memory.writeU32(ARGUMENT, 24 | (80 << 16));
    task.memory.writeU32(ARGUMENT + 4, 0);
    expect(master.ioctl(task, requests.TIOCSWINSZ, ARGUMENT)).toBe(0);
    expect(ask(slave, requests.TIOCGWINSZ)).toBe(24 | (80 << 16));
    master.ioctl(task, requests.TCGETS, ARGUMENT);
    task.memory.writeU32(ARGUMENT + 8, task.memory.readU32(ARGUMENT + 8) & ~CSIZE);
    task.memory.writeU32(ARGUMENT + 12, task.memory.readU32(ARGUMENT + 12) & ~ECHO);
    expect(master.ioctl(task, requests.TCSETS, ARGUMENT)).toBe(0);
    const { lflag, cflag } = slave.tty.discipline.termios;
    expect([lflag & ECHO, cflag & CSIZE]).toEqual([0, CSIZE]);
  });

  it('becomes a controlling terminal, and the master may look at its session', () => {
    unlock(master);
    expect(ask(master, requests.TIOCGSID)).toBe(-ENOTTY);
    openSlave(0, task, O_RDWR);
    expect(ask(master, requests.TIOCGSID)).toBe(task.process.session.id);
    const other = kernel.createProcess();
    expect(master.ioctl(other, requests.TIOCGPGRP, ARGUMENT)).toBe(0);
    expect(other.memory.readU32(ARGUMENT)).toBe(task.process.group.id);
    task.mask.add(SIGINT);
    expect([master.ioctl(other, requests.TIOCSIG, SIGINT), master.ioctl(other, requests.TIOCSIG, SIGUSR1)]).toEqual([
      0,
      -EINVAL,
    ]);
    expect(task.process.pending.has(SIGINT)).toBe(true);
    expect(task.process.pending.has(SIGWINCH)).toBe(false);
  });

  it('opens its slave without a path (TIOCGPTPEER)', () => {
    expect(master.ioctl(task, requests.TIOCGPTPEER, O_RDWR | O_NOCTTY)).toBe(-EIO);
    unlock(master);
    const fd = master.ioctl(task, requests.TIOCGPTPEER, O_RDWR | O_NOCTTY | O_NONBLOCK);
    const slave = task.files.get(fd)!;
    expect([fd, slave.describe(), slave.isNonblocking]).toEqual([0, '/dev/pts/0', true]);
    expect(slave.inode).toBe(devpts.root.lookup('0'));
  });

  it('keeps requests for masters from slaves', () => {
    unlock(master);
    const slave = openSlave() as TtyFile;
    for (const request of [requests.TIOCGPTN, requests.TIOCSPTLCK, requests.TIOCPKT, requests.TIOCGPTPEER]) {
      expect(slave.ioctl(task, request, ARGUMENT)).toBe(-ENOTTY);
    }
  });
});

describe('the end of a pty', () => {
  it('tells the master when the last slave closes, after what was written', () => {
    unlock(master);
    const slave = openSlave() as TtyFile;
    writeText(slave, task, 'bye');
    slave.close();
    expect(master.poll()).toBe(READABLE | WRITABLE | POLLHUP);
    expect([readText(master, task), readText(master, task), master.poll()]).toEqual(['bye', -EIO, WRITABLE | POLLHUP]);
    openSlave();
    expect([readText(master, task), master.poll()]).toEqual([-EAGAIN, WRITABLE]);
  });

  it('hangs the slave up when the master closes', () => {
    unlock(master);
    const slave = openSlave(0, task, O_RDWR) as TtyFile;
    task.mask.add(SIGHUP);
    // A reader that waits now gets an error, later ones the end of the file.
    expect(readText(slave, task)).toBe(-EAGAIN);
    master.close();
    expect(readText(slave, task)).toBe(-EIO);
    task.call.clear();
    expect([readText(slave, task), writeText(slave, task, 'x')]).toEqual(['', -EIO]);
    expect([task.process.pending.has(SIGHUP), task.process.session.controllingTty]).toEqual([true, null]);
    expect(ptys.count).toBe(1);
    slave.close();
    expect(ptys.count).toBe(0);
  });
});

describe('packet mode', () => {
  let slave: TtyFile;

  beforeEach(() => {
    unlock(master);
    slave = openSlave() as TtyFile;
    setPacketMode();
  });

  /** The status byte that comes next, which is urgent too. */
  function status(): number {
    expect(master.poll() & (READABLE | POLLPRI)).toBe(READABLE | POLLPRI);
    const text = readText(master, task);
    return typeof text === 'string' && text.length === 1 ? text.charCodeAt(0) : -1;
  }

  it('marks data with a zero', () => {
    writeText(slave, task, 'hi');
    expect([readText(master, task), readText(master, task)]).toEqual(['\0hi', -EAGAIN]);
  });

  // Asked of Linux 6.18.
  it.each<[string, () => unknown, number]>([
    ['input flushed', () => slave.ioctl(task, requests.TCFLSH, 0), 1],
    ['output flushed', () => slave.ioctl(task, requests.TCFLSH, 1), 2],
    ['both flushed', () => slave.ioctl(task, requests.TCFLSH, 2), 3],
    ['stopped', () => slave.ioctl(task, requests.TCXONC, 0), 4],
    ['stopped by ^S', () => writeText(master, task, '\x13'), 4],
    [
      'started by ^Q',
      () => (writeText(master, task, '\x13'), readText(master, task), writeText(master, task, '\x11')),
      8,
    ],
    ['no more ^S and ^Q', () => change({ iflag: slave.tty.discipline.termios.iflag & ~IXON }), 16],
    ['processing outside', () => change({ lflag: slave.tty.discipline.termios.lflag | EXTPROC }), 64],
  ])('tells: %s', (_name, act, expected) => {
    act();
    expect(status()).toBe(expected);
    expect(readText(master, task)).toBe(-EAGAIN);
  });

  it('tells of the flush before the ^C that caused it', () => {
    writeText(slave, task, 'lost');
    writeText(master, task, '\x03');
    expect([status(), readText(master, task)]).toEqual([3, '\0^C']);
  });

  function change(part: { iflag?: number; lflag?: number }): void {
    slave.tty.setTermios({ ...slave.tty.discipline.termios, ...part });
  }
});

describe('devpts', () => {
  it('gives nodes to who opened the master, or as it was mounted', () => {
    const first = devpts.root.lookup('0');
    expect(first).toMatchObject({ mode: S_IFCHR | 0o600, uid: 0, gid: 0, ino: 3, rdev: 0x8800 });
    expect(devpts.setOptions('gid=5,mode=620,ptmxmode=666')).toBe(true);
    openMaster();
    expect(devpts.root.lookup('1')).toMatchObject({ mode: S_IFCHR | 0o620, uid: 0, gid: 5 });
    expect(devpts.root.lookup('ptmx')).toMatchObject({ mode: S_IFCHR | 0o666 });
    expect(devpts.describeOptions()).toBe(',gid=5,mode=620,ptmxmode=666');
    expect([devpts.setOptions('colour=red'), devpts.setOptions('gid=x')]).toEqual([false, false]);
  });
});
