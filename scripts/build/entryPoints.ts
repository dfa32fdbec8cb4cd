// What the bundler starts from. Further entry points are found: a file that the sources name as
// `new URL('./file.ts', import.meta.url)` (a worker, the engine host, a preload script) becomes a bundle of its own.
import { join } from 'node:path';

export const repository = join(import.meta.dirname, '..', '..');

/** Electron's main process; package.json names its bundle. */
export const mainEntry = join(repository, 'main', 'app', 'main.ts');

/** The window's page. */
export const rendererDirectory = join(repository, 'renderer');

/** A sandboxed preload script has only a CommonJS `require` of its own, so such bundles are in another format. */
export const preloadDirectory = join(repository, 'main', 'preload');

export const outDirectory = join(repository, 'out');
