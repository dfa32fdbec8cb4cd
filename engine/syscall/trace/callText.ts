/** The arguments of a call, and what it answers, as strace(1) writes them. */
import { ERESTARTNOHAND, ERESTARTNOINTR, ERESTARTSYS, ERESTART_RESTARTBLOCK, errnoName } from '../../abi/errno.ts';
import { errnoText } from '../../abi/errnoText.ts';
import type { ArgumentType, ResultType } from '../argumentTypes.ts';
import { fcntlResult, fileArguments } from './fileArguments.ts';
import type { ArgumentFormat, TracedCall } from './format.ts';
import { OMITTED } from './format.ts';
import { pollArguments, pollResult, selectResult } from './pollArguments.ts';
import { processArguments } from './processArguments.ts';
import { signalArguments } from './signalText.ts';
import { socketArguments } from './socketArguments.ts';
import { hex, octal } from './text.ts';
import { timeArguments } from './timeArguments.ts';

const formats: Readonly<Record<ArgumentType, ArgumentFormat>> = {
  ...fileArguments,
  ...pollArguments,
  ...processArguments,
  ...signalArguments,
  ...socketArguments,
  ...timeArguments,
};

/** The first argument that only the end of the call will tell, or how many there are. */
export function firstUnknown(types: readonly ArgumentType[]): number {
  const unknown = types.findIndex((type) => formats[type].known === 'after');
  return unknown < 0 ? types.length : unknown;
}

/** `AT_FDCWD, "/etc", O_RDONLY`: the arguments from `first` up to `end`. */
export function formatArguments(types: readonly ArgumentType[], call: TracedCall, first: number, end: number): string {
  const texts: string[] = [];
  for (let index = first; index < end; index++) {
    const text = formats[types[index]].format(call, index);
    if (text !== OMITTED) texts.push(text);
  }
  return texts.join(', ');
}

const restarts: ReadonlyMap<number, string> = new Map([
  [ERESTARTSYS, 'ERESTARTSYS (To be restarted if SA_RESTART is set)'],
  [ERESTARTNOINTR, 'ERESTARTNOINTR (To be restarted)'],
  [ERESTARTNOHAND, 'ERESTARTNOHAND (To be restarted if no handler)'],
  [ERESTART_RESTARTBLOCK, 'ERESTART_RESTARTBLOCK (Interrupted by signal)'],
]);

const LARGEST_ERRNO = 4095;

/** What stands after the `=`. */
export function formatResult(call: TracedCall, type: ResultType | undefined): string {
  const { result } = call;
  if (result < 0 && result >= -LARGEST_ERRNO) {
    const restart = restarts.get(-result);
    return restart === undefined ? `-1 ${errnoName(-result)} (${errnoText(-result)})` : `? ${restart}`;
  }
  switch (type) {
    case 'address':
      return hex(result);
    case 'octal':
      return octal(result);
    case 'fcntl':
      return fcntlResult(call.args[1] | 0, result);
    case 'poll':
      return pollResult(call);
    case 'select':
      return selectResult(call);
    default:
      return String(result);
  }
}
