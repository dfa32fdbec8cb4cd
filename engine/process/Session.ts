import type { Tty } from '../tty/Tty.ts';
import type { Process } from './Process.ts';

/** A session (setsid(2)): process groups around one controlling terminal. */
export class Session {
  readonly id: number;
  leader: Process | null;
  controllingTty: Tty | null = null;

  constructor(leader: Process) {
    this.id = leader.pid;
    this.leader = leader;
  }
}

/** A process group: what a job of the shell is. */
export class ProcessGroup {
  readonly id: number;
  readonly session: Session;
  readonly members = new Set<Process>();

  constructor(id: number, session: Session) {
    this.id = id;
    this.session = session;
  }

  /** No member has a parent in another group of the session: nobody could continue it when stopped (setpgid(2)). */
  get isOrphaned(): boolean {
    for (const member of this.members) {
      const { parent } = member;
      if (member.isZombie || parent === null) continue;
      if (parent.group !== this && parent.group.session === this.session) return false;
    }
    return true;
  }
}
