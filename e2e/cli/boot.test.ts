import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start, umlaut, UMLAUT, Workspace } from './umlaut.ts';

const sh = (script: string): string[] => ['boot', '--', '/bin/sh', '-c', script];

const workspace = new Workspace();
const mounted = `hostfs:${workspace.path}:/mnt`;
beforeAll(() => {
  workspace.compile('greeting.c', 'static', '-static', '-pthread');
  workspace.compile('greeting.c', 'dynamic', '-pthread');
});
afterAll(() => workspace.dispose());

describe('a command in a machine', () => {
  it('runs as root on a kernel of its own', async () => {
    const ended = await umlaut(sh('echo hello from $(uname -sr) as $(id -un); ls / | wc -l'));
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/^hello from Linux \S*umlaut\S* as root\n\d+\n$/);
  });

  const endings: [script: string, code: number][] = [
    ['true', 0],
    ['exit 7', 7],
    ['exit 255', 255],
    ['kill -TERM $$', 128 + 15],
    ['kill -KILL $$', 128 + 9],
    ['/no/such/program', 127],
  ];
  it.each(endings)('%s ends with %i', async (script, code) => {
    expect((await umlaut(sh(script))).code).toBe(code);
  });

  it('has standard streams apart', async () => {
    const ended = await umlaut(sh('echo to one; echo to two >&2; exec cat'), 'through\n');
    expect(ended).toEqual({ code: 0, stdout: 'to one\nthrough\n', stderr: 'to two\n' });
  });

  it('reads to the end of its input', async () => {
    expect(await umlaut(sh('wc -c'), '')).toMatchObject({ code: 0, stdout: '0\n' });
  });

  it('does not wait for input that nobody reads', async () => {
    const running = start([UMLAUT, ...sh('echo done')], 'pipe');
    expect(await running.ended).toMatchObject({ code: 0, stdout: 'done\n' });
  });

  it('passes 20 MB through, byte for byte', async () => {
    const chunk = Buffer.alloc(64 * 1024);
    for (let index = 0; index < chunk.length; index++) chunk[index] = (index * 31 + (index >> 8)) & 0xff;
    const chunks = new Array<Buffer>(320).fill(chunk);
    const running = start([UMLAUT, ...sh('cat')], Readable.from(chunks));
    expect((await running.ended).code).toBe(0);
    expect(Buffer.compare(await running.bytes, Buffer.concat(chunks))).toBe(0);
  });

  it('stops when its reader has gone', async () => {
    const running = start(['/bin/bash', '-c', `'${UMLAUT}' boot -- yes | head -n 1; echo "\${PIPESTATUS[0]}"`]);
    expect(await running.ended).toEqual({ code: 0, stdout: 'y\n141\n', stderr: '' });
  });

  it('ends at a request, in an orderly way', async () => {
    const running = start([
      UMLAUT,
      ...sh('trap "" HUP; trap "echo asked; exit 5" TERM; echo ready; while :; do sleep 0.1; done'),
    ]);
    await running.output(/ready/);
    running.child.kill('SIGTERM');
    const ended = await running.ended;
    expect(ended.stdout).toBe('ready\nasked\n');
    // Its init was asked to end, and says that of itself: 128 and SIGTERM.
    expect(ended.code).toBe(143);
  });

  it('ends at the second request, whatever the guest thinks of it', async () => {
    const running = start([UMLAUT, ...sh('trap "" TERM HUP; echo ready; while :; do sleep 0.1; done')]);
    await running.output(/ready/);
    const begin = performance.now();
    running.child.kill('SIGINT');
    setTimeout(() => running.child.kill('SIGINT'), 200);
    expect((await running.ended).code).toBe(137);
    expect(performance.now() - begin).toBeLessThan(1900);
  });
});

describe('programs of the host', () => {
  it.each(['static', 'dynamic'])('a %s one runs from a mount', async (name) => {
    const ended = await umlaut(['boot', '--mount', mounted, '--', `/mnt/${name}`, 'a', 'last one'], 'a line\n');
    expect(ended).toEqual({
      code: 42,
      stdout: `3 arguments, the last is last one; read a line\npath of ${`/mnt/${name}`.length} bytes, pid of a child, in /\n`,
      stderr: 'to standard error\n',
    });
  });

  it('a mount is the host’s directory, both ways', async () => {
    writeFileSync(join(workspace.path, 'from-host'), 'hello');
    const script = 'cat /mnt/from-host; echo back > /mnt/from-guest';
    expect(await umlaut(['boot', '--mount', mounted, '--', 'sh', '-c', script])).toMatchObject({ stdout: 'hello' });
    expect(readFileSync(join(workspace.path, 'from-guest'), 'utf8')).toBe('back\n');
  });

  it('a mount for reading is not written to', async () => {
    const ended = await umlaut(['boot', '--mount', `${mounted}:ro`, '--', 'sh', '-c', 'echo no > /mnt/never']);
    expect(ended.code).not.toBe(0);
    expect(ended.stderr).toContain('Read-only file system');
  });

  it('the host itself is a root, and is not written to', async () => {
    const mark = `/var/tmp/umlaut-root-${process.pid}`;
    const script = `echo guest > ${mark} && cat ${mark}; test -x /usr/bin/gcc`;
    const ended = await umlaut(['boot', '--root', '/', '--', '/bin/sh', '-c', script]);
    expect(ended).toMatchObject({ code: 0, stdout: 'guest\n' });
    expect(() => readFileSync(mark)).toThrow('ENOENT');
  });
});

describe('settings', () => {
  it('memory and processors are what was asked for', async () => {
    const script = 'grep MemTotal /proc/meminfo; nproc';
    const ended = await umlaut(['boot', '--mem', '64M', '--cpus', '2', '--', 'sh', '-c', script]);
    const [, kilobytes = '', count] = /MemTotal: +(\d+) kB\n(\d+)\n/.exec(ended.stdout) ?? [];
    expect(Number(kilobytes)).toBeGreaterThan(56 * 1024);
    expect(Number(kilobytes)).toBeLessThanOrEqual(64 * 1024);
    expect(count).toBe('2');
  });

  it.each([
    ['none', '1: lo\n'],
    ['switch', '1: lo\n2: eth0\n'],
  ])('--net %s', async (network, links) => {
    const script = 'ip -o link | cut -d: -f1,2; ip -4 -o addr show dev eth0 2>/dev/null | grep -o "10[^ ]*/24"; exit 0';
    const { stdout } = await umlaut(['boot', '--net', network, '--', 'sh', '-c', script]);
    expect(stdout).toBe(network === 'none' ? links : `${links}10.0.0.1/24\n`);
  });

  it('--strace prints calls on standard error', async () => {
    const { code, stdout, stderr } = await umlaut(['boot', '--strace', '--', '/bin/echo', 'text']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'text\n' });
    expect(stderr).toMatch(
      /^\[pid +\d+\] execve\("\/bin\/echo", \["\/bin\/echo", "text"\], 0x[0-9a-f]+ \/\* \d+ vars \*\/\) = 0$/m,
    );
    expect(stderr).toMatch(/^\[pid +\d+\] write\(1, "text\\n", 5\) += 5$/m);
    expect(stderr).toMatch(/^\[pid +\d+\] \+\+\+ exited with 0 \+\+\+$/m);
  });
});

describe('wrong arguments', () => {
  const lines: [args: string[], sentence: string][] = [
    [['boot', '--mem', 'x'], 'umlaut: --mem x: expected a size such as 128M, between 8M and 64G.\n'],
    [['boot', '--root', '/no/such'], 'umlaut: --root: /no/such cannot be used: it is not there (ENOENT).\n'],
    [['run', '/no/such'], 'umlaut: There is no lab in /no/such: it has no file lab.yaml.\n'],
    [['bot'], "umlaut: There is no command 'bot', did you mean 'boot'?\n"],
  ];
  it.each(lines)('%j', async (args, sentence) => {
    expect(await umlaut(args)).toEqual({ code: 2, stdout: '', stderr: sentence });
  });

  it('a file that is no image', async () => {
    const ended = await umlaut(['boot', '--root', '/etc/passwd', '--', 'true']);
    expect(ended).toMatchObject({ code: 125, stdout: '' });
    expect(ended.stderr).toMatch(/^umlaut: umlaut could not be started: .+\n$/);
  });

  it('help is no error', async () => {
    expect(await umlaut(['exec', '--help'])).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^Usage: umlaut exec LAB/) as string,
    });
    expect(await umlaut(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^umlaut \d+\.\d+\.\d+\n$/) as string,
    });
  });
});
