import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFLNK } from '../../abi/mode.ts';
import type { DeviceRegistry } from '../../vfs/DeviceRegistry.ts';
import type { WallClock } from '../../vfs/FileSystem.ts';
import type { Frames } from '../../vfs/Frames.ts';
import type { Inode } from '../../vfs/Inode.ts';
import { Tmpfs } from '../tmpfs/Tmpfs.ts';
import { TmpfsDirectory } from '../tmpfs/TmpfsDirectory.ts';

const links: readonly (readonly [string, string])[] = [
  ['fd', '/proc/self/fd'],
  ['stdin', 'fd/0'],
  ['stdout', 'fd/1'],
  ['stderr', 'fd/2'],
];

/** /dev: a tmpfs in which the machine's devices appear and disappear by themselves. */
export class Devtmpfs extends Tmpfs {
  override readonly type: string = 'devtmpfs';
  override readonly namesChange = true;

  constructor(frames: Frames, clock: WallClock, devices: DeviceRegistry) {
    super(frames, clock, { mode: 0o755 });
    // Elsewhere udev makes these; programs rely on them (bash's <(…), /dev/stdin).
    for (const [name, target] of links) this.root.symlink(name, target, { mode: S_IFLNK | 0o777, uid: 0, gid: 0 });
    devices.observe(({ name, rdev, mode }, kind, present) => {
      if (name === '') return;
      if (present) this.show(name, (kind === 'character' ? S_IFCHR : S_IFBLK) | mode, rdev);
      else this.hide(name);
    });
  }

  override isCurrent(directory: Inode, name: string, child: Inode | null): boolean {
    const found = TmpfsDirectory.of(directory).lookup(name);
    return child === null ? typeof found === 'number' : found === child;
  }

  /** Stays for the next mount, as on Linux. */
  override dispose(): void {}

  private show(path: string, mode: number, rdev: number): void {
    const names = path.split('/');
    const last = names.pop() ?? '';
    let directory = this.root;
    for (const name of names) {
      const found = directory.lookup(name);
      const next = typeof found === 'number' ? directory.mkdir(name, { mode: S_IFDIR | 0o755, uid: 0, gid: 0 }) : found;
      if (!(next instanceof TmpfsDirectory)) return;
      directory = next;
    }
    // A guest may have put something of its own there: that stays.
    if (typeof directory.lookup(last) === 'number') directory.mknod(last, { mode, uid: 0, gid: 0 }, rdev);
  }

  private hide(path: string): void {
    const names = path.split('/');
    const last = names.pop() ?? '';
    let directory = this.root;
    for (const name of names) {
      const next = directory.lookup(name);
      if (!(next instanceof TmpfsDirectory)) return;
      directory = next;
    }
    const node = directory.lookup(last);
    if (typeof node === 'number' || node.isDirectory) return;
    node.retain();
    directory.unlink(last, node);
    node.release();
  }
}
