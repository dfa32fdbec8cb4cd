import { ENODEV } from '../abi/errno.ts';
import { UserIo } from '../mm/UserIo.ts';
import type { UserMemory } from '../mm/UserMemory.ts';
import type { Dentry } from './Dentry.ts';
import { DeviceRegistry } from './DeviceRegistry.ts';
import type { Actor } from './Actor.ts';
import type { File } from './File.ts';
import type { FileSystem, WallClock } from './FileSystem.ts';
import type { Frames } from './Frames.ts';
import type { Inode } from './Inode.ts';
import { LockWaits } from './LockList.ts';
import { Mount, mountsUnder } from './Mount.ts';
import { PageCachePool } from './PageCachePool.ts';
import { TextTree } from './TextTree.ts';

const SCRATCH_SIZE = 65536;
/** Names that one file system may remember before those that nobody uses are forgotten. */
const ENTRIES_MAX = 16384;

/** Makes an instance of a file system for mount(2). `source` and `data` are the call's strings. */
export interface FileSystemType {
  /** As in /proc/filesystems. */
  readonly name: string;
  /** Whether mount(2) takes a block device as source. */
  readonly needsDevice: boolean;
  readonly mount: (actor: Actor, source: string, data: string) => FileSystem | number;
}

/** Opens a FIFO by its inode; the pipe implementation sets it. */
export type FifoOpen = (inode: Inode, flags: number, actor: Actor) => File | number;

/** The file-system state of one machine that belongs to no single mount. */
export class Vfs {
  readonly frames: Frames;
  readonly clock: WallClock;
  readonly pageCaches: PageCachePool;
  readonly devices = new DeviceRegistry();
  readonly types = new Map<string, FileSystemType>();
  readonly lockWaits = new LockWaits();
  /** What /proc shows beside the processes, and /sys: every part of the kernel adds its own. */
  readonly proc = new TextTree();
  readonly sys = new TextTree();
  /** Where structures are put together before they are copied out to a guest; nothing in it outlives a call. */
  readonly scratch = new Uint8Array(SCRATCH_SIZE);
  readonly scratchView = new DataView(this.scratch.buffer);
  /** The top of the mount tree; boot sets it first of all. */
  private topMount: Mount | null = null;
  openFifo: FifoOpen | null = null;
  /** Where the files of memfd_create(2) live; attached nowhere, made by the first of them. */
  memoryMount: Mount | null = null;
  private io: UserIo | null = null;
  private trimCalls = 0;
  private lastDevice = 0;
  private lastMount = 0;

  constructor(frames: Frames, clock: WallClock) {
    this.frames = frames;
    this.clock = clock;
    this.pageCaches = new PageCachePool(frames);
  }

  get rootMount(): Mount {
    if (this.topMount === null) throw new Error('the root file system is not mounted yet');
    return this.topMount;
  }

  set rootMount(mount: Mount) {
    this.topMount = mount;
  }

  /** A guest's buffer for one transfer, without allocating anew for each: valid until the next call of this. */
  userIo(memory: UserMemory, address: number, length: number): UserIo {
    this.io ??= new UserIo(memory, address, length);
    return this.io.reset(memory, address, length);
  }

  /**
   * Keeps the memory that names take bounded. Called at the start of calls that look names up, when no operation is under
   * way; looks only now and then.
   */
  trimEntries(): void {
    if ((++this.trimCalls & 0xff) !== 0) return;
    for (const { fs } of mountsUnder(this.rootMount)) if (fs.entryCount > ENTRIES_MAX) fs.rootDentry.trim();
  }

  registerType(type: FileSystemType): void {
    this.types.set(type.name, type);
  }

  /** A new mount of `fs`, not attached anywhere yet. */
  createMount(fs: FileSystem, source: string, flags: number, root: Dentry = fs.rootDentry): Mount {
    if (fs.device === 0) fs.device = ++this.lastDevice;
    fs.mounts++;
    return new Mount(fs, root, ++this.lastMount, source, flags);
  }

  /** A new file system as mount(2) makes it; -ENODEV for an unknown type. */
  createFileSystem(actor: Actor, type: string, source: string, data: string): FileSystem | number {
    return this.types.get(type)?.mount(actor, source, data) ?? -ENODEV;
  }
}
