/** Files without a name that live in memory, and their seals: memfd_create(2), F_ADD_SEALS and F_GET_SEALS of fcntl(2). */
import { EFAULT, EINVAL, ENAMETOOLONG, EPERM } from '../abi/errno.ts';
import { F_SEAL_EXEC } from '../abi/fcntl.ts';
import { S_IFREG } from '../abi/mode.ts';
import { O_CLOEXEC, O_LARGEFILE, O_RDWR } from '../abi/open.ts';
import { Tmpfs } from '../fs/tmpfs/Tmpfs.ts';
import { TmpfsFile } from '../fs/tmpfs/TmpfsFile.ts';
import type { Task } from '../process/Task.ts';
import { Dentry } from '../vfs/Dentry.ts';
import type { File } from '../vfs/File.ts';
import type { Mount } from '../vfs/Mount.ts';
import { Path } from '../vfs/Path.ts';
import { RegularFile } from '../vfs/RegularFile.ts';
import type { Vfs } from '../vfs/Vfs.ts';
import { defineCalls } from './define.ts';
import { installNew } from './installNew.ts';

const MFD_CLOEXEC = 0x01;
const MFD_ALLOW_SEALING = 0x02;
const MFD_NOEXEC_SEAL = 0x08;
const MFD_EXEC = 0x10;
const MFD_KNOWN = MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL | MFD_EXEC;
const NAME_MAX = 249;

/** The file system behind them, which no directory shows. */
function memoryMount(vfs: Vfs): Mount {
  vfs.memoryMount ??= vfs.createMount(
    new Tmpfs(vfs.frames, vfs.clock, { size: vfs.frames.bytes.length, inodes: Infinity }),
    'tmpfs',
    0,
  );
  return vfs.memoryMount;
}

/** MFD_HUGETLB is refused as by a kernel without huge pages. */
function memfdCreate(task: Task, nameAddress: number, flags: number): number {
  if ((flags & ~MFD_KNOWN) !== 0) return -EINVAL;
  if ((flags & (MFD_EXEC | MFD_NOEXEC_SEAL)) === (MFD_EXEC | MFD_NOEXEC_SEAL)) return -EINVAL;
  const name = task.memory.readString(nameAddress, NAME_MAX + 1);
  if (typeof name === 'number') return name === -ENAMETOOLONG ? -EINVAL : -EFAULT;
  const { vfs } = task.kernel;
  const mount = memoryMount(vfs);
  const mode = (flags & MFD_NOEXEC_SEAL) !== 0 ? 0o666 : 0o777;
  const { fsuid, fsgid } = task.credentials;
  const inode = mount.fs.root.createUnnamed({ mode: S_IFREG | mode, uid: fsuid, gid: fsgid });
  if (typeof inode === 'number') return inode;
  if (!(inode instanceof TmpfsFile)) throw new Error('a tmpfs made something else than a file');
  if ((flags & MFD_NOEXEC_SEAL) !== 0) inode.seals = F_SEAL_EXEC;
  else if ((flags & MFD_ALLOW_SEALING) !== 0) inode.seals = 0;
  const path = new Path(mount, Dentry.floating(`/memfd:${name} (deleted)`, inode));
  const file = new RegularFile(O_RDWR | O_LARGEFILE, inode, path, vfs.frames);
  return installNew(task, file, (flags & MFD_CLOEXEC) !== 0 ? O_CLOEXEC : 0);
}

export function getSeals(file: File): number {
  return file.inode instanceof TmpfsFile ? file.inode.seals : -EINVAL;
}

export function addSeals(file: File, seals: number): number {
  if (!file.canWrite) return -EPERM;
  return file.inode instanceof TmpfsFile ? file.inode.addSeals(seals) : -EINVAL;
}

export const memoryFileCalls = defineCalls({
  memfd_create: { args: ['string', 'hex'], run: memfdCreate, partial: 'huge pages' },
});
