import { ENOENT } from '../../abi/errno.ts';
import { S_IFCHR, S_IFDIR } from '../../abi/mode.ts';
import type { Credentials } from '../../process/Credentials.ts';
import { makeDevice } from '../../vfs/deviceNumber.ts';
import { FileSystem } from '../../vfs/FileSystem.ts';
import type { WallClock } from '../../vfs/FileSystem.ts';
import { Inode } from '../../vfs/Inode.ts';
import type { DirectoryEntry } from '../../vfs/Inode.ts';

const DEVPTS_MAGIC = 0x1cd1;
const ROOT_INO = 1;
const PTMX_INO = 2;
/** Slave number n has inode n + 3, as on Linux. */
const FIRST_SLAVE_INO = 3;
const PTMX_DEVICE = makeDevice(5, 2);

/** Mount options (`Documentation/filesystems/devpts.rst`); `gid` null: that of who opens /dev/ptmx. */
interface Options {
  uid: number | null;
  gid: number | null;
  mode: number;
  ptmxMode: number;
}

/** /dev/pts: a node for each pty whose master is open. A machine has one instance, however often it is mounted. */
export class Devpts extends FileSystem {
  override readonly type = 'devpts';
  override readonly magic = DEVPTS_MAGIC;
  override readonly namesChange = true;
  override readonly root: DevptsDirectory;
  private options: Options = { uid: null, gid: null, mode: 0o600, ptmxMode: 0 };

  constructor(clock: WallClock) {
    super(clock);
    this.root = new DevptsDirectory(this, ROOT_INO, S_IFDIR | 0o755);
    this.root.nlink = 2;
    this.root.nodes.set('ptmx', new DevptsNode(this, PTMX_INO, S_IFCHR, PTMX_DEVICE));
  }

  /** Takes the options of a mount(2): `gid=5,mode=620,ptmxmode=666`. Unknown ones are an error: false. */
  setOptions(data: string): boolean {
    const options: Options = { ...this.options };
    for (const option of data.split(',')) {
      const [name, value = ''] = option.split('=');
      const isOctal = name === 'mode' || name === 'ptmxmode';
      const number = /^[0-9]+$/.test(value) ? parseInt(value, isOctal ? 8 : 10) : NaN;
      if (option === '' || option === 'newinstance') continue;
      if (name === 'max') continue;
      if (Number.isNaN(number)) return false;
      if (name === 'uid') options.uid = number;
      else if (name === 'gid') options.gid = number;
      else if (name === 'mode') options.mode = number & 0o777;
      else if (name === 'ptmxmode') options.ptmxMode = number & 0o777;
      else return false;
    }
    this.options = options;
    this.root.nodes.get('ptmx')?.setAttributes({ mode: options.ptmxMode });
    return true;
  }

  override describeOptions(): string {
    const { uid, gid, mode, ptmxMode } = this.options;
    const owner = (uid === null ? '' : `,uid=${uid}`) + (gid === null ? '' : `,gid=${gid}`);
    return `${owner},mode=${mode.toString(8)},ptmxmode=${ptmxMode.toString(8).padStart(3, '0')}`;
  }

  override isCurrent(_directory: Inode, name: string, child: Inode | null): boolean {
    return (this.root.nodes.get(name) ?? null) === child;
  }

  /** A slave appears. */
  add(number: number, device: number, owner: Credentials): Inode {
    const node = new DevptsNode(this, FIRST_SLAVE_INO + number, S_IFCHR | this.options.mode, device);
    node.uid = this.options.uid ?? owner.fsuid;
    node.gid = this.options.gid ?? owner.fsgid;
    this.root.nodes.set(String(number), node);
    return node;
  }

  remove(number: number): void {
    const node = this.root.nodes.get(String(number));
    if (node !== undefined) node.nlink = 0;
    this.root.nodes.delete(String(number));
  }
}

class DevptsNode extends Inode {
  constructor(fs: FileSystem, ino: number, mode: number, device: number) {
    super(fs, ino, mode);
    this.rdev = device;
  }
}

class DevptsDirectory extends Inode {
  readonly nodes = new Map<string, Inode>();

  override lookup(name: string): Inode | number {
    return this.nodes.get(name) ?? -ENOENT;
  }

  override entries(): readonly DirectoryEntry[] {
    return [...this.nodes].map(([name, { ino }]) => ({ name, ino, type: S_IFCHR }));
  }
}
