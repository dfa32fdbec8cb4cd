/**
 * Runs init on the host as process 1 of namespaces of its own, with the host's programs around it and the host's kernel
 * below: the oracle of what it must do in a machine.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileInit } from '../compileInit.ts';

const NAMESPACES = ['--map-root-user', '--mount', '--uts', '--ipc', '--net', '--pid', '--fork', '--mount-proc'];
const isPossible = spawnSync('unshare', [...NAMESPACES, 'mount', '-t', 'tmpfs', 'tmpfs', '/run']).status === 0;
const canLink =
  spawnSync('unshare', [...NAMESPACES, 'ip', 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'eth1']).status === 0;

const directory = mkdtempSync(join(tmpdir(), 'umlaut-init-'));
const init = join(directory, 'init');

interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Machine {
  /** The lines of the file, null for no file. */
  readonly settings?: readonly string[] | null;
  readonly script?: string;
  readonly scriptMode?: string;
  readonly command?: readonly string[];
  readonly input?: string;
}

/** Starts init with /run as the kernel would prepare it, and waits for the end. */
function boot({ settings = [], script = '', scriptMode = '644', command, input = '' }: Machine): Ended {
  const prepare = `
    mount -t tmpfs tmpfs /run && mkdir /run/umlaut
    [ -z "\${SETTINGS+set}" ] || printf %s "$SETTINGS" > /run/umlaut/machine
    printf %s "$SCRIPT" > /run/umlaut/startup.sh; chmod "$SCRIPT_MODE" /run/umlaut/startup.sh
    ip link add eth0 type veth peer eth1 2>/dev/null
    unset SETTINGS SCRIPT SCRIPT_MODE
    exec "$@"`;
  const parameters = command === undefined ? [] : ['--', ...command];
  return spawnSync('unshare', [...NAMESPACES, 'sh', '-c', prepare, 'sh', init, ...parameters], {
    encoding: 'utf8',
    input,
    timeout: 15_000,
    env: {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      ...(settings !== null && { SETTINGS: settings.map((line) => `${line}\n`).join('') }),
      SCRIPT: script,
      SCRIPT_MODE: scriptMode,
    },
  });
}

function sh(text: string): string[] {
  return ['sh', '-c', text];
}

describe.skipIf(!isPossible)('init', () => {
  beforeAll(() => {
    compileInit(import.meta.dirname, init);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  describe('with a command', () => {
    test('ends with its status', () => {
      expect(boot({ command: sh('exit 7') })).toMatchObject({ status: 7, stderr: '' });
    });

    test('ends with 128 and the number of the signal that ended it', () => {
      expect(boot({ command: sh('kill -SEGV $$') }).status).toBe(128 + 11);
    });

    test.each([
      ['/no/such/program', 127, /cannot run .*No such file/],
      ['/etc/passwd', 126, /cannot run .*Permission denied/],
    ])('ends as a shell would when %s cannot be run', (program, status, message) => {
      const ended = boot({ command: [program] });
      expect(ended.status).toBe(status);
      expect(ended.stderr).toMatch(message);
    });

    test('hands standard input through', () => {
      expect(boot({ command: ['cat'], input: 'through' }).stdout).toBe('through');
    });

    test('collects orphans', () => {
      const ended = boot({ command: sh('(sleep 0.1 & exec true); sleep 0.4; ps -e -o pid=,stat=,comm=') });
      expect(ended.stdout).toMatch(/^ *1 .*init/);
      expect(ended.stdout).not.toContain('defunct');
      expect(ended.stdout).not.toContain('sleep');
    });

    test('ends at SIGTERM with 143, whatever its children think of signals', () => {
      const ended = boot({ command: sh('trap "" TERM HUP; kill -TERM 1; sleep 10; sleep 10; echo survived') });
      expect(ended).toMatchObject({ status: 143, stdout: '' });
    });

    test('gives a session of its own', () => {
      expect(boot({ command: sh('ps -o pid=,sid= $$') }).stdout).toMatch(/^ *(\d+) +\1\n$/);
    });
  });

  describe('settings', () => {
    test('host name and environment', () => {
      const settings = [
        'hostname h1',
        'environment GREETING hello  big world',
        'environment EMPTY',
        'environment TWO a\\\\b\\nc',
      ];
      const ended = boot({ settings, command: sh('hostname; printf %s "$GREETING|$EMPTY|$TWO|$HOME|$TERM"') });
      expect(ended).toMatchObject({ stderr: '', stdout: 'h1\nhello  big world||a\\b\nc|/root|xterm-256color' });
    });

    test('kernel parameters, written with dots or slashes', () => {
      const settings = ['sysctl net.ipv4.ip_forward 1', 'sysctl net/ipv4/conf/lo/forwarding 0'];
      const command = sh('cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/lo/forwarding');
      expect(boot({ settings, command })).toMatchObject({ stderr: '', stdout: '1\n0\n' });
    });

    test('lo is up and has its address', () => {
      expect(boot({ command: sh('ip -o -4 address show lo up') }).stdout).toContain('127.0.0.1/8 scope host');
    });

    test.skipIf(!canLink)('interfaces, addresses and routes', () => {
      const settings = [
        '# a comment, then an empty line',
        '',
        'mtu eth0 1400',
        'up eth0',
        'up eth1',
        'address eth0 10.0.0.1/24',
        '  address   eth0   10.9.0.1/31 ',
        'address eth0 fd00::1/64',
        'route default via 10.0.0.254',
        'route 10.1.0.0/16 via 10.0.0.253 dev eth0',
        'route 10.2.0.0/16 dev eth0',
        'route fd01::/16 via fd00::2',
      ];
      const command = sh('ip -o link show eth0; ip -o address show eth0; ip route; ip -6 route');
      const { stdout, stderr } = boot({ settings, command });
      expect(stderr).toBe('');
      expect(stdout).toMatch(/eth0@eth1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1400/);
      expect(stdout).toMatch(/inet 10\.0\.0\.1\/24 brd 10\.0\.0\.255 scope global eth0/);
      expect(stdout).toMatch(/inet 10\.9\.0\.1\/31 scope global eth0/);
      expect(stdout).toMatch(/inet6 fd00::1\/64 scope global/);
      expect(stdout).toMatch(/^default via 10\.0\.0\.254 dev eth0/m);
      expect(stdout).toMatch(/^10\.1\.0\.0\/16 via 10\.0\.0\.253 dev eth0/m);
      expect(stdout).toMatch(/^10\.2\.0\.0\/16 dev eth0 scope link/m);
      expect(stdout).toMatch(/^fd01::\/16 via fd00::2 dev eth0/m);
    });

    test.each([
      ['up eth7', 'No such device'],
      ['address eth7 10.0.0.1/24', 'No such device'],
      ['address lo 10.0.0/24', 'Invalid argument'],
      ['address lo 10.0.0.1/33', 'Invalid argument'],
      ['address lo 10.0.0.1/', 'Invalid argument'],
      ['address lo', 'Invalid argument'],
      ['mtu lo 1500 2', 'Invalid argument'],
      ['route default over 10.0.0.1', 'Invalid argument'],
      ['route default via 10.0.0.254', 'Network is unreachable'],
      ['sysctl net.ipv4.nothing 1', 'No such file or directory'],
      ['frobnicate', 'there is no such setting'],
    ])('%s: a problem that is told and does not stop the rest', (line, message) => {
      const settings = ['hostname before', line, 'hostname after'];
      const { stdout, stderr } = boot({ settings, command: sh('hostname; cat /run/umlaut/network') });
      const problem = `line 2 of the settings, '${line}': ${message}\n`;
      expect(stderr).toBe(`init: ${problem}`);
      expect(stdout).toBe(`after\n${problem}`);
    });

    test('without any, it boots', () => {
      const ended = boot({ settings: null, command: sh('ls /run/umlaut') });
      expect(ended).toMatchObject({ stderr: '', stdout: 'network\nproblems\nready\nstartup.sh\n' });
    });
  });

  describe('the start-up script', () => {
    const settings = ['hostname h1', 'environment NAME value', 'script /run/umlaut/startup.sh'];

    test('runs after the network and before the command', () => {
      const steps = 'cat /run/umlaut/network; ls /run/umlaut/ready 2>&1 | wc -l; echo "script of $(hostname), $NAME"';
      const script = `{ ${steps}; } >/run/told`;
      const { stdout } = boot({ settings, script, command: sh('cat /run/told; ls /run/umlaut/ready') });
      expect(stdout).toBe('1\nscript of h1, value\n/run/umlaut/ready\n');
    });

    test('may name its interpreter', () => {
      const script = '#!/usr/bin/touch /run/told\n';
      const { stdout } = boot({ settings, script, scriptMode: '755', command: sh('ls /run') });
      expect(stdout).toBe('told\numlaut\n');
    });

    test('neither reads nor writes what is its command’s', () => {
      // Where there is no console to use instead (an ordinary user may not open it), nothing else is left.
      const script = '[ "$(stat -Lc %t /dev/stdout)" = 5 ] && echo of the script';
      const { stdout } = boot({ settings, script, command: ['cat'], input: 'of the command' });
      expect(stdout).toBe('of the command');
    });

    test('leaves services behind', () => {
      const script = '(sleep 0.3; echo served >/run/told) &';
      const { stdout } = boot({ settings, script, command: sh('sleep 0.6; cat /run/told') });
      expect(stdout).toBe('served\n');
    });

    test('is told of when it fails', () => {
      const { stdout, stderr } = boot({ settings, script: 'exit 3', command: sh('cat /run/umlaut/ready') });
      expect(stderr).toBe('init: the start-up script /run/umlaut/startup.sh ended with status 3\n');
      expect(stdout).toBe('the start-up script /run/umlaut/startup.sh ended with status 3\n');
    });
  });

  describe('on the console', () => {
    test('a log-in shell runs, and another when it ends', () => {
      const input = 'echo "first $0"; exit\necho "second $0"; kill -PWR 1; sleep 9\n';
      const ended = boot({ input });
      expect(ended.stdout).toContain('first -bash\n');
      expect(ended.stdout).toContain('second -bash\n');
    });

    // reboot(2) in a namespace of processes: power off becomes SIGINT for its init, restart SIGHUP.
    test.each([
      ['PWR', 'SIGINT', 'powering off'],
      ['TERM', 'SIGINT', 'powering off'],
      ['INT', 'SIGHUP', 'rebooting'],
    ])('SIG%s ends the machine by %s: %s', (sent, signal, message) => {
      const ended = boot({ input: `kill -${sent} 1; sleep 9; echo survived\n` });
      expect(ended.signal).toBe(signal);
      expect(ended.stderr).toContain(`init: ${message}`);
      expect(ended.stdout).not.toContain('survived');
    });

    test.each([
      ['poweroff', '', 'SIGINT'],
      ['halt', '', 'SIGINT'],
      ['reboot', '', 'SIGHUP'],
      ['shutdown', '-h now', 'SIGINT'],
      ['shutdown', '-r now', 'SIGHUP'],
    ])('%s %s asks process 1', (name, options, signal) => {
      const input = `ln -s ${init} /run/${name}; /run/${name} ${options}; sleep 9; echo survived\n`;
      const ended = boot({ input });
      expect(ended.signal).toBe(signal);
      expect(ended.stdout).not.toContain('survived');
    });

    test('who is not process 1 is told so', () => {
      const { status, stderr } = boot({ command: [init] });
      expect(status).toBe(2);
      expect(stderr).toContain('first process');
    });
  });
});
