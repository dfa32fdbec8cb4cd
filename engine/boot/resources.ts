import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the files lie that come with the engine. Plain data: it travels to worker threads. */
export interface EngineResources {
  /** The launcher of stub processes. */
  readonly launcher: string;
  /** Directory of the guest images and of init. */
  readonly images: string;
}

/** The resources of a source tree, found from this file upwards, or those of a package at `base`, laid out as there. */
export function findResources(base?: string): EngineResources {
  let directory = base ?? dirname(fileURLToPath(import.meta.url));
  while (base === undefined && !existsSync(join(directory, 'native', 'Makefile')) && directory !== dirname(directory)) {
    directory = dirname(directory);
  }
  return {
    launcher: join(directory, 'native', 'build', 'umlaut-launcher'),
    images: join(directory, 'assets', 'images'),
  };
}
