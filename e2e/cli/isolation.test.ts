// No call of a guest reaches the host's kernel: strace(1) watches every process of an engine while a guest makes calls that
// would be seen.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start, UMLAUT, Workspace } from './umlaut.ts';

/** What a stub does by itself: it maps memory, tells of traps and waits for answers, makes its next process, and ends. */
const OF_THE_STUB = new Set([
  ...['futex', 'mmap', 'munmap', 'mprotect', 'rt_sigreturn', 'sigaltstack', 'rt_sigaction', 'rt_sigprocmask'],
  ...['clone', 'clone3', 'exit', 'exit_group', 'prctl', 'arch_prctl', 'getpid', 'getppid', 'seccomp', 'sched_yield'],
]);

interface HostCall {
  readonly pid: string;
  readonly name: string;
  readonly line: string;
  /** The filter turned it into a trap: the host's kernel has not done it. */
  isAnnulled: boolean;
}

interface HostTrace {
  readonly calls: readonly HostCall[];
  /** Processes that have come from the launcher, by way of any number of forks. */
  readonly stubs: ReadonlySet<string>;
}

/** Lines of `strace -f`: a call in one line, or in two when another process came between. */
function readTrace(text: string): HostTrace {
  const calls: HostCall[] = [];
  const latest = new Map<string, HostCall>();
  const launchers = new Set<string>();
  const parents = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, pid = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const made = /^(?:<\.\.\. )?(?:clone3?|v?fork)\b.* = (\d+)$/.exec(rest);
    if (made?.[1] !== undefined) parents.set(made[1], pid);
    if (/^execve\("[^"]*umlaut-launcher"/.test(rest)) launchers.add(pid);
    const trapped = /^--- SIGSYS \{.*si_code=SYS_SECCOMP, .*si_syscall=__NR_(\w+)/.exec(rest);
    const begun = /^(\w+)\(/.exec(rest);
    if (trapped !== null) {
      const call = latest.get(pid);
      if (call?.name === trapped[1]) call.isAnnulled = true;
    } else if (begun?.[1] !== undefined) {
      const call = { pid, name: begun[1], line: rest, isAnnulled: false };
      calls.push(call);
      latest.set(pid, call);
    }
  }
  const isStub = (pid: string | undefined): boolean =>
    pid !== undefined && (launchers.has(parents.get(pid) ?? '') || isStub(parents.get(pid)));
  return { calls, stubs: new Set([...new Set(calls.map((call) => call.pid))].filter(isStub)) };
}

describe('what the host’s kernel sees of a guest', () => {
  const workspace = new Workspace();
  let trace: HostTrace;
  let stdout = '';
  beforeAll(async () => {
    workspace.compile('witness.c', 'witness', '-static');
    const file = join(workspace.path, 'trace');
    const strace = ['strace', '-f', '-qq', '-s', '256', '-o', file];
    const guest = ['boot', '--mount', `hostfs:${workspace.path}:/mnt:ro`, '--', '/mnt/witness'];
    ({ stdout } = await start([...strace, UMLAUT, ...guest]).ended);
    trace = readTrace(readFileSync(file, 'utf8'));
  });
  afterAll(() => workspace.dispose());

  it('the guest’s calls had their effect in the guest', () => {
    expect(stdout).toBe('seen\n');
  });

  it('there were processes of guests to watch', () => {
    // init, the witness, its child.
    expect(trace.stubs.size).toBeGreaterThanOrEqual(3);
    const annulled = trace.calls.filter((call) => call.isAnnulled);
    expect(annulled.length).toBeGreaterThan(20);
    for (const { pid } of annulled) expect(trace.stubs).toContain(pid);
  });

  it.each(['mkdir', 'openat', 'sethostname', 'rename', 'sendto', 'rmdir', 'kill', 'execve'])('no %s', (name) => {
    const seen = trace.calls.filter((call) => call.name === name && trace.stubs.has(call.pid));
    expect(seen.filter((call) => !call.isAnnulled)).toEqual([]);
  });

  it('nothing but what a stub does by itself', () => {
    const foreign = trace.calls.filter(
      (call) => trace.stubs.has(call.pid) && !call.isAnnulled && !OF_THE_STUB.has(call.name),
    );
    expect([...new Set(foreign.map((call) => call.name))]).toEqual([]);
  });

  it('maps nothing but the machine’s memory and its image', () => {
    const maps = trace.calls.filter((call) => trace.stubs.has(call.pid) && !call.isAnnulled && call.name === 'mmap');
    const sources = maps.map((call) => /^mmap\(\w+, \d+, [\w|]+, ([\w|]+), (-?\d+)/.exec(call.line)?.slice(1) ?? []);
    expect(sources.length).toBeGreaterThan(0);
    for (const [kind = '', fd] of sources) {
      expect(kind).toContain('MAP_FIXED');
      // 3 is the memory, 4 a read-only image; anonymous memory cannot be anybody's.
      expect(kind.includes('MAP_ANONYMOUS') ? '-1' : fd).toMatch(/^(-1|3|4)$/);
    }
  });

  it('nobody else did it on the guest’s behalf', () => {
    const words = /witness-host|\/tmp\/witness\b|inet_addr\("127\.99\.88\.77"\)|^sethostname\(/;
    const others = trace.calls.filter((call) => !trace.stubs.has(call.pid) && words.test(call.line));
    expect(others.map((call) => call.line)).toEqual([]);
  });
});
