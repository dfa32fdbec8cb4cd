import { rootCredentials } from '../../process/Credentials.ts';
import type { Actor } from '../../vfs/Actor.ts';
import { FileSystem } from '../../vfs/FileSystem.ts';
import type { FileSystemStatistics, WallClock } from '../../vfs/FileSystem.ts';
import type { Frames } from '../../vfs/Frames.ts';
import { FsContext } from '../../vfs/FsContext.ts';
import type { Inode } from '../../vfs/Inode.ts';
import { Mount } from '../../vfs/Mount.ts';
import { OverlayDirectory } from './OverlayDirectory.ts';
import { OverlayNode } from './OverlayNode.ts';

/** For this long a name that was looked up is believed, where the layers below may change by themselves. */
const NAME_TIMEOUT_MS = 1000;

/**
 * Two trees shown as one: what the guest changes goes to the upper one, the lower one is only read. Files are copied up
 * before their first change; what is removed leaves a whiteout. Directories that exist below cannot be renamed (-EXDEV, as
 * with Linux's overlayfs; mv(1) then copies).
 */
export class OverlayFs extends FileSystem {
  override readonly type = 'overlay';
  override readonly magic = 0x794c7630;
  override readonly root: OverlayDirectory;
  override readonly namesChange: boolean;
  readonly frames: Frames;
  /** On whose behalf the layers are read. */
  readonly actor: Actor;
  private readonly lower: Inode;
  private readonly upper: Inode;
  private readonly options: string;
  /** By inode of the upper layer, so that hard links made here are one inode. */
  private readonly byUpper = new Map<Inode, OverlayNode>();

  /** `lower` and `upper` are directories, `upper` of a writable file system. */
  constructor(lower: Inode, upper: Inode, frames: Frames, clock: WallClock, options = '') {
    super(clock);
    this.lower = lower;
    this.upper = upper;
    this.frames = frames;
    this.options = options;
    this.namesChange = lower.fs.namesChange || upper.fs.namesChange;
    const mount = new Mount(upper.fs, upper.fs.rootDentry, 0, 'overlay', 0);
    this.actor = { fs: new FsContext(mount.rootPath), credentials: rootCredentials, process: null, tid: 0 };
    this.root = new OverlayDirectory(this, lower, upper, null, '');
    this.root.retain();
  }

  /** The node of what the layers have under `name`; at least one of them has something. */
  node(lower: Inode | null, upper: Inode | null, parent: OverlayDirectory | null, name: string): OverlayNode {
    const known = upper === null ? undefined : this.byUpper.get(upper);
    if (known !== undefined) {
      known.parent = parent;
      known.name = name;
      known.takeAttributes();
      return known;
    }
    const isDirectory = (upper ?? lower)?.isDirectory === true;
    return isDirectory
      ? new OverlayDirectory(this, lower, upper, parent, name)
      : new OverlayNode(this, lower, upper, parent, name);
  }

  noteUpper(upper: Inode, node: OverlayNode): void {
    this.byUpper.set(upper, node);
  }

  forgetUpper(upper: Inode): void {
    this.byUpper.delete(upper);
  }

  override isCurrent(directory: Inode, name: string, child: Inode | null): boolean {
    return OverlayDirectory.of(directory).isStillCurrent(name, child === null ? null : OverlayNode.of(child));
  }

  /** Number shown for an inode: that of the lower layer where there is one, so that it survives the copy. */
  inodeNumber(lowerIno: number | null, upperIno: number): number {
    return lowerIno === null ? upperIno * 2 + 1 : lowerIno * 2;
  }

  nowMs(): number {
    const { seconds, nanoseconds } = this.now();
    return seconds * 1000 + nanoseconds / 1e6;
  }

  isRecent(thenMs: number): boolean {
    const age = this.nowMs() - thenMs;
    return age >= 0 && age < NAME_TIMEOUT_MS;
  }

  override statistics(): FileSystemStatistics {
    return this.upper.fs.statistics();
  }

  override describeOptions(): string {
    return this.options;
  }

  override sync(): number {
    return this.upper.fs.sync();
  }

  /** The layers belong to the overlay when nobody else mounted them. */
  override dispose(): void {
    this.rootDentry.forgetChildren();
    for (const { fs } of [this.upper, this.lower]) if (fs.mounts === 0) fs.dispose();
  }
}
