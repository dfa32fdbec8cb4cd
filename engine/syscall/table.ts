import { syscallNumbers } from '../abi/syscallNumbers.ts';
import type { SyscallName } from '../abi/syscallNumbers.ts';
import type { ArgumentType, ResultType } from './argumentTypes.ts';
import { attributeCalls } from './attributes.ts';
import { barrierCalls } from './barrier.ts';
import { credentialCalls } from './credentials.ts';
import type { SyscallFamily, SyscallHandler } from './define.ts';
import { descriptorCalls } from './descriptor.ts';
import { directoryCalls } from './directory.ts';
import { epollCalls } from './epoll.ts';
import { eventCalls } from './event.ts';
import { futexCalls } from './futex.ts';
import { ioCalls } from './io.ts';
import { kernelLogCalls } from './kernelLog.ts';
import { memoryCalls } from './memory.ts';
import { memoryFileCalls } from './memoryFiles.ts';
import { mountCalls } from './mounts.ts';
import { nameCalls } from './names.ts';
import { openCalls } from './open.ts';
import { pipeCalls } from './pipe.ts';
import { pollCalls } from './poll.ts';
import { processCalls } from './process.ts';
import { schedulingCalls } from './scheduling.ts';
import { signalCalls } from './signal.ts';
import { socketCalls } from './socket.ts';
import { socketMessageCalls } from './socketMessages.ts';
import { statCalls } from './stat.ts';
import { storageCalls } from './storage.ts';
import { systemCalls } from './system.ts';
import { timeCalls } from './time.ts';
import { timerCalls } from './timers.ts';
import { transferCalls } from './transfer.ts';
import { xattrCalls } from './xattr.ts';

export interface SyscallEntry {
  readonly number: number;
  readonly name: SyscallName;
  readonly args: readonly ArgumentType[];
  readonly result?: ResultType;
  readonly run: SyscallHandler;
  readonly partial?: string;
}

const families: readonly SyscallFamily[] = [
  attributeCalls,
  barrierCalls,
  credentialCalls,
  descriptorCalls,
  directoryCalls,
  epollCalls,
  eventCalls,
  futexCalls,
  ioCalls,
  kernelLogCalls,
  memoryCalls,
  memoryFileCalls,
  mountCalls,
  nameCalls,
  openCalls,
  pipeCalls,
  pollCalls,
  processCalls,
  schedulingCalls,
  signalCalls,
  socketCalls,
  socketMessageCalls,
  statCalls,
  storageCalls,
  systemCalls,
  timeCalls,
  timerCalls,
  transferCalls,
  xattrCalls,
];

function buildTable(): (SyscallEntry | undefined)[] {
  const table: (SyscallEntry | undefined)[] = new Array<SyscallEntry | undefined>(512).fill(undefined);
  for (const family of families) {
    for (const [key, definition] of Object.entries(family)) {
      const name = key as SyscallName;
      const number = syscallNumbers[name];
      if (table[number] !== undefined) throw new Error(`${name} is declared twice`);
      table[number] = { number, name, ...definition };
    }
  }
  return table;
}

/** Every system call there is, by number: dispatcher, trace and docs/SYSCALLS.md come from it. */
export const syscallTable: readonly (SyscallEntry | undefined)[] = buildTable();

export const syscallHandlers: readonly (SyscallHandler | undefined)[] = syscallTable.map((entry) => entry?.run);
