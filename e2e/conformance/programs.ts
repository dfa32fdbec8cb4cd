// The index of conformance programs, read from their files: every .c file in a family's folder is one, and comments in
// its first lines say what it needs.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Linkage = 'static' | 'dynamic';

export interface Program {
  /** The path below the build directory, and the name in all reports: `static/signal/mask_and_pending`. */
  readonly path: string;
  /** Natively it runs only for root; for others the guest's half must do, with the program's own checks. */
  readonly needsRoot: boolean;
  readonly limitSeconds: number;
}

/** Folders that hold no programs of the suite: `hostile` programs are for isolation tests, one by one. */
const otherFolders = new Set(['hostile']);
const linesWithMarks = 10;
const limitSeconds = 10;
const slowLimitSeconds = 60;

/** The comments of a program's first lines that stand alone on a line. */
function marksOf(source: string): string[] {
  return source
    .split('\n', linesWithMarks)
    .flatMap((line) => /^\/\* (.*) \*\/$/.exec(line)?.[1] ?? [])
    .filter((mark) => mark === 'slow' || /^(needs|build|libraries): /.test(mark));
}

function linkagesOf(marks: readonly string[]): readonly Linkage[] {
  const words = marks.find((mark) => mark.startsWith('build: '))?.split(/\s+/) ?? ['static'];
  return (['static', 'dynamic'] as const).filter((linkage) => words.includes(linkage));
}

/** The programs of one source file, one for each way in which it is linked. */
export function programsOf(name: string, source: string): Program[] {
  const marks = marksOf(source);
  return linkagesOf(marks).map((linkage) => ({
    path: `${linkage}/${name}`,
    needsRoot: marks.includes('needs: root'),
    limitSeconds: marks.includes('slow') ? slowLimitSeconds : limitSeconds,
  }));
}

/** All programs below a directory of sources, by family and name. */
export function findPrograms(directory: string): Program[] {
  const programs: Program[] = [];
  for (const family of readdirSync(directory, { withFileTypes: true })) {
    if (!family.isDirectory() || otherFolders.has(family.name)) continue;
    for (const file of readdirSync(join(directory, family.name))) {
      if (!file.endsWith('.c')) continue;
      const source = readFileSync(join(directory, family.name, file), 'utf8');
      programs.push(...programsOf(`${family.name}/${file.slice(0, -'.c'.length)}`, source));
    }
  }
  return programs.sort((a, b) => (a.path < b.path ? -1 : 1));
}
