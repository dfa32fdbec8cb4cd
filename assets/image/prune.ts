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

/** What programs and libraries ask for and do not find, as `usr/bin/x needs libfoo.so.1`: none in an image that is sound. */
export function findMissingLibraries(tree: Tree): string[] {
  const isThere = (library: string): boolean =>
    LIBRARY_DIRECTORIES.some((directory) => tree.find(`${directory}/${library}`) !== undefined);
  const missing: string[] = [];
  for (const [path, node] of tree.walk()) {
    const needs = node.kind === 'file' ? readLinkNeeds(node.content) : undefined;
    if (needs === undefined) continue;
    const { interpreter, libraries } = needs;
    if (interpreter !== undefined && tree.find(interpreter) === undefined) missing.push(`${path} needs ${interpreter}`);
    for (const library of libraries) if (!isThere(library)) missing.push(`${path} needs ${library}`);
  }
  return missing;
}
