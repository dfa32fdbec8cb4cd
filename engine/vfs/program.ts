import { EACCES, ELOOP, ETXTBSY } from '../abi/errno.ts';
import { O_RDONLY } from '../abi/open.ts';
import type { Actor } from './Actor.ts';
import type { File } from './File.ts';
import type { Inode } from './Inode.ts';
import { MS_NOEXEC } from './Mount.ts';
import type { Path } from './Path.ts';
import { walkPath } from './pathWalk.ts';
import { MAY_EXECUTE, checkAccess } from './permissions.ts';
import { RegularFile } from './RegularFile.ts';
import type { Vfs } from './Vfs.ts';

/** A program as execve(2) opened it: as long as it is held, nobody can open the file for writing (-ETXTBSY). */
class ProgramFile extends RegularFile {
  constructor(inode: Inode, path: Path, vfs: Vfs) {
    super(O_RDONLY, inode, path, vfs.frames);
    inode.writers--;
  }

  protected override release(): void {
    this.inode.writers++;
    super.release();
  }
}

/**
 * Opens `path` to be executed: permission to execute is needed, and none to read. A description with one reference for the
 * caller, or a negative errno. `walkFlags` are WALK_*.
 */
export function openProgramFile(
  vfs: Vfs,
  actor: Actor,
  base: Path | null,
  path: string,
  walkFlags: number,
): File | number {
  const place = walkPath(actor, base, path, walkFlags);
  if (typeof place === 'number') return place;
  const { inode, mount } = place;
  const refreshed = inode.refresh();
  if (refreshed < 0) return refreshed;
  if (inode.isSymlink) return -ELOOP;
  if (!inode.isRegular || (mount.flags & MS_NOEXEC) !== 0) return -EACCES;
  const denied = checkAccess(inode, actor.credentials, MAY_EXECUTE);
  if (denied < 0) return denied;
  if (inode.writers > 0) return -ETXTBSY;
  const error = inode.prepareOpen(O_RDONLY);
  return error < 0 ? error : new ProgramFile(inode, place, vfs);
}
