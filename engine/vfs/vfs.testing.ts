/** A machine's file system without the machine: for tests beside the files. */
import { CapabilitySet } from '../process/Capabilities.ts';
import { rootCredentials } from '../process/Credentials.ts';
import type { Credentials } from '../process/Credentials.ts';
import { KernelIo } from '../mm/Io.ts';
import { PhysicalMemory } from '../mm/PhysicalMemory.ts';
import { Tmpfs } from '../fs/tmpfs/Tmpfs.ts';
import type { Timespec } from '../abi/time.ts';
import type { Actor } from './Actor.ts';
import type { File } from './File.ts';
import type { FileSystem } from './FileSystem.ts';
import { FsContext } from './FsContext.ts';
import { mountAt } from './mounting.ts';
import { openFile } from './open.ts';
import type { Path } from './Path.ts';
import { walkPath, WALK_FOLLOW } from './pathWalk.ts';
import { Vfs } from './Vfs.ts';

/** A clock that moves by a microsecond whenever it is asked. */
class TestClock {
  microseconds = 1_700_000_000_000_000;

  realtime(): Timespec {
    this.microseconds++;
    return { seconds: Math.floor(this.microseconds / 1e6), nanoseconds: (this.microseconds % 1e6) * 1000 };
  }
}

export function userCredentials(uid: number, gid = uid, groups: readonly number[] = []): Credentials {
  const { none, all } = CapabilitySet;
  const capabilities = { permitted: none, effective: none, inheritable: none, bounding: all, keep: 0 } as const;
  return { uid, euid: uid, suid: uid, fsuid: uid, gid, egid: gid, sgid: gid, fsgid: gid, groups, capabilities };
}

/** Open files get this instead of a task: they look at limits and credentials only. */
interface TestTask extends Actor {
  readonly process: { readonly pid: number; limit: () => number };
}

export class TestMachine {
  readonly clock = new TestClock();
  readonly memory: PhysicalMemory;
  readonly vfs: Vfs;
  readonly actor: TestTask;

  constructor(pages = 1024, root?: (machine: TestMachine) => FileSystem) {
    this.memory = new PhysicalMemory(new Uint8Array(pages * 4096));
    this.vfs = new Vfs(this.memory, this.clock);
    this.memory.addShrinker(this.vfs.pageCaches);
    const fs = root === undefined ? new Tmpfs(this.memory, this.clock, { mode: 0o755 }) : root(this);
    this.vfs.rootMount = this.vfs.createMount(fs, 'root', 0);
    this.actor = this.as(rootCredentials);
  }

  get rootPath(): Path {
    return this.vfs.rootMount.rootPath;
  }

  as(credentials: Credentials): TestTask {
    const fs = new FsContext(this.rootPath, this.rootPath, 0o022);
    return { fs, credentials, process: { pid: 1, limit: () => Infinity }, tid: 1 };
  }

  mount(fs: FileSystem, path: string): void {
    const place = this.find(path);
    if (typeof place === 'number') throw new Error(`no mount point ${path}`);
    const mount = mountAt(this.vfs, fs, place, 'test', 0);
    if (typeof mount === 'number') throw new Error(`cannot mount on ${path}`);
  }

  find(path: string, flags = WALK_FOLLOW, actor: Actor = this.actor): Path | number {
    return walkPath(actor, null, path, flags);
  }

  open(path: string, flags = 0, mode = 0o644, actor: Actor = this.actor): File | number {
    return openFile(this.vfs, actor, null, path, flags, mode);
  }

  /** The content of a file; throws with the errno's number. */
  read(path: string): string {
    const file = this.opened(path, 0);
    const text = this.readFrom(file);
    file.close();
    return text;
  }

  readFrom(file: File, length = 1 << 20): string {
    const bytes = new Uint8Array(length);
    const count = file.read(this.actor as never, new KernelIo(bytes));
    if (count < 0) throw new Error(`read answers ${count}`);
    return Buffer.from(bytes.subarray(0, count)).toString('latin1');
  }

  /** Makes or replaces a file. */
  write(path: string, text: string): void {
    const file = this.opened(path, 0o1101);
    this.writeTo(file, text);
    file.close();
  }

  writeTo(file: File, text: string): number {
    return file.write(this.actor as never, new KernelIo(Buffer.from(text, 'latin1')));
  }

  opened(path: string, flags: number, mode = 0o644): File {
    const file = this.open(path, flags, mode);
    if (typeof file === 'number') throw new Error(`open of ${path} answers ${file}`);
    return file;
  }

  list(path: string): string[] {
    const file = this.opened(path, 0);
    const names: string[] = [];
    file.readDirectory(this.actor as never, (name) => {
      names.push(name);
      return true;
    });
    file.close();
    return names.filter((name) => name !== '.' && name !== '..').sort();
  }
}
