/** Numbers, memory, processes and futexes. */
import {
  FUTEX_CLOCK_REALTIME,
  FUTEX_CMP_REQUEUE,
  FUTEX_LOCK_PI,
  FUTEX_LOCK_PI2,
  FUTEX_PRIVATE_FLAG,
  FUTEX_REQUEUE,
  FUTEX_WAIT,
  FUTEX_WAIT_BITSET,
  FUTEX_WAKE_BITSET,
  FUTEX_WAKE_OP,
} from '../../abi/futex.ts';
import {
  CLONE_CHILD_CLEARTID,
  CLONE_CHILD_SETTID,
  CLONE_PARENT_SETTID,
  CLONE_SETTLS,
  CLONE_PIDFD,
} from '../../process/clone.ts';
import { bytesAt, input, OMITTED, output, value } from './format.ts';
import type { ArgumentFormat, GuestMemory, TracedCall } from './format.ts';
import * as names from './names.ts';
import { signalName } from './signalText.ts';
import { flags, hex, hexOrZero, nameOr, octal, pointer, quote } from './text.ts';
import { formatTimespec } from './timeArguments.ts';

const MAP_TYPE = 0x0f;
/** The lowest byte of clone(2)'s flags is the signal at the child's end. */
const EXIT_SIGNAL_MASK = 0xff;
const NEW_UTSNAME_FIELD = 65;
const RLIM64_INFINITY = 2 ** 64;

function mapFlags(bits: number): string {
  const type = nameOr(bits & MAP_TYPE, names.mapTypes, hexOrZero);
  const rest = bits & ~MAP_TYPE;
  return rest === 0 ? type : `${type}|${flags(rest, names.mapFlags)}`;
}

function cloneFlags(bits: number): string {
  const signal = bits & EXIT_SIGNAL_MASK;
  const rest = (bits & ~EXIT_SIGNAL_MASK) >>> 0;
  const parts = rest === 0 ? [] : [flags(rest, names.cloneFlags)];
  if (signal !== 0) parts.push(signalName(signal));
  return parts.join('|') || '0';
}

/** clone(2) names its arguments, and shows those that its flags make it look at. */
function formatParentTid({ memory, args, result }: TracedCall, index: number): string {
  if ((args[0] & (CLONE_PARENT_SETTID | CLONE_PIDFD)) === 0) return OMITTED;
  const tid = result > 0 ? memory.readU32(args[index]) : -1;
  return `parent_tid=${tid < 0 ? pointer(args[index]) : `[${tid}]`}`;
}

/** `struct clone_args`, as far as its first version goes. */
function formatCloneArguments({ memory, args }: TracedCall, index: number): string | undefined {
  const [bits, , childTid, parentTid, signal, stack, stackSize, tls] = Array.from({ length: 8 }, (_, word) =>
    memory.readU64(args[index] + 8 * word),
  );
  if (bits < 0 || tls < 0) return undefined;
  const parts = [`flags=${bits === 0 ? '0' : flags(bits % 2 ** 32, names.cloneFlags)}`];
  if ((bits & (CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID)) !== 0) parts.push(`child_tid=${pointer(childTid)}`);
  if ((bits & CLONE_PARENT_SETTID) !== 0) parts.push(`parent_tid=${pointer(parentTid)}`);
  parts.push(`exit_signal=${signal === 0 ? '0' : signalName(signal)}`);
  parts.push(`stack=${pointer(stack)}`, `stack_size=${hexOrZero(stackSize)}`);
  if ((bits & CLONE_SETTLS) !== 0) parts.push(`tls=${hexOrZero(tls)}`);
  return `{${parts.join(', ')}}`;
}

/** The status word of wait(2), in the words of its macros. */
function formatWaitStatus(status: number): string {
  const signal = status & 0x7f;
  if (status === 0xffff) return 'WIFCONTINUED(s)';
  if ((status & 0xff) === 0x7f) return `WIFSTOPPED(s) && WSTOPSIG(s) == ${signalName((status >> 8) & 0xff)}`;
  if (signal === 0) return `WIFEXITED(s) && WEXITSTATUS(s) == ${(status >> 8) & 0xff}`;
  return `WIFSIGNALED(s) && WTERMSIG(s) == ${signalName(signal)}${(status & 0x80) === 0 ? '' : ' && WCOREDUMP(s)'}`;
}

function formatLimit(limit: number): string {
  if (limit >= RLIM64_INFINITY) return 'RLIM64_INFINITY';
  return limit > 1024 && limit % 1024 === 0 ? `${limit / 1024}*1024` : String(limit);
}

function formatLimits({ memory, args }: TracedCall, index: number): string | undefined {
  const current = memory.readU64(args[index]);
  const maximum = memory.readU64(args[index] + 8);
  if (current < 0 || maximum < 0) return undefined;
  return `{rlim_cur=${formatLimit(current)}, rlim_max=${formatLimit(maximum)}}`;
}

function formatSystemName({ memory, args }: TracedCall, index: number): string | undefined {
  const bytes = bytesAt(memory, args[index], 6 * NEW_UTSNAME_FIELD);
  if (bytes === undefined) return undefined;
  const field = (at: number): string => {
    const start = at * NEW_UTSNAME_FIELD;
    return quote(bytes.subarray(start, bytes.indexOf(0, start)));
  };
  return `{sysname=${field(0)}, nodename=${field(1)}, ...}`;
}

function futexOperation(operation: number): string {
  const isPrivate = (operation & FUTEX_PRIVATE_FLAG) !== 0;
  const command = operation & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
  const name = nameOr(command, names.futexOperations, hex) + (isPrivate ? '_PRIVATE' : '');
  return (operation & FUTEX_CLOCK_REALTIME) === 0 ? name : `${name}|FUTEX_CLOCK_REALTIME`;
}

const timedFutexes: readonly number[] = [FUTEX_WAIT, FUTEX_WAIT_BITSET, FUTEX_LOCK_PI, FUTEX_LOCK_PI2];
const twoFutexes: readonly number[] = [FUTEX_REQUEUE, FUTEX_CMP_REQUEUE, FUTEX_WAKE_OP];
const bitsetFutexes: readonly number[] = [FUTEX_WAIT_BITSET, FUTEX_WAKE_BITSET];

function futexCommand({ args }: TracedCall): number {
  return args[1] & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
}

function formatFutexTimeout(call: TracedCall, index: number): string {
  const command = futexCommand(call);
  if (twoFutexes.includes(command)) return String(call.args[index] | 0);
  if (!timedFutexes.includes(command)) return OMITTED;
  const address = call.args[index];
  return address === 0 ? 'NULL' : (formatTimespec(call.memory, address) ?? pointer(address));
}

function formatFutexThird(call: TracedCall, index: number): string {
  const command = futexCommand(call);
  const word = call.args[index] >>> 0;
  if (bitsetFutexes.includes(command)) return word === 0xffffffff ? 'FUTEX_BITSET_MATCH_ANY' : hexOrZero(word);
  if (command === FUTEX_CMP_REQUEUE) return String(word | 0);
  return command === FUTEX_WAKE_OP ? hexOrZero(word) : OMITTED;
}

function unsigned64(number: number): string {
  return String(number < 0 ? BigInt.asUintN(64, BigInt(number)) : number);
}

function formatStatus(memory: GuestMemory, address: number): string | undefined {
  const status = memory.readU32(address);
  return status < 0 ? undefined : `[{${formatWaitStatus(status)}}]`;
}

export const processArguments = {
  int: value((number) => String(number | 0)),
  unsigned: value((number) => String(number >>> 0)),
  long: value(String),
  octal: value(octal),
  hex: value(hexOrZero),
  pointer: value(pointer),
  size: value(unsigned64),
  offset: value(String),
  'mmap-protection': value((bits) => flags(bits, names.protections)),
  'mmap-flags': value(mapFlags),
  'mremap-flags': value((bits) => flags(bits, names.remapFlags)),
  advice: value((advice) => nameOr(advice | 0, names.advices, hexOrZero)),
  pid: value((pid) => String(pid | 0)),
  // The stack comes first, for that is where the manual page has it.
  'clone-flags': value((bits, { args }) => `child_stack=${pointer(args[1])}, flags=${cloneFlags(bits)}`),
  'clone-stack': value(() => OMITTED),
  'clone-parent-tid': { known: 'after', format: formatParentTid },
  'clone-child-tid': value((address, { args }) =>
    (args[0] & (CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID)) === 0 ? OMITTED : `child_tidptr=${pointer(address)}`,
  ),
  'clone-tls': value((address, { args }) => ((args[0] & CLONE_SETTLS) === 0 ? OMITTED : `tls=${hexOrZero(address)}`)),
  'clone-arguments': input(formatCloneArguments),
  'wait-options': value((bits) => flags(bits, names.waitOptions)),
  'wait-status-out': output(({ memory, args, result }, index) =>
    result === 0 ? undefined : formatStatus(memory, args[index]),
  ),
  resource: value((resource) => nameOr(resource | 0, names.resources, hexOrZero)),
  'rlimit-in': input(formatLimits),
  'rlimit-out': output(formatLimits),
  'prctl-option': value((option) => nameOr(option | 0, names.prctlOptions, hexOrZero)),
  'arch-prctl-code': value((code) => nameOr(code | 0, names.archCodes, hexOrZero)),
  'utsname-out': output(formatSystemName),
  'futex-operation': value(futexOperation),
  'futex-timeout': { known: 'before', format: formatFutexTimeout },
  'futex-second': value((address, call) => (twoFutexes.includes(futexCommand(call)) ? pointer(address) : OMITTED)),
  'futex-third': { known: 'before', format: formatFutexThird },
  'random-flags': value((bits) => flags(bits, names.randomFlags)),
} as const satisfies Record<string, ArgumentFormat>;
