import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { umlaut, Workspace } from './umlaut.ts';

const workspace = new Workspace();
afterAll(() => workspace.dispose());

interface Profile {
  readonly nodes: readonly { readonly callFrame: { readonly functionName: string; readonly url: string } }[];
  readonly samples: readonly number[];
}

describe('what a machine has done', () => {
  it('is told at its end, on standard error only', async () => {
    const script = 'for i in 1 2 3; do (exit 0); done; cat /no/such/file 2> /dev/null; echo done';
    const { stdout, stderr, code } = await umlaut(['boot', '--stats', '--', '/bin/sh', '-c', script]);
    expect({ stdout, code }).toEqual({ stdout: 'done\n', code: 0 });
    const lines = stderr.split('\n');
    expect(lines[0]).toMatch(/^call +calls +errors +time +mean +longest +waited +mean$/);
    const processes = Number(/^processes +(\d+)$/m.exec(stderr)?.[1]);
    // init, the shell, its three subshells and cat; whether it forks for more is its own business.
    expect(processes).toBeGreaterThanOrEqual(6);
    expect(Number(/^system calls +(\d+)$/m.exec(stderr)?.[1])).toBeGreaterThan(50);
    expect(Number(/^faults +(\d+)$/m.exec(stderr)?.[1])).toBeGreaterThan(50);
    // execve(2) of the shell and of cat, at least.
    expect(Number(/^execve +(\d+)/m.exec(stderr)?.[1])).toBeGreaterThanOrEqual(2);
  });

  it('is nobody’s business unless asked', async () => {
    expect(await umlaut(['boot', '--', '/bin/true'])).toMatchObject({ stderr: '', code: 0 });
  });

  it('can be seen as a profile of its kernel', async () => {
    const path = join(workspace.path, 'kernel.cpuprofile');
    const script = 'i=0; while [ $i -lt 200 ]; do /bin/true; i=$((i+1)); done';
    const { code, stderr } = await umlaut(['boot', '--cpu-profile', path, '--', '/bin/sh', '-c', script]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { nodes, samples } = JSON.parse(readFileSync(path, 'utf8')) as Profile;
    expect(samples.length).toBeGreaterThan(100);
    expect(nodes.some(({ callFrame }) => callFrame.url.endsWith('/UserMode.ts'))).toBe(true);
  });

  it('is refused where there is no place for a profile', async () => {
    const { code, stderr } = await umlaut(['boot', '--cpu-profile', '/no/such/folder/x.cpuprofile', '--', '/bin/true']);
    expect(code).not.toBe(0);
    expect(stderr).toContain('--cpu-profile');
  });
});
