// Opens the application from this tree: node scripts/openWindow.ts [LAB]
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { electronProgram, repository } from './electronPath.ts';
import { sandboxFlags } from './sandboxFlags.ts';

if (!process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) {
  console.error('There is no display here (DISPLAY and WAYLAND_DISPLAY are empty). bin/umlaut runs labs without one.');
  process.exit(1);
}

const flags = sandboxFlags();
if (flags.length > 0) {
  const reason = process.getuid?.() === 0 ? 'root runs it' : 'this system gives it no user namespaces';
  console.error(`Opening without Chromium's sandbox: ${reason}.`);
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
