import type { Dentry } from './Dentry.ts';
import type { FileSystem } from './FileSystem.ts';
import { Path } from './Path.ts';

/** Flags of mount(2) that a mount itself carries. */
export const MS_RDONLY = 1;
export const MS_NOSUID = 2;
export const MS_NODEV = 4;
export const MS_NOEXEC = 8;
export const MS_SYNCHRONOUS = 16;
export const MS_REMOUNT = 32;
export const MS_NOATIME = 1024;
export const MS_NODIRATIME = 2048;
export const MS_BIND = 4096;
export const MS_MOVE = 8192;
export const MS_REC = 16384;
export const MS_SILENT = 32768;
export const MS_UNBINDABLE = 1 << 17;
export const MS_PRIVATE = 1 << 18;
export const MS_SLAVE = 1 << 19;
export const MS_SHARED = 1 << 20;
export const MS_RELATIME = 1 << 21;
export const MS_STRICTATIME = 1 << 24;
export const MOUNT_FLAGS =
  MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME | MS_RELATIME | MS_STRICTATIME;

/** A file system (or a part of one, for a bind mount) at a place of the tree. */
export class Mount {
  readonly fs: FileSystem;
  /** What shows at the mount point. */
  readonly root: Dentry;
  /** `mnt_id` of /proc/self/mountinfo. */
  readonly id: number;
  /** First field of /proc/mounts. */
  readonly source: string;
  flags: number;
  parent: Mount | null = null;
  mountpoint: Dentry | null = null;
  /** Mounts on this one, in the order in which they were made. */
  readonly children: Mount[] = [];

  constructor(fs: FileSystem, root: Dentry, id: number, source: string, flags: number) {
    this.fs = fs;
    this.root = root;
    this.id = id;
    this.source = source;
    this.flags = flags;
  }

  get isReadOnly(): boolean {
    return (this.flags & MS_RDONLY) !== 0 || this.fs.isReadOnly;
  }

  /** ST_* bits of statfs(2): those of the first four flags of mount(2) are the same, the times' ones lie elsewhere. */
  get statfsFlags(): number {
    const { flags } = this;
    return (
      (this.isReadOnly ? 1 : 0) |
      (flags & (MS_NOSUID | MS_NODEV | MS_NOEXEC)) |
      ((flags & MS_NOATIME) !== 0 ? 0x400 : 0) |
      ((flags & MS_NODIRATIME) !== 0 ? 0x800 : 0) |
      ((flags & MS_NOATIME) === 0 ? 0x1000 : 0)
    );
  }

  get rootPath(): Path {
    return new Path(this, this.root);
  }

  /** The mount on top of `dentry` of this mount, or null. */
  mountedOn(dentry: Dentry): Mount | null {
    for (let index = this.children.length - 1; index >= 0; index--) {
      if (this.children[index].mountpoint === dentry) return this.children[index];
    }
    return null;
  }

  attach(parent: Mount, mountpoint: Dentry): void {
    this.parent = parent;
    this.mountpoint = mountpoint;
    mountpoint.mountCount++;
    parent.children.push(this);
  }

  detach(): void {
    if (this.parent === null || this.mountpoint === null) return;
    this.mountpoint.mountCount--;
    this.parent.children.splice(this.parent.children.indexOf(this), 1);
    this.parent = null;
    this.mountpoint = null;
  }

  /** Whether this mount is `other` or sits somewhere below it. */
  isBelow(other: Mount): boolean {
    for (let mount: Mount | null = this; mount !== null; mount = mount.parent) if (mount === other) return true;
    return false;
  }
}

/** The mount tree under `mount`, parents before children. */
export function* mountsUnder(mount: Mount): Generator<Mount> {
  yield mount;
  for (const child of mount.children) yield* mountsUnder(child);
}
