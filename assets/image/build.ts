/**
 * Builds the root file systems of machines, as an ordinary user and without installing anything:
 *
 *   assets/images/standard.img     from Debian packages
 *   assets/images/host-tools.img   to be completed by the host's /usr, where packages cannot be had
 *   assets/images/init             the first process, static
 *
 *   node assets/image/build.ts [--force] [--refresh]
 *
 * --force builds although nothing changed; --refresh asks the package sources for newer versions first.
 * Exits with 0 when both images are there, 3 when only host-tools.img could be built, 2 on wrong use, 1 on any other error.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { encodeImage } from '../../engine/fs/image/encode.ts';
import { openImage } from '../../engine/fs/image/ImageReader.ts';
import type { Package } from './apt.ts';
import { Apt, PackagesUnavailable } from './apt.ts';
import { compileInit } from './compileInit.ts';
import { addInit, borrowEtc, furnish, linkAlternatives, makeSkeleton } from './furnish.ts';
import { hashInputs } from './inputs.ts';
import { makeLoaderCache } from './loaderCache.ts';
import { findMissingLibraries, prune } from './prune.ts';
import { unpackTar } from './tar.ts';
import type { Tree } from './tree.ts';
import { makeFile } from './tree.ts';

const HERE = import.meta.dirname;
const OUTPUT = join(HERE, '../images');
const OWN_ETC = join(HERE, 'etc');
const EXIT_USAGE = 2;
const EXIT_NO_PACKAGES = 3;

/** What a built image was made of. */
interface Manifest {
  readonly inputs: string;
  readonly size: number;
  readonly packages: readonly Package[];
}

function say(text: string): void {
  process.stdout.write(`image: ${text}\n`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function readManifest(path: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  } catch {
    // Not there, or cut off when an earlier build was: either way nothing is known of the image.
    return undefined;
  }
}

/** Writes beside the old file and then takes its place: a program that has the old one mapped keeps it whole. */
function writeFileInPlace(path: string, content: Uint8Array | string): void {
  const temporary = `${path}.${String(process.pid)}`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}

function writeImage(path: string, tree: Tree): number {
  const bytes = encodeImage(tree.root);
  const reader = openImage(bytes);
  if (typeof reader === 'string') throw new Error(`the image that was just built is not sound: ${reader}`);
  writeFileInPlace(path, bytes);
  say(`${relative(process.cwd(), path)}: ${megabytes(bytes.length)}, ${String(reader.inodeCount)} files`);
  return bytes.length;
}

function buildHostTools(init: Uint8Array): void {
  const tree = makeSkeleton();
  borrowEtc(tree);
  furnish(tree, OWN_ETC);
  addInit(tree, init, 'opt/umlaut/sbin');
  const path = join(OUTPUT, 'host-tools.img');
  const bytes = encodeImage(tree.root);
  if (existsSync(path) && readFileSync(path).equals(bytes)) return;
  writeImage(path, tree);
}

function isUpToDate(path: string, manifest: Manifest | undefined, inputs: string): boolean {
  return manifest?.inputs === inputs && existsSync(path) && statSync(path).size === manifest.size;
}

function buildStandard(init: Uint8Array, options: { force: boolean; refresh: boolean }): void {
  const path = join(OUTPUT, 'standard.img');
  const manifestPath = join(OUTPUT, 'standard.json');
  const inputs = createHash('sha256').update(hashInputs(HERE)).update(init).digest('hex');
  const manifest = readManifest(manifestPath);
  const isCurrent = isUpToDate(path, manifest, inputs);
  if (isCurrent && !options.force && !options.refresh) {
    say('standard.img is up to date');
    return;
  }
  const apt = new Apt(join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'umlaut/apt'));
  say('asking the package sources of this machine');
  apt.refresh(options.refresh ? 'always' : 'when old');
  const packages = apt.resolve();
  if (isCurrent && !options.force && JSON.stringify(packages) === JSON.stringify(manifest?.packages)) {
    say('standard.img is up to date: there are no newer packages');
    return;
  }
  say(`getting ${String(packages.length)} packages`);
  const archives = apt.download(packages);
  say('unpacking');
  const tree = makeSkeleton();
  for (const archive of archives) unpackTar(apt.extract(archive), tree);
  prune(tree);
  furnish(tree, OWN_ETC);
  linkAlternatives(tree);
  addInit(tree, init, 'usr/sbin');
  const libraries = 'lib/x86_64-linux-gnu';
  tree.put('etc/ld.so.cache', makeFile(makeLoaderCache(tree, libraries, `/${libraries}`)));
  const missing = findMissingLibraries(tree);
  if (missing.length > 0) throw new Error(`programs of the image lack libraries:\n  ${missing.join('\n  ')}`);
  const size = writeImage(path, tree);
  writeFileInPlace(manifestPath, `${JSON.stringify({ inputs, size, packages } satisfies Manifest, undefined, 2)}\n`);
}

function main(parameters: readonly string[]): number {
  const unknown = parameters.find((parameter) => !['--force', '--refresh'].includes(parameter));
  if (unknown !== undefined) {
    process.stderr.write(`image: unknown option ${unknown}; usage: node assets/image/build.ts [--force] [--refresh]\n`);
    return EXIT_USAGE;
  }
  mkdirSync(OUTPUT, { recursive: true });
  const init = compileInit(join(HERE, 'init'), join(OUTPUT, 'init'));
  buildHostTools(init);
  try {
    buildStandard(init, { force: parameters.includes('--force'), refresh: parameters.includes('--refresh') });
    return 0;
  } catch (error) {
    if (!(error instanceof PackagesUnavailable)) throw error;
    process.stderr.write(`image: standard.img cannot be built: ${error.message}\n`);
    process.stderr.write("image: machines can still run with the root 'host-tools'\n");
    return EXIT_NO_PACKAGES;
  }
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`image: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
