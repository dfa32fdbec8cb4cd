/**
 * Operations on names: what mkdir(2), unlink(2), rename(2) and their kin do after arguments are read. Each takes `base`
 * (null: the working directory) and a path as the *at calls do, checks permissions, and keeps the dentry cache true.
 */
import { CAP_MKNOD } from '../process/Capabilities.ts';
import { isCapable } from '../process/Credentials.ts';
import {
  EBUSY,
  EEXIST,
  EINVAL,
  EISDIR,
  EMLINK,
  ENOENT,
  ENOTDIR,
  ENOTEMPTY,
  EPERM,
  EROFS,
  EXDEV,
} from '../abi/errno.ts';
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFLNK, S_IFMT } from '../abi/mode.ts';
import type { Actor } from './Actor.ts';
import type { Dentry } from './Dentry.ts';
import type { Inode, NewAttributes } from './Inode.ts';
import type { Mount } from './Mount.ts';
import type { Path } from './Path.ts';
import { PathWalk, lookupChild } from './pathWalk.ts';
import { MAY_EXECUTE, MAY_WRITE, checkAccess, checkRemoval, newAttributes } from './permissions.ts';

/** Flags of renameat2(2). */
export const RENAME_NOREPLACE = 1;
export const RENAME_EXCHANGE = 2;

/** A name that may be created: its directory, and the negative entry. */
interface FreeName {
  readonly mount: Mount;
  readonly directory: Inode;
  readonly entry: Dentry;
}

/** A name to take away: its directory, and the entry with its inode. */
interface TakenName extends FreeName {
  readonly inode: Inode;
}

export function mkdir(actor: Actor, base: Path | null, path: string, mode: number): number {
  const place = findFree(actor, base, path, S_IFDIR);
  if (typeof place === 'number') return place;
  const attributes = attributesFor(actor, place.directory, S_IFDIR | (mode & 0o1777));
  return settle(place, place.directory.mkdir(place.entry.name, attributes));
}

/** mknod(2) for any type but directories and links; `mode` carries the type, a regular file for none. */
export function mknod(actor: Actor, base: Path | null, path: string, mode: number, rdev: number): number {
  const type = mode & S_IFMT;
  if (type === S_IFDIR) return -EPERM;
  if (type === S_IFLNK) return -EINVAL;
  const isDevice = type === S_IFCHR || type === S_IFBLK;
  if (isDevice && !isCapable(actor.credentials, CAP_MKNOD)) return -EPERM;
  const place = findFree(actor, base, path, type);
  if (typeof place === 'number') return place;
  const attributes = attributesFor(actor, place.directory, mode);
  const { directory, entry } = place;
  if (type === 0 || type === 0o100000) {
    return settle(place, directory.create(entry.name, { ...attributes, mode: attributes.mode | 0o100000 }));
  }
  return settle(place, directory.mknod(entry.name, attributes, isDevice ? rdev : 0));
}

export function symlink(actor: Actor, target: string, base: Path | null, path: string): number {
  if (target === '') return -ENOENT;
  const place = findFree(actor, base, path, S_IFLNK);
  if (typeof place === 'number') return place;
  const attributes = newAttributes(place.directory, actor.credentials, S_IFLNK | 0o777);
  return settle(place, place.directory.symlink(place.entry.name, target, attributes));
}

/** link(2) of what a walk found. */
export function link(actor: Actor, source: Path, base: Path | null, path: string): number {
  const place = findFree(actor, base, path, 0);
  if (typeof place === 'number') return place;
  const { inode } = source;
  if (source.mount !== place.mount) return -EXDEV;
  if (inode.isDirectory) return -EPERM;
  if (inode.nlink === 0 && !inode.mayBeLinked) return -ENOENT;
  if (inode.nlink >= 65000) return -EMLINK;
  const error = place.directory.link(place.entry.name, inode);
  if (error < 0) return error;
  place.entry.fill(inode);
  return 0;
}

export function unlink(actor: Actor, base: Path | null, path: string): number {
  const walk = new PathWalk(actor, base, 0);
  const error = walk.toParent(path);
  if (error < 0) return error;
  if (isSpecial(walk.last)) return -EISDIR;
  const place = findTaken(actor, walk);
  if (typeof place === 'number') return place;
  const { inode, entry, directory } = place;
  if (walk.lastHasSlash) return inode.isDirectory ? -EISDIR : -ENOTDIR;
  const denied = checkRemoval(directory, inode, actor.credentials);
  if (denied < 0) return denied;
  if (inode.isDirectory) return -EISDIR;
  if (entry.mountCount > 0) return -EBUSY;
  inode.retain();
  const result = directory.unlink(entry.name, inode);
  if (result >= 0) entry.unlink();
  inode.release();
  return result;
}

export function rmdir(actor: Actor, base: Path | null, path: string): number {
  const walk = new PathWalk(actor, base, 0);
  const error = walk.toParent(path);
  if (error < 0) return error;
  if (walk.last === '') return -EBUSY;
  if (walk.last === '.') return -EINVAL;
  if (walk.last === '..') return -ENOTEMPTY;
  const place = findTaken(actor, walk);
  if (typeof place === 'number') return place;
  const { inode, entry, directory } = place;
  const denied = checkRemoval(directory, inode, actor.credentials);
  if (denied < 0) return denied;
  if (!inode.isDirectory) return -ENOTDIR;
  if (entry.mountCount > 0) return -EBUSY;
  inode.retain();
  const result = directory.rmdir(entry.name, inode);
  if (result >= 0) entry.unlink();
  inode.release();
  return result;
}

export function rename(
  actor: Actor,
  oldBase: Path | null,
  oldPath: string,
  newBase: Path | null,
  newPath: string,
  flags: number,
): number {
  const exchanges = (flags & RENAME_EXCHANGE) !== 0;
  const keeps = (flags & RENAME_NOREPLACE) !== 0;
  if ((flags & ~(RENAME_EXCHANGE | RENAME_NOREPLACE)) !== 0 || (exchanges && keeps)) return -EINVAL;
  const from = new PathWalk(actor, oldBase, 0);
  const fromError = from.toParent(oldPath);
  if (fromError < 0) return fromError;
  const to = new PathWalk(actor, newBase, 0);
  const toError = to.toParent(newPath);
  if (toError < 0) return toError;
  if (from.mount !== to.mount) return -EXDEV;
  if (isSpecial(from.last)) return -EBUSY;
  if (isSpecial(to.last)) return keeps ? -EEXIST : -EBUSY;
  if (from.mount.isReadOnly) return -EROFS;
  const source = findTaken(actor, from);
  if (typeof source === 'number') return source;
  const target = lookupChild(to.dentry, to.last, actor);
  if (typeof target === 'number') return target;
  const newDirectory = to.dentry.inode;
  if (newDirectory === null || to.dentry.isUnlinked) return -ENOENT;
  if (keeps && target.inode !== null) return -EEXIST;
  if (exchanges && target.inode === null) return -ENOENT;
  const { inode: moved, entry, directory } = source;
  if (!moved.isDirectory && (from.lastHasSlash || (to.lastHasSlash && !exchanges))) return -ENOTDIR;
  // A directory cannot become its own descendant, and an ancestor of its source is never empty.
  if (to.dentry.isBelow(entry)) return -EINVAL;
  if (from.dentry.isBelow(target)) return exchanges ? -EINVAL : -ENOTEMPTY;
  if (moved === target.inode) return 0;
  const denied = checkMove(actor, directory, moved, newDirectory, target.inode);
  if (denied < 0) return denied;
  if (target.inode !== null && !exchanges) {
    if (moved.isDirectory && !target.inode.isDirectory) return -ENOTDIR;
    if (!moved.isDirectory && target.inode.isDirectory) return -EISDIR;
  }
  if (entry.mountCount > 0 || target.mountCount > 0) return -EBUSY;
  if (exchanges && target.inode !== null) {
    const result = directory.exchange(entry.name, moved, newDirectory, target.name, target.inode);
    if (result >= 0) swapEntries(entry, target);
    return result;
  }
  const replaced = target.inode;
  replaced?.retain();
  const result = directory.rename(entry.name, moved, newDirectory, target.name, replaced);
  if (result >= 0) {
    target.unlink();
    entry.move(to.dentry, to.last);
  }
  replaced?.release();
  return result;
}

/** Write permission on both directories; a directory that moves elsewhere must itself be writable (its `..` changes). */
function checkMove(actor: Actor, from: Inode, moved: Inode, to: Inode, replaced: Inode | null): number {
  const { credentials } = actor;
  const leaving = checkRemoval(from, moved, credentials);
  if (leaving < 0) return leaving;
  const arriving =
    replaced === null ? checkAccess(to, credentials, MAY_WRITE | MAY_EXECUTE) : checkRemoval(to, replaced, credentials);
  if (arriving < 0) return arriving;
  return moved.isDirectory && from !== to ? checkAccess(moved, credentials, MAY_WRITE) : 0;
}

function swapEntries(a: Dentry, b: Dentry): void {
  const { parent, name } = a;
  const otherParent = b.parent;
  const otherName = b.name;
  parent.children?.delete(name);
  otherParent.children?.delete(otherName);
  a.parent = otherParent;
  a.name = otherName;
  otherParent.children?.set(otherName, a);
  b.parent = parent;
  b.name = name;
  parent.children?.set(name, b);
}

function attributesFor(actor: Actor, directory: Inode, mode: number): NewAttributes {
  return newAttributes(directory, actor.credentials, mode & ~(actor.fs.umask & 0o777));
}

function isSpecial(name: string): boolean {
  return name === '' || name === '.' || name === '..';
}

/** Walks to a name that does not exist yet and may be created; `type` decides whether a trailing slash is in order. */
function findFree(actor: Actor, base: Path | null, path: string, type: number): FreeName | number {
  if (path === '') return -ENOENT;
  const walk = new PathWalk(actor, base, 0);
  const error = walk.toParent(path);
  if (error < 0) return error;
  if (isSpecial(walk.last)) return -EEXIST;
  const directory = walk.dentry.inode;
  const entry = lookupChild(walk.dentry, walk.last, actor);
  if (typeof entry === 'number') return entry;
  if (entry.inode !== null) return -EEXIST;
  if (walk.lastHasSlash && type !== S_IFDIR) return -ENOENT;
  if (directory === null || walk.dentry.isUnlinked) return -ENOENT;
  if (walk.mount.isReadOnly) return -EROFS;
  const denied = checkAccess(directory, actor.credentials, MAY_WRITE | MAY_EXECUTE);
  if (denied < 0) return denied;
  return { mount: walk.mount, directory, entry };
}

function findTaken(actor: Actor, walk: PathWalk): TakenName | number {
  const entry = lookupChild(walk.dentry, walk.last, actor);
  if (typeof entry === 'number') return entry;
  const { inode } = entry;
  const directory = walk.dentry.inode;
  if (walk.mount.isReadOnly && inode !== null) return -EROFS;
  if (inode === null || directory === null) return -ENOENT;
  return { mount: walk.mount, directory, entry, inode };
}

function settle(place: FreeName, made: Inode | number): number {
  if (typeof made === 'number') return made;
  place.entry.fill(made);
  return 0;
}
