import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start, umlaut, UMLAUT, Workspace } from './umlaut.ts';

const workspace = new Workspace();
let twoHosts = '';
let router = '';
beforeAll(() => {
  twoHosts = workspace.sampleLab('two-hosts');
  router = workspace.sampleLab('router');
});
afterAll(() => workspace.dispose());

const exec = (lab: string, machine: string, script: string): string[] => [
  'exec',
  lab,
  machine,
  '--',
  'sh',
  '-c',
  script,
];

/** Two machines on a switch, of which h2 does something when its network is up. */
function labWithServer(name: string, startup: string): string {
  const indented = startup.replaceAll(/^/gm, '      ');
  return workspace.lab(
    name,
    `machines:
  h1:
    interfaces: { eth0: { addresses: [10.0.0.1/24] } }
  h2:
    interfaces: { eth0: { addresses: [10.0.0.2/24] } }
    startup: |
${indented}
switches:
  sw1: {}
links:
  - [h1:eth0, sw1:1]
  - [h2:eth0, sw1:2]
`,
  );
}

describe('two machines on a switch', () => {
  it('ping', async () => {
    const ended = await umlaut(['exec', twoHosts, 'h1', '--', 'ping', '-c', '3', '10.0.0.2']);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout.match(/64 bytes from 10\.0\.0\.2: icmp_seq=[123] ttl=64/g)).toHaveLength(3);
    expect(ended.stdout).toContain('3 packets transmitted, 3 received, 0% packet loss');
  });

  it('know their routes and addresses', async () => {
    const ended = await umlaut(
      exec(twoHosts, 'h1', 'hostname; ip route; ip -4 -o addr show dev eth0; cat /proc/net/dev | grep -c eth0'),
    );
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(
      /^h1\n10\.0\.0\.0\/24 dev eth0 proto kernel scope link src 10\.0\.0\.1 \n2: eth0 +inet 10\.0\.0\.1\/24 brd 10\.0\.0\.255 .*\n1\n$/,
    );
  });

  it('are watched by tcpdump', async () => {
    const script =
      'tcpdump -l -n -i eth0 -c 4 icmp 2>/dev/null & sleep 0.7; ping -c 2 -i 0.2 10.0.0.2 >/dev/null; wait';
    const { stdout } = await umlaut(exec(twoHosts, 'h1', script));
    const seen = stdout.match(/IP \S+ > \S+: ICMP echo (request|reply)/g);
    expect(seen).toEqual([
      'IP 10.0.0.1 > 10.0.0.2: ICMP echo request',
      'IP 10.0.0.2 > 10.0.0.1: ICMP echo reply',
      'IP 10.0.0.1 > 10.0.0.2: ICMP echo request',
      'IP 10.0.0.2 > 10.0.0.1: ICMP echo reply',
    ]);
  });

  it('say that nobody is there', async () => {
    const ended = await umlaut(['exec', twoHosts, 'h1', '--', 'ping', '-c', '1', '-W', '2', '10.0.0.99']);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('1 packets transmitted, 0 received');
  });
});

describe('100 MB through TCP', () => {
  const bytes = 100_000_000;
  /** Numbers, a line each: no two packets are alike. */
  function* numbers(): Generator<Buffer> {
    let left = bytes;
    for (let next = 1; left > 0;) {
      let text = '';
      while (text.length < 65536) text += `${next++}\n`;
      const chunk = Buffer.from(text.slice(0, left));
      left -= chunk.length;
      yield chunk;
    }
  }
  const sum = createHash('md5');
  for (const chunk of numbers()) sum.update(chunk);
  const expected = `${sum.digest('hex')}  -\n`;

  it('from the host through h1 to h2', async () => {
    const lab = labWithServer(
      'to-h2',
      `{ nc -l -p 7000 | md5sum >/run/sum; nc -N -l -p 7001 </run/sum; } </dev/null >/dev/null 2>&1 &`,
    );
    const script = 'until nc -N 10.0.0.2 7000; do sleep 0.1; done; until nc -d 10.0.0.2 7001; do sleep 0.1; done';
    const ended = await umlaut(exec(lab, 'h1', script), Readable.from(numbers()));
    expect(ended).toEqual({ code: 0, stdout: expected, stderr: '' });
  });

  it('from h2 to h1', async () => {
    const lab = labWithServer(
      'from-h2',
      `seq 1 20000000 | head -c ${bytes} 2>/dev/null | nc -N -l -p 7002 >/dev/null 2>&1 &`,
    );
    const ended = await umlaut(exec(lab, 'h1', 'until nc -d 10.0.0.2 7002; do sleep 0.1; done | md5sum'));
    expect(ended).toEqual({ code: 0, stdout: expected, stderr: '' });
  });
});

describe('three machines, one of them a router', () => {
  it('forwards, with a time to live less by one', async () => {
    const ended = await umlaut(['exec', router, 'h1', '--', 'ping', '-c', '2', '-i', '0.2', '10.0.2.1']);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout.match(/64 bytes from 10\.0\.2\.1: icmp_seq=\d ttl=63/g)).toHaveLength(2);
  });

  it('does not when it is told not to', async () => {
    const ended = await umlaut(
      exec(
        router,
        'r1',
        'sysctl -q -w net.ipv4.ip_forward=0; ping -c 1 -W 1 10.0.1.1 >/dev/null && cat /proc/sys/net/ipv4/ip_forward',
      ),
    );
    expect(ended).toMatchObject({ code: 0, stdout: '0\n' });
  });
});

describe('exec', () => {
  it('prints nothing but the command’s output, not that of start-up scripts', async () => {
    const lab = workspace.lab(
      'script',
      'machines:\n  one:\n    startup: |\n      echo of the script; echo $HOSTNAME >/run/ran\n',
    );
    expect(await umlaut(exec(lab, 'one', 'echo of the command; test -e /run/ran'))).toEqual({
      code: 0,
      stdout: 'of the command\n',
      stderr: '',
    });
  });

  it('passes exit codes and input through', async () => {
    expect(await umlaut(exec(twoHosts, 'h2', 'cat; exit 9'), 'text')).toEqual({ code: 9, stdout: 'text', stderr: '' });
  });

  it('tells what the machines do when asked', async () => {
    const { stderr } = await umlaut(['exec', '--verbose', twoHosts, 'h1', '--', 'true']);
    for (const line of ['h2: running', 'h1: running', 'h1: stopped', 'h2: stopped'])
      expect(stderr).toContain(`umlaut: ${line}\n`);
    expect(stderr.indexOf('h2: running')).toBeLessThan(stderr.indexOf('h1: booting'));
  });

  it('keeps what a machine changed in its directory', async () => {
    await umlaut(exec(twoHosts, 'h2', 'echo kept >/etc/mark'));
    expect(existsSync(join(twoHosts, 'h2', 'changes', 'etc', 'mark'))).toBe(true);
    expect(await umlaut(exec(twoHosts, 'h2', 'cat /etc/mark'))).toMatchObject({ stdout: 'kept\n' });
  });

  it('knows the machines of the lab', async () => {
    expect(await umlaut(['exec', twoHosts, 'h3', '--', 'true'])).toEqual({
      code: 2,
      stdout: '',
      stderr: `umlaut: ${twoHosts} has no machine h3, did you mean 'h1'?\n`,
    });
  });

  it('tells where a lab file is wrong', async () => {
    const lab = workspace.lab('broken', 'machines:\n  h1:\n    memory: lots\n    colour: red\n');
    const { code, stderr } = await umlaut(['exec', lab, 'h1', '--', 'true']);
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`^${lab}/lab\\.yaml:4:13: machines\\.h1\\.memory: expected a size`));
    expect(stderr).toContain(`${lab}/lab.yaml:5:5: `);
  });
});

describe('run', () => {
  it('starts every machine, and stops them on ^C', async () => {
    const running = start([UMLAUT, 'run', twoHosts]);
    await running.output(/h1 {2}running[^]*h2 {2}running|h2 {2}running[^]*h1 {2}running/);
    running.child.kill('SIGINT');
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    for (const line of [
      'Stopping. ^C once more pulls the plug.',
      'h1  stopping',
      'h2  stopping',
      'h1  stopped',
      'h2  stopped',
    ]) {
      expect(stdout).toContain(`${line}\n`);
    }
  });

  it('ends by itself when all machines have', async () => {
    const lab = workspace.lab('short', 'machines:\n  one:\n    startup: poweroff\n');
    const { code, stdout } = await umlaut(['run', lab]);
    expect({ code, last: stdout.trimEnd().split('\n').at(-1) }).toEqual({ code: 0, last: 'one  stopped' });
  });

  it('ends with 1 when a machine crashed', async () => {
    const lab = workspace.lab('crash', 'machines:\n  one:\n    root: ./lab.yaml\n');
    const { code, stdout } = await umlaut(['run', lab]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^one {2}crashed: .+$/m);
  });
});

describe('two commands on one lab', () => {
  it('are kept apart: the second is told that a machine runs already', async () => {
    const lab = workspace.sampleLab('two-hosts');
    const first = start([UMLAUT, 'exec', lab, 'h1', '--', 'sh', '-c', 'echo up; sleep 3']);
    await first.output(/up/);
    const { code, stderr } = await umlaut(['exec', lab, 'h1', '--', 'true']);
    expect(code).toBe(125);
    expect(stderr).toContain('is in use: the machine runs already');
    expect((await first.ended).code).toBe(0);
    expect((await umlaut(['exec', lab, 'h1', '--', 'true'])).code).toBe(0);
  });
});
