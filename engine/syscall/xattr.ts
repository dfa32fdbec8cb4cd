import { CAP_SYS_ADMIN } from '../process/Capabilities.ts';
import { isCapable } from '../process/Credentials.ts';
import { E2BIG, EACCES, EBADF, EFAULT, EINVAL, ENODATA, EOPNOTSUPP, EPERM, ERANGE, EROFS } from '../abi/errno.ts';
import { AT_FDCWD } from '../abi/open.ts';
import type { Task } from '../process/Task.ts';
import { XATTR_CREATE, XATTR_REPLACE } from '../vfs/Inode.ts';
import type { Inode } from '../vfs/Inode.ts';
import type { Path } from '../vfs/Path.ts';
import { WALK_FOLLOW } from '../vfs/pathWalk.ts';
import { MAY_READ, MAY_WRITE, checkAccess } from '../vfs/permissions.ts';
import { defineCalls } from './define.ts';
import { findAt } from './pathArguments.ts';

const NAME_MAX = 255;
const VALUE_MAX = 65536;

type Finder = (task: Task, where: number) => Path | number;

const followed: Finder = (task, path) => findAt(task, AT_FDCWD, path, WALK_FOLLOW);
const unfollowed: Finder = (task, path) => findAt(task, AT_FDCWD, path, 0);
const opened: Finder = (task, fd) => {
  const file = task.files.get(fd | 0);
  if (file === null) return -EBADF;
  return file.path ?? -EOPNOTSUPP;
};

/** An attribute's name, or -ERANGE for one that is empty or too long. */
function readName(task: Task, address: number): string | number {
  const name = task.memory.readString(address, NAME_MAX + 2);
  if (typeof name === 'number') return name === -EFAULT ? name : -ERANGE;
  return name === '' || name.length > NAME_MAX ? -ERANGE : name;
}

/** xattr(7): who may see and change the attributes of each name space. */
function checkName(task: Task, inode: Inode, name: string, wanted: number): number {
  const isRoot = isCapable(task.credentials, CAP_SYS_ADMIN);
  if (name.startsWith('trusted.')) {
    if (isRoot) return 0;
    return wanted === MAY_WRITE ? -EPERM : -ENODATA;
  }
  if (name.startsWith('security.')) return isRoot || wanted === MAY_READ ? 0 : -EPERM;
  if (!name.startsWith('user.')) return -EOPNOTSUPP;
  if (!inode.isRegular && !inode.isDirectory) return wanted === MAY_WRITE ? -EPERM : -ENODATA;
  const denied = checkAccess(inode, task.credentials, wanted);
  return denied < 0 ? -EACCES : 0;
}

function setAttribute(find: Finder) {
  return (task: Task, where: number, nameAddress: number, value: number, size: number, flags: number): number => {
    if ((flags & ~(XATTR_CREATE | XATTR_REPLACE)) !== 0) return -EINVAL;
    const name = readName(task, nameAddress);
    if (typeof name === 'number') return name;
    if (size < 0 || size > VALUE_MAX) return -E2BIG;
    const bytes = new Uint8Array(size);
    const fault = task.memory.copyIn(value, bytes, 0, size);
    if (fault < 0) return fault;
    const place = find(task, where);
    if (typeof place === 'number') return place;
    if (place.mount.isReadOnly) return -EROFS;
    const denied = checkName(task, place.inode, name, MAY_WRITE);
    return denied < 0 ? denied : place.inode.setXattr(name, bytes, flags);
  };
}

function getAttribute(find: Finder) {
  return (task: Task, where: number, nameAddress: number, target: number, size: number): number => {
    const name = readName(task, nameAddress);
    if (typeof name === 'number') return name;
    const place = find(task, where);
    if (typeof place === 'number') return place;
    const denied = checkName(task, place.inode, name, MAY_READ);
    if (denied < 0) return denied;
    const value = place.inode.getXattr(name);
    return typeof value === 'number' ? value : answer(task, value, target, size);
  };
}

function listAttributes(find: Finder) {
  return (task: Task, where: number, target: number, size: number): number => {
    const place = find(task, where);
    if (typeof place === 'number') return place;
    const names = place.inode.listXattr();
    if (typeof names === 'number') return names;
    const shown = isCapable(task.credentials, CAP_SYS_ADMIN)
      ? names
      : names.filter((name) => !name.startsWith('trusted.'));
    const text = shown.map((name) => `${name}\0`).join('');
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    return answer(task, bytes, target, size);
  };
}

function removeAttribute(find: Finder) {
  return (task: Task, where: number, nameAddress: number): number => {
    const name = readName(task, nameAddress);
    if (typeof name === 'number') return name;
    const place = find(task, where);
    if (typeof place === 'number') return place;
    if (place.mount.isReadOnly) return -EROFS;
    const denied = checkName(task, place.inode, name, MAY_WRITE);
    return denied < 0 ? denied : place.inode.removeXattr(name);
  };
}

/** A size of 0 asks how much room the value needs. */
function answer(task: Task, value: Uint8Array, target: number, size: number): number {
  if (size === 0) return value.length;
  if (value.length > size) return -ERANGE;
  const fault = task.memory.copyOut(target, value, 0, value.length);
  return fault < 0 ? fault : value.length;
}

export const xattrCalls = defineCalls({
  setxattr: { args: ['path', 'string', 'pointer', 'size', 'hex'], run: setAttribute(followed) },
  lsetxattr: { args: ['path', 'string', 'pointer', 'size', 'hex'], run: setAttribute(unfollowed) },
  fsetxattr: { args: ['fd', 'string', 'pointer', 'size', 'hex'], run: setAttribute(opened) },
  getxattr: { args: ['path', 'string', 'pointer', 'size'], run: getAttribute(followed) },
  lgetxattr: { args: ['path', 'string', 'pointer', 'size'], run: getAttribute(unfollowed) },
  fgetxattr: { args: ['fd', 'string', 'pointer', 'size'], run: getAttribute(opened) },
  listxattr: { args: ['path', 'pointer', 'size'], run: listAttributes(followed) },
  llistxattr: { args: ['path', 'pointer', 'size'], run: listAttributes(unfollowed) },
  flistxattr: { args: ['fd', 'pointer', 'size'], run: listAttributes(opened) },
  removexattr: { args: ['path', 'string'], run: removeAttribute(followed) },
  lremovexattr: { args: ['path', 'string'], run: removeAttribute(unfollowed) },
  fremovexattr: { args: ['fd', 'string'], run: removeAttribute(opened) },
});
