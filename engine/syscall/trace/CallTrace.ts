import { syscallNumbers } from '../../abi/syscallNumbers.ts';
import { R10, R8, R9, RAX, RDI, RDX, RSI } from '../../arch/registers.ts';
import { NO_RESULT } from '../../process/CallState.ts';
import type { TaskObserver } from '../../process/Kernel.ts';
import type { SignalInfo } from '../../process/signals.ts';
import type { ArgumentType, ResultType } from '../argumentTypes.ts';
import { syscallTable } from '../table.ts';
import type { SyscallEntry } from '../table.ts';
import type { CallObserver } from '../UserMode.ts';
import { callName } from './callName.ts';
import { firstUnknown, formatArguments, formatResult } from './callText.ts';
import type { GuestMemory } from './format.ts';
import { formatSignalInfo, signalName } from './signalText.ts';

/** Where the result begins (strace's -a). */
const RESULT_COLUMN = 40;
const argumentRegisters = [RDI, RSI, RDX, R10, R8, R9];

/** What the trace has to know of a task; a test has no others. */
export interface TracedTask {
  readonly tid: number;
  readonly memory: GuestMemory;
  readonly thread: { get(register: number): number };
  readonly process: { readonly waitStatus: number; readonly threads: readonly unknown[] };
  readonly kernel: { readonly processes: { readonly tasks: { readonly size: number } } };
}

interface PendingCall {
  readonly number: number;
  readonly name: string;
  readonly types: readonly ArgumentType[];
  readonly resultType: ResultType | undefined;
  /** As they were when the call came: execve(2) and rt_sigreturn(2) change the registers. */
  readonly args: readonly number[];
  /** The text up to the first argument that the call fills in. */
  readonly beginning: string;
  readonly next: number;
  /** Somebody else's line came between, and the beginning has been written. */
  isWritten: boolean;
}

/**
 * Prints the calls of a machine as strace(1) does with -f: a call and its result are one line; when something comes
 * between, the line ends as `<unfinished ...>` and the rest follows as `<... resumed>`.
 */
export class CallTrace implements CallObserver, TaskObserver {
  private readonly table: readonly (SyscallEntry | undefined)[];
  private readonly write: (line: string) => void;
  private readonly pending = new Map<TracedTask, PendingCall>();
  /** Of those that have asked to exit. */
  private readonly exitStatus = new Map<TracedTask, number>();
  /** Whose call was the last to begin, with nothing written since. */
  private open: TracedTask | null = null;

  constructor(write: (line: string) => void, table: readonly (SyscallEntry | undefined)[] = syscallTable) {
    this.table = table;
    this.write = write;
  }

  /** A call that waited comes here again each time it is tried; it is printed once. */
  enter(task: TracedTask, number: number): void {
    if (this.pending.get(task)?.number === number) return;
    this.breakLine();
    const call = this.begin(task, number);
    this.pending.set(task, call);
    this.open = task;
    if (number === syscallNumbers.exit || number === syscallNumbers.exit_group) {
      // They do not come back.
      this.exitStatus.set(task, call.args[0] & 0xff);
      this.finish(task, call, '', '?');
    }
  }

  private begin(task: TracedTask, number: number): PendingCall {
    const args = argumentRegisters.map((register) => task.thread.get(register));
    const entry = this.table[number];
    const name = entry?.name ?? callName(number);
    const types = entry?.args ?? unknownArguments;
    const next = firstUnknown(types);
    const known = formatArguments(types, { memory: task.memory, args, result: NaN }, 0, next);
    return {
      number,
      name,
      types,
      resultType: entry?.result,
      args,
      beginning: `${name}(${known}`,
      next,
      isWritten: false,
    };
  }

  leave(task: TracedTask, number: number, result: number): void {
    const call = this.pending.get(task);
    if (call?.number !== number) return;
    const value = result === NO_RESULT ? resultWithout(task, number) : result;
    const answered = { memory: task.memory, args: call.args, result: value };
    const rest = formatArguments(call.types, answered, call.next, call.types.length);
    this.finish(task, call, rest, formatResult(answered, call.resultType));
  }

  private finish(task: TracedTask, call: PendingCall, rest: string, result: string): void {
    if (this.open !== task) this.breakLine();
    const comma = rest === '' ? '' : separator(call);
    const beginning = call.isWritten ? `<... ${call.name} resumed>` : `${call.beginning}${comma}`;
    this.pending.delete(task);
    this.open = null;
    const text = `${this.prefix(task)}${beginning}${rest}) `;
    this.write(`${text.padEnd(RESULT_COLUMN)}= ${result}`);
  }

  /** Somebody else has something to say: the line that is open ends here. */
  private breakLine(): void {
    const { open } = this;
    this.open = null;
    const call = open === null ? undefined : this.pending.get(open);
    if (open === null || call === undefined) return;
    this.write(`${this.prefix(open)}${call.beginning}${separator(call)} <unfinished ...>`);
    call.isWritten = true;
  }

  signalTaken(task: TracedTask, info: SignalInfo): void {
    this.breakLine();
    this.write(`${this.prefix(task)}--- ${signalName(info.signal)} ${formatSignalInfo(info)} ---`);
  }

  /** The task is about to end; the last of its process with the status of that. */
  taskEnded(task: TracedTask): void {
    const call = this.pending.get(task);
    if (call !== undefined) this.finish(task, call, call.isWritten ? '' : ' <unfinished ...>', '?');
    else this.breakLine();
    const status = task.process.waitStatus;
    const signal = status & 0x7f;
    const own = this.exitStatus.get(task);
    this.exitStatus.delete(task);
    const how =
      signal === 0
        ? `exited with ${own ?? (status >> 8) & 0xff}`
        : `killed by ${signalName(signal)}${(status & 0x80) === 0 ? '' : ' (core dumped)'}`;
    this.write(`${this.prefix(task)}+++ ${how} +++`);
  }

  /** With more than one task about, each line tells whose it is. */
  private prefix(task: TracedTask): string {
    return task.kernel.processes.tasks.size > 1 ? `[pid ${String(task.tid).padStart(5)}] ` : '';
  }
}

const unknownArguments: readonly ArgumentType[] = ['hex', 'hex', 'hex', 'hex', 'hex', 'hex'];
/** Between what was known before and what comes after. */
function separator({ beginning, next, types }: PendingCall): string {
  return next === types.length || beginning.endsWith('(') ? '' : ', ';
}

/** What the program sees of a call that sets the registers itself. */
function resultWithout(task: TracedTask, number: number): number {
  return number === syscallNumbers.rt_sigreturn ? task.thread.get(RAX) : 0;
}
