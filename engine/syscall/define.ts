import type { SyscallName } from '../abi/syscallNumbers.ts';
import type { Task } from '../process/Task.ts';
import type { ArgumentType, ResultType } from './argumentTypes.ts';

/** Runs a call; see README.md for what arguments and results mean. */
export type SyscallHandler = (task: Task, a: number, b: number, c: number, d: number, e: number, f: number) => number;

export interface SyscallDefinition {
  readonly args: readonly ArgumentType[];
  /** Where it is not a plain number. */
  readonly result?: ResultType;
  readonly run: SyscallHandler;
  /** What is missing of the call; absent when it is complete as far as programs can tell. */
  readonly partial?: string;
}

export type SyscallFamily = Partial<Record<SyscallName, SyscallDefinition>>;

export function defineCalls(family: SyscallFamily): SyscallFamily {
  return family;
}
