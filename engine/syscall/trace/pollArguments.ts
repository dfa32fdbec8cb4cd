/** What poll(2), select(2) and epoll(7) wait for. */
import { EPOLL_EVENT_BYTES } from '../../abi/epoll.ts';
import { input, output, value, viewAt } from './format.ts';
import type { ArgumentFormat, GuestMemory, TracedCall } from './format.ts';
import * as names from './names.ts';
import { flags, hexOrZero, nameOr, SHOWN_ELEMENTS } from './text.ts';

const POLLFD_BYTES = 8;

function list(count: number, element: (index: number) => string | undefined): string | undefined {
  const shown: string[] = [];
  for (let index = 0; index < Math.min(count, SHOWN_ELEMENTS); index++) {
    const text = element(index);
    if (text === undefined) return undefined;
    shown.push(text);
  }
  if (count > SHOWN_ELEMENTS) shown.push('...');
  return `[${shown.join(', ')}]`;
}

function formatPollList({ memory, args }: TracedCall, index: number): string | undefined {
  return list(args[index + 1] >>> 0, (at) => {
    const view = viewAt(memory, args[index] + POLLFD_BYTES * at, POLLFD_BYTES);
    if (view === undefined) return undefined;
    const fd = view.getInt32(0, true);
    return fd < 0 ? `{fd=${fd}}` : `{fd=${fd}, events=${flags(view.getUint16(4, true), names.pollEvents)}}`;
  });
}

/** `1 ([{fd=3, revents=POLLIN}])`, with those that have something. */
export function pollResult({ memory, args, result }: TracedCall): string {
  if (result === 0) return '0 (Timeout)';
  const ready: string[] = [];
  for (let at = 0; at < args[1] >>> 0 && ready.length < SHOWN_ELEMENTS; at++) {
    const view = viewAt(memory, args[0] + POLLFD_BYTES * at, POLLFD_BYTES);
    if (view === undefined) return String(result);
    const found = view.getUint16(6, true);
    if (found !== 0) ready.push(`{fd=${view.getInt32(0, true)}, revents=${flags(found, names.pollEvents)}}`);
  }
  return `${result} ([${ready.join(', ')}])`;
}

/** `struct fd_set` up to the number of descriptors that the call looks at. */
function descriptorsAt(memory: GuestMemory, address: number, count: number): string | undefined {
  const found: number[] = [];
  for (let fd = 0; fd < count; fd += 8) {
    const byte = memory.readU8(address + fd / 8);
    if (byte < 0) return undefined;
    for (let bit = 0; bit < 8 && fd + bit < count; bit++) if (((byte >> bit) & 1) !== 0) found.push(fd + bit);
  }
  return `[${found.join(' ')}]`;
}

/** `2 (in [3], out [4])`. */
export function selectResult({ memory, args, result }: TracedCall): string {
  if (result === 0) return '0 (Timeout)';
  const sets = ['in', 'out', 'except'].flatMap((name, at) => {
    const address = args[at + 1];
    const set = address === 0 ? undefined : descriptorsAt(memory, address, Math.min(args[0], 1024));
    return set === undefined || set === '[]' ? [] : [`${name} ${set}`];
  });
  return `${result} (${sets.join(', ')})`;
}

function eventAt(memory: GuestMemory, address: number): string | undefined {
  const view = viewAt(memory, address, EPOLL_EVENT_BYTES);
  if (view === undefined) return undefined;
  const low = view.getUint32(4, true);
  const data = view.getBigUint64(4, true);
  return `{events=${flags(view.getUint32(0, true), names.epollEvents)}, data={u32=${low}, u64=${data.toString()}}}`;
}

export const pollArguments = {
  'poll-list': input(formatPollList),
  'fd-set': input(({ memory, args }, index) => descriptorsAt(memory, args[index], Math.min(args[0], 1024))),
  'epoll-operation': value((operation) => nameOr(operation | 0, names.epollOperations, hexOrZero)),
  'epoll-event': input(({ memory, args }, index) => eventAt(memory, args[index])),
  'epoll-events-out': output(({ memory, args, result }, index) =>
    list(result, (at) => eventAt(memory, args[index] + EPOLL_EVENT_BYTES * at)),
  ),
} as const satisfies Record<string, ArgumentFormat>;
