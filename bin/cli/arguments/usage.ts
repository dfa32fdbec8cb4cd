/** Help pages, from the same tables as the parser. */
import type { Command, CommandSyntax, Option } from './model.ts';

const WIDTH = 100;

function optionText(name: string, option: Option): string {
  return option.kind === 'flag' ? `--${name}` : `--${name} ${option.placeholder}`;
}

/** Words up to the width, further lines indented. */
function wrap(words: readonly string[], indent: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.join(`\n${' '.repeat(indent)}`);
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length)) + 4;
  return rows.map(([left, right]) => `  ${left.padEnd(width - 2)}${wrap(right.split(' '), width)}`).join('\n');
}

/** What stands in brackets stays on one line. */
function usageWords(syntax: CommandSyntax): string[] {
  const { guestCommand } = syntax;
  const words = [
    'umlaut',
    syntax.name,
    ...syntax.operands.map((operand) => operand.name),
    ...Object.entries(syntax.options).map(
      ([name, option]) => `[${optionText(name, option)}]${option.kind === 'list' ? '…' : ''}`,
    ),
  ];
  if (guestCommand === 'optional') words.push('[-- CMD ARG…]');
  if (guestCommand === 'required') words.push('-- CMD ARG…');
  return words;
}

export function commandHelp(syntax: CommandSyntax): string {
  const rows = [
    ...syntax.operands.map(({ name, help }): [string, string] => [name, help]),
    ...Object.entries(syntax.options).map(([name, option]): [string, string] => [
      optionText(name, option),
      option.help,
    ]),
    ['-h, --help', 'show this page'] as const,
  ];
  const parts = [
    `Usage: ${wrap(usageWords(syntax), 7)}`,
    ...syntax.description.map((text) => wrap(text.split(' '), 0)),
    table(rows),
  ];
  if (syntax.examples.length > 0) parts.push(`Examples:\n${syntax.examples.map((line) => `  ${line}`).join('\n')}`);
  return `${parts.join('\n\n')}\n`;
}

export function generalHelp(commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }): [string, string] => [name, summary]);
  return `Usage: umlaut COMMAND [ARGUMENT…]

Umlaut runs networks of little Linux machines. This is its command line; 'umlaut COMMAND --help' says more.

${table(rows)}

${table([
  ['-h, --help', 'show this page'],
  ['--version', 'show the version'],
])}
`;
}
