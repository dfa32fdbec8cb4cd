import type { Kernel } from '../../process/Kernel.ts';
import type { Actor } from '../../vfs/Actor.ts';
import { deviceMajor, deviceMinor } from '../../vfs/deviceNumber.ts';
import { MS_NOATIME, MS_NODEV, MS_NODIRATIME, MS_NOEXEC, MS_NOSUID, mountsUnder } from '../../vfs/Mount.ts';
import type { Mount } from '../../vfs/Mount.ts';
import { UNREACHABLE, pathString } from '../../vfs/pathString.ts';

/** Characters that separate fields are shown in octal (getmntent(3)). */
function escaped(text: string): string {
  return text.replaceAll(/[\\ \t\n#]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

function mountOptions(mount: Mount): string {
  const { flags } = mount;
  return (
    (mount.isReadOnly ? 'ro' : 'rw') +
    ((flags & MS_NOSUID) !== 0 ? ',nosuid' : '') +
    ((flags & MS_NODEV) !== 0 ? ',nodev' : '') +
    ((flags & MS_NOEXEC) !== 0 ? ',noexec' : '') +
    ((flags & MS_NOATIME) !== 0 ? ',noatime' : '') +
    ((flags & MS_NODIRATIME) !== 0 ? ',nodiratime' : '') +
    ((flags & MS_NOATIME) === 0 ? ',relatime' : '')
  );
}

/** Mounts that the asker can reach, with where they are for it. */
function* visibleMounts(kernel: Kernel, actor: Actor): Generator<readonly [Mount, string]> {
  for (const mount of mountsUnder(kernel.vfs.rootMount)) {
    const path = pathString(mount.rootPath, actor.fs);
    if (!path.startsWith(UNREACHABLE)) yield [mount, path];
  }
}

/** /proc/PID/mounts, as fstab(5). */
export function mountsText(kernel: Kernel, actor: Actor): string {
  let text = '';
  for (const [mount, path] of visibleMounts(kernel, actor)) {
    const options = mountOptions(mount) + mount.fs.describeOptions();
    text += `${escaped(mount.source)} ${escaped(path)} ${mount.fs.type} ${options} 0 0\n`;
  }
  return text;
}

/** /proc/PID/mountinfo. */
export function mountInfoText(kernel: Kernel, actor: Actor): string {
  let text = '';
  for (const [mount, path] of visibleMounts(kernel, actor)) {
    const { fs, parent } = mount;
    const device = `${deviceMajor(fs.device)}:${deviceMinor(fs.device)}`;
    const place = `${escaped(rootWithin(mount))} ${escaped(path)} ${mountOptions(mount)}`;
    const own = `${fs.type} ${escaped(mount.source)} ${fs.isReadOnly ? 'ro' : 'rw'}${fs.describeOptions()}`;
    text += `${mount.id} ${parent?.id ?? 0} ${device} ${place} - ${own}\n`;
  }
  return text;
}

/** Path of a mount's root within its file system. */
function rootWithin(mount: Mount): string {
  let text = '';
  for (let dentry = mount.root; !dentry.isRoot; dentry = dentry.parent) text = `/${dentry.name}${text}`;
  return text === '' ? '/' : text;
}
