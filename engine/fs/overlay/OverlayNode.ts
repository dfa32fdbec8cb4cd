import { EROFS } from '../../abi/errno.ts';
import { O_ACCMODE, O_RDONLY, O_TRUNC } from '../../abi/open.ts';
import type { IoSource } from '../../mm/Io.ts';
import type { Task } from '../../process/Task.ts';
import type { Actor } from '../../vfs/Actor.ts';
import { Inode } from '../../vfs/Inode.ts';
import type { AttributeChange, FilePages } from '../../vfs/Inode.ts';
import { copyUp } from './copyUp.ts';
import type { OverlayDirectory } from './OverlayDirectory.ts';
import type { OverlayFs } from './OverlayFs.ts';

/** Something in an overlay: it is what `upper` is, or `lower` until the first change. */
export class OverlayNode extends Inode {
  declare readonly fs: OverlayFs;
  lower: Inode | null;
  upper: Inode | null;
  /** A name of it, for the copy; null for the root and when the name is gone. */
  parent: OverlayDirectory | null;
  name: string;
  /** When the layers were last asked for it. */
  checkedMs: number;
  private isForgotten = false;

  constructor(fs: OverlayFs, lower: Inode | null, upper: Inode | null, parent: OverlayDirectory | null, name: string) {
    const real = upper ?? lower;
    if (real === null) throw new Error('overlay node without a layer');
    super(fs, fs.inodeNumber(lower?.ino ?? null, real.ino), real.mode);
    this.lower = lower;
    this.upper = upper;
    this.parent = parent;
    this.name = name;
    this.checkedMs = fs.nowMs();
    lower?.retain();
    upper?.retain();
    if (upper !== null) fs.noteUpper(upper, this);
    this.takeAttributes();
  }

  /** An inode that the caller knows to be of an overlay. */
  static of(inode: Inode): OverlayNode {
    if (inode instanceof OverlayNode) return inode;
    throw new Error('inode of another file system or kind');
  }

  get real(): Inode {
    const real = this.upper ?? this.lower;
    if (real === null) throw new Error('overlay node without a layer');
    return real;
  }

  override get blocks(): number {
    return this.real.blocks;
  }

  /** Shows what the layer in charge has now. */
  takeAttributes(): void {
    const { real } = this;
    this.mode = real.mode;
    this.uid = real.uid;
    this.gid = real.gid;
    this.nlink = real.nlink;
    this.size = real.size;
    this.rdev = real.rdev;
    this.atime = real.atime;
    this.mtime = real.mtime;
    this.ctime = real.ctime;
    this.btime = real.btime;
  }

  /** Makes sure that the upper layer has it; 0 or an errno. `emptied`: its content is about to be cut off anyway. */
  ensureUpper(emptied: 'content' | 'emptied' = 'content'): number {
    if (this.upper !== null) return 0;
    const { lower, parent } = this;
    // Removed before it was ever changed: there is no place for a copy any more.
    if (parent === null || lower === null) return -EROFS;
    const error = parent.ensureUpper();
    if (error < 0) return error;
    const { upper: directory } = parent;
    if (directory === null) return -EROFS;
    const copy = copyUp(this.fs, lower, directory, this.name, emptied);
    if (typeof copy === 'number') return copy;
    this.upper = copy;
    this.fs.noteUpper(copy, this);
    this.takeAttributes();
    return 0;
  }

  override refresh(): number {
    const error = this.real.refresh();
    if (error >= 0) this.takeAttributes();
    return error;
  }

  override readlink(actor: Actor): string | number {
    return this.real.readlink(actor);
  }

  override get pages(): FilePages | null {
    return this.real.pages;
  }

  override prepareOpen(flags: number): number {
    const truncates = (flags & O_TRUNC) !== 0;
    if ((flags & O_ACCMODE) !== O_RDONLY || truncates) {
      const error = this.ensureUpper(truncates ? 'emptied' : 'content');
      if (error < 0) return error;
    }
    const error = this.real.prepareOpen(flags);
    if (error >= 0) this.takeAttributes();
    return error;
  }

  override writeBytes(source: IoSource, position: number, length: number): number {
    return this.change((upper) => upper.writeBytes(source, position, length));
  }

  override truncate(size: number): number {
    return this.change((upper) => upper.truncate(size));
  }

  override allocate(mode: number, offset: number, length: number): number {
    return this.change((upper) => upper.allocate(mode, offset, length));
  }

  override setAttributes(change: AttributeChange): number {
    return this.change((upper) => upper.setAttributes(change));
  }

  override setXattr(name: string, value: Uint8Array, flags: number): number {
    return this.change((upper) => upper.setXattr(name, value, flags));
  }

  override removeXattr(name: string): number {
    return this.change((upper) => upper.removeXattr(name));
  }

  override getXattr(name: string): Uint8Array | number {
    return this.real.getXattr(name);
  }

  override listXattr(): readonly string[] | number {
    return this.real.listXattr();
  }

  override nextData(offset: number): number {
    return this.real.nextData(offset);
  }

  override nextHole(offset: number): number {
    return this.real.nextHole(offset);
  }

  override sync(): number {
    return this.upper?.sync() ?? 0;
  }

  override touchAccess(): void {
    const { upper } = this;
    if (upper === null) return;
    upper.touchAccess();
    this.atime = upper.atime;
  }

  override ioctl(task: Task, request: number, argument: number): number {
    return this.real.ioctl(task, request, argument);
  }

  protected change(action: (upper: Inode) => number): number {
    const error = this.ensureUpper();
    if (error < 0) return error;
    const { real } = this;
    const result = action(real);
    this.takeAttributes();
    return result;
  }

  /** The layers stay in reach: a removed working directory is still asked for its attributes. */
  protected override unused(): void {
    if (this.isForgotten) return;
    this.isForgotten = true;
    if (this.upper !== null) this.fs.forgetUpper(this.upper);
    this.parent?.forgetChild(this);
    this.upper?.release();
    this.lower?.release();
  }
}
