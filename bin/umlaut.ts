/** The command line's first file. */
import { readFileSync } from 'node:fs';
import { UsageError } from './cli/arguments/model.ts';
import { chooseCommand, parseArguments } from './cli/arguments/parse.ts';
import { commandHelp, generalHelp } from './cli/arguments/usage.ts';
import { commands } from './cli/commands.ts';
import { EXIT_FAILED, EXIT_WRONG_ARGUMENT } from './cli/exitCodes.ts';

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

async function main(words: readonly string[]): Promise<number> {
  const [first] = words;
  if (first === '--help' || first === '-h' || first === 'help') {
    process.stdout.write(generalHelp(commands));
    return 0;
  }
  if (first === '--version') {
    process.stdout.write(`umlaut ${version()}\n`);
    return 0;
  }
  const [command, rest] = chooseCommand(commands, words);
  const given = parseArguments(command, rest);
  if (given.kind === 'help') {
    process.stdout.write(commandHelp(command));
    return 0;
  }
  return await command.run(given);
}

function exitWith(code: number): void {
  // What is still to be read from standard input would keep the process; output to a pipe has gone on by now.
  process.exit(code);
}

try {
  exitWith(await main(process.argv.slice(2)));
} catch (error) {
  if (error instanceof UsageError) {
    const lines = [...error.problems, `umlaut: ${error.message}`];
    process.stderr.write(`${lines.join('\n')}\n`, () => exitWith(EXIT_WRONG_ARGUMENT));
  } else {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`umlaut: ${text}\n`, () => exitWith(EXIT_FAILED));
  }
}
