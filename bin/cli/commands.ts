/** Every command: what it takes, what it says of itself, and what does it. The engine is loaded by those that need it. */
import { DEFAULTS } from '../../engine/api/lab/model.ts';
import { formatSize } from '../../engine/api/lab/rules.ts';
import { bashCompletion } from './arguments/completion.ts';
import type { Command, Operand } from './arguments/model.ts';
import { defineCommand } from './arguments/model.ts';
import { NETWORKS, readCpus, readMemory, readMount, readNetwork, readProfileFile, readRoot } from './values.ts';

const lab: Operand = { name: 'LAB', help: 'a folder with a lab.yaml', completes: 'directories' };
const machine: Operand = { name: 'MACHINE', help: 'the name of a machine of the lab', completes: 'nothing' };
const strace = {
  kind: 'flag',
  help: 'print the system calls of the machine on standard error, as strace does',
} as const;

const boot = defineCommand(
  {
    name: 'boot',
    summary: 'boot one machine on this terminal, or run one command in it',
    description: [
      'Boots one machine, with its console on this terminal, until it is powered off. With CMD it runs CMD instead of a shell ' +
        "and ends with it: standard input, output and error are CMD's, and so is the exit code (128 and the signal's number " +
        'when a signal killed it).',
      'Every key goes to the machine. ^] three times within a second pulls its plug; so does a second SIGTERM or SIGINT, ' +
        'the first of which shuts it down. What the machine changes is lost at its end, but for what it writes to mounts.',
    ],
    operands: [],
    guestCommand: 'optional',
    options: {
      root: {
        kind: 'value',
        placeholder: 'DIR|IMAGE',
        help: 'the root file system, never written to: a host directory or an image (default: the standard image)',
        read: readRoot,
        completes: 'files',
      },
      mem: {
        kind: 'value',
        placeholder: 'SIZE',
        help: `memory of the machine, such as 64M or 1G (default: ${formatSize(DEFAULTS.memoryBytes)})`,
        read: readMemory,
        completes: 'nothing',
      },
      cpus: {
        kind: 'value',
        placeholder: 'N',
        help: `number of its processors (default: ${DEFAULTS.cpus})`,
        read: readCpus,
        completes: 'nothing',
      },
      mount: {
        kind: 'list',
        placeholder: 'hostfs:HOSTDIR:GUESTDIR[:ro]',
        help: 'show a host directory in the machine, with :ro for reading only; may be given more than once',
        read: readMount,
        completes: 'directories',
      },
      net: {
        kind: 'value',
        placeholder: NETWORKS.join('|'),
        help: "'switch' gives it eth0 with 10.0.0.1/24 on a switch of its own (default: none)",
        read: readNetwork,
        completes: NETWORKS,
      },
      strace,
      stats: {
        kind: 'flag',
        help: 'at the end, print what the machine has done on standard error: its calls, how long they took, faults and more',
      },
      'cpu-profile': {
        kind: 'value',
        placeholder: 'FILE',
        help: "at the end, write a CPU profile of the machine's kernel to FILE (*.cpuprofile), which DevTools opens",
        read: readProfileFile,
        completes: 'files',
      },
    },
    examples: [
      'umlaut boot',
      "umlaut boot -- /bin/sh -c 'echo hello from $(uname -sr)'",
      'umlaut boot --mount hostfs:$PWD:/mnt:ro -- /mnt/program',
    ],
  },
  async ({ options, guestCommand }) => {
    const { bootMachine } = await import('./bootMachine.ts');
    return await bootMachine({
      root: options.root,
      memoryBytes: options.mem,
      cpus: options.cpus,
      mounts: options.mount,
      network: options.net ?? 'none',
      traceCalls: options.strace,
      showStatistics: options.stats,
      cpuProfile: options['cpu-profile'],
      command: guestCommand,
    });
  },
);

const run = defineCommand(
  {
    name: 'run',
    summary: 'start all machines of a lab, and show their states',
    description: [
      'Starts all machines of a lab and shows what becomes of them. ^C shuts them down, a second ^C pulls their plugs. ' +
        'Exits with 1 when a machine crashed.',
    ],
    operands: [lab],
    guestCommand: 'none',
    options: {},
    examples: ['umlaut run assets/labs/two-hosts'],
  },
  async ({ operands: [path = ''] }) => {
    const { runLab } = await import('./runLab.ts');
    return await runLab(path);
  },
);

const exec = defineCommand(
  {
    name: 'exec',
    summary: 'start a lab, run one command on one of its machines, stop the lab',
    description: [
      'Starts a lab, and when the network is up on all its machines and the start-up script of MACHINE has run, runs CMD on ' +
        "MACHINE. Prints CMD's output only, stops the lab, and exits with CMD's exit code; with 125 when it came to no CMD.",
    ],
    operands: [lab, machine],
    guestCommand: 'required',
    options: {
      strace,
      verbose: { kind: 'flag', help: 'tell on standard error what the machines are doing' },
    },
    examples: ['umlaut exec assets/labs/two-hosts h1 -- ping -c 3 10.0.0.2'],
  },
  async ({ operands: [path = '', name = ''], options, guestCommand }) => {
    const { execInLab } = await import('./execInLab.ts');
    return await execInLab({
      lab: path,
      machine: name,
      command: guestCommand,
      traceCalls: options.strace,
      verbose: options.verbose,
    });
  },
);

const completion = defineCommand(
  {
    name: 'completion',
    summary: 'print what makes bash complete these commands',
    description: ['Prints a script for bash. In your ~/.bashrc: eval "$(umlaut completion)"'],
    operands: [],
    guestCommand: 'none',
    options: {},
    examples: [],
  },
  () => {
    process.stdout.write(bashCompletion(commands));
    return Promise.resolve(0);
  },
);

export const commands: readonly Command[] = [boot, run, exec, completion];
