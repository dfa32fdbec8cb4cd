/** The entries of a text tree as inodes of a file system that consists of them (proc, sysfs). */
import { EACCES, ENOENT } from '../../abi/errno.ts';
import { S_IFDIR, S_IFLNK, S_IFREG } from '../../abi/mode.ts';
import type { Actor } from '../../vfs/Actor.ts';
import type { File } from '../../vfs/File.ts';
import { Inode } from '../../vfs/Inode.ts';
import type { DirectoryEntry } from '../../vfs/Inode.ts';
import type { TextDirectory, TextEntry, TextLink, TextNode } from '../../vfs/TextTree.ts';
import { GeneratedFile } from './GeneratedFile.ts';
import type { TextFs } from './TextFs.ts';

/** Anything in a text file system. */
export abstract class TextInode extends Inode {
  declare readonly fs: TextFs;

  /** Whether what it shows is still there, under the name it was found by. */
  get isThere(): boolean {
    return true;
  }

  override get blocks(): number {
    return 0;
  }

  override touchAccess(): void {
    // generated text has no history
  }
}

/** A file of generated text. */
export class TextFileInode extends TextInode {
  private readonly node: Omit<TextNode, 'kind'>;

  constructor(fs: TextFs, ino: number, node: Omit<TextNode, 'kind'>) {
    super(fs, ino, S_IFREG | (node.mode ?? (node.write === undefined ? 0o444 : 0o644)));
    this.node = node;
  }

  override openSpecial(flags: number): File {
    return new GeneratedFile(flags, this.node);
  }

  override truncate(): number {
    return this.node.write === undefined ? -EACCES : 0;
  }
}

export class TextLinkInode extends TextInode {
  private readonly entry: Omit<TextLink, 'kind'>;

  constructor(fs: TextFs, ino: number, entry: Omit<TextLink, 'kind'>) {
    super(fs, ino, S_IFLNK | 0o777);
    this.entry = entry;
  }

  override readlink(actor: Actor): string | number {
    return this.entry.target(actor);
  }
}

/** A directory of a text tree. Inode numbers hold as long as the directory lives. */
export class TextDirectoryInode extends TextInode {
  private readonly directory: TextDirectory;
  private readonly known = new Map<string, { entry: TextEntry; inode: TextInode }>();

  constructor(fs: TextFs, ino: number, directory: TextDirectory) {
    super(fs, ino, S_IFDIR | 0o555);
    this.directory = directory;
    this.nlink = 2;
  }

  override lookup(name: string, _actor: Actor): Inode | number {
    return this.child(name) ?? -ENOENT;
  }

  override entries(_actor: Actor): readonly DirectoryEntry[] | number {
    const entries: DirectoryEntry[] = [];
    for (const name of this.directory.names()) {
      const child = this.child(name);
      if (child !== null) entries.push({ name, ino: child.ino, type: child.mode & 0o170000 });
    }
    return entries;
  }

  override create(): number {
    return -this.fs.creationError;
  }

  override mkdir(): number {
    return -this.fs.creationError;
  }

  /** Whether `inode` still is what `name` stands for. */
  isChild(name: string, inode: Inode | null): boolean {
    return this.child(name) === inode;
  }

  private child(name: string): TextInode | null {
    const entry = this.directory.find(name);
    if (entry === null) {
      this.known.delete(name);
      return null;
    }
    const known = this.known.get(name);
    if (known?.entry === entry) return known.inode;
    const inode = this.fs.inodeOf(entry);
    this.known.set(name, { entry, inode });
    return inode;
  }
}
