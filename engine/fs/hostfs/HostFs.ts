import { EIO } from '../../abi/errno.ts';
import { S_IFDIR, S_IFMT, S_IFREG } from '../../abi/mode.ts';
import { FileSystem } from '../../vfs/FileSystem.ts';
import type { FileSystemStatistics, WallClock } from '../../vfs/FileSystem.ts';
import type { Inode } from '../../vfs/Inode.ts';
import type { PageCachePool } from '../../vfs/PageCachePool.ts';
import type { AttributeLog, HostAttributes, HostDirectoryPort } from './HostDirectoryPort.ts';
import { HostHandles } from './HostHandles.ts';
import { HostFile } from './HostFile.ts';
import { HostNode } from './HostNode.ts';
import { HostFolder } from './HostFolder.ts';
import { OwnershipTable } from './OwnershipTable.ts';

export interface HostFsOptions {
  readonly readOnly: boolean;
  /** Where owners and modes are kept that the host's user cannot set; null forgets them with the mount. */
  readonly ownership: AttributeLog | null;
  /** For this long a name that was looked up is believed, before the host is asked again. */
  readonly nameTimeoutMs?: number;
}

const forgetfulLog: AttributeLog = { load: () => '', append: () => {}, rewrite: () => {} };

/**
 * A host directory as a file system of the guest. Every operation becomes one on the host, confined by the port; symbolic
 * links are the guest's, followed by our own path walk within the guest's tree. Contents are cached in pages, checked by
 * size and modification time at every open. Works with the rights of the host's user who runs us.
 */
export class HostFs extends FileSystem {
  override readonly type: string = 'hostfs';
  override readonly magic: number = 0x00c0ffee;
  override readonly namesChange: boolean = true;
  override readonly root: HostFolder;
  readonly host: HostDirectoryPort;
  readonly pageCaches: PageCachePool;
  readonly handles: HostHandles;
  readonly ownership: OwnershipTable | null;
  private readonly nameTimeoutMs: number;
  /** By device and number of the host, so that hard links share an inode and its pages. */
  private readonly nodes = new Map<string, HostNode>();
  private readonly devices: number[] = [];

  /** Throws a sentence when the root cannot be read. */
  constructor(host: HostDirectoryPort, pageCaches: PageCachePool, clock: WallClock, options: HostFsOptions) {
    super(clock);
    this.host = host;
    this.pageCaches = pageCaches;
    this.handles = new HostHandles(host);
    this.isReadOnly = options.readOnly;
    if (options.ownership !== null) this.ownership = new OwnershipTable(options.ownership);
    else this.ownership = options.readOnly ? null : new OwnershipTable(forgetfulLog);
    this.nameTimeoutMs = options.nameTimeoutMs ?? 1000;
    const attributes = host.stat('');
    if (typeof attributes === 'number') throw new Error(`cannot read the host directory: errno ${-attributes}`);
    const root = this.nodeFor(attributes, null, '');
    if (!(root instanceof HostFolder)) throw new Error('the root of a host file system must be a directory');
    this.root = root;
    root.retain();
  }

  override isCurrent(directory: Inode, name: string, child: Inode | null): boolean {
    const now = this.nowMs();
    if (child === null) return HostFolder.of(directory).believesAbsent(name, now);
    const node = HostNode.of(child);
    if (now - node.checkedMs < this.nameTimeoutMs && now >= node.checkedMs) return true;
    const found = HostFolder.of(directory).lookup(name);
    return found === child;
  }

  nowMs(): number {
    const { seconds, nanoseconds } = this.now();
    return seconds * 1000 + nanoseconds / 1e6;
  }

  get believedMs(): number {
    return this.nameTimeoutMs;
  }

  /** The inode of what the host showed under `name`: the one we know of it, brought up to date, or a new one. */
  nodeFor(attributes: HostAttributes, parent: HostFolder | null, name: string): HostNode {
    const key = `${attributes.device}:${attributes.ino}`;
    const path = parent === null ? '' : parent.childPath(name);
    const known = this.nodes.get(key);
    const guest = this.ownership?.get(path);
    const type = guest === undefined ? attributes.mode & S_IFMT : guest.mode & S_IFMT;
    if (known !== undefined && (known.mode & S_IFMT) === type) {
      if (parent !== null) known.addPlace(parent, name);
      known.accept(attributes);
      return known;
    }
    const ino = this.inodeNumber(attributes);
    let node: HostNode;
    if (type === S_IFDIR) node = new HostFolder(this, ino, key, type);
    else if (type === S_IFREG) node = new HostFile(this, ino, key, type);
    else node = new HostNode(this, ino, key, type);
    if (parent !== null) node.addPlace(parent, name);
    node.accept(attributes);
    this.nodes.set(key, node);
    return node;
  }

  /** The inode of a file that has no name yet. */
  unnamedFile(attributes: HostAttributes): HostFile {
    const key = `${attributes.device}:${attributes.ino}`;
    const file = new HostFile(this, this.inodeNumber(attributes), key, S_IFREG);
    file.accept(attributes);
    this.nodes.set(key, file);
    return file;
  }

  forget(node: HostNode): void {
    if (this.nodes.get(node.key) === node) this.nodes.delete(node.key);
  }

  override statistics(): FileSystemStatistics {
    const statistics = this.host.statistics();
    return typeof statistics === 'number' ? super.statistics() : statistics;
  }

  override sync(): number {
    let result = 0;
    for (const node of this.nodes.values()) if (node.flushPages() < 0) result = -EIO;
    return result;
  }

  override dispose(): void {
    this.sync();
    this.rootDentry.forgetChildren();
    for (const node of [...this.nodes.values()]) node.dropPages();
    this.handles.dispose();
    this.ownership?.dispose();
    this.host.dispose();
  }

  /** Host numbers as they are; those of other host file systems below the root move apart by their device. */
  private inodeNumber({ device, ino }: HostAttributes): number {
    let index = this.devices.indexOf(device);
    if (index < 0) index = this.devices.push(device) - 1;
    return (ino % 2 ** 44) + index * 2 ** 44;
  }
}
