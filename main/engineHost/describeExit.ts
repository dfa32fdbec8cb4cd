/** How a process ended, in words. */
import { constants } from 'node:os';

/** Completes "the engine …". */
export function describeExit(code: number, lastWords: string): string {
  if (code === 0) return 'ended by itself';
  // An exception that nobody caught ends the process with code 1, or by SIGABRT where Electron takes a dump of it.
  const error = /^(?:Uncaught )?(\w*Error: .*)$/m.exec(lastWords)?.[1];
  if (error !== undefined && code !== constants.signals.SIGKILL) return `failed: ${error}`;
  const signal = Object.entries(constants.signals).find(([, number]) => number === code)?.[0];
  // Codes of programs that end by themselves are small as well, but 1 is no signal that anybody sends here.
  return signal === undefined || code === 1 ? `ended with code ${code}` : `was killed by ${signal}`;
}
