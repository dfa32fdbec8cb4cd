import { CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID } from '../process/Capabilities.ts';
import { EACCES, EPERM } from '../abi/errno.ts';
import { S_IFMT, S_IFREG, S_ISGID, S_ISVTX } from '../abi/mode.ts';
import { isCapable, isInGroup } from '../process/Credentials.ts';
import type { Credentials } from '../process/Credentials.ts';
import type { Inode, NewAttributes } from './Inode.ts';

/** Wanted access; the same numbers as R_OK, W_OK, X_OK of access(2). */
export const MAY_EXECUTE = 1;
export const MAY_WRITE = 2;
export const MAY_READ = 4;

/**
 * Discretionary access (path_resolution(7), inode(7)): the bits of owner, group or others, exactly one of the three classes.
 * File-system checks go by fsuid and fsgid; whoever has fsuid 0 may do everything but execute what nobody may.
 */
export function checkAccess(inode: Inode, credentials: Credentials, wanted: number): number {
  const { mode } = inode;
  if (isCapable(credentials, CAP_DAC_OVERRIDE)) {
    const mayExecute = (mode & S_IFMT) !== S_IFREG || (mode & 0o111) !== 0;
    return (wanted & MAY_EXECUTE) !== 0 && !mayExecute ? -EACCES : 0;
  }
  let bits = mode & 7;
  if (credentials.fsuid === inode.uid) bits = (mode >> 6) & 7;
  else if (isInGroup(credentials, inode.gid)) bits = (mode >> 3) & 7;
  return (bits & wanted) === wanted ? 0 : -EACCES;
}

export function isOwner(inode: Inode, credentials: Credentials): boolean {
  return isCapable(credentials, CAP_FOWNER) || credentials.fsuid === inode.uid;
}

/** Whether `child` may be removed from `directory` (unlink(2), rename(2)): write, search, and the sticky bit. */
export function checkRemoval(directory: Inode, child: Inode, credentials: Credentials): number {
  const error = checkAccess(directory, credentials, MAY_WRITE | MAY_EXECUTE);
  if (error < 0) return error;
  if ((directory.mode & S_ISVTX) === 0 || isCapable(credentials, CAP_FOWNER)) return 0;
  return credentials.fsuid === child.uid || credentials.fsuid === directory.uid ? 0 : -EPERM;
}

/** Owner and mode of something new in `directory`: a set-group-ID directory hands on its group, and to directories the bit. */
export function newAttributes(directory: Inode, credentials: Credentials, mode: number): NewAttributes {
  const inherits = (directory.mode & S_ISGID) !== 0;
  const gid = inherits ? directory.gid : credentials.fsgid;
  let newMode = mode;
  if (inherits && (mode & S_IFMT) === 0o040000) newMode |= S_ISGID;
  else if (
    (mode & S_ISGID) !== 0 &&
    !isCapable(credentials, CAP_FSETID) &&
    !isInGroup(credentials, gid) &&
    (mode & 0o010) !== 0
  ) {
    newMode &= ~S_ISGID;
  }
  return { mode: newMode, uid: credentials.fsuid, gid };
}
