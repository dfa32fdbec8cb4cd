import { EEXIST, EIO } from '../../abi/errno.ts';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../../abi/mode.ts';
import { O_RDONLY, O_WRONLY } from '../../abi/open.ts';
import { KernelIo } from '../../mm/Io.ts';
import type { Inode, NewAttributes } from '../../vfs/Inode.ts';
import { readPages } from '../../vfs/RegularFile.ts';
import type { OverlayFs } from './OverlayFs.ts';
import { UNFINISHED_COPY } from './whiteout.ts';

const BLOCK_SIZE = 65536;

/**
 * Copies `lower` with all its attributes to `name` in `directory` of the upper layer: the copy, with one reference for the
 * caller, or an errno.
 */
export function copyUp(
  fs: OverlayFs,
  lower: Inode,
  directory: Inode,
  name: string,
  emptied: 'content' | 'emptied',
): Inode | number {
  const refreshed = lower.refresh();
  if (refreshed < 0) return refreshed;
  const copy = make(fs, lower, directory, name, emptied);
  if (typeof copy === 'number') return copy;
  copyXattrs(lower, copy);
  const { atime, mtime } = lower;
  const error = copy.setAttributes({ atime, mtime });
  if (error >= 0) return copy;
  copy.release();
  return error;
}

function make(
  fs: OverlayFs,
  lower: Inode,
  directory: Inode,
  name: string,
  emptied: 'content' | 'emptied',
): Inode | number {
  const { mode, uid, gid } = lower;
  const attributes: NewAttributes = { mode, uid, gid };
  switch (mode & S_IFMT) {
    case S_IFREG:
      return copyFile(fs, lower, directory, name, attributes, emptied);
    case S_IFDIR:
      return held(directory.mkdir(name, attributes));
    case S_IFLNK: {
      const target = lower.readlink(fs.actor);
      return typeof target === 'number' ? target : held(directory.symlink(name, target, attributes));
    }
    default:
      return held(directory.mknod(name, attributes, lower.rdev));
  }
}

function held(made: Inode | number): Inode | number {
  if (typeof made !== 'number') made.retain();
  return made;
}

/** The content grows under a name that guests do not see, and gets its own when it is whole. */
function copyFile(
  fs: OverlayFs,
  lower: Inode,
  directory: Inode,
  name: string,
  attributes: NewAttributes,
  emptied: 'content' | 'emptied',
): Inode | number {
  let copy = directory.create(UNFINISHED_COPY, attributes);
  if (copy === -EEXIST) {
    // One that a crash left behind.
    const old = directory.lookup(UNFINISHED_COPY, fs.actor);
    if (typeof old !== 'number') directory.unlink(UNFINISHED_COPY, old);
    copy = directory.create(UNFINISHED_COPY, attributes);
  }
  if (typeof copy === 'number') return copy;
  copy.retain();
  let error = emptied === 'emptied' ? 0 : copyContent(fs, lower, copy);
  if (error >= 0) error = directory.rename(UNFINISHED_COPY, copy, directory, name, null);
  if (error < 0) directory.unlink(UNFINISHED_COPY, copy);
  if (error >= 0) return copy;
  copy.release();
  return error;
}

function copyContent(fs: OverlayFs, lower: Inode, copy: Inode): number {
  const opened = lower.prepareOpen(O_RDONLY);
  if (opened < 0) return opened;
  const writable = copy.prepareOpen(O_WRONLY);
  if (writable < 0) return writable;
  const { pages } = lower;
  if (pages === null) return -EIO;
  const block = new Uint8Array(BLOCK_SIZE);
  let position = 0;
  while (position < lower.size) {
    const count = readPages(pages, lower.size, fs.frames, new KernelIo(block), position);
    if (count <= 0) return count < 0 ? count : -EIO;
    const source = new KernelIo(block, 0, count);
    while (source.remaining > 0) {
      const written = copy.writeBytes(source, position, source.remaining);
      if (written <= 0) return written < 0 ? written : -EIO;
      position += written;
    }
  }
  return 0;
}

function copyXattrs(lower: Inode, copy: Inode): void {
  const names = lower.listXattr();
  if (typeof names === 'number') return;
  for (const name of names) {
    const value = lower.getXattr(name);
    // An upper layer without attributes cannot keep them; the copy is still better than none.
    if (typeof value !== 'number') copy.setXattr(name, value, 0);
  }
}
