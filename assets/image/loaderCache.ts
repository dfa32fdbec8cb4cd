/**
 * Writes `/etc/ld.so.cache`, as ldconfig(8) would: ldconfig itself could only do it with a chroot, and without the cache
 * every program looks for its libraries in the loader's directories one after the other, fifteen calls or so at each start.
 * The format is that of glibc since 2.2 (dl-cache.h there): header, entries in falling order of names, strings.
 */
import { readLinkNeeds } from './elf.ts';
import type { Tree } from './tree.ts';

const MAGIC = 'glibc-ld.so.cache1.1';
const HEADER_SIZE = 48;
const LITTLE_ENDIAN = 2;
const ENTRY_SIZE = 24;
/** FLAG_ELF_LIBC6 and FLAG_X8664_LIB64. */
const ENTRY_FLAGS = 0x0303;

interface Library {
  readonly name: string;
  readonly path: string;
}

/** The cache of the libraries that lie in `directory`, which guests know as `shownAs`. */
export function makeLoaderCache(tree: Tree, directory: string, shownAs: string): Uint8Array {
  const libraries = findLibraries(tree, directory, shownAs).sort((a, b) => compareNames(b.name, a.name));
  const offsets = new Map<string, number>();
  let strings = '';
  const stringsStart = HEADER_SIZE + libraries.length * ENTRY_SIZE;
  const place = (text: string): number => {
    const known = offsets.get(text);
    if (known !== undefined) return known;
    const offset = stringsStart + strings.length;
    offsets.set(text, offset);
    strings += `${text}\0`;
    return offset;
  };
  const places = libraries.map(({ name, path }) => [place(name), place(path)] as const);
  const cache = Buffer.alloc(stringsStart + strings.length);
  cache.write(MAGIC, 0, 'latin1');
  cache.writeUInt32LE(libraries.length, 20);
  cache.writeUInt32LE(strings.length, 24);
  cache.writeUInt8(LITTLE_ENDIAN, 28);
  places.forEach(([key, value], index) => {
    const entry = HEADER_SIZE + index * ENTRY_SIZE;
    cache.writeUInt32LE(ENTRY_FLAGS, entry);
    cache.writeUInt32LE(key, entry + 4);
    cache.writeUInt32LE(value, entry + 8);
  });
  cache.write(strings, stringsStart, 'latin1');
  return cache;
}

/** Libraries by the names that programs ask for: those in their own headers, where a file or link bears them. */
function findLibraries(tree: Tree, directory: string, shownAs: string): Library[] {
  const found = tree.find(directory);
  if (found?.kind !== 'directory') return [];
  return [...found.entries.keys()].flatMap((name) => {
    const node = tree.find(`${directory}/${name}`);
    if (node?.kind !== 'file' || !/^(lib|ld-).*\.so\b/.test(name)) return [];
    return readLinkNeeds(node.content)?.ownName === name ? [{ name, path: `${shownAs}/${name}` }] : [];
  });
}

/** The loader's own order, by which it searches: numbers count as numbers, and come after everything else. */
export function compareNames(a: string, b: string): number {
  const partsOf = (name: string): string[] => name.match(/\d+|\D/g) ?? [];
  const others = partsOf(b);
  for (const [index, part] of partsOf(a).entries()) {
    const other = others[index] ?? '';
    const isNumber = /^\d/.test(part);
    const isOtherNumber = /^\d/.test(other);
    if (isNumber !== isOtherNumber) return isNumber ? 1 : -1;
    const difference = isNumber ? Number(part) - Number(other) : part.charCodeAt(0) - (other.charCodeAt(0) || 0);
    if (difference !== 0) return difference;
  }
  return partsOf(a).length - others.length;
}
