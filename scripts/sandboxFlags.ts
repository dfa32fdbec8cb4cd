// Whether Chromium can shut its processes in on this machine.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { electronDirectory } from './electronPath.ts';

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

/** What Electron must be started with here. */
export function sandboxFlags(): string[] {
  return sandboxIsPossible() ? [] : ['--no-sandbox'];
}
