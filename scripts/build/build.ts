// Builds out/: the bundles of the main process, the engine host, the workers and the preload script by esbuild, and the
// window's page by vite. The native parts and the guest image are made by scripts/setup.
import { mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { build as viteBuild } from 'vite';
import { mainEntry, outDirectory, repository } from './entryPoints.ts';
import { bundleName, isPreload, rewriteSourceUrls } from './sourceUrls.ts';

// Built beside and then put in place whole: a window that is open keeps what it was started from, and a build that fails
// leaves the last good one.
const building = `${outDirectory}.${process.pid}`;
const bundleDirectory = join(building, 'main');

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  sourcemap: true,
  absWorkingDir: repository,
  outdir: bundleDirectory,
  // koffi loads a program library beside itself, so it must stay a package.
  external: ['electron', 'koffi'],
  logLevel: 'warning',
} satisfies esbuild.BuildOptions;

/** Bundles the given files and returns the entry points that their sources name besides. */
async function bundle(entries: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  const sourceUrls: esbuild.Plugin = {
    name: 'source-urls',
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (path.includes('/node_modules/')) return undefined;
        const rewritten = rewriteSourceUrls(path, readFileSync(path, 'utf8'));
        rewritten.entries.forEach((entry) => found.add(entry));
        return { contents: rewritten.contents, loader: 'ts' };
      });
    },
  };
  for (const format of ['esm', 'cjs'] as const) {
    const chosen = entries.filter((entry) => isPreload(entry) === (format === 'cjs'));
    if (chosen.length === 0) continue;
    await esbuild.build({
      ...shared,
      format,
      ...(format === 'cjs' && { outExtension: { '.js': '.cjs' } }),
      // A CommonJS package inside an ES module bundle still asks for `require`.
      ...(format === 'esm' && {
        banner: {
          js: "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);",
        },
      }),
      entryPoints: chosen.map((entry) => ({
        in: entry,
        out: entry === mainEntry ? 'main' : bundleName(entry),
      })),
      plugins: [sourceUrls],
    });
  }
  return [...found];
}

mkdirSync(bundleDirectory, { recursive: true });
// Stamped with the time at which the sources were read: what changes during the build is newer.
const started = new Date();

try {
  const done = new Set<string>();
  for (let pending = [mainEntry]; pending.length > 0;) {
    pending.forEach((entry) => done.add(entry));
    pending = (await bundle(pending)).filter((entry) => !done.has(entry));
  }
  await viteBuild({
    configFile: join(repository, 'scripts', 'build', 'vite.config.ts'),
    build: { outDir: join(building, 'renderer') },
  });
  const stamp = join(building, '.built');
  writeFileSync(stamp, '');
  utimesSync(stamp, started, started);
  rmSync(outDirectory, { recursive: true, force: true });
  renameSync(building, outDirectory);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(building, { recursive: true, force: true });
}
