import { beforeEach, describe, expect, it } from 'vitest';
import { EAGAIN, EBUSY, EINVAL, EIO, ENOTTY, ENXIO, EPERM, ERESTARTSYS, ESRCH } from '../abi/errno.ts';
import * as requests from '../abi/ioctls.ts';
import { O_NOCTTY, O_NONBLOCK, O_RDWR } from '../abi/open.ts';
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../abi/poll.ts';
import { SIG_IGN, SIGHUP, SIGINT, SIGTTIN, SIGTTOU, SIGWINCH } from '../abi/signals.ts';
import { ECHO, ICANON, TOSTOP, VMIN, VTIME } from '../abi/termios.ts';
import { BLOCKED } from '../process/CallState.ts';
import { CapabilitySet } from '../process/Capabilities.ts';
import { rootCredentials } from '../process/Credentials.ts';
import type { Credentials } from '../process/Credentials.ts';
import { ProcessGroup } from '../process/Session.ts';
import type { Task } from '../process/Task.ts';
import { readText, runCall, TestKernel, writeText } from '../syscall/kernel.testing.ts';
import { createConsole } from './console/ConsoleDriver.ts';
import type { ConsoleChannel } from './console/ConsoleChannel.ts';
import type { Tty } from './Tty.ts';
import { TtyFile } from './TtyFile.ts';
import { TtyRegistry } from './TtyRegistry.ts';

const ARGUMENT = 0x1000;
const MS = 1e6;

const { none } = CapabilitySet;
const ordinaryUser: Credentials = {
  ...rootCredentials,
  uid: 1000,
  euid: 1000,
  suid: 1000,
  fsuid: 1000,
  capabilities: { ...rootCredentials.capabilities, permitted: none, effective: none },
};

class TestChannel implements ConsoleChannel {
  screen = '';
  accepts = Infinity;
  paused: boolean[] = [];
  onDrain = (): void => {};
  onInput = (_bytes: Uint8Array): void => {};
  onResize = (_rows: number, _columns: number): void => {};

  write(bytes: Uint8Array): number {
    const count = Math.min(bytes.length, this.accepts);
    this.accepts -= count;
    this.screen += Buffer.from(bytes.subarray(0, count)).toString('latin1');
    return count;
  }

  setInputPaused(isPaused: boolean): void {
    this.paused.push(isPaused);
  }

  type(text: string): void {
    this.onInput(new Uint8Array(Buffer.from(text, 'latin1')));
  }
}

let kernel: TestKernel;
let channel: TestChannel;
let registry: TtyRegistry;
let tty: Tty;
let shell: Task;
let file: TtyFile;

function open(task: Task, flags = O_RDWR, path = tty.device): TtyFile | number {
  return kernel.vfs.devices.findCharacter(path)!(task, flags, null as never) as TtyFile | number;
}

/** A process in a group of its own in the session of the shell. */
function createJob(): Task {
  const job = kernel.createProcess(shell.process);
  kernel.processes.joinGroup(job.process, new ProcessGroup(job.process.pid, shell.process.session));
  return job;
}

function ioctl(task: Task, request: number, argument = ARGUMENT): number {
  return runCall(task, () => file.ioctl(task, request, argument));
}

function setLocal(flags: number, value: number, cc: Record<number, number> = {}): void {
  const termios = { ...tty.discipline.termios, cc: tty.discipline.termios.cc.slice() };
  termios.lflag = (termios.lflag & ~flags) | value;
  for (const [place, byte] of Object.entries(cc)) termios.cc[Number(place)] = byte;
  tty.setTermios(termios);
}

beforeEach(() => {
  kernel = new TestKernel();
  channel = new TestChannel();
  registry = new TtyRegistry(kernel.vfs.devices);
  tty = createConsole(1, channel);
  registry.add(tty);
  kernel.createProcess();
  shell = kernel.createProcess();
  file = open(shell) as TtyFile;
});

describe('a console', () => {
  it('shows what is written and gives what is typed', () => {
    expect(writeText(file, shell, 'login:\n')).toBe(7);
    channel.type('root\r');
    expect([channel.screen, readText(file, shell)]).toEqual(['login:\r\nroot\r\n', 'root\n']);
    expect(readText(file, shell)).toBe(-EAGAIN);
  });

  it('holds back what the channel does not take', () => {
    channel.accepts = 3;
    const text = 'x'.repeat(20000);
    const written = writeText(file, shell, text);
    expect([written, writeText(file, shell, 'y')]).toEqual([16387, -EAGAIN]);
    expect(file.poll() & POLLOUT).toBe(0);
    channel.accepts = Infinity;
    channel.onDrain();
    expect([channel.screen.length, file.poll() & POLLOUT]).toEqual([16387, POLLOUT]);
  });

  it('asks the channel to pause while nobody reads', () => {
    setLocal(ICANON | ECHO, 0);
    channel.type('x'.repeat(50000));
    expect(channel.paused).toEqual([true]);
    let total = 0;
    for (let text = readText(file, shell); typeof text === 'string'; text = readText(file, shell)) total += text.length;
    expect([total, channel.paused]).toEqual([50000, [true, false]]);
  });

  it('tells the foreground of another size', () => {
    tty.foreground!.members.forEach((member) => (member.actions[SIGWINCH].handler = 1234));
    channel.onResize(50, 132);
    expect(shell.process.pending.has(SIGWINCH)).toBe(true);
    expect(ioctl(shell, requests.TIOCGWINSZ)).toBe(0);
    expect(shell.memory.readU32(ARGUMENT)).toBe(50 | (132 << 16));
    shell.process.pending.clear();
    channel.onResize(50, 132);
    expect(shell.process.pending.has(SIGWINCH)).toBe(false);
  });
});

describe('the controlling terminal', () => {
  it('is the first one that a session leader opens', () => {
    expect([tty.session, tty.foreground]).toEqual([shell.process.session, shell.process.group]);
    const other = kernel.createProcess();
    open(other);
    expect(other.process.session.controllingTty).toBeNull();
  });

  it('is not taken with O_NOCTTY, by /dev/console, or by children', () => {
    tty.dropSession();
    open(createJob());
    open(shell, O_RDWR | O_NOCTTY);
    open(shell, O_RDWR, 0x501);
    expect(tty.session).toBeNull();
  });

  it('opens as /dev/tty', () => {
    const other = kernel.createProcess();
    expect([(open(createJob(), O_RDWR, 0x500) as TtyFile).tty, open(other, O_RDWR, 0x500)]).toEqual([tty, -ENXIO]);
  });

  it('can be taken from another session by root only', () => {
    const other = kernel.createProcess();
    expect(ioctl(other, requests.TIOCSCTTY, 0)).toBe(-EPERM);
    other.credentials = ordinaryUser;
    expect(ioctl(other, requests.TIOCSCTTY, 1)).toBe(-EPERM);
    other.credentials = shell.credentials;
    expect(ioctl(other, requests.TIOCSCTTY, 1)).toBe(0);
    expect([tty.session, shell.process.session.controllingTty]).toEqual([other.process.session, null]);
  });

  it('is given up by TIOCNOTTY, with a hang-up for the foreground', () => {
    const job = createJob();
    expect(ioctl(job, requests.TIOCNOTTY)).toBe(0);
    expect([tty.controls(job.process), tty.controls(shell.process)]).toEqual([false, true]);
    shell.mask.add(SIGHUP);
    expect(ioctl(shell, requests.TIOCNOTTY)).toBe(0);
    expect([tty.session, shell.process.pending.has(SIGHUP)]).toEqual([null, true]);
    expect(ioctl(shell, requests.TIOCNOTTY)).toBe(-ENOTTY);
  });

  it('shows its group and session to its session only', () => {
    const job = createJob();
    expect([ioctl(job, requests.TIOCGPGRP), job.memory.readU32(ARGUMENT)]).toEqual([0, shell.process.group.id]);
    expect([ioctl(job, requests.TIOCGSID), job.memory.readU32(ARGUMENT)]).toEqual([0, shell.process.session.id]);
    const other = kernel.createProcess();
    expect([ioctl(other, requests.TIOCGPGRP), ioctl(other, requests.TIOCGSID)]).toEqual([-ENOTTY, -ENOTTY]);
  });

  it('puts a group of the session into the foreground, and no other', () => {
    const job = createJob();
    const set = (id: number): number => {
      shell.memory.writeU32(ARGUMENT, id);
      return ioctl(shell, requests.TIOCSPGRP);
    };
    expect(set(job.process.pid)).toBe(0);
    expect(tty.foreground).toBe(job.process.group);
    // The shell itself is in the background now.
    shell.process.actions[SIGTTOU].handler = SIG_IGN;
    const stranger = kernel.createProcess();
    expect([set(stranger.process.group.id), set(29999), set(-1)]).toEqual([-EPERM, -ESRCH, -EINVAL]);
  });
});

describe('job control', () => {
  let job: Task;

  beforeEach(() => {
    job = createJob();
    channel.type('line\r');
  });

  it('stops readers in the background', () => {
    expect(readText(file, job)).toBe(-ERESTARTSYS);
    expect(job.process.pending.has(SIGTTIN)).toBe(true);
    expect(readText(file, shell)).toBe('line\n');
  });

  it.each<[string, () => void]>([
    ['ignores', () => void (job.process.actions[SIGTTIN].handler = SIG_IGN)],
    ['blocks', () => job.mask.add(SIGTTIN)],
  ])('is an error for a reader that %s SIGTTIN', (_name, arrange) => {
    arrange();
    expect(readText(file, job)).toBe(-EIO);
  });

  it('is an error for an orphaned group', () => {
    job.process.parent = kernel.processes.init;
    expect(readText(file, job)).toBe(-EIO);
  });

  it('stops writers only with TOSTOP', () => {
    expect(writeText(file, job, 'x')).toBe(1);
    setLocal(0, TOSTOP);
    expect([writeText(file, job, 'x'), job.process.pending.has(SIGTTOU)]).toEqual([-ERESTARTSYS, true]);
    job.process.actions[SIGTTOU].handler = SIG_IGN;
    expect(writeText(file, job, 'x')).toBe(1);
  });

  it('stops changes of attributes, but not looks at them', () => {
    expect([ioctl(job, requests.TCGETS), ioctl(job, requests.TCSETS)]).toEqual([0, -ERESTARTSYS]);
    expect([ioctl(job, requests.TCFLSH, 0), ioctl(job, requests.TCXONC, 0)]).toEqual([-ERESTARTSYS, -ERESTARTSYS]);
  });

  it('sends keys to the foreground only', () => {
    channel.type('\x03');
    expect([shell.process.pending.has(SIGINT), job.process.pending.has(SIGINT)]).toEqual([true, false]);
  });
});

describe('a raw read', () => {
  const setMinimum = (minimum: number, tenths: number): void =>
    setLocal(ICANON | ECHO, 0, { [VMIN]: minimum, [VTIME]: tenths });
  const read = (size?: number): string | number => {
    let text: string | number = -1;
    runCall(shell, () => {
      text = readText(file, shell, size);
      if (text !== -EAGAIN) return 0;
      shell.sleepOn(file.waitQueue);
      return BLOCKED;
    });
    return text;
  };

  it('gives what there is with MIN 0 and TIME 0', () => {
    setMinimum(0, 0);
    expect(read()).toBe('');
    channel.type('ab');
    expect(read(1)).toBe('a');
  });

  it('waits for MIN bytes, or for as many as are wanted', () => {
    setMinimum(3, 0);
    channel.type('ab');
    expect(read()).toBe(-EAGAIN);
    channel.type('c');
    expect([shell.state, read()]).toEqual(['runnable', 'abc']);
    channel.type('de');
    expect(read(2)).toBe('de');
  });

  it('gives less than MIN when it may not wait', () => {
    setMinimum(3, 0);
    file.flags |= O_NONBLOCK;
    expect(read()).toBe(-EAGAIN);
    channel.type('ab');
    expect(read()).toBe('ab');
  });

  it('waits for TIME with MIN 0', () => {
    setMinimum(0, 2);
    expect(read()).toBe(-EAGAIN);
    kernel.advance(199 * MS);
    expect(shell.state).toBe('blocked');
    kernel.advance(MS);
    expect([shell.state, read()]).toEqual(['runnable', '']);
  });

  it('waits for TIME between bytes with MIN above 0', () => {
    setMinimum(10, 1);
    expect(read()).toBe(-EAGAIN);
    kernel.advance(1000 * MS);
    expect(shell.state).toBe('blocked');
    channel.type('a');
    expect(read()).toBe(-EAGAIN);
    kernel.advance(60 * MS);
    channel.type('b');
    expect(read()).toBe(-EAGAIN);
    kernel.advance(60 * MS);
    expect(shell.state).toBe('blocked');
    kernel.advance(40 * MS);
    expect([shell.state, read()]).toEqual(['runnable', 'ab']);
  });
});

describe('requests', () => {
  it('reads and writes attributes', () => {
    expect(ioctl(shell, requests.TCGETS)).toBe(0);
    const local = shell.memory.readU32(ARGUMENT + 12);
    shell.memory.writeU32(ARGUMENT + 12, local & ~ECHO);
    expect(ioctl(shell, requests.TCSETS)).toBe(0);
    channel.type('secret\r');
    expect([channel.screen, readText(file, shell)]).toEqual(['', 'secret\n']);
  });

  it('waits for output with TCSETSW and drops input with TCSETSF', () => {
    channel.type('typed\r');
    channel.accepts = 0;
    writeText(file, shell, 'abc');
    ioctl(shell, requests.TCGETS);
    expect(ioctl(shell, requests.TCSETSF)).toBe(BLOCKED);
    channel.accepts = Infinity;
    channel.onDrain();
    expect([shell.state, ioctl(shell, requests.TCSETSF)]).toEqual(['runnable', 0]);
    expect(readText(file, shell)).toBe(-EAGAIN);
  });

  it('counts what waits in both directions', () => {
    channel.accepts = 0;
    writeText(file, shell, 'abc');
    channel.accepts = Infinity;
    channel.type('de\r');
    ioctl(shell, requests.TIOCOUTQ);
    expect(shell.memory.readU32(ARGUMENT)).toBe(3 + 4);
    ioctl(shell, requests.FIONREAD);
    expect(shell.memory.readU32(ARGUMENT)).toBe(3);
  });

  it('lets only root type for others', () => {
    shell.memory.writeU8(ARGUMENT, 0x41);
    expect(ioctl(shell, requests.TIOCSTI)).toBe(0);
    expect(channel.screen).toBe('A');
    shell.credentials = ordinaryUser;
    expect(ioctl(shell, requests.TIOCSTI)).toBe(-EIO);
  });

  it('keeps others out with TIOCEXCL, but not root', () => {
    ioctl(shell, requests.TIOCEXCL);
    const other = kernel.createProcess();
    expect(open(other)).toBeInstanceOf(TtyFile);
    other.credentials = ordinaryUser;
    expect(open(other)).toBe(-EBUSY);
    ioctl(shell, requests.TIOCNXCL);
    expect(open(other)).toBeInstanceOf(TtyFile);
  });

  it('knows one line discipline, and says what it does not know', () => {
    shell.memory.writeU32(ARGUMENT, 3);
    expect([ioctl(shell, requests.TIOCSETD), ioctl(shell, 0x4b33)]).toEqual([-EINVAL, -ENOTTY]);
  });
});

describe('a hang-up', () => {
  it('kills every description but those of /dev/console', () => {
    const console = open(shell, O_RDWR, 0x501) as TtyFile;
    tty.hangUp();
    const events = POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDNORM | POLLWRNORM;
    expect([readText(file, shell), writeText(file, shell, 'x'), file.poll()]).toEqual(['', -EIO, events]);
    expect([ioctl(shell, requests.TCGETS), ioctl(shell, requests.TIOCSPGRP)]).toEqual([-EIO, -ENOTTY]);
    expect([readText(console, shell), writeText(console, shell, 'x')]).toEqual([-EAGAIN, 1]);
    expect(writeText(open(shell) as TtyFile, shell, 'y')).toBe(1);
  });

  it('tells the leader and the foreground, and ends the session’s hold', () => {
    shell.mask.add(SIGHUP);
    const job = createJob();
    job.mask.add(SIGHUP);
    tty.foreground = job.process.group;
    tty.hangUp();
    expect([shell.process.pending.has(SIGHUP), job.process.pending.has(SIGHUP)]).toEqual([true, true]);
    expect([tty.session, shell.process.session.controllingTty]).toEqual([null, null]);
  });

  it('comes when the leader of its session ends', () => {
    const job = createJob();
    job.mask.add(SIGHUP);
    tty.foreground = job.process.group;
    setLocal(ECHO, 0);
    tty.disassociate(shell.process.session);
    expect([job.process.pending.has(SIGHUP), readText(file, job)]).toEqual([true, '']);
    expect(tty.discipline.termios.lflag & ECHO).toBe(ECHO);
  });
});
