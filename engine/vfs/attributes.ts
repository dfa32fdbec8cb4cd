/** Changes of attributes as chmod(2), chown(2), utimensat(2) and truncate(2) allow them to whom. */
import { CAP_CHOWN, CAP_FSETID } from '../process/Capabilities.ts';
import { EINVAL, EISDIR, EPERM, EROFS, ETXTBSY } from '../abi/errno.ts';
import { S_ISGID, S_ISUID, S_IXGRP } from '../abi/mode.ts';
import { O_WRONLY } from '../abi/open.ts';
import type { Timespec } from '../abi/time.ts';
import { isCapable, isInGroup } from '../process/Credentials.ts';
import type { Actor } from './Actor.ts';
import type { AttributeChange } from './Inode.ts';
import type { Path } from './Path.ts';
import { MAY_WRITE, checkAccess, isOwner } from './permissions.ts';

export function changeMode(actor: Actor, place: Path, mode: number): number {
  const { inode } = place;
  if (place.mount.isReadOnly) return -EROFS;
  const { credentials } = actor;
  if (!isOwner(inode, credentials)) return -EPERM;
  const mayMark = isCapable(credentials, CAP_FSETID) || isInGroup(credentials, inode.gid);
  return inode.setAttributes({ mode: mayMark ? mode & 0o7777 : mode & 0o7777 & ~S_ISGID });
}

/** `uid` and `gid` of -1 stay as they are. */
export function changeOwner(actor: Actor, place: Path, uid: number, gid: number): number {
  const { inode } = place;
  if (place.mount.isReadOnly) return -EROFS;
  const { credentials } = actor;
  if (!isCapable(credentials, CAP_CHOWN)) {
    if (uid !== -1 && (uid !== inode.uid || credentials.fsuid !== inode.uid)) return -EPERM;
    const mayGive = credentials.fsuid === inode.uid && (gid === inode.gid || isInGroup(credentials, gid));
    if (gid !== -1 && !mayGive) return -EPERM;
  }
  const change: AttributeChange = {};
  if (uid !== -1) change.uid = uid;
  if (gid !== -1) change.gid = gid;
  if (!inode.isDirectory && (inode.mode & (S_ISUID | S_ISGID)) !== 0) {
    // A program loses its set-ID bits with its owner, whoever changes it; S_ISGID without group execution is no such bit.
    change.mode = inode.mode & ~S_ISUID & ~((inode.mode & S_IXGRP) === 0 ? 0 : S_ISGID);
  }
  return inode.setAttributes(change);
}

/** Null leaves a time; `isNow` says that both are the present, which needs no more than write permission. */
export function changeTimes(
  actor: Actor,
  place: Path,
  atime: Timespec | null,
  mtime: Timespec | null,
  isNow: boolean,
): number {
  const { inode } = place;
  if (place.mount.isReadOnly) return -EROFS;
  if (!isOwner(inode, actor.credentials)) {
    if (!isNow) return -EPERM;
    const denied = checkAccess(inode, actor.credentials, MAY_WRITE);
    if (denied < 0) return denied;
  }
  const change: AttributeChange = {};
  if (atime !== null) change.atime = atime;
  if (mtime !== null) change.mtime = mtime;
  return inode.setAttributes(change);
}

/** truncate(2) by path; ftruncate(2) goes through its description. */
export function truncatePath(actor: Actor, place: Path, size: number): number {
  const { inode } = place;
  if (inode.isDirectory) return -EISDIR;
  if (!inode.isRegular) return -EINVAL;
  if (place.mount.isReadOnly) return -EROFS;
  const denied = checkAccess(inode, actor.credentials, MAY_WRITE);
  if (denied < 0) return denied;
  if (inode.writers < 0) return -ETXTBSY;
  const error = inode.prepareOpen(O_WRONLY);
  return error < 0 ? error : inode.truncate(size);
}
