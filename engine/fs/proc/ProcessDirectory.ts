import { EACCES, ENOENT, ESRCH } from '../../abi/errno.ts';
import { S_IFLNK } from '../../abi/mode.ts';
import type { Process } from '../../process/Process.ts';
import type { Task } from '../../process/Task.ts';
import type { Actor } from '../../vfs/Actor.ts';
import type { Inode } from '../../vfs/Inode.ts';
import type { Path } from '../../vfs/Path.ts';
import { describePath } from '../../vfs/pathString.ts';
import { TextFileInode, TextInode } from '../text/textInodes.ts';
import { DescriptorDirectory } from './DescriptorDirectory.ts';
import { credentialsOf, mayInspect } from './inspection.ts';
import { ProcDirectory } from './ProcDirectory.ts';
import type { ProcFs } from './ProcFs.ts';
import { processFiles } from './processFiles.ts';

/** What a directory of a process or thread shows: the process, and the thread, null when it has ended. */
export interface Subject {
  readonly fs: ProcFs;
  readonly process: Process;
  readonly task: Task | null;
}

/** Links that lead to a place: working directory, root, program. */
const links: Readonly<Record<string, (subject: Subject) => Path | null>> = {
  cwd: ({ task }) => task?.fs.cwd ?? null,
  root: ({ task }) => task?.fs.root ?? null,
  exe: ({ process }) => process.executable?.path ?? null,
};

/** /proc/PID, and with a thread /proc/PID/task/TID. */
export class ProcessDirectory extends ProcDirectory {
  readonly process: Process;
  private readonly thread: Task | null;

  constructor(fs: ProcFs, process: Process, thread: Task | null = null) {
    super(fs, 0o555);
    this.process = process;
    this.thread = thread;
    this.refresh();
  }

  override refresh(): number {
    const owner = credentialsOf(this.process);
    this.uid = owner?.euid ?? 0;
    this.gid = owner?.egid ?? 0;
    return 0;
  }

  override *names(): Generator<string> {
    yield* Object.keys(processFiles);
    yield* Object.keys(links);
    yield 'fd';
    yield 'fdinfo';
    if (this.thread === null) yield 'task';
  }

  override find(name: string, known: Inode | null): Inode | null {
    if (known !== null) return known;
    const { fs, process } = this;
    const subject = (): Subject => ({ fs, process, task: this.task });
    if (Object.hasOwn(processFiles, name)) return new ProcessFileInode(subject, name);
    if (Object.hasOwn(links, name)) return new PlaceLink(subject, links[name]);
    if (name === 'fd' || name === 'fdinfo') return new DescriptorDirectory(subject, name);
    return name === 'task' && this.thread === null ? new ThreadsDirectory(fs, process) : null;
  }

  protected override get isAlive(): boolean {
    return isAlive(this.fs, this.process);
  }

  /** The thread that the files tell of: the given one, else the first. */
  private get task(): Task | null {
    if (this.thread !== null) return this.thread.state === 'dead' ? null : this.thread;
    return this.process.threads.length === 0 ? null : this.process.leader;
  }
}

/** Whether nobody has waited for the process yet. */
function isAlive(fs: ProcFs, process: Process): boolean {
  return fs.kernel.processes.processes.get(process.pid) === process;
}

/** /proc/PID/task. */
class ThreadsDirectory extends ProcDirectory {
  private readonly process: Process;
  private readonly directories = new WeakMap<Task, ProcessDirectory>();

  constructor(fs: ProcFs, process: Process) {
    super(fs, 0o555);
    this.process = process;
  }

  protected override get isAlive(): boolean {
    return isAlive(this.fs, this.process);
  }

  override *names(): Generator<string> {
    for (const { tid } of this.process.threads) yield `${tid}`;
  }

  override find(name: string): Inode | null {
    const task = this.process.threads.find(({ tid }) => `${tid}` === name);
    if (task === undefined) return null;
    let directory = this.directories.get(task);
    if (directory === undefined) {
      directory = new ProcessDirectory(this.fs, this.process, task);
      this.directories.set(task, directory);
    }
    return directory;
  }
}

/** One of the files in the table. */
class ProcessFileInode extends TextFileInode {
  private readonly subject: () => Subject;

  constructor(subject: () => Subject, name: string) {
    const file = processFiles[name];
    const { fs } = subject();
    const { write } = file;
    super(fs, fs.nextInode(), {
      mode: file.mode ?? 0o444,
      read: (actor) => {
        const now = subject();
        if (!isAlive(fs, now.process)) return -ESRCH;
        if (file.isPrivate === true && !mayInspect(actor, now.process)) return -EACCES;
        return file.read(now, actor);
      },
      ...(write && {
        write: (actor: Actor, text: string) =>
          mayInspect(actor, subject().process) ? write(subject(), text, actor) : -EACCES,
      }),
    });
    this.subject = subject;
    this.refresh();
  }

  override refresh(): number {
    const owner = credentialsOf(this.subject().process);
    this.uid = owner?.euid ?? 0;
    this.gid = owner?.egid ?? 0;
    return 0;
  }
}

class PlaceLink extends TextInode {
  private readonly subject: () => Subject;
  private readonly placeOf: (subject: Subject) => Path | null;

  constructor(subject: () => Subject, placeOf: (subject: Subject) => Path | null) {
    const { fs } = subject();
    super(fs, fs.nextInode(), S_IFLNK | 0o777);
    this.subject = subject;
    this.placeOf = placeOf;
  }

  override readlink(actor: Actor): string | number {
    const place = this.followMagic(actor);
    return typeof place === 'number' ? place : describePath(place, actor.fs);
  }

  override followMagic(actor: Actor): Path | number {
    const subject = this.subject();
    if (!mayInspect(actor, subject.process)) return -EACCES;
    return this.placeOf(subject) ?? -ENOENT;
  }
}
