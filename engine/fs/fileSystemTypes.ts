import { EINVAL, ENODEV } from '../abi/errno.ts';
import type { Kernel } from '../process/Kernel.ts';
import type { Actor } from '../vfs/Actor.ts';
import type { FileSystem } from '../vfs/FileSystem.ts';
import type { Inode } from '../vfs/Inode.ts';
import { WALK_DIRECTORY, WALK_FOLLOW, walkPath } from '../vfs/pathWalk.ts';
import { Devtmpfs } from './devtmpfs/Devtmpfs.ts';
import { OverlayFs } from './overlay/OverlayFs.ts';
import { ProcFs } from './proc/ProcFs.ts';
import { Sysfs } from './sysfs/Sysfs.ts';
import { Tmpfs } from './tmpfs/Tmpfs.ts';
import { parseTmpfsOptions } from './tmpfs/options.ts';

/**
 * File systems that guests may mount by name. Those that show the kernel itself (devtmpfs, sysfs) are one instance, however
 * often they are mounted, as on Linux. Host directories are given by the lab alone: `hostDirectories` by their tag.
 */
export function registerFileSystemTypes(kernel: Kernel, hostDirectories: ReadonlyMap<string, () => FileSystem>): void {
  const { vfs } = kernel;
  const { frames, clock } = vfs;
  let devices: Devtmpfs | null = null;
  let system: Sysfs | null = null;
  let processes: ProcFs | null = null;
  const register = (name: string, mount: (actor: Actor, source: string, data: string) => FileSystem | number): void =>
    vfs.registerType({ name, needsDevice: false, mount });
  register('tmpfs', (_actor, _source, data) => {
    const options = parseTmpfsOptions(data, frames.bytes.length);
    return typeof options === 'number' ? options : new Tmpfs(frames, clock, options);
  });
  register('devtmpfs', () => (devices ??= new Devtmpfs(frames, clock, vfs.devices)));
  register('proc', () => (processes ??= new ProcFs(kernel)));
  register('sysfs', () => (system ??= new Sysfs(clock, vfs.sys)));
  register('overlay', (actor, _source, data) => {
    const layers = parseLayers(actor, data);
    if (typeof layers === 'number') return layers;
    return new OverlayFs(layers.lower, layers.upper, frames, clock, `,${data}`);
  });
  register('hostfs', (_actor, source) => hostDirectories.get(source)?.() ?? -ENODEV);
}

/** `lowerdir=DIR,upperdir=DIR,workdir=DIR` of one layer each; workdir is not needed. */
function parseLayers(actor: Actor, data: string): { lower: Inode; upper: Inode } | number {
  const found = new Map<string, Inode>();
  for (const option of data.split(',')) {
    const [name, path = ''] = option.split('=', 2);
    if (name === 'workdir') continue;
    if ((name !== 'lowerdir' && name !== 'upperdir') || path === '') return -EINVAL;
    const place = walkPath(actor, null, path, WALK_FOLLOW | WALK_DIRECTORY);
    if (typeof place === 'number') return place;
    if (name === 'upperdir' && place.mount.isReadOnly) return -EINVAL;
    found.set(name, place.inode);
  }
  const lower = found.get('lowerdir');
  const upper = found.get('upperdir');
  return lower === undefined || upper === undefined || lower === upper ? -EINVAL : { lower, upper };
}
