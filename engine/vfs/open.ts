import { EACCES, EEXIST, EINVAL, EISDIR, ELOOP, ENOENT, ENOTDIR, ENXIO, EPERM, EROFS, ETXTBSY } from '../abi/errno.ts';
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK } from '../abi/mode.ts';
import {
  O_ACCMODE,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOATIME,
  O_NOFOLLOW,
  O_PATH,
  O_RDONLY,
  O_TMPFILE,
  O_TRUNC,
  O_WRONLY,
} from '../abi/open.ts';
import type { Actor } from './Actor.ts';
import { Dentry } from './Dentry.ts';
import { DirectoryFile } from './DirectoryFile.ts';
import { PathFile } from './File.ts';
import type { File } from './File.ts';
import type { Inode } from './Inode.ts';
import { MS_NODEV } from './Mount.ts';
import { Path } from './Path.ts';
import { PathWalk, WALK_DIRECTORY, WALK_FOLLOW, walkPath } from './pathWalk.ts';
import { MAY_EXECUTE, MAY_READ, MAY_WRITE, checkAccess, isOwner, newAttributes } from './permissions.ts';
import { RegularFile } from './RegularFile.ts';
import type { Vfs } from './Vfs.ts';

/** Flags that only matter while opening; the rest stays in the description. */
const CREATION_FLAGS = O_CREAT | O_EXCL | O_TRUNC | O_DIRECTORY | O_NOFOLLOW | 0o400 | 0o2000000;
const TMPFILE_BIT = O_TMPFILE & ~O_DIRECTORY;

/**
 * open(2) for a task, or for the kernel itself: a description with one reference for the caller, or a negative errno.
 * `mode` is used as it is given less the umask; `walkFlags` are WALK_* restrictions of openat2(2).
 */
export function openFile(
  vfs: Vfs,
  actor: Actor,
  base: Path | null,
  path: string,
  flags: number,
  mode: number,
  walkFlags = 0,
): File | number {
  if (path === '') return -ENOENT;
  if ((flags & O_PATH) !== 0) {
    const follow = (flags & O_NOFOLLOW) === 0 ? WALK_FOLLOW : 0;
    const place = walkPath(actor, base, path, walkFlags | follow | ((flags & O_DIRECTORY) !== 0 ? WALK_DIRECTORY : 0));
    return typeof place === 'number' ? place : new PlaceFile(place);
  }
  if ((flags & TMPFILE_BIT) !== 0) return openUnnamed(vfs, actor, base, path, flags, mode, walkFlags);
  const walk = new PathWalk(actor, base, walkFlags);
  const error = walk.toParent(path);
  if (error < 0) return error;
  const creates = (flags & O_CREAT) !== 0;
  if (creates && walk.lastHasSlash) return -EISDIR;
  const exclusive = creates && (flags & O_EXCL) !== 0;
  const follow = (flags & O_NOFOLLOW) === 0 && !exclusive ? WALK_FOLLOW : 0;
  const end = walk.finish(follow | ((flags & O_DIRECTORY) !== 0 && !creates ? WALK_DIRECTORY : 0));
  if (end === -ENOENT && creates && walk.found !== null) {
    if (walk.lastHasSlash) return -EISDIR;
    const created = createRegular(actor, walk, mode);
    if (created < 0) return created;
    // Whoever creates a file may open it in any way, whatever its mode says.
    return openInode(vfs, actor, walk.path, flags & ~O_TRUNC);
  }
  if (end < 0) return end;
  if (exclusive) return -EEXIST;
  const place = walk.path;
  const { inode } = place;
  if (inode.isSymlink) return -ELOOP;
  if (creates && inode.isDirectory) return -EISDIR;
  if ((flags & O_DIRECTORY) !== 0 && !inode.isDirectory) return -ENOTDIR;
  return openExisting(vfs, actor, place, flags);
}

/** Opens what a walk found: permission checks, truncation, and the description by file type. */
function openExisting(vfs: Vfs, actor: Actor, place: Path, flags: number): File | number {
  const { inode, mount } = place;
  const refreshed = inode.refresh();
  if (refreshed < 0) return refreshed;
  const wanted = wantedAccess(flags);
  const changes = (wanted & MAY_WRITE) !== 0;
  const type = inode.mode & S_IFMT;
  if (changes && type === S_IFDIR) return -EISDIR;
  if (changes && mount.isReadOnly && (type === S_IFREG || type === S_IFLNK)) return -EROFS;
  if ((mount.flags & MS_NODEV) !== 0 && (type === S_IFCHR || type === S_IFBLK)) return -EACCES;
  const denied = checkAccess(inode, actor.credentials, wanted);
  if (denied < 0) return denied;
  if ((flags & O_NOATIME) !== 0 && !isOwner(inode, actor.credentials)) return -EPERM;
  if (changes && inode.writers < 0) return -ETXTBSY;
  return openInode(vfs, actor, place, flags);
}

function openInode(vfs: Vfs, actor: Actor, place: Path, flags: number): File | number {
  const { inode } = place;
  const kept = flags & ~CREATION_FLAGS;
  const special = inode.openSpecial(kept, actor);
  if (special !== null) {
    if (typeof special !== 'number') settle(special, place);
    return special;
  }
  let file: File | number;
  switch (inode.mode & S_IFMT) {
    case S_IFREG: {
      const error = inode.prepareOpen(flags);
      if (error < 0) return error;
      file = new RegularFile(kept, inode, place, vfs.frames);
      if ((flags & O_TRUNC) === 0 || inode.size === 0) return file;
      const truncated = inode.truncate(0);
      if (truncated >= 0) return file;
      file.close();
      return truncated;
    }
    case S_IFDIR:
      return new DirectoryFile(kept, inode, place);
    case S_IFLNK:
      return -ELOOP;
    case S_IFCHR:
      file = vfs.devices.findCharacter(inode.rdev)?.(actor, flags & ~(CREATION_FLAGS & ~0o400), inode) ?? -ENXIO;
      break;
    case S_IFBLK:
      file = vfs.devices.findBlock(inode.rdev)?.(actor, kept, inode) ?? -ENXIO;
      break;
    case S_IFIFO:
      file = vfs.openFifo?.(inode, kept, actor) ?? -ENXIO;
      break;
    case S_IFSOCK:
      return -ENXIO;
    default:
      return -EINVAL;
  }
  if (typeof file !== 'number') settle(file, place);
  return file;
}

/** Notes where a device or FIFO was opened, unless its open did. */
function settle(file: File, place: Path): void {
  file.path ??= place;
  file.inode ??= place.inode;
}

/** An O_PATH description, which keeps its inode alive. */
class PlaceFile extends PathFile {
  override inode: Inode;

  constructor(place: Path) {
    super(O_PATH);
    this.path = place;
    this.inode = place.inode;
    this.inode.retain();
  }

  protected override release(): void {
    this.inode.release();
  }
}

function createRegular(actor: Actor, walk: PathWalk, mode: number): number {
  const directory = walk.dentry.inode;
  const negative = walk.found;
  if (directory === null || negative === null) return -ENOENT;
  if (walk.mount.isReadOnly) return -EROFS;
  const denied = checkAccess(directory, actor.credentials, MAY_WRITE | MAY_EXECUTE);
  if (denied < 0) return denied;
  if (walk.dentry.isUnlinked) return -ENOENT;
  const attributes = newAttributes(directory, actor.credentials, S_IFREG | (mode & 0o7777 & ~actor.fs.umask));
  const inode = directory.create(negative.name, attributes);
  if (typeof inode === 'number') return inode;
  negative.fill(inode);
  walk.dentry = negative;
  return 0;
}

/** O_TMPFILE: a regular file in the directory's file system that no name leads to. */
function openUnnamed(
  vfs: Vfs,
  actor: Actor,
  base: Path | null,
  path: string,
  flags: number,
  mode: number,
  walkFlags: number,
): File | number {
  if ((flags & O_DIRECTORY) === 0 || (flags & O_ACCMODE) === O_RDONLY) return -EINVAL;
  const place = walkPath(actor, base, path, walkFlags | WALK_FOLLOW | WALK_DIRECTORY);
  if (typeof place === 'number') return place;
  if (place.mount.isReadOnly) return -EROFS;
  const denied = checkAccess(place.inode, actor.credentials, MAY_WRITE | MAY_EXECUTE);
  if (denied < 0) return denied;
  const attributes = newAttributes(place.inode, actor.credentials, S_IFREG | (mode & 0o7777 & ~actor.fs.umask));
  const inode = place.inode.createUnnamed(attributes);
  if (typeof inode === 'number') return inode;
  // linkat(2) may give it a name later, unless that was ruled out.
  inode.mayBeLinked = (flags & O_EXCL) === 0;
  const entry = new Path(place.mount, Dentry.floating(`#${inode.ino}`, inode));
  return new RegularFile(flags & ~CREATION_FLAGS & ~O_TMPFILE, inode, entry, vfs.frames);
}

function wantedAccess(flags: number): number {
  const mode = flags & O_ACCMODE;
  let wanted = mode === O_RDONLY ? MAY_READ : mode === O_WRONLY ? MAY_WRITE : MAY_READ | MAY_WRITE;
  if ((flags & O_TRUNC) !== 0) wanted |= MAY_WRITE;
  return wanted;
}
