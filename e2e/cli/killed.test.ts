/** Somebody on the host kills processes of a machine: the command says so and ends, it does not hang. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { start, UMLAUT } from './umlaut.ts';

/** Children of any thread of the process (proc_pid_task(5)). */
function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').trim().split(' ').filter(Boolean).map(Number),
  );
}

function launcherOf(pid: number): number {
  const launcher = childrenOf(pid).find((child) =>
    readFileSync(`/proc/${child}/comm`, 'latin1').startsWith('umlaut-launcher'),
  );
  if (launcher === undefined) throw new Error('the machine has no launcher');
  return launcher;
}

describe('a machine whose host processes are killed', () => {
  it('has crashed when its launcher went', async () => {
    const running = start([UMLAUT, 'boot', '--', 'sh', '-c', 'echo up; sleep 40']);
    await running.output(/up/);
    process.kill(launcherOf(running.child.pid ?? 0), 'SIGKILL');
    const { code, stderr } = await running.ended;
    expect(code).toBe(137);
    expect(stderr).toContain('the host has killed its processes');
  });

  it('loses only the process whose stub went', async () => {
    const running = start([UMLAUT, 'boot', '--', 'sh', '-c', 'echo up; sleep 40; echo "ended $?"']);
    await running.output(/up/);
    await sleep(500);
    // The youngest with a parent below: spares that wait for a fork are the last, so all but init and the shell go.
    const stubs = childrenOf(launcherOf(running.child.pid ?? 0)).sort((a, b) => a - b);
    for (const stub of stubs.slice(2)) process.kill(stub, 'SIGKILL');
    const { code, stdout } = await running.ended;
    expect(stdout).toBe('up\nended 137\n');
    expect(code).toBe(0);
  });
});
