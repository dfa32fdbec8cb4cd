/** The root file system while it is being built: a tree of image nodes, reached by paths as a shell writes them. */
import type { DirectoryNode, FileNode, ImageNode } from '../../engine/fs/image/encode.ts';

/** What our own files are dated: a file's time in the image must not depend on when or where the image was built. */
const OWN_FILE_TIME = Date.UTC(2026, 0, 1) / 1000;

const MAXIMUM_LINKS = 40;

export function makeDirectory(permissions = 0o755): DirectoryNode {
  return { kind: 'directory', permissions, uid: 0, gid: 0, mtimeSeconds: OWN_FILE_TIME, entries: new Map() };
}

export function makeFile(content: Uint8Array, permissions = 0o644): FileNode {
  return { kind: 'file', permissions, uid: 0, gid: 0, mtimeSeconds: OWN_FILE_TIME, content };
}

export function makeSymbolicLink(target: string): ImageNode {
  return { kind: 'symbolicLink', permissions: 0o777, uid: 0, gid: 0, mtimeSeconds: OWN_FILE_TIME, target };
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

export class Tree {
  readonly root = makeDirectory();

  /** What is at `path`, following every symbolic link on the way, and at its end too. */
  find(path: string): ImageNode | undefined {
    const resolved = this.resolve(path);
    return resolved === undefined ? undefined : this.at(resolved);
  }

  /** The path without links that leads to what `path` leads to. */
  realPath(path: string): string | undefined {
    return this.resolve(path)?.join('/');
  }

  /** What is at `path`, following the links on the way but not one at its end. */
  findUnfollowed(path: string): ImageNode | undefined {
    const parts = partsOf(path);
    const name = parts.pop();
    if (name === undefined) return this.root;
    const directory = this.find(parts.join('/'));
    return directory?.kind === 'directory' ? directory.entries.get(name) : undefined;
  }

  /**
   * Puts `node` at `path`, making directories as needed. Like tar, it follows links on the way: a package that brings
   * `/bin/ls` puts it into `/usr/bin` when `/bin` is a link. A directory that is there keeps its entries and takes the
   * attributes of the new one; a link to a directory stays a link.
   */
  put(path: string, node: ImageNode): void {
    const parts = partsOf(path);
    const name = parts.pop();
    if (name === undefined) {
      if (node.kind === 'directory') copyAttributes(node, this.root);
      return;
    }
    const directory = this.ensureDirectory(parts.join('/'));
    const existing = directory.entries.get(name);
    if (node.kind === 'directory' && existing !== undefined) {
      if (existing.kind === 'directory') {
        copyAttributes(node, existing);
        return;
      }
      if (existing.kind === 'symbolicLink' && this.find(path)?.kind === 'directory') return;
    }
    directory.entries.set(name, node);
  }

  /** The directory at `path`; what is missing is made. */
  ensureDirectory(path: string): DirectoryNode {
    let at = '';
    let directory = this.root;
    for (const part of partsOf(path)) {
      at += `/${part}`;
      if (!directory.entries.has(part)) directory.entries.set(part, makeDirectory());
      const found = this.find(at);
      if (found?.kind !== 'directory') throw new Error(`${at} is not a directory of the image`);
      directory = found;
    }
    return directory;
  }

  remove(path: string): void {
    const parts = partsOf(path);
    const name = parts.pop();
    const directory = this.find(parts.join('/'));
    if (name !== undefined && directory?.kind === 'directory') directory.entries.delete(name);
  }

  /** Every path with its node, parents first, names sorted, without a leading slash. */
  *walk(directory: DirectoryNode = this.root, prefix = ''): Generator<[path: string, node: ImageNode]> {
    for (const [name, node] of [...directory.entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
      yield [`${prefix}${name}`, node];
      // A visitor may have removed it.
      if (node.kind === 'directory' && directory.entries.get(name) === node)
        yield* this.walk(node, `${prefix}${name}/`);
    }
  }

  /** The path without any link in it, as its parts; undefined when something on the way is missing. */
  private resolve(path: string): string[] | undefined {
    const pending = partsOf(path);
    let resolved: string[] = [];
    let links = 0;
    for (let part = pending.shift(); part !== undefined; part = pending.shift()) {
      if (part === '..') {
        resolved.pop();
        continue;
      }
      const node = this.at([...resolved, part]);
      if (node === undefined) return undefined;
      if (node.kind !== 'symbolicLink') {
        resolved.push(part);
        continue;
      }
      if (++links > MAXIMUM_LINKS) return undefined;
      if (node.target.startsWith('/')) resolved = [];
      pending.unshift(...partsOf(node.target));
    }
    return resolved;
  }

  private at(parts: readonly string[]): ImageNode | undefined {
    let node: ImageNode = this.root;
    for (const part of parts) {
      if (node.kind !== 'directory') return undefined;
      const next = node.entries.get(part);
      if (next === undefined) return undefined;
      node = next;
    }
    return node;
  }
}

function copyAttributes(from: DirectoryNode, to: DirectoryNode): void {
  to.permissions = from.permissions;
  to.uid = from.uid;
  to.gid = from.gid;
  to.mtimeSeconds = from.mtimeSeconds;
}
