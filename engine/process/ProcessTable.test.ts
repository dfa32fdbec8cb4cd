import { describe, expect, it } from 'vitest';
import { ProcessTable } from './ProcessTable.ts';
import type { Process } from './Process.ts';
import { ProcessGroup } from './Session.ts';

const PID_LIMIT = 32768;

/** A process as the table needs it: nothing runs. */
function fork(table: ProcessTable, parent: Process | null): Process {
  const kernel = { clock: { monotonicNs: () => 0 } } as never;
  return table.createProcess(kernel, table.allocatePid(), parent, null as never);
}

function boot() {
  const table = new ProcessTable();
  return { table, init: fork(table, null) };
}

function end(table: ProcessTable, process: Process): void {
  process.isZombie = true;
  table.removeProcess(process);
}

describe('allocatePid', () => {
  it('counts up, and gives no number back at once', () => {
    const { table, init } = boot();
    expect(init.pid).toBe(1);
    const child = fork(table, init);
    end(table, child);
    expect([child.pid, table.allocatePid()]).toEqual([2, 3]);
    expect(table.newestPid).toBe(3);
  });

  it('begins again at 300, and leaves out what is in use', () => {
    const { table, init } = boot();
    for (let pid = 2; pid < 300; pid++) table.allocatePid();
    const held = fork(table, init);
    expect(held.pid).toBe(300);
    for (let pid = 301; pid < PID_LIMIT; pid++) expect(table.allocatePid()).toBe(pid);
    expect(table.allocatePid()).toBe(301);
  });

  it('keeps the number of a leader that is gone while its group lives', () => {
    const { table, init } = boot();
    while (table.allocatePid() < 300);
    const leader = fork(table, init);
    table.joinGroup(leader, new ProcessGroup(leader.pid, leader.session));
    const member = fork(table, leader);
    end(table, leader);
    for (let pid = table.newestPid; pid < PID_LIMIT - 1; pid++) table.allocatePid();
    expect(table.allocatePid()).toBe(300);
    expect(table.allocatePid()).toBe(303);
    expect(member.group.id).toBe(leader.pid);
  });

  it('keeps the number of a session while any group of it lives', () => {
    const { table, init } = boot();
    while (table.allocatePid() < 300);
    const shell = fork(table, init);
    table.startSession(shell);
    const job = fork(table, shell);
    table.joinGroup(job, new ProcessGroup(job.pid, shell.session));
    end(table, shell);
    for (let pid = table.newestPid; pid < PID_LIMIT - 1; pid++) table.allocatePid();
    expect(table.allocatePid()).toBe(300);
    expect([table.allocatePid(), job.session.id]).toEqual([303, 301]);
  });

  it('answers -1 when all are taken', () => {
    const table = new ProcessTable();
    for (let pid = 1; pid < PID_LIMIT; pid++) table.tasks.set(table.allocatePid(), null as never);
    expect(table.allocatePid()).toBe(-1);
    table.tasks.delete(4711);
    expect(table.allocatePid()).toBe(4711);
  });
});

describe('families', () => {
  it('lead sessions of their own without a parent, and share group and session with one', () => {
    const { table, init } = boot();
    expect([init.session.id, init.session.leader, init.group.id]).toEqual([1, init, 1]);
    const child = fork(table, init);
    expect(child.group).toBe(init.group);
    expect([...init.group.members]).toEqual([init, child]);
    expect([...init.children]).toEqual([child]);
    expect(table.forkCount).toBe(2);
    end(table, child);
    expect([init.children.size, init.group.members.size, table.processes.has(child.pid)]).toEqual([0, 1, false]);
  });

  it('leave no group behind that is empty', () => {
    const { table, init } = boot();
    const child = fork(table, init);
    table.joinGroup(child, new ProcessGroup(child.pid, child.session));
    expect(table.groups.get(child.pid)?.members.has(child)).toBe(true);
    table.joinGroup(child, init.group);
    expect([...table.groups.keys()]).toEqual([1]);
    table.joinGroup(child, init.group);
    table.joinGroup(init, init.group);
    expect([...init.group.members]).toEqual([child, init]);
    expect(table.groups.get(1)).toBe(init.group);
  });

  it('start a session as leaders of session and group', () => {
    const { table, init } = boot();
    const child = fork(table, init);
    table.startSession(child);
    expect([child.session.id, child.session.leader, child.group.id]).toEqual([child.pid, child, child.pid]);
    expect(init.session.leader).toBe(init);
  });
});

describe('orphaned groups', () => {
  it('have nobody in their session who could continue them', () => {
    const { table, init } = boot();
    const shell = fork(table, init);
    table.startSession(shell);
    const job = fork(table, shell);
    table.joinGroup(job, new ProcessGroup(job.pid, shell.session));
    const part = fork(table, job);
    expect([shell.group.isOrphaned, job.group.isOrphaned]).toEqual([true, false]);
    // The shell ends: init, in another session, adopts the job.
    job.parent = init;
    expect(job.group.isOrphaned).toBe(true);
    // A parent in the group itself does not count.
    expect(part.parent?.group).toBe(job.group);
  });
});
