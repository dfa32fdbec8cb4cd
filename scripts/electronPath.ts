// Where Electron's programs are on this machine. Set-up puts them there (setup/fetchElectron.ts); development,
// tests and packaging ask here.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const repository = join(import.meta.dirname, '..');

/** The version that package.json pins; both sources must carry exactly this one. */
export const electronVersion = (
  JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { devDependencies: { electron: string } }
).devDependencies.electron;

/** Electron's own download, unpacked by its install script. */
export const officialDirectory = join(repository, 'node_modules', 'electron', 'dist');

/** The same distribution out of a package, for machines that cannot reach that download. Not for releases. */
export const fallbackDirectory = join(repository, '.cache', `electron-${electronVersion}-linux-x64`);

/** True when the directory holds a whole distribution of the pinned version. */
export function holdsElectron(directory: string): boolean {
  try {
    const version = readFileSync(join(directory, 'version'), 'utf8').trim().replace(/^v/, '');
    return version === electronVersion && existsSync(join(directory, 'electron'));
  } catch {
    return false;
  }
}

/** The directory with the program `electron`, also the value of ELECTRON_OVERRIDE_DIST_PATH and of electron-builder's electronDist. */
export function electronDirectory(): string {
  const directory = [process.env['ELECTRON_OVERRIDE_DIST_PATH'], officialDirectory, fallbackDirectory].find(
    (candidate) => candidate !== undefined && holdsElectron(candidate),
  );
  if (directory === undefined) {
    throw new Error(`Electron ${electronVersion} is not here yet: run scripts/setup/prepare.sh app`);
  }
  return directory;
}

export function electronProgram(): string {
  return join(electronDirectory(), 'electron');
}
