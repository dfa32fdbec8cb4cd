import { EADDRINUSE, ECONNREFUSED, EEXIST, ENOENT } from '../../../abi/errno.ts';
import { S_IFMT, S_IFSOCK } from '../../../abi/mode.ts';
import type { Actor } from '../../../vfs/Actor.ts';
import type { Inode } from '../../../vfs/Inode.ts';
import { mknod } from '../../../vfs/pathOperations.ts';
import { walkPath, WALK_FOLLOW } from '../../../vfs/pathWalk.ts';
import { checkAccess, MAY_WRITE } from '../../../vfs/permissions.ts';
import type { UnixName } from './unixAddress.ts';
import type { UnixSocket } from './UnixSocket.ts';

/** Makes and finds the file-system names of unix sockets. */
export interface UnixPathBinder {
  /** Creates a socket file; its inode, or a negative errno. */
  create(actor: Actor, path: string): Inode | number;
  /** The socket file at `path`, if the actor may connect to it. */
  find(actor: Actor, path: string): Inode | number;
}

/** The binder that works on the machine's mount tree. */
export const vfsPathBinder: UnixPathBinder = {
  create(actor, path) {
    const error = mknod(actor, null, path, S_IFSOCK | 0o777, 0);
    if (error < 0) return error === -EEXIST ? -EADDRINUSE : error;
    const found = walkPath(actor, null, path, 0);
    return typeof found === 'number' ? found : found.inode;
  },
  find(actor, path) {
    const found = walkPath(actor, null, path, WALK_FOLLOW);
    if (typeof found === 'number') return found;
    const { inode } = found;
    const denied = checkAccess(inode, actor.credentials, MAY_WRITE);
    if (denied < 0) return denied;
    return (inode.mode & S_IFMT) === S_IFSOCK ? inode : -ECONNREFUSED;
  },
};

/** Which unix socket has which name (unix(7)). */
export class UnixNames {
  readonly #binder: UnixPathBinder;
  readonly #abstract = new Map<string, UnixSocket>();
  readonly #byInode = new Map<Inode, UnixSocket>();
  #nextAutomatic = 0;

  constructor(binder: UnixPathBinder) {
    this.#binder = binder;
  }

  /** Gives `socket` a name; null asks for a free abstract one. The name, or a negative errno. */
  bind(socket: UnixSocket, name: UnixName | null, actor: Actor): UnixName | number {
    if (name === null) {
      let text: string;
      do text = (this.#nextAutomatic++ & 0xf_ffff).toString(16).padStart(5, '0');
      while (this.#abstract.has(text));
      this.#abstract.set(text, socket);
      return { kind: 'abstract', text };
    }
    if (name.kind === 'abstract') {
      if (this.#abstract.has(name.text)) return -EADDRINUSE;
      this.#abstract.set(name.text, socket);
      return name;
    }
    const inode = this.#binder.create(actor, name.text);
    if (typeof inode === 'number') return inode;
    inode.retain();
    this.#byInode.set(inode, socket);
    return name;
  }

  /** The socket that has a name; -ECONNREFUSED when none listens there any more. */
  find(name: UnixName, actor: Actor): UnixSocket | number {
    if (name.kind === 'abstract') return this.#abstract.get(name.text) ?? -ECONNREFUSED;
    const inode = this.#binder.find(actor, name.text);
    return typeof inode === 'number' ? inode : (this.#byInode.get(inode) ?? -ECONNREFUSED);
  }

  /** Whether a file of this name is there, of whatever kind. */
  exists(name: UnixName, actor: Actor): boolean {
    return this.#binder.find(actor, name.text) !== -ENOENT;
  }

  /** The socket went; a name in the file system stays there until it is unlinked. */
  release(socket: UnixSocket): void {
    for (const [text, owner] of this.#abstract) if (owner === socket) this.#abstract.delete(text);
    for (const [inode, owner] of this.#byInode) {
      if (owner !== socket) continue;
      this.#byInode.delete(inode);
      inode.release();
    }
  }
}
