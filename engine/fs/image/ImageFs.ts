import { EFAULT, ENOENT, EROFS } from '../../abi/errno.ts';
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../../abi/mode.ts';
import type { MappingHolder } from '../../mm/PageSource.ts';
import { IMAGE_FRAME_BASE } from '../../mm/PhysicalMemory.ts';
import { makeDevice } from '../../vfs/deviceNumber.ts';
import { FileSystem } from '../../vfs/FileSystem.ts';
import type { FileSystemStatistics, WallClock } from '../../vfs/FileSystem.ts';
import { PAGE_SIZE } from '../../vfs/Frames.ts';
import { Inode } from '../../vfs/Inode.ts';
import type { DirectoryEntry, FilePages } from '../../vfs/Inode.ts';
import type { ImageReader } from './ImageReader.ts';
import { NAME_LIMIT } from './layout.ts';

/**
 * An image as a file system. Pages of its files are pages of the image, which the machine's physical memory shows as frames
 * from IMAGE_FRAME_BASE on: nothing is copied, neither for read(2) nor for mmap(2).
 */
export class ImageFs extends FileSystem {
  override readonly type = 'umlautfs';
  /** No number is registered for it: "UMI1". */
  override readonly magic = 0x554d4931;
  override readonly root: Inode;
  override isReadOnly = true;
  readonly image: ImageReader;
  /** Inodes that something holds: a file with two names must be one object. */
  private readonly live = new Map<number, ImageInode>();

  constructor(image: ImageReader, clock: WallClock) {
    super(clock);
    this.image = image;
    this.root = this.inode(image.rootIno);
  }

  inode(ino: number): ImageInode {
    const known = this.live.get(ino);
    if (known !== undefined) return known;
    const inode = this.makeInode(ino);
    this.live.set(ino, inode);
    return inode;
  }

  forget(inode: Inode): void {
    if (inode !== this.root) this.live.delete(inode.ino);
  }

  override statistics(): FileSystemStatistics {
    return {
      blockSize: PAGE_SIZE,
      blocks: this.image.totalPages,
      blocksFree: 0,
      blocksAvailable: 0,
      files: this.image.inodeCount,
      filesFree: 0,
      nameLength: NAME_LIMIT,
    };
  }

  private makeInode(ino: number): ImageInode {
    switch (this.image.mode(ino) & S_IFMT) {
      case S_IFDIR:
        return new ImageDirectory(this, ino);
      case S_IFREG:
        return new ImageFile(this, ino);
      case S_IFLNK:
        return new ImageSymbolicLink(this, ino);
      default:
        return new ImageInode(this, ino);
    }
  }
}

/** What all files of an image have in common; special files are just this. */
class ImageInode extends Inode {
  declare readonly fs: ImageFs;

  constructor(fs: ImageFs, ino: number) {
    const { image } = fs;
    const mode = image.mode(ino);
    super(fs, ino, mode);
    this.uid = image.uid(ino);
    this.gid = image.gid(ino);
    this.nlink = image.linkCount(ino);
    this.size = image.size(ino);
    const time = { seconds: image.mtimeSeconds(ino), nanoseconds: image.mtimeNanoseconds(ino) };
    this.atime = this.mtime = this.ctime = this.btime = time;
    const type = mode & S_IFMT;
    if (type === S_IFCHR || type === S_IFBLK) this.rdev = makeDevice(image.deviceMajor(ino), image.deviceMinor(ino));
  }

  /** The image is shared and does not change, not even by being read. */
  override touchAccess(): void {}

  override setAttributes(): number {
    return -EROFS;
  }

  protected override unused(): void {
    this.fs.forget(this);
  }
}

class ImageDirectory extends ImageInode {
  override lookup(name: string): ImageInode | number {
    const ino = this.fs.image.lookup(this.ino, name);
    return ino === 0 ? -ENOENT : this.fs.inode(ino);
  }

  override entries(): readonly DirectoryEntry[] {
    const { image } = this.fs;
    return Array.from({ length: image.entryCount(this.ino) }, (_, index) => {
      const ino = image.entryIno(this.ino, index);
      return { name: image.entryName(this.ino, index), ino, type: image.mode(ino) & S_IFMT };
    });
  }
}

class ImageSymbolicLink extends ImageInode {
  override readlink(): string {
    return this.fs.image.target(this.ino);
  }
}

class ImageFile extends ImageInode implements FilePages {
  readonly mappings = new Set<MappingHolder>();
  private readonly firstFrame: number;

  constructor(fs: ImageFs, ino: number) {
    super(fs, ino);
    this.firstFrame = IMAGE_FRAME_BASE + fs.image.firstPage(ino);
  }

  override get pages(): FilePages {
    return this;
  }

  frameForRead(index: number): number {
    return index * PAGE_SIZE < this.size ? this.firstFrame + index : -EFAULT;
  }

  getPage(index: number, forWrite: 0 | 1): number {
    if (forWrite === 1) throw new Error('a page of an image was asked for writing');
    // Frames of an image are not counted.
    return this.frameForRead(index);
  }

  cachedPage(index: number): number {
    return index * PAGE_SIZE < this.size ? this.firstFrame + index : -1;
  }

  writeBack(): number {
    return 0;
  }
}
