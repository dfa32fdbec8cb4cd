import type { Actor } from './Actor.ts';

/** A file of generated text in /proc or /sys. Texts are byte strings. */
export interface TextNode {
  readonly kind: 'file';
  /** Permission bits; 0o444, and 0o644 for what can be written, when absent. */
  readonly mode?: number;
  /** The text as of now, or a negative errno. */
  read(actor: Actor): string | number;
  /** Takes what one write(2) brought; 0 or a negative errno. Absent: not writable. */
  write?(actor: Actor, text: string): number;
}

export interface TextLink {
  readonly kind: 'link';
  target(actor: Actor): string;
}

/** A directory whose entries may come and go. As long as an entry is the same thing, `find` answers the same object. */
export interface TextDirectory {
  readonly kind: 'directory';
  names(): Iterable<string>;
  find(name: string): TextEntry | null;
}

export type TextEntry = TextNode | TextLink | TextDirectory;

/** A directory that is put together once, from all parts of the kernel that have something to show there. */
export class TextTree implements TextDirectory {
  readonly kind = 'directory';
  private readonly entries = new Map<string, TextEntry>();

  names(): Iterable<string> {
    return this.entries.keys();
  }

  find(name: string): TextEntry | null {
    return this.entries.get(name) ?? null;
  }

  /** A file at `path` (`net/dev`); directories on the way are made. */
  addFile(path: string, read: TextNode['read'], write?: TextNode['write'], mode?: number): void {
    this.add(path, { kind: 'file', read, ...(write && { write }), ...(mode !== undefined && { mode }) });
  }

  addLink(path: string, target: string): void {
    this.add(path, { kind: 'link', target: () => target });
  }

  add(path: string, entry: TextEntry): void {
    const slash = path.indexOf('/');
    if (slash >= 0) {
      this.directory(path.substring(0, slash)).add(path.substring(slash + 1), entry);
      return;
    }
    if (this.entries.has(path)) throw new Error(`two entries are called ${path}`);
    this.entries.set(path, entry);
  }

  /** The directory at `path`, made when missing. */
  directory(path: string): TextTree {
    const slash = path.indexOf('/');
    const name = slash < 0 ? path : path.substring(0, slash);
    let entry = this.entries.get(name);
    if (entry === undefined) {
      entry = new TextTree();
      this.entries.set(name, entry);
    }
    if (!(entry instanceof TextTree)) throw new Error(`${name} is no directory to add to`);
    return slash < 0 ? entry : entry.directory(path.substring(slash + 1));
  }
}
