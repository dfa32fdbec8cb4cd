import { S_IFDIR } from '../../abi/mode.ts';
import { FileSystem } from '../../vfs/FileSystem.ts';
import type { FileSystemStatistics, WallClock } from '../../vfs/FileSystem.ts';
import { PAGE_SIZE } from '../../vfs/Frames.ts';
import type { Frames } from '../../vfs/Frames.ts';
import { PageQuota } from './PageQuota.ts';
import { TmpfsDirectory } from './TmpfsDirectory.ts';
import type { TmpfsNode } from './TmpfsNode.ts';

export interface TmpfsOptions {
  /** Bytes of content; rounded up to pages. */
  size?: number;
  inodes?: number;
  /** Mode, owner and group of the root directory. */
  mode?: number;
  uid?: number;
  gid?: number;
}

/** A file system in the machine's memory (tmpfs(5)): its files' pages are their only storage. */
export class Tmpfs extends FileSystem {
  override readonly type: string = 'tmpfs';
  override readonly magic: number = 0x01021994;
  override readonly root: TmpfsDirectory;
  readonly frames: Frames;
  readonly quota: PageQuota;
  private inodesFree: number;
  private readonly inodesLimit: number;
  private lastInode = 0;

  constructor(frames: Frames, clock: WallClock, options: TmpfsOptions = {}) {
    super(clock);
    this.frames = frames;
    // Half of the memory, as Linux does; an inode for each of those pages.
    const half = Math.floor(frames.bytes.length / PAGE_SIZE / 2);
    this.quota = new PageQuota(options.size === undefined ? half : Math.ceil(options.size / PAGE_SIZE));
    this.inodesLimit = options.inodes ?? half;
    this.inodesFree = this.inodesLimit - 1;
    const { mode = 0o1777, uid = 0, gid = 0 } = options;
    this.root = new TmpfsDirectory(this, { mode: S_IFDIR | mode, uid, gid });
  }

  nextInode(): number {
    return ++this.lastInode;
  }

  takeInode(): boolean {
    if (this.inodesFree <= 0) return false;
    this.inodesFree--;
    return true;
  }

  /** `inode` has no name and no user left. */
  forget(inode: TmpfsNode): void {
    this.inodesFree++;
    inode.dispose();
  }

  override statistics(): FileSystemStatistics {
    const { limit, used } = this.quota;
    return {
      blockSize: PAGE_SIZE,
      blocks: limit,
      blocksFree: limit - used,
      blocksAvailable: limit - used,
      files: this.inodesLimit,
      filesFree: this.inodesFree,
      nameLength: 255,
    };
  }

  override describeOptions(): string {
    return `,size=${this.quota.limit * 4}k,nr_inodes=${this.inodesLimit},inode64`;
  }

  /** Everything goes but what open files still hold; those go with their last user. */
  override dispose(): void {
    for (const inode of [...this.root.descendants()]) {
      inode.nlink = 0;
      // Those that nobody holds are let go by this pair, the others by their last user.
      inode.retain();
      inode.release();
    }
    this.rootDentry.forgetChildren();
  }
}
