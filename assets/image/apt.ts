/**
 * Gets Debian packages as an ordinary user: APT with lists, cache and locks of its own, but with the host's package sources
 * and keys. Nothing is installed on the host.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LEFT_OUT, WANTED } from './packages.ts';

/** The host cannot give packages; nothing is wrong with the build. */
export class PackagesUnavailable extends Error {}

export interface Package {
  readonly name: string;
  readonly version: string;
}

const LISTS_ARE_FRESH_MS = 24 * 3600 * 1000;
const MAXIMUM_OUTPUT = 256 * 1024 * 1024;

export class Apt {
  private readonly directory: string;
  private readonly configuration: string;
  /** Why the package sources could not all be read, when that happened. */
  private refreshProblem: string | undefined;

  /** Everything is kept below `directory`, which is made. */
  constructor(directory: string) {
    for (const tool of ['apt-get', 'apt-cache', 'apt-config', 'dpkg-deb']) {
      if (spawnSync(tool, ['--version']).error !== undefined) {
        throw new PackagesUnavailable(`${tool} is not on this machine, so it is not a Debian-like one`);
      }
    }
    this.directory = directory;
    this.configuration = join(directory, 'apt.conf');
    for (const part of ['state/lists/partial', 'cache/archives/partial', 'packages']) {
      mkdirSync(join(directory, part), { recursive: true });
    }
    writeFileSync(join(directory, 'status'), '');
    writeFileSync(this.configuration, this.writeConfiguration());
  }

  /** Reads the lists of the host's package sources anew, unless that was done lately. */
  refresh(policy: 'always' | 'when old'): void {
    const stamp = join(this.directory, 'refreshed');
    if (policy === 'when old' && existsSync(stamp) && Date.now() - statSync(stamp).mtimeMs < LISTS_ARE_FRESH_MS) return;
    const { status, stderr } = this.run('apt-get', ['update', '-o', 'APT::Update::Error-Mode=any']);
    // A source that does not answer need not matter: whether the packages can be had shows when they are resolved.
    if (status === 0) writeFileSync(stamp, '');
    else this.refreshProblem = firstError(stderr);
  }

  /** The packages that the image needs: those that are wanted and what they depend on, less what stays out. */
  resolve(): Package[] {
    const known = this.namesOf(WANTED.flatMap((entry) => entry.split('|')));
    const chosen = WANTED.map((entry) => {
      const name = entry.split('|').find((alternative) => known.has(alternative));
      if (name === undefined) {
        const reason = this.refreshProblem === undefined ? '' : ` (${this.refreshProblem})`;
        throw new PackagesUnavailable(
          `the package sources of this machine do not have ${entry.replaceAll('|', ' or ')}${reason}`,
        );
      }
      return name;
    });
    const { status, stdout, stderr } = this.run('apt-get', [
      'install',
      '--simulate',
      '--no-install-recommends',
      '--',
      ...chosen,
    ]);
    if (status !== 0) throw new PackagesUnavailable(`apt-get cannot resolve the packages: ${firstError(stderr)}`);
    const packages = [...stdout.matchAll(/^Inst (\S+) \((\S+) /gm)].map(([, name = '', version = '']) => ({
      name,
      version,
    }));
    return packages
      .filter(({ name }) => !LEFT_OUT.some(([pattern]) => pattern.test(name)))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The archives of `packages`, in their order; what is not there yet is downloaded and its hash checked. */
  download(packages: readonly Package[]): string[] {
    const missing = packages.filter((one) => this.archiveOf(one) === undefined);
    if (missing.length > 0) {
      const { status, stderr } = this.run('apt-get', [
        'download',
        '--',
        ...missing.map(({ name, version }) => `${name}=${version}`),
      ]);
      if (status !== 0) throw new PackagesUnavailable(`apt-get cannot download the packages: ${firstError(stderr)}`);
    }
    return packages.map((one) => {
      const archive = this.archiveOf(one);
      if (archive === undefined) throw new PackagesUnavailable(`apt-get did not download ${one.name}`);
      return archive;
    });
  }

  /** The files of a package's archive, as a tar archive. */
  extract(archive: string): Buffer {
    const { status, stdout, stderr } = spawnSync('dpkg-deb', ['--fsys-tarfile', archive], {
      maxBuffer: MAXIMUM_OUTPUT,
    });
    if (status !== 0) {
      rmSync(archive);
      throw new Error(`${archive} was damaged and has been removed, try again: ${stderr.toString().trim()}`);
    }
    return stdout;
  }

  private archiveOf({ name, version }: Package): string | undefined {
    // In file names APT writes the colon of an epoch as an escape.
    const start = `${name}_${version.replaceAll(':', '%3a')}_`;
    const found = readdirSync(join(this.directory, 'packages')).find(
      (file) => file.startsWith(start) && file.endsWith('.deb'),
    );
    return found === undefined ? undefined : join(this.directory, 'packages', found);
  }

  private namesOf(names: readonly string[]): Set<string> {
    const { stdout } = this.run('apt-cache', ['--quiet=2', 'show', '--no-all-versions', '--', ...names]);
    return new Set([...stdout.matchAll(/^Package: (\S+)$/gm)].map(([, name = '']) => name));
  }

  /**
   * The host's way to the network (proxies and the like) and our own directories. The rest of the host's configuration is
   * left aside: it has hooks that are meant for the host's own packages.
   */
  private writeConfiguration(): string {
    const { stdout } = spawnSync('apt-config', ['dump'], { encoding: 'utf8' });
    const acquire = stdout
      .split('\n')
      .filter((line) => line.startsWith('Acquire::') && !line.startsWith('Acquire::IndexTargets'));
    return [
      ...acquire,
      'Acquire::Retries "1";',
      'Acquire::http::Timeout "20";',
      'Acquire::https::Timeout "20";',
      'Acquire::Languages "none";',
      'APT::Architecture "amd64";',
      'APT::Architectures { "amd64"; };',
      // Else APT as root hands downloads to a user who may not write here.
      'APT::Sandbox::User "root";',
      'Dir::Etc::main "/dev/null";',
      'Dir::Etc::parts "/dev/null";',
      `Dir::State "${this.directory}/state";`,
      `Dir::State::status "${this.directory}/status";`,
      `Dir::Cache "${this.directory}/cache";`,
      `Dir::Log "${this.directory}";`,
      '',
    ].join('\n');
  }

  private run(tool: string, parameters: readonly string[]): { status: number | null; stdout: string; stderr: string } {
    return spawnSync(tool, parameters, {
      cwd: join(this.directory, 'packages'),
      encoding: 'utf8',
      env: { ...process.env, APT_CONFIG: this.configuration, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
      maxBuffer: MAXIMUM_OUTPUT,
    });
  }
}

/** APT's first error, without its sign; what follows it is mostly advice. */
function firstError(text: string): string {
  const lines = text.trim().split('\n');
  return (lines.find((line) => /^[EW]: /.test(line)) ?? lines[0]).replace(/^[EW]: /, '');
}
