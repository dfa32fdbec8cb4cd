import { HostTerminal } from '../host/HostTerminal.ts';
import { OutputSink } from '../host/OutputSink.ts';
import { ConsoleStdio } from './ConsoleStdio.ts';
import type { GuestStdio } from './GuestPort.ts';
import { StreamStdio } from './StreamStdio.ts';

export interface StdioChoice {
  readonly machine: string;
  /** A command gets plain streams when this process has no terminal; a machine by itself always has a console. */
  readonly hasCommand: boolean;
  /** Keys that pull the plug were typed. */
  readonly onEscape: () => void;
  /** Whoever read our output has gone. */
  readonly onClosed: () => void;
}

/** Connects this process's standard streams as they are: both terminals, or not. */
export function chooseStdio({ machine, hasCommand, onEscape, onClosed }: StdioChoice): GuestStdio {
  const { stdin, stdout, stderr } = process;
  const output = new OutputSink(stdout);
  const errors = new OutputSink(stderr);
  output.onClosed = onClosed;
  const isTerminal = stdin.isTTY && stdout.isTTY;
  if (hasCommand && !isTerminal) return new StreamStdio(machine, { input: stdin, output, errors });
  const terminal = isTerminal ? new HostTerminal(stdin, stdout) : null;
  return new ConsoleStdio(machine, { input: stdin, output, errors, terminal, onEscape });
}
