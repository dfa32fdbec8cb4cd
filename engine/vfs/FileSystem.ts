import type { Timespec } from '../abi/time.ts';
import { Dentry } from './Dentry.ts';
import type { Inode } from './Inode.ts';

/** What statfs(2) tells of a file system; sizes in blocks of `blockSize` bytes. */
export interface FileSystemStatistics {
  blockSize: number;
  blocks: number;
  blocksFree: number;
  blocksAvailable: number;
  files: number;
  filesFree: number;
  nameLength: number;
}

/** What a file system needs of its machine to tell the time. */
export interface WallClock {
  realtime(): Timespec;
}

/** One instance of a file system: a tree of inodes, mounted any number of times. */
export abstract class FileSystem {
  /** As in /proc/filesystems and mount(2). */
  abstract readonly type: string;
  /** `f_type` of statfs(2). */
  abstract readonly magic: number;
  abstract readonly root: Inode;
  /** `st_dev` of its inodes; given at the first mount. */
  device = 0;
  /** Names remembered in its dentry tree. */
  entryCount = 0;
  /** Mounts that show it. */
  mounts = 0;
  /** Refuses every change with -EROFS, whatever the mount says. */
  isReadOnly = false;
  /** Whether names come and go without our doing, so that a cached name must be checked by `isCurrent`. */
  readonly namesChange: boolean = false;
  private readonly clock: WallClock;
  private rootEntry: Dentry | null = null;

  constructor(clock: WallClock) {
    this.clock = clock;
  }

  get rootDentry(): Dentry {
    this.rootEntry ??= Dentry.root(this.root);
    return this.rootEntry;
  }

  now(): Timespec {
    return this.clock.realtime();
  }

  /** Whether `name` in `directory` still is `child` (null: still absent). Asked only when `namesChange`. */
  isCurrent(_directory: Inode, _name: string, _child: Inode | null): boolean {
    return true;
  }

  statistics(): FileSystemStatistics {
    return { blockSize: 4096, blocks: 0, blocksFree: 0, blocksAvailable: 0, files: 0, filesFree: 0, nameLength: 255 };
  }

  /** Options as /proc/mounts lists them after `rw`, each with a leading comma. */
  describeOptions(): string {
    return '';
  }

  /** sync(2): everything changed is on its way to storage. */
  sync(): number {
    return 0;
  }

  /** The last mount went. */
  dispose(): void {
    // most keep nothing that must be let go
  }
}
