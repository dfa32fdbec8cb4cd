import type { FsContext } from './FsContext.ts';
import type { Path } from './Path.ts';

/** What precedes the path of a place that lies outside of the asker's root (getcwd(2)). */
export const UNREACHABLE = '(unreachable)';

/** The absolute path of `place` as seen from the root of `fs`: names from the dentry tree, through mount points. */
export function pathString(place: Path, fs: FsContext): string {
  const { root } = fs;
  let { mount, dentry } = place;
  let text = '';
  for (;;) {
    if (mount === root.mount && dentry === root.dentry) return text === '' ? '/' : text;
    if (dentry === mount.root) {
      if (mount.parent === null || mount.mountpoint === null) return `${UNREACHABLE}${text === '' ? '/' : text}`;
      dentry = mount.mountpoint;
      mount = mount.parent;
    } else if (dentry.isRoot) {
      // Not below the mount's own root: a bind mount's source was moved away.
      return `${UNREACHABLE}${text === '' ? '/' : text}`;
    } else {
      text = `/${dentry.name}${text}`;
      dentry = dentry.parent;
    }
  }
}

/** As /proc/self/fd and /proc/self/exe show a place: deleted files say so; things without a place show their name only. */
export function describePath(place: Path, fs: FsContext): string {
  const { dentry } = place;
  if (dentry.isUnlinked && dentry.isRoot) return dentry.name;
  const text = pathString(place, fs);
  return dentry.isUnlinked ? `${text} (deleted)` : text;
}
