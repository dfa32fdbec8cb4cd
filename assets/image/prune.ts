/** Takes out what nobody needs, and finds what would no longer work. */
import { readLinkNeeds } from './elf.ts';
import { PRUNED } from './packages.ts';
import type { Tree } from './tree.ts';

const LIBRARY_DIRECTORIES = ['usr/lib/x86_64-linux-gnu', 'usr/lib64', 'usr/lib'];

export function prune(tree: Tree): void {
  for (const [path] of tree.walk()) {
    if (PRUNED.some(([pattern]) => pattern.test(path))) tree.remove(path);
  }
  removeOrphanedScripts(tree);
  removeDanglingLinks(tree);
}

/** Scripts whose interpreter stayed out, such as those in Perl. */
function removeOrphanedScripts(tree: Tree): void {
  for (const [path, node] of tree.walk()) {
    if (node.kind !== 'file' || (node.permissions & 0o111) === 0) continue;
    const line = /^#! *(\S+)(?: +(\S+))?/.exec(Buffer.from(node.content.subarray(0, 128)).toString('latin1'));
    if (line === null) continue;
    const [, interpreter = '', argument = ''] = line;
    const program = interpreter.endsWith('/env') ? `usr/bin/${argument}` : interpreter;
    if (tree.find(program) === undefined) tree.remove(path);
  }
}

/** Links to what was taken out; those into `/proc`, `/run` and `/dev` lead to what only a running machine has. */
function removeDanglingLinks(tree: Tree): void {
  for (const [path, node] of tree.walk()) {
    if (node.kind !== 'symbolicLink' || /^(\.\.)?\/?(proc|run|dev)\//.test(node.target)) continue;
    if (tree.find(path) === undefined) tree.remove(path);
  }
}

export interface LinkReport {
  /** `usr/bin/x needs libfoo.so.1`: the image is not sound. */
  readonly missing: readonly string[];
  /** Libraries that no program or library asks for; some are loaded by name at run time. */
  readonly unused: readonly string[];
}

/** Whether every program finds its libraries. */
export function checkLibraries(tree: Tree): LinkReport {
  const missing: string[] = [];
  const needed = new Set<string>();
  const present: string[] = [];
  for (const [path, node] of tree.walk()) {
    if (node.kind !== 'file') continue;
    const needs = readLinkNeeds(node.content);
    if (needs === undefined) continue;
    if (/\.so(\.|$)/.test(path) && LIBRARY_DIRECTORIES.includes(path.slice(0, path.lastIndexOf('/')))) {
      present.push(path);
    }
    if (needs.interpreter !== undefined && tree.find(needs.interpreter) === undefined) {
      missing.push(`${path} needs ${needs.interpreter}`);
    }
    for (const library of needs.libraries) {
      const found = LIBRARY_DIRECTORIES.map((directory) => `${directory}/${library}`).find(
        (at) => tree.find(at) !== undefined,
      );
      if (found === undefined) missing.push(`${path} needs ${library}`);
      else needed.add(tree.realPath(found) ?? found);
    }
  }
  return { missing, unused: present.filter((path) => !needed.has(path)) };
}
