import { expect, it } from 'vitest';
import { askConstants } from '../lib/askCompiler.testing.ts';
import * as clocks from './clocks.ts';
import * as epoll from './epoll.ts';
import * as errno from './errno.ts';
import * as fallocate from './fallocate.ts';
import * as fcntl from './fcntl.ts';
import * as futex from './futex.ts';
import * as ioctls from './ioctls.ts';
import * as mode from './mode.ts';
import * as open from './open.ts';
import * as poll from './poll.ts';
import * as signals from './signals.ts';
import * as socket from './socket.ts';
import { syscallNumbers } from './syscallNumbers.ts';
import * as termios from './termios.ts';

/** The constants of a module under their names in C, as numbers of 32 bits. */
function constantsOf(module: Readonly<Record<string, unknown>>): [string, number][] {
  return Object.entries(module).flatMap(([name, value]): [string, number][] =>
    typeof value === 'number' && /^[A-Z][A-Z0-9_]+$/.test(name) ? [[name, value | 0]] : [],
  );
}

const calls = Object.entries(syscallNumbers).map(([name, number]): [string, number] => [`SYS_${name}`, number]);

/**
 * `ours` are names that C has not got, or only newer headers than Debian 12's, or under which the C library shows
 * something else than the kernel: it keeps two real-time signals for itself, and has no use for O_LARGEFILE.
 */
it.each<[string, string[], [string, number][], ours: RegExp]>([
  ['system calls', ['sys/syscall.h'], calls, /^SYS_(cachestat|fchmodat2)$/],
  ['errno', ['errno.h'], constantsOf(errno), /^ERESTART(SYS|NOINTR|NOHAND|_RESTARTBLOCK)$/],
  ['signals', ['signal.h'], constantsOf(signals), /^(SA_RESTORER|SIGRTMIN)$/],
  ['open(2)', ['fcntl.h'], constantsOf(open), /^O_LARGEFILE$/],
  ['fcntl(2)', ['fcntl.h', 'linux/close_range.h'], constantsOf(fcntl), /^FLOCK_SIZE$|^F_ALL_SEALS$|^F_SEAL_EXEC$/],
  ['fallocate(2)', ['fcntl.h', 'linux/falloc.h'], constantsOf(fallocate), /^$/],
  ['modes', ['sys/stat.h'], constantsOf(mode), /^$/],
  ['poll(2)', ['poll.h'], constantsOf(poll), /^POLL_ANY$/],
  ['epoll(7)', ['sys/epoll.h'], constantsOf(epoll), /^EPOLL_EVENT_BYTES$/],
  ['futex(2)', ['linux/futex.h'], constantsOf(futex), /^$/],
  ['clocks', ['time.h', 'sys/time.h'], constantsOf(clocks), /^$/],
  ['ioctls', ['sys/ioctl.h', 'asm/termbits.h', 'linux/fs.h', 'linux/sockios.h'], constantsOf(ioctls), /^$/],
  ['terminals', ['termios.h'], constantsOf(termios), /^DISABLED_CHARACTER$|_BYTES$/],
  [
    'sockets',
    [
      'sys/socket.h',
      'netinet/in.h',
      'netinet/tcp.h',
      'netinet/udp.h',
      'linux/icmp.h',
      'linux/if_packet.h',
      'linux/if_ether.h',
      'linux/netlink.h',
    ],
    constantsOf(socket),
    /^SOCK_TYPE_MASK$/,
  ],
])('the constants of %s are those of the host', (_what, headers, pairs, ours) => {
  const theirs = pairs.filter(([name]) => !ours.test(name));
  const answers = askConstants(
    headers.map((header) => `#include <${header}>`).join('\n'),
    theirs.map(([name]) => name),
  );
  expect(theirs.length).toBeGreaterThan(0);
  expect(Object.fromEntries(theirs)).toEqual(Object.fromEntries(answers));
});
