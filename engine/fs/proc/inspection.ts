import { CAP_SYS_PTRACE } from '../../process/Capabilities.ts';
import { isCapable } from '../../process/Credentials.ts';
import type { Credentials } from '../../process/Credentials.ts';
import type { Process } from '../../process/Process.ts';
import type { Actor } from '../../vfs/Actor.ts';

/** Whether `actor` may look into a process as a debugger could (ptrace(2), PTRACE_MODE_READ): root, or the same user. */
export function mayInspect(actor: Actor, process: Process): boolean {
  if (isCapable(actor.credentials, CAP_SYS_PTRACE) || actor.process === process) return true;
  const owner = credentialsOf(process);
  const { fsuid } = actor.credentials;
  return (
    owner !== null && process.dumpable === 1 && fsuid === owner.uid && fsuid === owner.euid && fsuid === owner.suid
  );
}

/** Null once all threads have ended. */
export function credentialsOf(process: Process): Credentials | null {
  return process.threads.length === 0 ? null : process.leader.credentials;
}
