/** What the formats of arguments have in common. */
import type { UserMemory } from '../../mm/UserMemory.ts';
import { pointer } from './text.ts';

/** The parts of a guest's memory that the trace reads. */
export type GuestMemory = Pick<
  UserMemory,
  'copyIn' | 'readU8' | 'readU16' | 'readU32' | 'readU64' | 'readI64' | 'readString'
>;

/** A call on its way: six arguments, as they were when it came, and a result once there is one. */
export interface TracedCall {
  readonly memory: GuestMemory;
  readonly args: readonly number[];
  /** NaN before the call has returned. */
  readonly result: number;
}

/** Not printed at all: an argument that the call does not look at. */
export const OMITTED = '';

/** The text of one argument; undefined when it points to memory that cannot be read. */
export type Format = (call: TracedCall, index: number) => string | undefined;

export interface ArgumentFormat {
  /** Known when the call begins, or only when it has returned. */
  readonly known: 'before' | 'after';
  readonly format: (call: TracedCall, index: number) => string;
}

/** A number that says all. */
export function value(format: (value: number, call: TracedCall, index: number) => string): ArgumentFormat {
  return { known: 'before', format: (call, index) => format(call.args[index], call, index) };
}

function pointed(format: Format): (call: TracedCall, index: number) => string {
  return (call, index) => {
    const address = call.args[index];
    return address === 0 ? 'NULL' : (format(call, index) ?? pointer(address));
  };
}

/** A pointer to what the program hands in. */
export function input(format: Format): ArgumentFormat {
  return { known: 'before', format: pointed(format) };
}

/** A pointer to what the call fills in. A call that failed has not. */
export function output(format: Format): ArgumentFormat {
  const show = pointed(format);
  return {
    known: 'after',
    format: (call, index) => (call.result >= 0 ? show(call, index) : pointer(call.args[index])),
  };
}

/** Bytes of the guest, or undefined. */
export function bytesAt(memory: GuestMemory, address: number, length: number): Uint8Array | undefined {
  const bytes = new Uint8Array(length);
  return memory.copyIn(address, bytes, 0, length) < 0 ? undefined : bytes;
}

/** The same as a view; undefined, too, when the memory cannot be read. */
export function viewAt(memory: GuestMemory, address: number, length: number): DataView | undefined {
  const bytes = bytesAt(memory, address, length);
  return bytes === undefined ? undefined : new DataView(bytes.buffer);
}
