/**
 * Names of constants in arguments. Where `abi` or the subsystem has the constants, the names are theirs; the rest are those of
 * which handlers need the numbers only, or not at all.
 */
import * as clockConstants from '../../abi/clocks.ts';
import * as epollConstants from '../../abi/epoll.ts';
import * as fcntlConstants from '../../abi/fcntl.ts';
import * as futexConstants from '../../abi/futex.ts';
import * as ioctlConstants from '../../abi/ioctls.ts';
import * as modeConstants from '../../abi/mode.ts';
import * as openConstants from '../../abi/open.ts';
import * as pollConstants from '../../abi/poll.ts';
import * as signalConstants from '../../abi/signals.ts';
import * as socketConstants from '../../abi/socket.ts';
import * as memoryConstants from '../../mm/Vma.ts';
import * as cloneConstants from '../../process/clone.ts';
import * as mountConstants from '../../vfs/Mount.ts';
import * as renameConstants from '../../vfs/pathOperations.ts';
import { namesOf } from './text.ts';
import type { NameTable } from './text.ts';

function named(names: Readonly<Record<string, number>>): NameTable {
  return namesOf(names, /^/);
}

export const accessModes = namesOf(openConstants, /^O_(RDONLY|WRONLY|RDWR)$/);
export const openFlags = namesOf(openConstants, /^O_(?!RDONLY|WRONLY|RDWR|ACCMODE)/);
/** AT_EACCESS of faccessat(2) shares its number with AT_REMOVEDIR. */
export const atFlags = namesOf(openConstants, /^AT_(?!FDCWD|EACCESS)/);
export const accessFlags = namesOf(openConstants, /^AT_(EACCESS|SYMLINK_NOFOLLOW|EMPTY_PATH)$/);
export const accessBits = named({ F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1 });
export const whences = namesOf(openConstants, /^SEEK_/);
export const renameFlags = namesOf(renameConstants, /^RENAME_/);
export const fileTypes = namesOf(modeConstants, /^S_IF(?!MT)/);
export const setIdBits = namesOf(modeConstants, /^S_IS/);
export const fcntlCommands = namesOf(fcntlConstants, /^F_(?!RDLCK|WRLCK|UNLCK|SEAL_|ALL_)/);
export const lockTypes = namesOf(fcntlConstants, /^F_(RDLCK|WRLCK|UNLCK)$/);
export const descriptorFlags = namesOf(fcntlConstants, /^FD_/);
export const lockOperations = namesOf(fcntlConstants, /^LOCK_/);
export const closeRangeFlags = namesOf(fcntlConstants, /^CLOSE_RANGE_/);
export const ioctlRequests = namesOf(ioctlConstants, /^/);
export const mountFlags = namesOf(mountConstants, /^MS_/);

export const protections = new Map([...namesOf(memoryConstants, /^PROT_(READ|WRITE|EXEC)$/), [0, 'PROT_NONE']]);
export const mapTypes = named({ MAP_SHARED: 1, MAP_PRIVATE: 2, MAP_SHARED_VALIDATE: 3 });
export const mapFlags = named({
  MAP_FIXED: 0x10,
  MAP_ANONYMOUS: 0x20,
  MAP_32BIT: 0x40,
  MAP_GROWSDOWN: 0x100,
  MAP_DENYWRITE: 0x800,
  MAP_EXECUTABLE: 0x1000,
  MAP_LOCKED: 0x2000,
  MAP_NORESERVE: 0x4000,
  MAP_POPULATE: 0x8000,
  MAP_NONBLOCK: 0x10000,
  MAP_STACK: 0x20000,
  MAP_HUGETLB: 0x40000,
  MAP_SYNC: 0x80000,
  MAP_FIXED_NOREPLACE: 0x100000,
});
export const remapFlags = named({ MREMAP_MAYMOVE: 1, MREMAP_FIXED: 2, MREMAP_DONTUNMAP: 4 });
export const advices = named({
  MADV_NORMAL: 0,
  MADV_RANDOM: 1,
  MADV_SEQUENTIAL: 2,
  MADV_WILLNEED: 3,
  MADV_DONTNEED: 4,
  MADV_FREE: 8,
  MADV_REMOVE: 9,
  MADV_DONTFORK: 10,
  MADV_DOFORK: 11,
  MADV_MERGEABLE: 12,
  MADV_UNMERGEABLE: 13,
  MADV_HUGEPAGE: 14,
  MADV_NOHUGEPAGE: 15,
  MADV_DONTDUMP: 16,
  MADV_DODUMP: 17,
  MADV_WIPEONFORK: 18,
  MADV_KEEPONFORK: 19,
});

export const cloneFlags = new Map([
  ...namesOf(cloneConstants, /^CLONE_/),
  ...named({
    CLONE_NEWTIME: 0x80,
    CLONE_NEWNS: 0x20000,
    CLONE_NEWCGROUP: 0x2000000,
    CLONE_NEWUTS: 0x4000000,
    CLONE_NEWIPC: 0x8000000,
    CLONE_NEWUSER: 0x10000000,
    CLONE_NEWPID: 0x20000000,
    CLONE_NEWNET: 0x40000000,
  }),
]);
export const waitOptions = named({
  WNOHANG: 1,
  WSTOPPED: 2,
  WEXITED: 4,
  WCONTINUED: 8,
  WNOWAIT: 0x1000000,
  __WCLONE: 0x80000000,
  __WALL: 0x40000000,
});
export const resources = named({
  RLIMIT_CPU: 0,
  RLIMIT_FSIZE: 1,
  RLIMIT_DATA: 2,
  RLIMIT_STACK: 3,
  RLIMIT_CORE: 4,
  RLIMIT_RSS: 5,
  RLIMIT_NPROC: 6,
  RLIMIT_NOFILE: 7,
  RLIMIT_MEMLOCK: 8,
  RLIMIT_AS: 9,
  RLIMIT_LOCKS: 10,
  RLIMIT_SIGPENDING: 11,
  RLIMIT_MSGQUEUE: 12,
  RLIMIT_NICE: 13,
  RLIMIT_RTPRIO: 14,
  RLIMIT_RTTIME: 15,
});
export const prctlOptions = named({
  PR_SET_PDEATHSIG: 1,
  PR_GET_PDEATHSIG: 2,
  PR_GET_DUMPABLE: 3,
  PR_SET_DUMPABLE: 4,
  PR_GET_KEEPCAPS: 7,
  PR_SET_KEEPCAPS: 8,
  PR_SET_NAME: 15,
  PR_GET_NAME: 16,
  PR_GET_SECCOMP: 21,
  PR_SET_SECCOMP: 22,
  PR_CAPBSET_READ: 23,
  PR_CAPBSET_DROP: 24,
  PR_GET_SECUREBITS: 27,
  PR_SET_SECUREBITS: 28,
  PR_SET_TIMERSLACK: 29,
  PR_GET_TIMERSLACK: 30,
  PR_SET_MM: 35,
  PR_SET_CHILD_SUBREAPER: 36,
  PR_GET_CHILD_SUBREAPER: 37,
  PR_SET_NO_NEW_PRIVS: 38,
  PR_GET_NO_NEW_PRIVS: 39,
  PR_GET_TID_ADDRESS: 40,
  PR_SET_THP_DISABLE: 41,
  PR_GET_THP_DISABLE: 42,
  PR_CAP_AMBIENT: 47,
  PR_SET_VMA: 0x53564d41,
});
export const archCodes = named({
  ARCH_SET_GS: 0x1001,
  ARCH_SET_FS: 0x1002,
  ARCH_GET_FS: 0x1003,
  ARCH_GET_GS: 0x1004,
  ARCH_GET_CPUID: 0x1011,
  ARCH_SET_CPUID: 0x1012,
  ARCH_CET_STATUS: 0x3001,
});
export const futexOperations = namesOf(
  futexConstants,
  /^FUTEX_(WAIT|WAKE|REQUEUE|CMP_REQUEUE|WAKE_OP|LOCK_PI|UNLOCK_PI|TRYLOCK_PI|WAIT_BITSET|WAKE_BITSET|LOCK_PI2)$/,
);
export const randomFlags = named({ GRND_NONBLOCK: 1, GRND_RANDOM: 2, GRND_INSECURE: 4 });

export const signals = namesOf(signalConstants, /^SIG(?!RT)[A-Z]/);
export const signalHows = namesOf(signalConstants, /^SIG_(BLOCK|UNBLOCK|SETMASK)$/);
export const signalHandlers = namesOf(signalConstants, /^SIG_(DFL|IGN)$/);
export const actionFlags = namesOf(signalConstants, /^SA_/);
/** Codes that any signal can have, and those of one signal. */
export const signalCodes = namesOf(signalConstants, /^SI_/);
export const codesOfSignal: ReadonlyMap<number, NameTable> = new Map([
  [signalConstants.SIGILL, namesOf(signalConstants, /^ILL_/)],
  [signalConstants.SIGFPE, namesOf(signalConstants, /^FPE_/)],
  [signalConstants.SIGSEGV, namesOf(signalConstants, /^SEGV_/)],
  [signalConstants.SIGBUS, namesOf(signalConstants, /^BUS_/)],
  [signalConstants.SIGTRAP, namesOf(signalConstants, /^TRAP_/)],
  [signalConstants.SIGCHLD, namesOf(signalConstants, /^CLD_/)],
]);

export const clocks = namesOf(clockConstants, /^CLOCK_/);
export const timerFlags = namesOf(clockConstants, /^TIMER_ABSTIME$/);
export const intervalTimers = namesOf(clockConstants, /^ITIMER_/);
export const pollEvents = namesOf(pollConstants, /^POLL(?!_)/);
export const epollOperations = namesOf(epollConstants, /^EPOLL_CTL_/);
/** The bits of poll(2) under their other name, and those of epoll alone. */
export const epollEvents = new Map([
  ...[...pollEvents].map(([bit, name]): [number, string] => [bit, `E${name}`]),
  ...namesOf(epollConstants, /^EPOLL(EXCLUSIVE|WAKEUP|ONESHOT|ET)$/),
]);

export const socketDomains = namesOf(socketConstants, /^AF_/);
export const socketTypes = namesOf(socketConstants, /^SOCK_(STREAM|DGRAM|RAW|SEQPACKET)$/);
export const socketFlags = namesOf(socketConstants, /^SOCK_(NONBLOCK|CLOEXEC)$/);
export const socketLevels = namesOf(socketConstants, /^SOL_/);
export const shutdownHows = namesOf(socketConstants, /^SHUT_/);
export const messageFlags = namesOf(socketConstants, /^MSG_/);
export const inetProtocols = named({
  IPPROTO_IP: 0,
  IPPROTO_ICMP: 1,
  IPPROTO_IGMP: 2,
  IPPROTO_TCP: 6,
  IPPROTO_UDP: 17,
  IPPROTO_ICMPV6: 58,
  IPPROTO_RAW: 255,
});
export const netlinkProtocols = namesOf(socketConstants, /^NETLINK_(ROUTE|SOCK_DIAG|KOBJECT_UEVENT|GENERIC)$/);
export const optionsOfLevel: ReadonlyMap<number, NameTable> = new Map([
  [socketConstants.SOL_SOCKET, namesOf(socketConstants, /^SO_/)],
  [socketConstants.SOL_IP, namesOf(socketConstants, /^IP_/)],
  [socketConstants.SOL_TCP, namesOf(socketConstants, /^TCP_/)],
  [socketConstants.SOL_PACKET, namesOf(socketConstants, /^PACKET_(?!MR_)/)],
  [socketConstants.SOL_NETLINK, namesOf(socketConstants, /^NETLINK_(ADD|DROP|PKTINFO|NO_|LIST|CAP|EXT|GET)/)],
]);
