// The trace of a guest against that of strace(1) itself: the same program natively and in a machine.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { start, umlaut, Workspace } from './umlaut.ts';

const workspace = new Workspace();
beforeAll(() => workspace.compile('calls.c', 'calls', '-static', '-w'));
afterAll(() => workspace.dispose());

/** The lines of each process, in the order of their first; a call that was broken in two is one again. */
function byProcess(trace: string): string[][] {
  const processes = new Map<string, string[]>();
  for (const line of trace.trimEnd().split('\n')) {
    const [, guest, host, text = ''] = /^(?:\[pid +(\d+)\] |(\d+) +)?(.*)$/.exec(line) ?? [];
    const pid = guest || host || 'alone';
    const lines = processes.get(pid) ?? [];
    processes.set(pid, lines);
    const rest = /^<\.\.\. \w+ resumed>(.*)$/.exec(text)?.[1];
    const begun = rest === undefined ? undefined : lines.pop()?.replace(/ <unfinished \.\.\.>$/, '');
    lines.push(begun === undefined ? text : begun + (rest ?? ''));
  }
  return [...processes.values()];
}

/**
 * What has to differ is left out: how the C library starts (`main` begins with chdir(2)), numbers of processes and addresses. A
 * tracer of the host sees SIGCHLD even where it is ignored, and the mask that rt_sigreturn(2) brings back.
 */
function normalise(trace: string): string[][] {
  const processes = byProcess(trace).map((lines) =>
    lines
      .filter((line) => !/^--- SIGCHLD|^set_robust_list/.test(line))
      .map((line) =>
        line
          .replace(/ +=/, ' =')
          .replaceAll(/0x[0-9a-f]{5,}/g, 'ADDRESS')
          .replace('rt_sigreturn({mask=[]})', 'rt_sigreturn()')
          .replaceAll(/(si_[pu]id=|kill\(|child_tidptr=ADDRESS\) = |getpid\(\) = |^wait4.*\) = )\d+/g, '$1PID'),
      ),
  );
  const main = processes.findIndex((lines) => lines.includes('chdir("/tmp") = 0'));
  // It and its two children; what follows in a machine is init.
  return processes.slice(main, main + 3).map((lines) => lines.slice(Math.max(0, lines.indexOf('chdir("/tmp") = 0'))));
}

it('prints calls as strace does', async () => {
  const file = join(workspace.path, 'native');
  await start(['strace', '-f', '-o', file, join(workspace.path, 'calls')]).ended;
  const native = normalise(readFileSync(file, 'utf8'));
  const { code, stderr } = await umlaut([
    'boot',
    '--strace',
    '--mount',
    `hostfs:${workspace.path}:/mnt:ro`,
    '--',
    '/mnt/calls',
  ]);
  expect(code).toBe(4);
  expect(native.map((lines) => lines.length > 1)).toEqual([true, true, true]);
  expect(native.flat().length).toBeGreaterThan(70);
  expect(normalise(stderr)).toEqual(native);
});
