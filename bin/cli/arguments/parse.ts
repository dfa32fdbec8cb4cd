import { suggestion } from '../../../engine/api/lab/suggest.ts';
import type { Command, CommandSyntax, Operand, Option, OptionTable, OptionValues, ParsedArguments } from './model.ts';
import { UsageError } from './model.ts';

/** What stands on the command line asks for help instead of doing something. */
export type Parsed = { readonly kind: 'help' } | ({ readonly kind: 'run' } & ParsedArguments<OptionTable>);

const HELP = new Set(['--help', '-h']);

function findCommand(commands: readonly Command[], name: string): Command {
  const command = commands.find((one) => one.name === name);
  if (command !== undefined) return command;
  const known = commands.map((one) => one.name);
  const advice = suggestion(name, known) || `; there are ${known.join(', ')}`;
  throw new UsageError(`There is no command '${name}'${advice}.`.replace(/\?\.$/, '?'));
}

/** The command that the first word names, and the rest of the words. */
export function chooseCommand(commands: readonly Command[], words: readonly string[]): [Command, readonly string[]] {
  const [name, ...rest] = words;
  if (name === undefined) throw new UsageError("Say what to do: 'umlaut --help' lists the commands.");
  if (name.startsWith('-')) {
    throw new UsageError(`There is no option ${name} before the command; 'umlaut --help' lists what there is.`);
  }
  return [findCommand(commands, name), rest];
}

function findOption(syntax: CommandSyntax, word: string): [string, Option] {
  const name = word.slice(2);
  const option = word.startsWith('--') && Object.hasOwn(syntax.options, name) ? syntax.options[name] : undefined;
  if (option !== undefined) return [name, option];
  const near = suggestion(
    word,
    Object.keys(syntax.options).map((known) => `--${known}`),
  );
  const advice = near === '' ? `; see 'umlaut ${syntax.name} --help'.` : near;
  throw new UsageError(`'umlaut ${syntax.name}' has no option ${word}${advice}`);
}

function checkOperands(syntax: CommandSyntax, found: readonly string[]): void {
  const { operands, name } = syntax;
  const missing: Operand | undefined = operands[found.length];
  if (missing !== undefined) {
    throw new UsageError(`'umlaut ${name}' needs ${missing.name}: ${missing.help}. See 'umlaut ${name} --help'.`);
  }
  if (found.length > operands.length) {
    const extra = found[operands.length] ?? '';
    const advice =
      syntax.guestCommand === 'none'
        ? `'umlaut ${name}' takes ${operands.map((operand) => operand.name).join(' ') || 'no operands'}`
        : "a command for the machine goes after '--'";
    throw new UsageError(`'${extra}' is one argument too many: ${advice}.`);
  }
}

function checkGuestCommand({ guestCommand, name }: CommandSyntax, separator: number, found: readonly string[]): void {
  if (separator < 0 && guestCommand !== 'required') return;
  if (guestCommand === 'none')
    throw new UsageError(`'umlaut ${name}' runs no command: leave out '--' and what follows.`);
  if (separator < 0) throw new UsageError(`'umlaut ${name}' needs a command for the machine: add '-- CMD ARG…'.`);
  if (found.length === 0) throw new UsageError("There is no command after '--': add one, or leave out '--'.");
}

/** Words after the command's name. Options and operands may come in any order; nothing after `--` is an option. */
export function parseArguments(syntax: CommandSyntax, words: readonly string[]): Parsed {
  const separator = words.indexOf('--');
  const own = separator < 0 ? words : words.slice(0, separator);
  const guestCommand = separator < 0 ? [] : words.slice(separator + 1);
  if (own.some((word) => HELP.has(word))) return { kind: 'help' };

  const options: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(syntax.options)) {
    options[name] = option.kind === 'list' ? [] : option.kind === 'flag' ? false : undefined;
  }
  const operands: string[] = [];
  for (let index = 0; index < own.length; index++) {
    const word = own[index] ?? '';
    if (!word.startsWith('-') || word === '-') {
      operands.push(word);
      continue;
    }
    const equals = word.indexOf('=');
    const [name, option] = findOption(syntax, equals < 0 ? word : word.slice(0, equals));
    if (option.kind === 'flag') {
      if (equals >= 0) throw new UsageError(`--${name} takes no value: leave out '${word.slice(equals)}'.`);
      options[name] = true;
      continue;
    }
    const text = equals < 0 ? own[++index] : word.slice(equals + 1);
    if (text === undefined || text === '' || (equals < 0 && text.startsWith('--'))) {
      throw new UsageError(`--${name} needs a value: --${name} ${option.placeholder}.`);
    }
    const value = option.read(text);
    if (option.kind === 'list') (options[name] as unknown[]).push(value);
    else if (options[name] === undefined) options[name] = value;
    else throw new UsageError(`--${name} was given twice: give it once.`);
  }
  checkOperands(syntax, operands);
  checkGuestCommand(syntax, separator, guestCommand);
  // Each value came from its option's own `read`.
  return { kind: 'run', options: options as OptionValues<OptionTable>, operands, guestCommand };
}
