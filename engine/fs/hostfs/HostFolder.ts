import { ENOENT } from '../../abi/errno.ts';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../../abi/mode.ts';
import type { DirectoryEntry, Inode, NewAttributes } from '../../vfs/Inode.ts';
import { RENAME_EXCHANGE } from '../../vfs/pathOperations.ts';
import { HostNode, hostMode } from './HostNode.ts';

/** A directory of a host file system. */
export class HostFolder extends HostNode {
  /** Names that the host did not have, and when it was asked. */
  private readonly absent = new Map<string, number>();

  /** A directory that the caller knows to be of this file system. */
  static override of(inode: Inode): HostFolder {
    if (inode instanceof HostFolder) return inode;
    throw new Error('inode of another file system or kind');
  }

  childPath(name: string): string {
    const own = this.hostPath;
    return own === null || own === '' ? name : `${own}/${name}`;
  }

  /** Whether `name` was looked for in vain so lately that asking again is not worth it. */
  believesAbsent(name: string, nowMs: number): boolean {
    const asked = this.absent.get(name);
    return asked !== undefined && nowMs >= asked && nowMs - asked < this.fs.believedMs;
  }

  override lookup(name: string): HostNode | number {
    if (this.isGone) return -ENOENT;
    const attributes = this.fs.host.stat(this.childPath(name));
    if (typeof attributes === 'number') {
      if (attributes === -ENOENT) this.noteAbsent(name);
      return attributes;
    }
    return this.fs.nodeFor(attributes, this, name);
  }

  override entries(): readonly DirectoryEntry[] | number {
    if (this.isGone) return [];
    const path = this.hostPath ?? '';
    const listed = this.fs.host.list(path);
    if (typeof listed === 'number') return listed;
    const { ownership } = this.fs;
    if (ownership === null) return listed;
    return listed.map((entry) => {
      const guest = ownership.get(this.childPath(entry.name));
      return guest === undefined ? entry : { ...entry, type: guest.mode & S_IFMT };
    });
  }

  override create(name: string, attributes: NewAttributes): HostNode | number {
    return this.createFile(name, attributes, 0);
  }

  override mknod(name: string, attributes: NewAttributes, rdev: number): HostNode | number {
    return this.createFile(name, attributes, rdev);
  }

  override mkdir(name: string, attributes: NewAttributes): HostNode | number {
    if (this.isGone) return -ENOENT;
    const error = this.fs.host.mkdir(this.hostPath ?? '', name, hostMode(attributes.mode) & 0o777);
    return error < 0 ? error : this.settle(name, attributes, 0);
  }

  override symlink(name: string, target: string, attributes: NewAttributes): HostNode | number {
    if (this.isGone) return -ENOENT;
    const error = this.fs.host.symlink(target, this.hostPath ?? '', name);
    return error < 0 ? error : this.settle(name, { ...attributes, mode: S_IFLNK | 0o777 }, 0);
  }

  override createUnnamed({ mode, uid, gid }: NewAttributes): HostNode | number {
    if (this.isGone) return -ENOENT;
    const { host } = this.fs;
    const handle = host.openUnnamed(this.hostPath ?? '', hostMode(mode) & 0o777);
    if (handle < 0) return handle;
    const attributes = host.statHandle(handle);
    if (typeof attributes === 'number') {
      host.close(handle);
      return attributes;
    }
    const node = this.fs.unnamedFile(attributes);
    node.adopt(handle);
    Object.assign(node, { mode, uid, gid });
    return node;
  }

  override link(name: string, inode: Inode): number {
    const node = HostNode.of(inode);
    const path = node.hostPath;
    const directory = this.hostPath ?? '';
    if (this.isGone) return -ENOENT;
    const error = path === null ? node.linkUnnamed(directory, name) : this.fs.host.link(path, directory, name);
    if (error < 0) return error;
    const guest = path === null ? undefined : this.fs.ownership?.get(path);
    if (guest !== undefined) this.fs.ownership?.set(this.childPath(name), guest);
    node.addPlace(this, name);
    this.absent.delete(name);
    if (path === null) node.setAttributes({ mode: node.mode, uid: node.uid, gid: node.gid });
    node.refresh();
    this.refresh();
    return 0;
  }

  override unlink(name: string, inode: Inode): number {
    const node = HostNode.of(inode);
    const prepared = node.beforeUnlink();
    if (prepared < 0) return prepared;
    const error = this.fs.host.unlink(this.hostPath ?? '', name);
    if (error < 0) return error;
    this.lose(name, node);
    return 0;
  }

  override rmdir(name: string, inode: Inode): number {
    const error = this.fs.host.rmdir(this.hostPath ?? '', name);
    if (error < 0) return error;
    this.lose(name, HostNode.of(inode));
    inode.nlink = 0;
    return 0;
  }

  override rename(name: string, moved: Inode, directory: Inode, newName: string, replaced: Inode | null): number {
    const target = HostFolder.of(directory);
    const node = HostNode.of(moved);
    const prepared = replaced === null ? 0 : HostNode.of(replaced).beforeUnlink();
    if (prepared < 0) return prepared;
    const oldPath = this.childPath(name);
    const newPath = target.childPath(newName);
    const error = this.fs.host.rename(this.hostPath ?? '', name, target.hostPath ?? '', newName, 0);
    if (error < 0) return error;
    if (replaced !== null) target.lose(newName, HostNode.of(replaced));
    this.fs.ownership?.rename(oldPath, newPath);
    node.removePlace(this, name);
    node.addPlace(target, newName);
    this.noteAbsent(name);
    target.absent.delete(newName);
    this.refresh();
    if (target !== this) target.refresh();
    return 0;
  }

  override exchange(name: string, inode: Inode, directory: Inode, otherName: string, other: Inode): number {
    const target = HostFolder.of(directory);
    const paths = [this.childPath(name), target.childPath(otherName)] as const;
    const { host, ownership } = this.fs;
    const error = host.rename(this.hostPath ?? '', name, target.hostPath ?? '', otherName, RENAME_EXCHANGE);
    if (error < 0) return error;
    ownership?.exchange(...paths);
    const [first, second] = [HostNode.of(inode), HostNode.of(other)];
    first.removePlace(this, name);
    second.removePlace(target, otherName);
    first.addPlace(target, otherName);
    second.addPlace(this, name);
    return 0;
  }

  /** Every name of the directory is gone. The root has none, and stays. */
  private get isGone(): boolean {
    return this.isNameless && this.fs.root !== this;
  }

  /** Plain files, and special ones, which are empty plain files with an entry in the ownership table. */
  private createFile(name: string, attributes: NewAttributes, rdev: number): HostNode | number {
    if (this.isGone) return -ENOENT;
    const handle = this.fs.host.open(this.childPath(name), 'create', hostMode(attributes.mode) & 0o777);
    if (handle < 0) return handle;
    this.fs.host.close(handle);
    return this.settle(name, attributes, rdev);
  }

  /** Gives what the host just made the attributes that it has for the guest. */
  private settle(name: string, { mode, uid, gid }: NewAttributes, rdev: number): HostNode | number {
    this.absent.delete(name);
    const path = this.childPath(name);
    const type = mode & S_IFMT;
    // The host's umask may have taken bits away; what is made is what was asked for.
    if (type === S_IFREG || type === S_IFDIR) this.fs.host.chmod(path, hostMode(mode) & 0o777);
    const attributes = this.fs.host.stat(path);
    if (typeof attributes === 'number') return attributes;
    // Before the inode is made: the table tells its type.
    if (mode !== hostMode(mode) || uid !== 0 || gid !== 0) this.fs.ownership?.set(path, { mode, uid, gid, rdev });
    else this.fs.ownership?.delete(path);
    this.refresh();
    return this.fs.nodeFor(attributes, this, name);
  }

  private lose(name: string, node: HostNode): void {
    this.fs.ownership?.delete(this.childPath(name));
    node.removePlace(this, name);
    node.nlink = Math.max(0, node.nlink - 1);
    this.noteAbsent(name);
    this.refresh();
    // One that nobody holds is forgotten with its name: its number may soon be another file's.
    node.retain();
    node.release();
  }

  private noteAbsent(name: string): void {
    if (this.absent.size > 1000) this.absent.clear();
    this.absent.set(name, this.fs.nowMs());
  }
}
