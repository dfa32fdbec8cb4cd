import { FileSystem } from '../../vfs/FileSystem.ts';
import type { Inode } from '../../vfs/Inode.ts';
import type { TextEntry } from '../../vfs/TextTree.ts';
import { TextDirectoryInode, TextFileInode, TextLinkInode } from './textInodes.ts';
import type { TextInode } from './textInodes.ts';

/** A file system of generated text: what sysfs is, and most of proc. */
export abstract class TextFs extends FileSystem {
  override readonly namesChange: boolean = true;
  /** What creating a file or directory answers. */
  abstract readonly creationError: number;
  private lastInode = 1;

  nextInode(): number {
    return ++this.lastInode;
  }

  inodeOf(entry: TextEntry): TextInode {
    switch (entry.kind) {
      case 'file':
        return new TextFileInode(this, this.nextInode(), entry);
      case 'link':
        return new TextLinkInode(this, this.nextInode(), entry);
      case 'directory':
        return new TextDirectoryInode(this, this.nextInode(), entry);
    }
  }

  override isCurrent(directory: Inode, name: string, child: Inode | null): boolean {
    return child !== null && directory instanceof TextDirectoryInode && directory.isChild(name, child);
  }
}
