import { syscallNumbers } from '../../abi/syscallNumbers.ts';
import { hex } from './text.ts';

const namesByNumber = new Map<number, string>(Object.entries(syscallNumbers).map(([name, number]) => [number, name]));

/** A call that there is on x86-64, but not here, has a name all the same. */
export function callName(number: number): string {
  return namesByNumber.get(number) ?? `syscall_${hex(number >>> 0)}`;
}
