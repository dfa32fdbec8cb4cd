import { EACCES, ENXIO } from '../../abi/errno.ts';
import { S_IFLNK } from '../../abi/mode.ts';
import { O_CLOEXEC } from '../../abi/open.ts';
import type { Actor } from '../../vfs/Actor.ts';
import { Dentry } from '../../vfs/Dentry.ts';
import type { File } from '../../vfs/File.ts';
import type { Inode } from '../../vfs/Inode.ts';
import { Mount } from '../../vfs/Mount.ts';
import { Path } from '../../vfs/Path.ts';
import { describePath } from '../../vfs/pathString.ts';
import { TextFileInode, TextInode } from '../text/textInodes.ts';
import { credentialsOf, mayInspect } from './inspection.ts';
import { ProcDirectory } from './ProcDirectory.ts';
import type { Subject } from './ProcessDirectory.ts';

/** /proc/PID/fd, where each descriptor is a link to what it is, and /proc/PID/fdinfo, where each is a text. */
export class DescriptorDirectory extends ProcDirectory {
  private readonly subject: () => Subject;
  private readonly kind: 'fd' | 'fdinfo';

  constructor(subject: () => Subject, kind: 'fd' | 'fdinfo') {
    super(subject().fs, 0o555);
    this.subject = subject;
    this.kind = kind;
    this.refresh();
  }

  /** Only the owner may look, as the mode says, too. */
  override refresh(): number {
    const owner = credentialsOf(this.subject().process);
    this.mode = (this.mode & ~0o777) | 0o500;
    this.uid = owner?.euid ?? 0;
    this.gid = owner?.egid ?? 0;
    return 0;
  }

  override *names(): Generator<string> {
    for (const fd of this.subject().task?.files.descriptors() ?? []) yield `${fd}`;
  }

  override find(name: string, known: Inode | null): Inode | null {
    if (!/^(0|[1-9][0-9]*)$/.test(name)) return null;
    const fd = Number(name);
    const file = this.subject().task?.files.getAny(fd) ?? null;
    if (file === null) return null;
    if (this.kind === 'fdinfo') return known ?? new DescriptorInfo(this.subject, fd);
    return known instanceof DescriptorLink && known.file === file ? known : new DescriptorLink(this.subject, file);
  }
}

/** The magic link of one descriptor: opening it opens the same thing anew. */
class DescriptorLink extends TextInode {
  readonly file: File;
  private readonly subject: () => Subject;

  constructor(subject: () => Subject, file: File) {
    const { fs, process } = subject();
    super(fs, fs.nextInode(), S_IFLNK | (file.canRead ? 0o500 : 0) | (file.canWrite ? 0o300 : 0));
    this.file = file;
    this.subject = subject;
    this.size = 64;
    const owner = credentialsOf(process);
    this.uid = owner?.euid ?? 0;
    this.gid = owner?.egid ?? 0;
  }

  override readlink(actor: Actor): string | number {
    if (!mayInspect(actor, this.subject().process)) return -EACCES;
    const { path } = this.file;
    return path === null ? this.file.describe() : describePath(path, actor.fs);
  }

  override followMagic(actor: Actor): Path | number {
    if (!mayInspect(actor, this.subject().process)) return -EACCES;
    const { path, inode } = this.file;
    if (path !== null) return path;
    if (inode === null) return -ENXIO;
    const entry = Dentry.floating(this.file.describe(), inode);
    return new Path(new Mount(inode.fs, entry, 0, 'none', 0), entry);
  }
}

class DescriptorInfo extends TextFileInode {
  constructor(subject: () => Subject, fd: number) {
    const { fs } = subject();
    super(fs, fs.nextInode(), {
      read: (actor) => {
        const { task, process } = subject();
        if (!mayInspect(actor, process)) return -EACCES;
        const file = task?.files.getAny(fd) ?? null;
        if (task === null || file === null) return '';
        const flags = file.flags | (task.files.getCloseOnExec(fd) ? O_CLOEXEC : 0);
        const mount = file.path?.mount.id ?? 0;
        return `pos:\t${file.position}\nflags:\t0${flags.toString(8)}\nmnt_id:\t${mount}\nino:\t${file.inode?.ino ?? 0}\n`;
      },
    });
  }
}
