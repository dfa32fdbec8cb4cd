import { EEXIST, ENOENT, ENOTEMPTY, EPERM, EROFS, EXDEV } from '../../abi/errno.ts';
import { S_IFREG } from '../../abi/mode.ts';
import type { Actor } from '../../vfs/Actor.ts';
import type { DirectoryEntry, Inode, NewAttributes } from '../../vfs/Inode.ts';
import { OverlayNode } from './OverlayNode.ts';
import { OPAQUE_MARK, WHITEOUT_PREFIX, isReserved, whiteoutName } from './whiteout.ts';

const MARK_ATTRIBUTES: NewAttributes = { mode: S_IFREG | 0o600, uid: 0, gid: 0 };

/** A directory of an overlay: `lower` and `upper` merged by name. An opaque upper one has no `lower`. */
export class OverlayDirectory extends OverlayNode {
  /** Children that are in use, by name: their inode numbers hold as long as they live. */
  private readonly live = new Map<string, OverlayNode>();
  /** Names that neither layer had, and when they were asked. */
  private readonly absent = new Map<string, number>();

  /** A directory that the caller knows to be of an overlay. */
  static override of(inode: Inode): OverlayDirectory {
    if (inode instanceof OverlayDirectory) return inode;
    throw new Error('inode of another file system or kind');
  }

  override takeAttributes(): void {
    super.takeAttributes();
    // As overlayfs does: programs must not reckon subdirectories from a count that only one layer knows.
    if (this.lower !== null && this.upper !== null) this.nlink = 1;
  }

  forgetChild(child: OverlayNode): void {
    if (this.live.get(child.name) === child) this.live.delete(child.name);
  }

  isStillCurrent(name: string, child: OverlayNode | null): boolean {
    const { upper, lower } = this;
    if (upper === null && lower?.fs.namesChange !== true) return true;
    if (child === null) {
      const asked = this.absent.get(name);
      return asked !== undefined && this.fs.isRecent(asked);
    }
    if (this.fs.isRecent(child.checkedMs)) return true;
    const found = this.lookup(name, this.fs.actor);
    return found === child;
  }

  override lookup(name: string, actor: Actor): OverlayNode | number {
    if (isReserved(name)) return -ENOENT;
    const upper = this.upper?.lookup(name, actor) ?? -ENOENT;
    if (typeof upper === 'number' && upper !== -ENOENT) return upper;
    const foundUpper = typeof upper === 'number' ? null : upper;
    const isHidden = foundUpper === null && this.hasWhiteout(name);
    const lower = isHidden ? -ENOENT : (this.lower?.lookup(name, actor) ?? -ENOENT);
    if (typeof lower === 'number' && lower !== -ENOENT && foundUpper === null) return lower;
    const foundLower = typeof lower === 'number' ? null : lower;
    if (foundUpper === null && foundLower === null) {
      if (this.absent.size > 1000) this.absent.clear();
      this.absent.set(name, this.fs.nowMs());
      return -ENOENT;
    }
    return this.merge(name, foundLower, foundUpper, actor);
  }

  override entries(actor: Actor): readonly DirectoryEntry[] | number {
    const shown = new Map<string, DirectoryEntry>();
    const hidden = new Set<string>();
    const upper = this.upper?.entries(actor) ?? [];
    if (typeof upper === 'number') return upper;
    for (const { name, ino, type } of upper) {
      if (isReserved(name)) hidden.add(name.substring(WHITEOUT_PREFIX.length));
      else shown.set(name, { name, type, ino: this.fs.inodeNumber(null, ino) });
    }
    const lower = this.lower?.entries(actor) ?? [];
    if (typeof lower === 'number') return lower;
    for (const { name, ino, type } of lower) {
      const above = shown.get(name);
      if (above !== undefined) {
        if (isMergeable(above.type, type)) shown.set(name, { ...above, ino: this.fs.inodeNumber(ino, ino) });
      } else if (!hidden.has(name)) shown.set(name, { name, type, ino: this.fs.inodeNumber(ino, ino) });
    }
    for (const [name, node] of this.live) {
      const entry = shown.get(name);
      if (entry !== undefined) shown.set(name, { ...entry, ino: node.ino });
    }
    return [...shown.values()];
  }

  override create(name: string, attributes: NewAttributes): OverlayNode | number {
    return this.make(name, (upper) => upper.create(name, attributes));
  }

  override mknod(name: string, attributes: NewAttributes, rdev: number): OverlayNode | number {
    return this.make(name, (upper) => upper.mknod(name, attributes, rdev));
  }

  override symlink(name: string, target: string, attributes: NewAttributes): OverlayNode | number {
    return this.make(name, (upper) => upper.symlink(name, target, attributes));
  }

  override mkdir(name: string, attributes: NewAttributes): OverlayNode | number {
    return this.make(name, (upper) => {
      const made = upper.mkdir(name, attributes);
      // What a whiteout hid must not come to light again inside of the new directory.
      if (typeof made !== 'number' && this.hasLower(name)) {
        const mark = made.create(OPAQUE_MARK, MARK_ATTRIBUTES);
        if (typeof mark === 'number') return mark;
      }
      return made;
    });
  }

  override createUnnamed(attributes: NewAttributes): OverlayNode | number {
    const error = this.ensureUpper();
    if (error < 0) return error;
    const made = this.upper?.createUnnamed(attributes) ?? -EROFS;
    return typeof made === 'number' ? made : this.fs.node(null, made, null, '');
  }

  override link(name: string, inode: Inode): number {
    const node = OverlayNode.of(inode);
    const copied = node.ensureUpper();
    if (copied < 0) return copied;
    const source = node.real;
    const made = this.make(name, (upper) => {
      const error = upper.link(name, source);
      return error < 0 ? error : source;
    });
    return typeof made === 'number' ? made : 0;
  }

  override unlink(name: string, inode: Inode): number {
    return this.remove(name, OverlayNode.of(inode), (upper, target) => upper.unlink(name, target));
  }

  override rmdir(name: string, inode: Inode): number {
    const directory = OverlayDirectory.of(inode);
    const error = directory.clearIfEmpty();
    if (error < 0) return error;
    const result = this.remove(name, directory, (upper, target) => upper.rmdir(name, target));
    if (result >= 0) directory.nlink = 0;
    return result;
  }

  override rename(name: string, moved: Inode, directory: Inode, newName: string, replaced: Inode | null): number {
    const node = OverlayNode.of(moved);
    const target = OverlayDirectory.of(directory);
    const victim = replaced === null ? null : OverlayNode.of(replaced);
    if (isReserved(newName)) return -EPERM;
    if (node.isDirectory && node.lower !== null) return -EXDEV;
    if (victim instanceof OverlayDirectory) {
      const error = victim.clearIfEmpty();
      if (error < 0) return error;
    }
    for (const needed of [node, this, target]) {
      const error = needed.ensureUpper();
      if (error < 0) return error;
    }
    const [from, to] = [this.upper, target.upper];
    if (from === null || to === null || node.upper === null) return -EROFS;
    const opaque = target.makeOpaqueFor(newName, node);
    if (opaque < 0) return opaque;
    // The whiteout first: should we stop in between, the file is still there under its old name.
    const hidden = this.hasLower(name) ? this.addWhiteout(name) : 0;
    if (hidden < 0) return hidden;
    const result = from.rename(name, node.upper, to, newName, victim?.upper ?? null);
    if (result < 0) {
      if (this.hasLower(name)) this.dropWhiteout(name);
      return result;
    }
    target.dropWhiteout(newName);
    this.forgetChild(node);
    if (victim !== null) target.lose(victim);
    target.adopt(newName, node);
    this.takeAttributes();
    target.takeAttributes();
    return 0;
  }

  override exchange(name: string, inode: Inode, directory: Inode, otherName: string, other: Inode): number {
    const target = OverlayDirectory.of(directory);
    const [node, partner] = [OverlayNode.of(inode), OverlayNode.of(other)];
    for (const moved of [node, partner]) if (moved.isDirectory && moved.lower !== null) return -EXDEV;
    for (const needed of [node, partner, this, target]) {
      const error = needed.ensureUpper();
      if (error < 0) return error;
    }
    const opaque = target.makeOpaqueFor(otherName, node);
    if (opaque < 0) return opaque;
    const partnerOpaque = this.makeOpaqueFor(name, partner);
    if (partnerOpaque < 0) return partnerOpaque;
    const [from, to] = [this.upper, target.upper];
    if (from === null || to === null) return -EROFS;
    const result = from.exchange(name, node.real, to, otherName, partner.real);
    if (result < 0) return result;
    this.forgetChild(node);
    target.forgetChild(partner);
    target.adopt(otherName, node);
    this.adopt(name, partner);
    this.takeAttributes();
    target.takeAttributes();
    return 0;
  }

  /** A directory that comes to `name` must not be merged with what is below there. */
  private makeOpaqueFor(name: string, node: OverlayNode): number {
    if (!node.isDirectory || node.upper === null || !this.hasLower(name)) return 0;
    const mark = node.upper.create(OPAQUE_MARK, MARK_ATTRIBUTES);
    return typeof mark === 'number' && mark !== -EEXIST ? mark : 0;
  }

  private merge(name: string, lower: Inode | null, upper: Inode | null, actor: Actor): OverlayNode {
    let below = lower;
    if (upper !== null && lower !== null) {
      const isOpaque = upper.isDirectory && typeof upper.lookup(OPAQUE_MARK, actor) !== 'number';
      if (isOpaque || !isMergeable(upper.mode, lower.mode)) below = null;
    }
    const known = this.live.get(name);
    if (
      known !== undefined &&
      (upper === null ? known.upper === null && known.lower === below : known.upper === upper)
    ) {
      known.checkedMs = this.fs.nowMs();
      return known;
    }
    const node = this.fs.node(below, upper, this, name);
    this.adopt(name, node);
    return node;
  }

  private adopt(name: string, node: OverlayNode): void {
    node.parent = this;
    node.name = name;
    node.checkedMs = this.fs.nowMs();
    this.absent.delete(name);
    this.live.set(name, node);
  }

  /** A name of `child` is gone. */
  private lose(child: OverlayNode): void {
    this.forgetChild(child);
    child.takeAttributes();
    if (child.upper === null) child.nlink = Math.max(0, child.nlink - 1);
    if (child.parent === this) child.parent = null;
  }

  private make(name: string, action: (upper: Inode) => Inode | number): OverlayNode | number {
    if (isReserved(name)) return -EPERM;
    const error = this.ensureUpper();
    if (error < 0) return error;
    const { upper } = this;
    if (upper === null) return -EROFS;
    const made = action(upper);
    if (typeof made === 'number') return made;
    this.dropWhiteout(name);
    const node = this.fs.node(null, made, this, name);
    this.adopt(name, node);
    this.takeAttributes();
    return node;
  }

  private remove(name: string, node: OverlayNode, action: (upper: Inode, target: Inode) => number): number {
    const hides = this.hasLower(name);
    if (hides) {
      const error = this.ensureUpper();
      if (error < 0) return error;
      const hidden = this.addWhiteout(name);
      if (hidden < 0) return hidden;
    }
    const { upper } = this;
    if (upper !== null && node.upper !== null) {
      const result = action(upper, node.upper);
      if (result < 0) {
        if (hides) this.dropWhiteout(name);
        return result;
      }
    }
    this.lose(node);
    this.takeAttributes();
    return 0;
  }

  /** Before the directory goes: -ENOTEMPTY, or the whiteouts in its upper layer are removed. */
  private clearIfEmpty(): number {
    const entries = this.entries(this.fs.actor);
    if (typeof entries === 'number') return entries;
    if (entries.length > 0) return -ENOTEMPTY;
    const { upper } = this;
    const marks = upper?.entries(this.fs.actor) ?? [];
    if (typeof marks === 'number' || upper === null) return 0;
    // Taken away first, they would let what they hide show: from here on nothing below counts.
    this.lower?.release();
    this.lower = null;
    for (const { name } of marks) {
      const mark = upper.lookup(name, this.fs.actor);
      if (typeof mark !== 'number') upper.unlink(name, mark);
    }
    return 0;
  }

  private hasLower(name: string): boolean {
    return this.lower !== null && typeof this.lower.lookup(name, this.fs.actor) !== 'number';
  }

  private hasWhiteout(name: string): boolean {
    if (this.upper === null || this.lower === null) return false;
    return typeof this.upper.lookup(whiteoutName(name), this.fs.actor) !== 'number';
  }

  private addWhiteout(name: string): number {
    const made = this.upper?.create(whiteoutName(name), MARK_ATTRIBUTES) ?? -EROFS;
    return typeof made === 'number' && made !== -EEXIST ? made : 0;
  }

  private dropWhiteout(name: string): void {
    const { upper } = this;
    if (upper === null || this.lower === null) return;
    const mark = upper.lookup(whiteoutName(name), this.fs.actor);
    if (typeof mark !== 'number') upper.unlink(whiteoutName(name), mark);
  }
}

/** Whether a lower file of the same name is the origin of the upper one (or its other half, for directories). */
function isMergeable(upperMode: number, lowerMode: number): boolean {
  return (upperMode & 0o170000) === (lowerMode & 0o170000);
}
