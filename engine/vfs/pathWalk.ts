// Hot: no closures, no allocation but the components' strings and the resulting path.
import { ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, EXDEV } from '../abi/errno.ts';
import type { Actor } from './Actor.ts';
import type { Dentry } from './Dentry.ts';
import type { Inode } from './Inode.ts';
import type { Mount } from './Mount.ts';
import { Path } from './Path.ts';
import { MAY_EXECUTE, checkAccess } from './permissions.ts';

/** Bytes of one name (NAME_MAX); paths are bounded by PATH_MAX when they are read from user memory. */
const NAME_MAX = 255;
/** Symbolic links in one walk (path_resolution(7)). */
const LINK_MAX = 40;

/** A final symbolic link is followed. */
export const WALK_FOLLOW = 1;
/** The result must be a directory. */
export const WALK_DIRECTORY = 2;
/** An empty path means the starting point itself (AT_EMPTY_PATH). */
export const WALK_EMPTY = 4;
/** openat2(2) RESOLVE_* restrictions. */
export const WALK_NO_LINKS = 8;
export const WALK_NO_MAGIC = 16;
export const WALK_NO_MOUNTS = 32;
export const WALK_BENEATH = 64;
export const WALK_IN_ROOT = 128;

/**
 * Path resolution as path_resolution(7) tells it. `toParent` goes through all components but the last, whose name is then in
 * `last` (`''` for a path of slashes, or `.`/`..`); `finish` goes on through the last one. Both leave the place in `mount`
 * and `dentry`. When the last name does not exist, `finish` answers -ENOENT with the place still at its directory.
 */
export class PathWalk {
  mount: Mount;
  dentry: Dentry;
  /** Final component, not yet looked up. */
  last = '';
  /** The path ended in a slash: the last component must be a directory. */
  lastHasSlash = false;
  /** What `finish` found under `last` when it stopped at a name: negative, or null when it stopped elsewhere. */
  found: Dentry | null = null;
  private readonly actor: Actor;
  private readonly flags: number;
  private rootMount: Mount;
  private rootDentry: Dentry;
  private linksLeft = LINK_MAX;

  /** Starts at `base` (null: the working directory). */
  constructor(actor: Actor, base: Path | null, flags: number) {
    const start = base ?? actor.fs.cwd;
    this.actor = actor;
    this.flags = flags;
    this.mount = start.mount;
    this.dentry = start.dentry;
    const root = (flags & (WALK_BENEATH | WALK_IN_ROOT)) === 0 ? actor.fs.root : start;
    this.rootMount = root.mount;
    this.rootDentry = root.dentry;
  }

  toParent(path: string): number {
    let rest = path;
    let position = 0;
    if (path === '') return -ENOENT;
    if (rest.charCodeAt(0) === 0x2f) {
      const error = this.jumpToRoot();
      if (error < 0) return error;
    }
    for (;;) {
      while (rest.charCodeAt(position) === 0x2f) position++;
      if (position === rest.length) {
        this.last = '';
        this.lastHasSlash = rest.length > 0;
        return 0;
      }
      let end = rest.indexOf('/', position);
      if (end < 0) end = rest.length;
      let next = end;
      while (rest.charCodeAt(next) === 0x2f) next++;
      const directory = this.dentry.inode;
      if (directory === null || !directory.isDirectory) return -ENOTDIR;
      const denied = checkAccess(directory, this.actor.credentials, MAY_EXECUTE);
      if (denied < 0) return denied;
      const name = rest.substring(position, end);
      if (next === rest.length) {
        this.last = name;
        this.lastHasSlash = next > end;
        return 0;
      }
      position = next;
      if (name === '.') continue;
      if (name === '..') {
        const error = this.ascend();
        if (error < 0) return error;
        continue;
      }
      const child = lookupChild(this.dentry, name, this.actor);
      if (typeof child === 'number') return child;
      const { inode } = child;
      if (inode === null) return -ENOENT;
      if (inode.isSymlink) {
        const target = this.followLink(inode, child);
        if (typeof target === 'number') {
          if (target < 0) return target;
        } else {
          rest = target + '/' + rest.substring(position);
          position = 0;
        }
      } else {
        const error = this.descend(child);
        if (error < 0) return error;
      }
      if (!this.dentry.inode?.isDirectory) return -ENOTDIR;
    }
  }

  /** Goes through the last component; `flags` WALK_FOLLOW and WALK_DIRECTORY count here. */
  finish(flags: number): number {
    let mustBeDirectory = (flags & WALK_DIRECTORY) !== 0 || this.lastHasSlash;
    for (;;) {
      const name = this.last;
      this.found = null;
      if (name === '..') {
        const error = this.ascend();
        if (error < 0) return error;
        break;
      }
      if (name === '' || name === '.') break;
      const child = lookupChild(this.dentry, name, this.actor);
      if (typeof child === 'number') return child;
      const { inode } = child;
      if (inode === null) {
        this.found = child;
        this.lastHasSlash = mustBeDirectory && (flags & WALK_DIRECTORY) === 0;
        return -ENOENT;
      }
      if (!inode.isSymlink || ((flags & WALK_FOLLOW) === 0 && !this.lastHasSlash)) {
        const error = this.descend(child);
        if (error < 0) return error;
        break;
      }
      const target = this.followLink(inode, child);
      if (typeof target === 'number') {
        if (target < 0) return target;
        break;
      }
      const error = this.toParent(target);
      if (error < 0) return error;
      mustBeDirectory ||= this.lastHasSlash;
      this.lastHasSlash = mustBeDirectory;
    }
    return mustBeDirectory && !this.dentry.inode?.isDirectory ? -ENOTDIR : 0;
  }

  get path(): Path {
    return new Path(this.mount, this.dentry);
  }

  /** Text of the link, with the place where it counts from; or 0 when a magic link was followed on the spot. */
  private followLink(inode: Inode, link: Dentry): string | number {
    if (this.linksLeft-- === 0 || (this.flags & WALK_NO_LINKS) !== 0) return -ELOOP;
    const magic = inode.followMagic(this.actor);
    if (magic !== null) {
      if (typeof magic === 'number') return magic;
      if ((this.flags & (WALK_NO_MAGIC | WALK_BENEATH | WALK_IN_ROOT)) !== 0) return -ELOOP;
      if ((this.flags & WALK_NO_MOUNTS) !== 0 && magic.mount !== this.mount) return -EXDEV;
      this.mount = magic.mount;
      this.dentry = magic.dentry;
      return 0;
    }
    this.dentry = link.parent;
    const target = inode.readlink(this.actor);
    if (typeof target === 'string' && target.charCodeAt(0) === 0x2f) {
      const error = this.jumpToRoot();
      if (error < 0) return error;
    }
    return target;
  }

  private jumpToRoot(): number {
    if ((this.flags & WALK_BENEATH) !== 0) return -EXDEV;
    if ((this.flags & WALK_NO_MOUNTS) !== 0 && this.mount !== this.rootMount) return -EXDEV;
    this.mount = this.rootMount;
    this.dentry = this.rootDentry;
    return 0;
  }

  /** Into a child, and onto whatever is mounted there. */
  private descend(child: Dentry): number {
    this.dentry = child;
    return child.mountCount > 0 ? this.crossMounts() : 0;
  }

  private crossMounts(): number {
    while (this.dentry.mountCount > 0) {
      const mount = this.mount.mountedOn(this.dentry);
      if (mount === null) return 0;
      if ((this.flags & WALK_NO_MOUNTS) !== 0) return -EXDEV;
      this.mount = mount;
      this.dentry = mount.root;
    }
    return 0;
  }

  /** `..`: stays at the root, and leaves a mount through its mount point. */
  private ascend(): number {
    for (;;) {
      if (this.dentry === this.rootDentry && this.mount === this.rootMount) {
        return (this.flags & WALK_BENEATH) !== 0 ? -EXDEV : 0;
      }
      if (this.dentry !== this.mount.root) {
        this.dentry = this.dentry.parent;
        break;
      }
      const { parent, mountpoint } = this.mount;
      if (parent === null || mountpoint === null) return 0;
      if ((this.flags & WALK_NO_MOUNTS) !== 0) return -EXDEV;
      this.dentry = mountpoint;
      this.mount = parent;
    }
    return this.crossMounts();
  }
}

/** Walks `path` from `base` (null: the working directory) to what exists there. */
export function walkPath(actor: Actor, base: Path | null, path: string, flags: number): Path | number {
  if (path === '' && (flags & WALK_EMPTY) !== 0) return base ?? actor.fs.cwd;
  const walk = new PathWalk(actor, base, flags);
  const error = walk.toParent(path);
  if (error < 0) return error;
  const end = walk.finish(flags);
  return end < 0 ? end : walk.path;
}

/** What `name` is in `parent`, a directory: an entry of the cache (negative ones too), or an errno. */
export function lookupChild(parent: Dentry, name: string, actor: Actor): Dentry | number {
  const directory = parent.inode;
  if (directory === null) return -ENOENT;
  const cached = parent.children?.get(name);
  if (cached !== undefined) {
    if (!directory.fs.namesChange || cached.mountCount > 0) return cached;
    if (directory.fs.isCurrent(directory, name, cached.inode)) return cached;
    cached.unlink();
  }
  if (name.length > NAME_MAX) return -ENAMETOOLONG;
  if (parent.isUnlinked) return -ENOENT;
  const inode = directory.lookup(name, actor);
  if (typeof inode !== 'number') return parent.add(name, inode);
  return inode === -ENOENT ? parent.add(name, null) : inode;
}
