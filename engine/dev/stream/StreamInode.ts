import { ENXIO } from '../../abi/errno.ts';
import { S_IFIFO } from '../../abi/mode.ts';
import { O_ACCMODE, O_RDONLY, O_WRONLY } from '../../abi/open.ts';
import type { File } from '../../vfs/File.ts';
import type { FileSystem } from '../../vfs/FileSystem.ts';
import { Inode } from '../../vfs/Inode.ts';

/** What fstat(2) shows of a byte stream: a pipe. Opened again by its descriptor (/dev/stderr), it is the same stream. */
export class StreamInode extends Inode {
  private readonly file: File;

  constructor(fs: FileSystem, ino: number, file: File) {
    super(fs, ino, S_IFIFO | 0o600);
    this.file = file;
  }

  override openSpecial(flags: number): File | number {
    const access = flags & O_ACCMODE;
    const isRight = this.file.canRead ? access === O_RDONLY : access === O_WRONLY;
    return isRight ? this.file.retain() : -ENXIO;
  }
}
