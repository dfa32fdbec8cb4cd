/** Puts the mount tree of a machine together before its first process runs. */
import type { Credentials } from '../process/Credentials.ts';
import { rootCredentials } from '../process/Credentials.ts';
import { Devtmpfs } from '../fs/devtmpfs/Devtmpfs.ts';
import { HostFs } from '../fs/hostfs/HostFs.ts';
import type { AttributeLog } from '../fs/hostfs/HostDirectoryPort.ts';
import { ImageFs } from '../fs/image/ImageFs.ts';
import type { ImageReader } from '../fs/image/ImageReader.ts';
import { OverlayFs } from '../fs/overlay/OverlayFs.ts';
import { Tmpfs } from '../fs/tmpfs/Tmpfs.ts';
import { DirectoryLock } from '../host/DirectoryLock.ts';
import { FileLog } from '../host/FileLog.ts';
import { HostDirectory } from '../host/HostDirectory.unsafe.ts';
import { KernelIo } from '../mm/Io.ts';
import type { Task } from '../process/Task.ts';
import { O_CREAT, O_TRUNC, O_WRONLY } from '../abi/open.ts';
import { bytesOf } from '../lib/bytes.ts';
import type { Actor } from '../vfs/Actor.ts';
import type { FileSystem } from '../vfs/FileSystem.ts';
import { FsContext } from '../vfs/FsContext.ts';
import { MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_RDONLY } from '../vfs/Mount.ts';
import type { Mount } from '../vfs/Mount.ts';
import { mountAt } from '../vfs/mounting.ts';
import { openFile } from '../vfs/open.ts';
import { mkdir } from '../vfs/pathOperations.ts';
import { walkPath, WALK_FOLLOW } from '../vfs/pathWalk.ts';
import type { Vfs } from '../vfs/Vfs.ts';

/** What the root of a machine is made of. */
export type RootLayers =
  /** A read-only image, with what the machine changes on top. */
  | { readonly kind: 'image'; readonly image: ImageReader }
  /** A host directory as it is: writable where that was asked for, else changes go on top. */
  | { readonly kind: 'directory'; readonly path: string };

const MAX_NAME = 255;

/** The kernel itself as one who walks paths. */
export class KernelActor implements Actor {
  readonly fs: FsContext;
  readonly credentials: Credentials = rootCredentials;
  readonly process = null;
  readonly tid = 0;

  constructor(fs: FsContext) {
    this.fs = fs;
  }
}

export class RootTree {
  readonly vfs: Vfs;
  readonly rootMount: Mount;
  readonly actor: KernelActor;
  private readonly disposables: { dispose(): void }[] = [];

  constructor(vfs: Vfs, layers: RootLayers, changesDirectory: string | null) {
    this.vfs = vfs;
    const { frames, clock } = vfs;
    if (changesDirectory !== null) this.disposables.push(new DirectoryLock(changesDirectory));
    const lower: FileSystem =
      layers.kind === 'image' ? new ImageFs(layers.image, clock) : this.hostFs(layers.path, true, null);
    const upper: FileSystem =
      changesDirectory === null
        ? new Tmpfs(frames, clock, { mode: 0o755 })
        : this.hostFs(changesDirectory, false, new FileLog(`${changesDirectory}.attributes`));
    const root = new OverlayFs(lower.root, upper.root, frames, clock);
    this.rootMount = vfs.createMount(root, 'root', 0);
    vfs.rootMount = this.rootMount;
    this.actor = new KernelActor(new FsContext(this.rootMount.rootPath));
  }

  private hostFs(path: string, readOnly: boolean, ownership: AttributeLog | null): HostFs {
    const { vfs } = this;
    const uid = process.getuid?.() ?? 0;
    const gid = process.getgid?.() ?? 0;
    const directory = new HostDirectory(path, { uid, gid });
    this.disposables.push(directory);
    return new HostFs(directory, vfs.pageCaches, vfs.clock, { readOnly, ownership });
  }

  /** The file systems that every machine has. */
  mountStandard(): void {
    const { vfs } = this;
    const { frames, clock } = vfs;
    const hidden = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    this.mountType('proc', '/proc', hidden);
    this.mountType('sysfs', '/sys', hidden);
    this.mount(new Devtmpfs(frames, clock, vfs.devices), '/dev', 'devtmpfs', MS_NOSUID);
    this.mountType('devpts', '/dev/pts', MS_NOSUID | MS_NOEXEC);
    this.mount(new Tmpfs(frames, clock, { mode: 0o1777 }), '/dev/shm', 'tmpfs', MS_NOSUID | MS_NODEV);
    this.mount(new Tmpfs(frames, clock, { mode: 0o755 }), '/run', 'tmpfs', MS_NOSUID | MS_NODEV);
    this.mount(new Tmpfs(frames, clock, { mode: 0o1777 }), '/tmp', 'tmpfs', MS_NOSUID | MS_NODEV);
  }

  private mountType(type: string, path: string, flags: number): void {
    const fs = this.vfs.createFileSystem(this.actor, type, type, '');
    if (typeof fs === 'number') throw new Error(`cannot make a file system of type ${type}: errno ${-fs}`);
    this.mount(fs, path, type, flags);
  }

  mountHostDirectory(hostDirectory: string, guestDirectory: string, readOnly: boolean): void {
    const fs = this.hostFs(hostDirectory, readOnly, null);
    this.mount(fs, guestDirectory, hostDirectory, MS_NOSUID | MS_NODEV | (readOnly ? MS_RDONLY : 0));
  }

  private mount(fs: FileSystem, path: string, source: string, flags: number): void {
    this.makeDirectories(path);
    const place = walkPath(this.actor, null, path, WALK_FOLLOW);
    if (typeof place === 'number') throw new Error(`cannot mount ${fs.type} on ${path}: errno ${-place}`);
    const mount = mountAt(this.vfs, fs, place, source, flags);
    if (typeof mount === 'number') throw new Error(`cannot mount ${fs.type} on ${path}: errno ${-mount}`);
  }

  exists(path: string): boolean {
    return typeof walkPath(this.actor, null, path, WALK_FOLLOW) !== 'number';
  }

  makeDirectories(path: string): void {
    let so = '';
    for (const name of path.split('/')) {
      if (name === '' || name.length > MAX_NAME) continue;
      so += `/${name}`;
      if (typeof walkPath(this.actor, null, so, WALK_FOLLOW) === 'number') mkdir(this.actor, null, so, 0o755);
    }
  }

  /** Writes a file of the kernel's own making, such as init's settings. `text` is a byte string. */
  writeFile(task: Task, path: string, text: string, mode: number): void {
    const file = openFile(this.vfs, this.actor, null, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    if (typeof file === 'number') throw new Error(`cannot write ${path}: errno ${-file}`);
    const io = new KernelIo(bytesOf(text));
    while (io.remaining > 0) {
      const count = file.write(task, io);
      if (count <= 0) throw new Error(`cannot write ${path}: errno ${-count}`);
    }
    file.close();
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }
}
