// Opens the application from this tree: node scripts/openWindow.ts [LAB]
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { electronDirectory, electronProgram, repository } from './electronPath.ts';

if (!process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) {
  console.error('There is no display here (DISPLAY and WAYLAND_DISPLAY are empty). bin/umlaut runs labs without one.');
  process.exit(1);
}

/**
 * Chromium shuts its processes in with user namespaces, or with a helper that belongs to root and carries the set-user-ID
 * bit. Where neither can be had it will not start, but for the flag below.
 */
function sandboxIsPossible(): boolean {
  if (process.getuid?.() === 0) return false;
  const helper = statSync(join(electronDirectory(), 'chrome-sandbox'));
  if (helper.uid === 0 && (helper.mode & 0o4000) !== 0) return true;
  return spawnSync('unshare', ['--user', 'true'], { stdio: 'ignore' }).status === 0;
}

const flags: string[] = [];
if (!sandboxIsPossible()) {
  const reason = process.getuid?.() === 0 ? 'root runs it' : 'this system gives it no user namespaces';
  console.error(`Opening without Chromium's sandbox: ${reason}.`);
  flags.push('--no-sandbox');
}

const labs = process.argv.slice(2).map((path) => resolve(path));
const absent = labs.find((path) => !existsSync(path));
if (absent !== undefined) {
  console.error(`There is no lab ${absent}.`);
  process.exit(2);
}
const { status, signal, error } = spawnSync(electronProgram(), [...flags, repository, ...labs], { stdio: 'inherit' });
if (error) throw error;
process.exitCode = signal === null ? (status ?? 1) : 1;
