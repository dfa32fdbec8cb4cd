import { ENOENT, EROFS, ESTALE } from '../../abi/errno.ts';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../../abi/mode.ts';
import { Inode } from '../../vfs/Inode.ts';
import type { AttributeChange } from '../../vfs/Inode.ts';
import type { HostAttributes } from './HostDirectoryPort.ts';
import type { HostFolder } from './HostFolder.ts';
import type { HostFs } from './HostFs.ts';
import type { GuestAttributes } from './OwnershipTable.ts';

interface Place {
  readonly parent: HostFolder;
  readonly name: string;
}

/** What all inodes of a host file system have in common; symbolic links and special files are just this. */
export class HostNode extends Inode {
  declare readonly fs: HostFs;
  readonly key: string;
  /** When the host was last asked about it. */
  checkedMs = 0;
  private hostBlocks = 0;
  /** Names under which the host has it, as far as we looked; the last one seen comes first. */
  private places: Place[] = [];

  constructor(fs: HostFs, ino: number, key: string, type: number) {
    super(fs, ino, type);
    this.key = key;
  }

  /** An inode that the caller knows to be of this file system. */
  static of(inode: Inode): HostNode {
    if (inode instanceof HostNode) return inode;
    throw new Error('inode of another file system or kind');
  }

  override get blocks(): number {
    return this.hostBlocks;
  }

  /** Path within the host directory; null when every name is gone. */
  get hostPath(): string | null {
    if (this.places.length === 0) return null;
    return this.places[0].parent.childPath(this.places[0].name);
  }

  get isNameless(): boolean {
    return this.places.length === 0;
  }

  addPlace(parent: HostFolder, name: string): void {
    if (this.places.length > 0 && this.places[0].parent === parent && this.places[0].name === name) return;
    this.removePlace(parent, name);
    this.places.unshift({ parent, name });
  }

  removePlace(parent: HostFolder, name: string): void {
    this.places = this.places.filter((place) => place.parent !== parent || place.name !== name);
  }

  /** Takes over what the host says, as the guest is to see it. */
  accept(attributes: HostAttributes): void {
    const { host, ownership } = this.fs;
    const path = this.hostPath ?? '';
    const guest = ownership?.get(path);
    this.mode = guest?.mode ?? attributes.mode;
    this.uid = guest?.uid ?? (attributes.uid === host.uid ? 0 : attributes.uid);
    this.gid = guest?.gid ?? (attributes.gid === host.gid ? 0 : attributes.gid);
    this.rdev = guest?.rdev ?? 0;
    this.nlink = attributes.nlink;
    this.hostBlocks = attributes.blocks;
    this.atime = attributes.atime;
    this.mtime = attributes.mtime;
    this.ctime = attributes.ctime;
    this.btime = attributes.btime;
    this.acceptSize(attributes.size);
    this.checkedMs = this.fs.nowMs();
  }

  protected acceptSize(size: number): void {
    const type = this.mode & S_IFMT;
    this.size = type === S_IFDIR || type === S_IFLNK || type === S_IFREG ? size : 0;
  }

  override refresh(): number {
    const path = this.hostPath;
    if (path === null && this.fs.root !== (this as Inode)) return 0;
    const attributes = this.fs.host.stat(path ?? '');
    if (typeof attributes === 'number') return attributes === -ENOENT ? -ESTALE : attributes;
    if (`${attributes.device}:${attributes.ino}` !== this.key) return -ESTALE;
    this.accept(attributes);
    return 0;
  }

  override touchAccess(): void {
    // The host keeps access times, by its own mount's rules.
  }

  override readlink(): string | number {
    const path = this.hostPath;
    return path === null ? -ENOENT : this.fs.host.readlink(path);
  }

  override setAttributes(change: AttributeChange): number {
    if (this.fs.isReadOnly) return -EROFS;
    const path = this.hostPath;
    // Without a name there is nothing to keep: what is set lives as long as the file is open.
    if (path === null) return super.setAttributes(change);
    if (change.mode !== undefined || change.uid !== undefined || change.gid !== undefined) {
      const mode = change.mode === undefined ? this.mode : (this.mode & S_IFMT) | (change.mode & 0o7777);
      const error = this.applyMode(path, mode);
      if (error < 0) return error;
      this.keep({ mode, uid: change.uid ?? this.uid, gid: change.gid ?? this.gid, rdev: this.rdev });
    }
    if (change.atime !== undefined || change.mtime !== undefined) {
      const error = this.fs.host.setTimes(path, change.atime ?? null, change.mtime ?? null);
      if (error < 0) return error;
    }
    return super.setAttributes(change);
  }

  /** Notes what the guest gave a file it made or changed, under all its names, where the host does not say the same. */
  keep(attributes: GuestAttributes): void {
    const { ownership } = this.fs;
    if (ownership === null) return;
    const plain = attributes.uid === 0 && attributes.gid === 0 && attributes.mode === hostMode(attributes.mode);
    for (const { parent, name } of this.places) {
      const path = parent.childPath(name);
      if (plain) ownership.delete(path);
      else ownership.set(path, attributes);
    }
  }

  /** Writes changed pages of shared mappings back; nothing for what has no pages. */
  flushPages(): number {
    return 0;
  }

  linkUnnamed(_directory: string, _name: string): number {
    return -ENOENT;
  }

  /** The name is about to go. */
  beforeUnlink(): number {
    return 0;
  }

  dropPages(): void {
    // only files have pages
  }

  protected override unused(): void {
    this.dropPages();
    this.fs.forget(this);
  }

  private applyMode(path: string, mode: number): number {
    const type = mode & S_IFMT;
    if (type !== S_IFREG && type !== S_IFDIR) return 0;
    return this.fs.host.chmod(path, hostMode(mode) & 0o777);
  }
}

/**
 * The mode that a file gets on the host: what the guest gave it, but always usable by the host's user, and without the bits
 * that would give others the user's rights. Special files are plain ones there.
 */
export function hostMode(mode: number): number {
  const type = mode & S_IFMT;
  if (type === S_IFLNK) return mode;
  const own = type === S_IFDIR ? 0o700 : 0o600;
  return (type === S_IFDIR ? S_IFDIR : S_IFREG) | (mode & 0o777) | own;
}
