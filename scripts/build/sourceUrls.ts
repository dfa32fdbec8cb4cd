// Rewrites `new URL('./file.ts', import.meta.url)` for bundles. In the sources it names a file beside the file that says it;
// all bundles lie in one directory, so there it becomes the bundle's name.
import { basename, dirname, relative, resolve } from 'node:path';
import { preloadDirectory, rendererDirectory, repository } from './entryPoints.ts';

export interface RewrittenSource {
  readonly contents: string;
  /** Source files that are loaded by their address and so need a bundle of their own. */
  readonly entries: readonly string[];
}

const sourceUrl = /new URL\(\s*(['"])(\.{1,2}\/[^'"]+)\1,\s*import\.meta\.url,?\s*\)/g;

export function isPreload(file: string): boolean {
  return file.startsWith(`${preloadDirectory}/`);
}

/** The name of a bundle beside all others, without its extension: `engine/boot/kernelThread.ts` is `engine.boot.kernelThread`. */
export function bundleName(file: string): string {
  return relative(repository, file).replace(/\.ts$/, '').replaceAll('/', '.');
}

export function rewriteSourceUrls(file: string, source: string): RewrittenSource {
  const entries: string[] = [];
  const contents = source.replace(sourceUrl, (whole, _quote: string, specifier: string) => {
    const target = resolve(dirname(file), specifier);
    if (target.startsWith(`${rendererDirectory}/`)) {
      return `new URL('../renderer/${basename(target)}', import.meta.url)`;
    }
    if (!target.endsWith('.ts')) return whole;
    entries.push(target);
    return `new URL('./${bundleName(target)}.${isPreload(target) ? 'cjs' : 'js'}', import.meta.url)`;
  });
  return { contents, entries };
}
