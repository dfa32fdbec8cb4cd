import { ENOENT } from '../../abi/errno.ts';
import { S_IFDIR } from '../../abi/mode.ts';
import type { Kernel } from '../../process/Kernel.ts';
import type { Actor } from '../../vfs/Actor.ts';
import type { DirectoryEntry, Inode } from '../../vfs/Inode.ts';
import { TextFs } from '../text/TextFs.ts';
import { TextDirectoryInode } from '../text/textInodes.ts';
import { ProcessDirectory } from './ProcessDirectory.ts';
import type { ProcDirectory } from './ProcDirectory.ts';

/** /proc (proc(5)): a directory for each process, and what `Vfs.proc` lists. */
export class ProcFs extends TextFs {
  override readonly type = 'proc';
  override readonly magic = 0x9fa0;
  override readonly creationError = ENOENT;
  override readonly root: ProcRoot;
  readonly kernel: Kernel;

  constructor(kernel: Kernel) {
    super(kernel.clock);
    this.kernel = kernel;
    this.root = new ProcRoot(this, 1, kernel.vfs.proc);
  }

  override isCurrent(directory: Inode, name: string, child: Inode | null): boolean {
    if (child === null) return false;
    if (directory instanceof ProcRoot && child instanceof ProcessDirectory) return directory.isProcess(name, child);
    return isProcDirectory(directory) ? directory.isChild(name, child) : super.isCurrent(directory, name, child);
  }
}

function isProcDirectory(inode: Inode): inode is ProcDirectory {
  return 'isProcDirectory' in inode;
}

/** The top: names that are numbers are processes. */
class ProcRoot extends TextDirectoryInode {
  declare readonly fs: ProcFs;
  private readonly processes = new Map<number, ProcessDirectory>();

  override lookup(name: string, actor: Actor): Inode | number {
    return /^[1-9][0-9]*$/.test(name) ? (this.process(Number(name)) ?? -ENOENT) : super.lookup(name, actor);
  }

  override entries(actor: Actor): readonly DirectoryEntry[] | number {
    const listed = super.entries(actor);
    if (typeof listed === 'number') return listed;
    const entries = [...listed];
    const pids = [...this.fs.kernel.processes.processes.keys()].sort((a, b) => a - b);
    for (const pid of pids) {
      const directory = this.process(pid);
      if (directory !== null) entries.push({ name: `${pid}`, ino: directory.ino, type: S_IFDIR });
    }
    return entries;
  }

  isProcess(name: string, child: ProcessDirectory): boolean {
    return this.process(Number(name)) === child;
  }

  /** Threads can be looked at by their own number, too, though none is listed. */
  private process(pid: number): ProcessDirectory | null {
    const { processes } = this.fs.kernel;
    const process = processes.processes.get(pid) ?? processes.tasks.get(pid)?.process;
    const known = this.processes.get(pid);
    if (process === undefined) {
      this.processes.delete(pid);
      return null;
    }
    if (known?.process === process) return known;
    const directory = new ProcessDirectory(this.fs, process);
    this.processes.set(pid, directory);
    return directory;
  }
}
