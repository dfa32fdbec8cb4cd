import type { Timespec } from './time.ts';
import { setU64 } from './words.ts';

/** What stat(2) and statx(2) tell of an inode. */
export interface StatFields {
  readonly ino: number;
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  readonly rdev: number;
  readonly size: number;
  readonly blocks: number;
  readonly atime: Timespec;
  readonly mtime: Timespec;
  readonly ctime: Timespec;
  readonly btime: Timespec;
}

export const STAT_SIZE = 144;
export const STATX_SIZE = 256;
/** STATX_BASIC_STATS and STATX_BTIME: what we always fill in. */
const STATX_FILLED = 0xfff;
const STATX_MNT_ID = 0x1000;
const STATX_ATTR_MOUNT_ROOT = 0x2000;
const BLOCK_SIZE = 4096;

/** `struct stat` of x86-64 (asm/stat.h). */
export function encodeStat(view: DataView, inode: StatFields, device: number): void {
  setU64(view, 0, device);
  setU64(view, 8, inode.ino);
  setU64(view, 16, inode.nlink);
  view.setUint32(24, inode.mode, true);
  view.setUint32(28, inode.uid, true);
  view.setUint32(32, inode.gid, true);
  view.setUint32(36, 0, true);
  setU64(view, 40, inode.rdev);
  setU64(view, 48, inode.size);
  setU64(view, 56, BLOCK_SIZE);
  setU64(view, 64, inode.blocks);
  setTime(view, 72, inode.atime);
  setTime(view, 88, inode.mtime);
  setTime(view, 104, inode.ctime);
  setU64(view, 120, 0);
  setU64(view, 128, 0);
  setU64(view, 136, 0);
}

/** `struct statx` (linux/stat.h). Device numbers come as major and minor. */
export function encodeStatx(
  view: DataView,
  inode: StatFields,
  device: number,
  mountId: number,
  isMountRoot: 0 | 1,
): void {
  for (let offset = 0; offset < STATX_SIZE; offset += 4) view.setUint32(offset, 0, true);
  view.setUint32(0, STATX_FILLED | STATX_MNT_ID, true);
  view.setUint32(4, BLOCK_SIZE, true);
  setU64(view, 8, isMountRoot === 1 ? STATX_ATTR_MOUNT_ROOT : 0);
  view.setUint32(16, inode.nlink, true);
  view.setUint32(20, inode.uid, true);
  view.setUint32(24, inode.gid, true);
  view.setUint16(28, inode.mode, true);
  setU64(view, 32, inode.ino);
  setU64(view, 40, inode.size);
  setU64(view, 48, inode.blocks);
  setU64(view, 56, STATX_ATTR_MOUNT_ROOT);
  setTime(view, 64, inode.atime);
  setTime(view, 80, inode.btime);
  setTime(view, 96, inode.ctime);
  setTime(view, 112, inode.mtime);
  view.setUint32(128, (inode.rdev >>> 8) & 0xfff, true);
  view.setUint32(132, (inode.rdev & 0xff) | ((inode.rdev >>> 12) & 0xfff00), true);
  view.setUint32(136, (device >>> 8) & 0xfff, true);
  view.setUint32(140, (device & 0xff) | ((device >>> 12) & 0xfff00), true);
  setU64(view, 144, mountId);
}

/** `struct timespec`, and `struct statx_timestamp`, whose padding it fills with zeros all the same. */
function setTime(view: DataView, offset: number, time: Timespec): void {
  setU64(view, offset, time.seconds);
  setU64(view, offset + 8, time.nanoseconds);
}

export const STATFS_SIZE = 120;
/** ST_VALID of `f_flags`. */
const ST_VALID = 0x20;

export interface StatfsFields {
  readonly blockSize: number;
  readonly blocks: number;
  readonly blocksFree: number;
  readonly blocksAvailable: number;
  readonly files: number;
  readonly filesFree: number;
  readonly nameLength: number;
}

/** `struct statfs` of x86-64 (asm/statfs.h). */
export function encodeStatfs(view: DataView, magic: number, device: number, flags: number, fields: StatfsFields): void {
  setU64(view, 0, magic);
  setU64(view, 8, fields.blockSize);
  setU64(view, 16, fields.blocks);
  setU64(view, 24, fields.blocksFree);
  setU64(view, 32, fields.blocksAvailable);
  setU64(view, 40, fields.files);
  setU64(view, 48, fields.filesFree);
  view.setUint32(56, device, true);
  view.setUint32(60, 0, true);
  setU64(view, 64, fields.nameLength);
  setU64(view, 72, fields.blockSize);
  setU64(view, 80, flags | ST_VALID);
  for (let offset = 88; offset < STATFS_SIZE; offset += 8) setU64(view, offset, 0);
}
