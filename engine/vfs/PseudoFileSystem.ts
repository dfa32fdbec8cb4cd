import { S_IFDIR } from '../abi/mode.ts';
import { FileSystem } from './FileSystem.ts';
import type { WallClock } from './FileSystem.ts';
import { Inode } from './Inode.ts';

/** A file system that nobody can mount or see: the home of inodes without names (pipefs, sockfs). */
export class PseudoFileSystem extends FileSystem {
  readonly type: string;
  readonly magic: number;
  readonly root: Inode;

  constructor(type: string, magic: number, device: number, clock: WallClock) {
    super(clock);
    this.type = type;
    this.magic = magic;
    this.device = device;
    this.root = new PseudoRoot(this, 1, S_IFDIR | 0o555);
  }
}

class PseudoRoot extends Inode {}
