import { EPERM } from '../../abi/errno.ts';
import type { WallClock } from '../../vfs/FileSystem.ts';
import type { TextTree } from '../../vfs/TextTree.ts';
import { TextFs } from '../text/TextFs.ts';
import { TextDirectoryInode } from '../text/textInodes.ts';

/** /sys: devices and settings as a tree of small files (sysfs(5)). */
export class Sysfs extends TextFs {
  override readonly type = 'sysfs';
  override readonly magic = 0x62656572;
  override readonly creationError = EPERM;
  override readonly root: TextDirectoryInode;

  constructor(clock: WallClock, tree: TextTree) {
    super(clock);
    this.root = new TextDirectoryInode(this, 1, tree);
  }
}
