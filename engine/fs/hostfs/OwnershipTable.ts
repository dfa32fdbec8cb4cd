import type { AttributeLog } from './HostDirectoryPort.ts';

/** What the guest sees of a file where that differs from what the host's user could give it. */
export interface GuestAttributes {
  /** Type and permissions; the type tells devices, FIFOs and sockets, which are empty plain files on the host. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly rdev: number;
}

const HEADER = '# mode uid gid rdev path; later lines win, "-" takes a path back';

/**
 * Guest-side owners, modes and device nodes of a writable host directory, by path. Kept in a text file, one line for each
 * change: `100644 1000 1000 0 home/user/file`. Backslashes and newlines in paths are escaped as `\\` and `\n`.
 */
export class OwnershipTable {
  private readonly log: AttributeLog;
  private readonly table = new Map<string, GuestAttributes>();
  /** Lines that later ones made void. */
  private stale = 0;

  constructor(log: AttributeLog) {
    this.log = log;
    for (const line of log.load().split('\n')) this.read(line);
  }

  get(path: string): GuestAttributes | undefined {
    return this.table.get(path);
  }

  set(path: string, attributes: GuestAttributes): void {
    const old = this.table.get(path);
    if (old !== undefined && isSame(old, attributes)) return;
    this.table.set(path, attributes);
    this.write(formatLine(path, attributes), old === undefined ? 0 : 1);
  }

  delete(path: string): void {
    if (this.table.delete(path)) this.write(`- ${escapePath(path)}`, 2);
  }

  /** `from` and all below it are now called `to`; what was there is forgotten. */
  rename(from: string, to: string): void {
    this.deleteTree(to);
    const prefix = `${from}/`;
    for (const [path, attributes] of [...this.table]) {
      if (path !== from && !path.startsWith(prefix)) continue;
      this.delete(path);
      this.set(to + path.substring(from.length), attributes);
    }
  }

  /** Two names, with all below them, change places. */
  exchange(a: string, b: string): void {
    // No guest path contains a zero byte.
    const between = '\0';
    this.rename(a, between);
    this.rename(b, a);
    this.rename(between, b);
  }

  dispose(): void {
    if (this.stale > 0) this.compact();
  }

  private deleteTree(root: string): void {
    const prefix = `${root}/`;
    for (const path of [...this.table.keys()]) if (path === root || path.startsWith(prefix)) this.delete(path);
  }

  private read(line: string): void {
    if (line === '' || line.startsWith('#')) return;
    if (line.startsWith('- ')) {
      this.table.delete(unescapePath(line.substring(2)));
      this.stale += 2;
      return;
    }
    const match = /^([0-7]+) (\d+) (\d+) (\d+) (.*)$/.exec(line);
    // A line that a crash cut short says nothing; the file keeps what the host shows.
    if (match === null) return;
    const path = unescapePath(match[5]);
    if (this.table.has(path)) this.stale++;
    this.table.set(path, {
      mode: parseInt(match[1], 8),
      uid: Number(match[2]),
      gid: Number(match[3]),
      rdev: Number(match[4]),
    });
  }

  private write(line: string, stale: number): void {
    this.stale += stale;
    if (this.stale > 1000 && this.stale > 2 * this.table.size) this.compact();
    else this.log.append(`${line}\n`);
  }

  private compact(): void {
    this.stale = 0;
    const lines = [...this.table].map(([path, attributes]) => formatLine(path, attributes));
    this.log.rewrite(`${[HEADER, ...lines.sort()].join('\n')}\n`);
  }
}

function isSame(a: GuestAttributes, b: GuestAttributes): boolean {
  return a.mode === b.mode && a.uid === b.uid && a.gid === b.gid && a.rdev === b.rdev;
}

function formatLine(path: string, { mode, uid, gid, rdev }: GuestAttributes): string {
  return `${mode.toString(8).padStart(6, '0')} ${uid} ${gid} ${rdev} ${escapePath(path)}`;
}

function escapePath(path: string): string {
  return path.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function unescapePath(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}
