import { describe, expect, it } from 'vitest';
import { commands } from '../commands.ts';
import { bashCompletion } from './completion.ts';
import { UsageError } from './model.ts';
import { chooseCommand, parseArguments } from './parse.ts';
import { commandHelp, generalHelp } from './usage.ts';

function parse(line: readonly string[]) {
  const [command, rest] = chooseCommand(commands, line);
  return parseArguments(command, rest);
}

const MEBIBYTE = 1024 * 1024;
const noOptions = { root: undefined, mem: undefined, cpus: undefined, mount: [], net: undefined, strace: false };

describe('what is understood', () => {
  const lines: [line: string[], expected: object][] = [
    [['boot'], { kind: 'run', options: noOptions, operands: [], guestCommand: [] }],
    [['boot', '--mem', '64M'], { options: { ...noOptions, mem: 64 * MEBIBYTE } }],
    [['boot', '--mem=1G'], { options: { ...noOptions, mem: 1024 * MEBIBYTE } }],
    [['boot', '--cpus', '4', '--strace'], { options: { ...noOptions, cpus: 4, strace: true } }],
    [['boot', '--net', 'switch'], { options: { ...noOptions, net: 'switch' } }],
    [['boot', '--root', '/usr'], { options: { ...noOptions, root: { kind: 'path', path: '/usr' } } }],
    [
      ['boot', '--mount', 'hostfs:/usr:/mnt', '--mount', 'hostfs:/etc:/mnt/etc:ro'],
      {
        options: {
          ...noOptions,
          mount: [
            { hostDirectory: '/usr', guestDirectory: '/mnt', readOnly: false },
            { hostDirectory: '/etc', guestDirectory: '/mnt/etc', readOnly: true },
          ],
        },
      },
    ],
    // Nothing after the hyphens is ours, not even further ones.
    [['boot', '--', 'ls', '--help', '--', '-x'], { guestCommand: ['ls', '--help', '--', '-x'] }],
    [['boot', '--help', '--nonsense'], { kind: 'help' }],
    [['run', '-h'], { kind: 'help' }],
    [['run', 'labs/a'], { kind: 'run', options: {}, operands: ['labs/a'], guestCommand: [] }],
    [
      ['exec', '--verbose', 'labs/a', 'h1', '--', 'ping', '-c', '3'],
      { options: { strace: false, verbose: true }, operands: ['labs/a', 'h1'], guestCommand: ['ping', '-c', '3'] },
    ],
    [['exec', 'labs/a', '--strace', 'h1', '--', 'true'], { options: { strace: true, verbose: false } }],
  ];
  it.each(lines)('%j', (line, expected) => {
    expect(parse(line)).toMatchObject(expected);
  });
});

describe('what is refused, with a sentence', () => {
  const lines: [line: string[], message: string][] = [
    [[], "Say what to do: 'umlaut --help' lists the commands."],
    [['bot'], "There is no command 'bot', did you mean 'boot'?"],
    [['frobnicate'], "There is no command 'frobnicate'; there are boot, run, exec, completion."],
    [['--mem', '1G'], "There is no option --mem before the command; 'umlaut --help' lists what there is."],
    [['boot', '--men', '1G'], "'umlaut boot' has no option --men, did you mean '--mem'?"],
    [['boot', '-x'], "'umlaut boot' has no option -x; see 'umlaut boot --help'."],
    [['boot', '--toString'], "'umlaut boot' has no option --toString; see 'umlaut boot --help'."],
    [['boot', '--mem'], '--mem needs a value: --mem SIZE.'],
    [['boot', '--mem='], '--mem needs a value: --mem SIZE.'],
    [['boot', '--mem', '--strace'], '--mem needs a value: --mem SIZE.'],
    [['boot', '--mem', 'lots'], '--mem lots: expected a size such as 128M, between 8M and 64G.'],
    [['boot', '--mem', '1M'], '--mem 1M: expected a size such as 128M, between 8M and 64G.'],
    [['boot', '--mem', '64M', '--mem', '64M'], '--mem was given twice: give it once.'],
    [['boot', '--cpus', '0'], '--cpus 0: expected a number of processors from 1 to 64.'],
    [['boot', '--cpus', '2.5'], '--cpus 2.5: expected a number of processors from 1 to 64.'],
    [['boot', '--net', 'wifi'], '--net wifi: expected none or switch.'],
    [['boot', '--strace=yes'], "--strace takes no value: leave out '=yes'."],
    [['boot', '--root', '/no/such'], '--root: /no/such cannot be used: it is not there (ENOENT).'],
    [['boot', '--root', '/dev/null'], '--root: /dev/null is neither a directory nor an image file.'],
    [
      ['boot', '--mount', '/usr'],
      '--mount /usr: expected hostfs:HOSTDIR:GUESTDIR such as hostfs:/home/me/src:/mnt, with :ro at its end to forbid writing.',
    ],
    [
      ['boot', '--mount', 'hostfs:/usr:mnt'],
      '--mount hostfs:/usr:mnt: expected hostfs:HOSTDIR:GUESTDIR such as hostfs:/home/me/src:/mnt, with :ro at its end to forbid writing.',
    ],
    [['boot', '--mount', 'hostfs:/dev/null:/mnt'], '--mount: /dev/null is not a directory.'],
    [['boot', 'ls'], "'ls' is one argument too many: a command for the machine goes after '--'."],
    [['boot', '--'], "There is no command after '--': add one, or leave out '--'."],
    [['run'], "'umlaut run' needs LAB: a folder with a lab.yaml. See 'umlaut run --help'."],
    [['run', 'a', 'b'], "'b' is one argument too many: 'umlaut run' takes LAB."],
    [['run', 'a', '--', 'ls'], "'umlaut run' runs no command: leave out '--' and what follows."],
    [['exec', 'a'], "'umlaut exec' needs MACHINE: the name of a machine of the lab. See 'umlaut exec --help'."],
    [['exec', 'a', 'h1'], "'umlaut exec' needs a command for the machine: add '-- CMD ARG…'."],
  ];
  it.each(lines)('%j', (line, message) => {
    expect(() => parse(line)).toThrow(new UsageError(message));
  });
});

describe('what is told of it', () => {
  it('lists every command', () => {
    const page = generalHelp(commands);
    for (const { name, summary } of commands) expect(page).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
  });

  it.each(commands)('explains every option and operand of $name', (command) => {
    const page = commandHelp(command);
    for (const { name } of command.operands) expect(page).toMatch(new RegExp(`^  ${name} `, 'm'));
    for (const name of Object.keys(command.options)) expect(page).toMatch(new RegExp(`^  --${name}\\b`, 'm'));
    for (const line of page.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('completes every option', () => {
    const script = bashCompletion(commands);
    for (const { options } of commands) for (const name of Object.keys(options)) expect(script).toContain(`--${name}`);
  });
});
