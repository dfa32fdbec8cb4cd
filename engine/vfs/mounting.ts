/** Changes of the mount tree: mount(2), umount2(2), pivot_root(2), and what boot does with the same hands. */
import { EBUSY, EINVAL, ELOOP, ENOENT, ENOTDIR } from '../abi/errno.ts';
import type { FsContext } from './FsContext.ts';
import type { FileSystem } from './FileSystem.ts';
import { MOUNT_FLAGS, MS_RDONLY, mountsUnder } from './Mount.ts';
import type { Mount } from './Mount.ts';
import type { Path } from './Path.ts';
import type { Vfs } from './Vfs.ts';

/** Whether `place` is the top of a mount, as what umount(2) and MS_MOVE take must be. */
export function isMountRoot(place: Path): boolean {
  return place.dentry === place.mount.root;
}

/** Puts `fs` on top of `place`. */
export function mountAt(vfs: Vfs, fs: FileSystem, place: Path, source: string, flags: number): Mount | number {
  if (fs.root.isDirectory !== place.inode.isDirectory) return -ENOTDIR;
  const mount = vfs.createMount(fs, source, flags & MOUNT_FLAGS);
  mount.attach(place.mount, place.dentry);
  return mount;
}

/** MS_BIND: the tree at `source` shows at `target`, too; `recursive` (MS_REC) with all that is mounted below. */
export function bindMount(vfs: Vfs, source: Path, target: Path, recursive: boolean): number {
  if (source.inode.isDirectory !== target.inode.isDirectory) return -ENOTDIR;
  if (target.dentry.isUnlinked) return -ENOENT;
  const { mount } = source;
  const copy = vfs.createMount(mount.fs, mount.source, mount.flags, source.dentry);
  if (recursive) copyChildren(vfs, mount, copy, source);
  copy.attach(target.mount, target.dentry);
  return 0;
}

function copyChildren(vfs: Vfs, from: Mount, to: Mount, below: Path): void {
  for (const child of from.children) {
    if (child.mountpoint === null || !child.mountpoint.isBelow(below.dentry)) continue;
    const copy = vfs.createMount(child.fs, child.source, child.flags, child.root);
    copyChildren(vfs, child, copy, child.rootPath);
    copy.attach(to, child.mountpoint);
  }
}

/** MS_REMOUNT: new flags. A file system that cannot be written stays as it is. */
export function remount(place: Path, flags: number, onlyMount: boolean): number {
  if (!isMountRoot(place)) return -EINVAL;
  const { mount } = place;
  if (!onlyMount && (flags & MS_RDONLY) === 0 && mount.fs.isReadOnly) return -EINVAL;
  mount.flags = flags & MOUNT_FLAGS;
  return 0;
}

/** MS_MOVE. */
export function moveMount(source: Path, target: Path): number {
  if (!isMountRoot(source) || source.mount.parent === null) return -EINVAL;
  if (source.inode.isDirectory !== target.inode.isDirectory) return -ENOTDIR;
  if (target.mount.isBelow(source.mount)) return -ELOOP;
  source.mount.detach();
  source.mount.attach(target.mount, target.dentry);
  return 0;
}

/** Whether a place that someone uses (a root, a working directory, an open file) lies in one of `mounts`. */
function isUsed(mounts: ReadonlySet<Mount>, places: Iterable<Path>): boolean {
  for (const place of places) if (mounts.has(place.mount)) return true;
  return false;
}

/**
 * umount2(2) of the mount at `place`. `places` are those in use on the machine: with any of them in the mount it is busy.
 * `lazily` (MNT_DETACH) takes it out of the tree anyway, with all mounts on it; whoever is inside stays there.
 */
export function unmount(place: Path, root: Mount, places: Iterable<Path>, lazily: boolean): number {
  const { mount } = place;
  if (!isMountRoot(place)) return -EINVAL;
  if (mount === root || mount.parent === null) return -EBUSY;
  const all = lazily ? [...mountsUnder(mount)] : [mount];
  const busy = mount.children.length > 0 || isUsed(new Set(all), places);
  if (busy && !lazily) return -EBUSY;
  for (const one of all.reverse()) {
    one.detach();
    if (--one.fs.mounts === 0 && !busy) one.fs.dispose();
  }
  return 0;
}

/** pivot_root(2): `newRoot` becomes the root mount, the old one moves to `putOld`; `contexts` that were there move along. */
export function pivotRoot(root: Path, newRoot: Path, putOld: Path, contexts: Iterable<FsContext>): number {
  if (!newRoot.inode.isDirectory || !putOld.inode.isDirectory) return -ENOTDIR;
  const { mount } = newRoot;
  if (!isMountRoot(newRoot) || !isMountRoot(root)) return -EINVAL;
  if (mount === root.mount || putOld.mount === root.mount) return -EBUSY;
  if (mount.parent === null || !putOld.mount.isBelow(mount)) return -EINVAL;
  const old = root.mount;
  const { parent, mountpoint } = old;
  mount.detach();
  old.detach();
  if (parent !== null && mountpoint !== null) mount.attach(parent, mountpoint);
  old.attach(putOld.mount, putOld.dentry);
  for (const context of contexts) {
    if (context.root.equals(root)) context.root = newRoot;
    if (context.cwd.equals(root)) context.cwd = newRoot;
  }
  return 0;
}
