import type { IoSource, IoTarget } from '../../mm/Io.ts';
import type { Actor } from '../../vfs/Actor.ts';
import type { File } from '../../vfs/File.ts';

/** One control message (cmsg(3)). */
export interface ControlMessage {
  readonly level: number;
  readonly type: number;
  readonly data: Uint8Array;
}

/** What sendmsg(2) hands to a socket. */
export interface SentMessage {
  readonly source: IoSource;
  /** A `struct sockaddr`, null for none. */
  readonly address: Uint8Array | null;
  readonly control: readonly ControlMessage[];
  /** Descriptions of SCM_RIGHTS; the socket retains those that it passes on. */
  readonly files: readonly File[];
  readonly flags: number;
  readonly sender: Actor;
}

/** What recvmsg(2) gets back, beside the bytes that went to `target`. */
export class ReceivedMessage {
  readonly target: IoTarget;
  readonly flags: number;
  address: Uint8Array | null = null;
  readonly control: ControlMessage[] = [];
  /** Descriptions of SCM_RIGHTS, one reference each for the caller. */
  files: readonly File[] = [];
  /** MSG_TRUNC, MSG_EOR, MSG_ERRQUEUE. */
  outFlags = 0;

  constructor(target: IoTarget, flags: number) {
    this.target = target;
    this.flags = flags;
  }
}
