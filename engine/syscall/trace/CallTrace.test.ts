import { describe, expect, it } from 'vitest';
import { EINTR, ENOENT, ERESTARTSYS } from '../../abi/errno.ts';
import { CLD_EXITED, SEGV_MAPERR, SI_KERNEL, SI_USER, SIGCHLD, SIGINT, SIGSEGV, SIGTERM } from '../../abi/signals.ts';
import { syscallNumbers } from '../../abi/syscallNumbers.ts';
import type { SyscallName } from '../../abi/syscallNumbers.ts';
import { RAX } from '../../arch/registers.ts';
import { NO_RESULT } from '../../process/CallState.ts';
import type { SignalInfo } from '../../process/signals.ts';
import { CallTrace } from './CallTrace.ts';
import { BASE, FakeTask, FlatMemory } from './traced.testing.ts';

class Scene {
  readonly memory = new FlatMemory();
  readonly tasks = new Map<number, FakeTask>();
  readonly lines: string[] = [];
  readonly trace = new CallTrace((line) => this.lines.push(line));
  readonly first = new FakeTask(12, this.memory, this.tasks);

  enter(task: FakeTask, name: SyscallName, args: readonly number[]): void {
    task.setArguments(args);
    this.trace.enter(task, syscallNumbers[name]);
  }

  leave(task: FakeTask, name: SyscallName, result: number): void {
    this.trace.leave(task, syscallNumbers[name], result);
  }

  /** The line of one call. */
  call(name: SyscallName, args: readonly number[], result: number): string {
    this.enter(this.first, name, args);
    this.leave(this.first, name, result);
    return this.lines.pop() ?? '';
  }
}

type Arguments = (memory: FlatMemory) => readonly number[];

const O_RDWR_CREAT_TRUNC_CLOEXEC = 0o2001102;
const AT_FDCWD = -100;
const NOWHERE = 0xdead000;

/** As strace 6.1 prints them. */
const calls: [name: SyscallName, args: Arguments, result: number, line: string][] = [
  ['getpid', () => [], 7, 'getpid()                                = 7'],
  ['close', () => [3], -ENOENT, 'close(3)                                = -1 ENOENT (No such file or directory)'],
  ['read', (m) => [3, m.placeText('hello\n'), 100], 6, 'read(3, "hello\\n", 100)                 = 6'],
  [
    'read',
    () => [3, NOWHERE, 100],
    -ENOENT,
    'read(3, 0xdead000, 100)                 = -1 ENOENT (No such file or directory)',
  ],
  [
    'write',
    (m) => [1, m.placeText('\u007fELF\u00011'.padEnd(40, 'x')), 40],
    40,
    `write(1, "\\177ELF\\0011${'x'.repeat(26)}"..., 40) = 40`,
  ],
  ['openat', (m) => [AT_FDCWD, m.placeText('/etc'), 0], 3, 'openat(AT_FDCWD, "/etc", O_RDONLY)      = 3'],
  [
    'openat',
    (m) => [AT_FDCWD, m.placeText('/tmp/x'), O_RDWR_CREAT_TRUNC_CLOEXEC, 0o644],
    4,
    'openat(AT_FDCWD, "/tmp/x", O_RDWR|O_CREAT|O_TRUNC|O_CLOEXEC, 0644) = 4',
  ],
  [
    'open',
    () => [NOWHERE, 0o2],
    -ENOENT,
    'open(0xdead000, O_RDWR)                 = -1 ENOENT (No such file or directory)',
  ],
  ['mkdir', (m) => [m.placeText('a"b'), 0o755], 0, 'mkdir("a\\"b", 0755)                     = 0'],
  [
    'mmap',
    () => [0, 8192, 3, 0x22, -1, 0],
    0x7f9d5b81e000,
    'mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f9d5b81e000',
  ],
  ['mprotect', () => [0x1000, 4096, 0], 0, 'mprotect(0x1000, 4096, PROT_NONE)       = 0'],
  ['brk', () => [0], 0x558b5b410000, 'brk(NULL)                               = 0x558b5b410000'],
  [
    'faccessat2',
    (m) => [AT_FDCWD, m.placeText('/tmp'), 3, 0x200],
    0,
    'faccessat2(AT_FDCWD, "/tmp", W_OK|X_OK, AT_EACCESS) = 0',
  ],
  ['unlinkat', (m) => [AT_FDCWD, m.placeText('/tmp'), 0x200], 0, 'unlinkat(AT_FDCWD, "/tmp", AT_REMOVEDIR) = 0'],
  ['umask', () => [0o22], 0o77, 'umask(022)                              = 077'],
  ['lseek', () => [3, -10, 2], 90, 'lseek(3, -10, SEEK_END)                 = 90'],
  ['pipe2', (m) => [m.placeWords(3, 4), 0o2000000], 0, 'pipe2([3, 4], O_CLOEXEC)                = 0'],
  ['dup3', () => [3, 5, 0o2000000], 5, 'dup3(3, 5, O_CLOEXEC)                   = 5'],
  ['kill', () => [12, 9], 0, 'kill(12, SIGKILL)                       = 0'],
  ['fcntl', () => [1, 1], 1, 'fcntl(1, F_GETFD)                       = 0x1 (flags FD_CLOEXEC)'],
  ['fcntl', () => [1, 3], 0o100002, 'fcntl(1, F_GETFL)                       = 0x8002 (flags O_RDWR|O_LARGEFILE)'],
  ['fcntl', () => [0, 1030, 10], 10, 'fcntl(0, F_DUPFD_CLOEXEC, 10)           = 10'],
  [
    'rt_sigaction',
    (m) => [2, m.placeWords(0x4000, 0, 0x14000000, 0, 0x5000, 0, 0x7fffffff, 0xfffffffe), 0, 8],
    0,
    'rt_sigaction(SIGINT, {sa_handler=0x4000, sa_mask=~[RTMIN RT_1], sa_flags=SA_RESTORER|SA_RESTART, sa_restorer=0x5000}, NULL, 8) = 0',
  ],
  [
    'rt_sigprocmask',
    (m) => [0, m.placeLongs((1 << 1) | (1 << 16)), 0, 8],
    0,
    'rt_sigprocmask(SIG_BLOCK, [INT CHLD], NULL, 8) = 0',
  ],
  [
    'clone',
    () => [0x01200011, 0, 0, 0x7f0000000a10, 0],
    13,
    'clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f0000000a10) = 13',
  ],
  [
    'wait4',
    (m) => [-1, m.placeWords(0x300), 1, 0],
    13,
    'wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 3}], WNOHANG, NULL) = 13',
  ],
  ['wait4', () => [-1, NOWHERE, 0, 0], -10, 'wait4(-1, 0xdead000, 0, NULL)           = -1 ECHILD (No child processes)'],
  [
    'prlimit64',
    (m) => [0, 3, 0, m.placeLongs(8 << 20, -1)],
    0,
    'prlimit64(0, RLIMIT_STACK, NULL, {rlim_cur=8192*1024, rlim_max=RLIM64_INFINITY}) = 0',
  ],
  ['arch_prctl', () => [0x1002, 0x7f9d5b62f740], 0, 'arch_prctl(ARCH_SET_FS, 0x7f9d5b62f740) = 0'],
  ['futex', () => [0x1000, 129, 1], 0, 'futex(0x1000, FUTEX_WAKE_PRIVATE, 1)    = 0'],
  [
    'futex',
    (m) => [0x1000, 128, 2, m.placeLongs(1, 500)],
    -110,
    'futex(0x1000, FUTEX_WAIT_PRIVATE, 2, {tv_sec=1, tv_nsec=500}) = -1 ETIMEDOUT (Connection timed out)',
  ],
  [
    'futex',
    () => [0x1000, 393, 0, 0, 0, 0xffffffff],
    0,
    'futex(0x1000, FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME, 0, NULL, FUTEX_BITSET_MATCH_ANY) = 0',
  ],
  [
    'poll',
    (m) => [m.placeWords(3, 0x10001, 4, 0x4), 2, -1],
    1,
    'poll([{fd=3, events=POLLIN}, {fd=4, events=POLLOUT}], 2, -1) = 1 ([{fd=3, revents=POLLIN}])',
  ],
  ['poll', (m) => [m.placeWords(3, 1), 1, 5], 0, 'poll([{fd=3, events=POLLIN}], 1, 5)     = 0 (Timeout)'],
  [
    'select',
    (m) => [5, m.placeLongs(0x18), 0, 0, m.placeLongs(1, 0)],
    2,
    'select(5, [3 4], NULL, NULL, {tv_sec=1, tv_usec=0}) = 2 (in [3 4])',
  ],
  [
    'epoll_ctl',
    (m) => [3, 1, 4, m.placeWords(0x80000001, 4, 0)],
    0,
    'epoll_ctl(3, EPOLL_CTL_ADD, 4, {events=EPOLLIN|EPOLLET, data={u32=4, u64=4}}) = 0',
  ],
  ['clock_gettime', (m) => [1, m.placeLongs(5, 7)], 0, 'clock_gettime(CLOCK_MONOTONIC, {tv_sec=5, tv_nsec=7}) = 0'],
  ['socket', () => [16, 0o2000003, 0], 3, 'socket(AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, NETLINK_ROUTE) = 3'],
  ['socket', () => [2, 1, 6], 3, 'socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3'],
  [
    'connect',
    (m) => [3, m.place([2, 0, 0x1b, 0x58, 10, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]), 16],
    -115,
    'connect(3, {sa_family=AF_INET, sin_port=htons(7000), sin_addr=inet_addr("10.0.0.2")}, 16) = -1 EINPROGRESS (Operation now in progress)',
  ],
  [
    'bind',
    (m) => [3, m.place([1, 0, ...new TextEncoder().encode('/run/x'), 0]), 9],
    0,
    'bind(3, {sa_family=AF_UNIX, sun_path="/run/x"}, 9) = 0',
  ],
  [
    'getsockname',
    (m) => [3, m.place([10, 0, 0, 80, 0, 0, 0, 0, ...new Uint8Array(15), 1, 0, 0, 0, 0]), m.placeWords(28)],
    0,
    'getsockname(3, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, [28]) = 0',
  ],
  ['setsockopt', (m) => [3, 1, 2, m.placeWords(1), 4], 0, 'setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0'],
  [
    'execve',
    (m) => [
      m.placeText('/bin/sh'),
      m.placeLongs(m.placeText('sh'), m.placeText('-c'), 0),
      m.placeLongs(m.placeText('A=1'), 0),
    ],
    NO_RESULT,
    `execve("/bin/sh", ["sh", "-c"], 0x7f0000000038 /* 1 var */) = 0`,
  ],
  [
    'writev',
    (m) => [1, m.placeLongs(m.placeText('ab'), 2, m.placeText('cd'), 1), 2],
    3,
    'writev(1, [{iov_base="ab", iov_len=2}, {iov_base="c", iov_len=1}], 2) = 3',
  ],
  [
    'ioctl',
    (m) => [0, 0x5413, m.place([24, 0, 80, 0, 0, 0, 0, 0])],
    0,
    'ioctl(0, TIOCGWINSZ, {ws_row=24, ws_col=80, ws_xpixel=0, ws_ypixel=0}) = 0',
  ],
  [
    'ioctl',
    () => [0, 0x5401, NOWHERE],
    -25,
    'ioctl(0, TCGETS, 0xdead000)             = -1 ENOTTY (Inappropriate ioctl for device)',
  ],
  ['access', (m) => [m.placeText('/x'), 4], 0, 'access("/x", R_OK)                      = 0'],
  ['access', (m) => [m.placeText('/x'), 0], 0, 'access("/x", F_OK)                      = 0'],
  [
    'read',
    () => [3, 0, -1],
    -ERESTARTSYS,
    'read(3, NULL, 18446744073709551615)     = ? ERESTARTSYS (To be restarted if SA_RESTART is set)',
  ],
  // A call that this kernel has not got.
  [
    'io_uring_setup',
    () => [1, 0x10],
    -38,
    'io_uring_setup(0x1, 0x10, 0, 0, 0, 0)   = -1 ENOSYS (Function not implemented)',
  ],
];

describe('a call is one line', () => {
  it.each(calls)('%s #%$', (name, args, result, line) => {
    const scene = new Scene();
    expect(scene.call(name, args(scene.memory), result)).toBe(line);
  });

  it('tells of a file what the call found', () => {
    const scene = new Scene();
    const stat = new Uint8Array(144);
    const view = new DataView(stat.buffer);
    view.setUint32(24, 0o100644, true);
    view.setUint32(48, 38823, true);
    const regular = scene.memory.place(stat);
    view.setUint32(24, 0o020620, true);
    view.setUint32(40, 0x8801, true);
    const terminal = scene.memory.place(stat);
    expect(scene.call('fstat', [3, regular], 0)).toBe('fstat(3, {st_mode=S_IFREG|0644, st_size=38823, ...}) = 0');
    expect(scene.call('fstat', [0, terminal], 0)).toBe(
      'fstat(0, {st_mode=S_IFCHR|0620, st_rdev=makedev(0x88, 0x1), ...}) = 0',
    );
  });

  it('shows 32 elements of an array', () => {
    const scene = new Scene();
    const text = scene.memory.placeText('a');
    const array = scene.memory.placeLongs(...new Array<number>(40).fill(text), 0);
    const line = scene.call('execve', [text, array, 0], -ENOENT);
    expect(line).toContain(`[${'"a", '.repeat(32)}...], NULL)`);
  });
});

describe('calls that wait', () => {
  it('prints a call once, however often it is tried', () => {
    const scene = new Scene();
    const args = [3, BASE, 10];
    scene.enter(scene.first, 'read', args);
    scene.enter(scene.first, 'read', args);
    scene.enter(scene.first, 'read', args);
    scene.leave(scene.first, 'read', 0);
    expect(scene.lines).toEqual(['read(3, "", 10)                         = 0']);
  });

  it('breaks the line where another task comes between', () => {
    const scene = new Scene();
    const second = new FakeTask(13, scene.memory, scene.tasks);
    scene.enter(scene.first, 'wait4', [-1, 0, 0, 0]);
    scene.enter(second, 'getpid', []);
    scene.leave(second, 'getpid', 13);
    scene.enter(second, 'read', [0, BASE, 5]);
    scene.leave(scene.first, 'wait4', 13);
    scene.leave(second, 'read', -EINTR);
    expect(scene.lines).toEqual([
      '[pid    12] wait4(-1,  <unfinished ...>',
      '[pid    13] getpid()                    = 13',
      '[pid    13] read(0,  <unfinished ...>',
      '[pid    12] <... wait4 resumed>NULL, 0, NULL) = 13',
      '[pid    13] <... read resumed>0x7f0000000000, 5) = -1 EINTR (Interrupted system call)',
    ]);
  });

  it('goes on with a line that a signal or the end of a task broke', () => {
    const scene = new Scene();
    const second = new FakeTask(13, scene.memory, scene.tasks);
    scene.enter(scene.first, 'pause', []);
    scene.trace.signalTaken(second, { signal: SIGINT, code: SI_KERNEL });
    second.process.waitStatus = 2;
    scene.trace.taskEnded(second);
    scene.leave(scene.first, 'pause', -EINTR);
    expect(scene.lines).toEqual([
      '[pid    12] pause( <unfinished ...>',
      '[pid    13] --- SIGINT {si_signo=SIGINT, si_code=SI_KERNEL} ---',
      '[pid    13] +++ killed by SIGINT +++',
      '[pid    12] <... pause resumed>)        = -1 EINTR (Interrupted system call)',
    ]);
  });

  it('keeps the arguments as they came, whatever becomes of the registers', () => {
    const scene = new Scene();
    const path = scene.memory.placeText('/bin/true');
    scene.enter(scene.first, 'execve', [path, 0, 0]);
    scene.first.setArguments([1, 2, 3]);
    scene.leave(scene.first, 'execve', NO_RESULT);
    expect(scene.lines).toEqual(['execve("/bin/true", NULL, NULL)         = 0']);
  });

  it('takes what rt_sigreturn gives back for its result', () => {
    const scene = new Scene();
    scene.first.registers.set(RAX, 21285);
    expect(scene.call('rt_sigreturn', [], NO_RESULT)).toBe('rt_sigreturn()                          = 21285');
  });
});

describe('signals and ends', () => {
  const infos: [SignalInfo, string][] = [
    [
      { signal: SIGCHLD, code: CLD_EXITED, pid: 13, uid: 0, status: 3, userTicks: 1, systemTicks: 2 },
      '--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=13, si_uid=0, si_status=3, si_utime=1, si_stime=2} ---',
    ],
    [{ signal: SIGINT, code: SI_KERNEL }, '--- SIGINT {si_signo=SIGINT, si_code=SI_KERNEL} ---'],
    [
      { signal: SIGTERM, code: SI_USER, pid: 1, uid: 5 },
      '--- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=1, si_uid=5} ---',
    ],
    [
      { signal: SIGSEGV, code: SEGV_MAPERR, address: 16 },
      '--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x10} ---',
    ],
  ];

  it.each(infos)('prints what came with %o', (info, line) => {
    const scene = new Scene();
    scene.trace.signalTaken(scene.first, info);
    expect(scene.lines).toEqual([line]);
  });

  it('tells how a process ended', () => {
    const scene = new Scene();
    scene.enter(scene.first, 'exit_group', [3]);
    scene.first.process.waitStatus = 0x300;
    scene.trace.taskEnded(scene.first);
    expect(scene.lines).toEqual(['exit_group(3)                           = ?', '+++ exited with 3 +++']);
  });

  it('tells what a process that was killed was at', () => {
    const scene = new Scene();
    scene.enter(scene.first, 'read', [0, BASE, 5]);
    scene.first.process.waitStatus = 9;
    scene.trace.taskEnded(scene.first);
    expect(scene.lines).toEqual(['read(0,  <unfinished ...>)              = ?', '+++ killed by SIGKILL +++']);
  });

  it('tells of a call that gave way to a signal, and of its second begin', () => {
    const scene = new Scene();
    scene.enter(scene.first, 'read', [0, BASE, 5]);
    scene.leave(scene.first, 'read', -ERESTARTSYS);
    scene.trace.signalTaken(scene.first, { signal: SIGINT, code: SI_KERNEL });
    scene.enter(scene.first, 'read', [0, BASE, 5]);
    scene.leave(scene.first, 'read', 5);
    expect(scene.lines.map((line) => line.replace(/ +=/, ' ='))).toEqual([
      'read(0, 0x7f0000000000, 5) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)',
      '--- SIGINT {si_signo=SIGINT, si_code=SI_KERNEL} ---',
      'read(0, "\\0\\0\\0\\0\\0", 5) = 5',
    ]);
  });
});
