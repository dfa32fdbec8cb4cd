/** What packages do not bring: the skeleton of a root file system, our `/etc`, generic names, and init. */
import { existsSync, lstatSync, readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ALTERNATIVES } from './packages.ts';
import { Tree, makeDirectory, makeFile, makeSymbolicLink } from './tree.ts';

const USER_ID = 1000;

/** An empty root with `/usr` merged, as every Debian since 12 has it. The kernel mounts `/dev`, `/proc`, `/sys`, `/run`, `/tmp`. */
export function makeSkeleton(): Tree {
  const tree = new Tree();
  for (const path of [
    'usr/bin',
    'usr/sbin',
    'usr/lib',
    'usr/lib64',
    'var/log',
    'var/lib',
    'var/cache',
    'home',
    'mnt',
    'etc',
  ]) {
    tree.ensureDirectory(path);
  }
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) tree.put(name, makeSymbolicLink(`usr/${name}`));
  for (const path of ['dev', 'run']) tree.put(path, makeDirectory());
  for (const path of ['proc', 'sys']) tree.put(path, makeDirectory(0o555));
  for (const path of ['tmp', 'var/tmp']) tree.put(path, makeDirectory(0o1777));
  return tree;
}

/** Puts in what must be there whatever the packages brought. */
export function furnish(tree: Tree, ownEtc: string): void {
  tree.put('root', makeDirectory(0o700));
  tree.put('home/user', { ...makeDirectory(), uid: USER_ID, gid: USER_ID });
  tree.put('var/run', makeSymbolicLink('/run'));
  tree.put('var/lock', makeSymbolicLink('/run/lock'));
  tree.put('etc/mtab', makeSymbolicLink('../proc/self/mounts'));
  copyIn(tree, ownEtc, 'etc');
}

/** The links that update-alternatives(1) would make, for programs that are there and names that are not. */
export function linkAlternatives(tree: Tree): void {
  for (const [name, program] of Object.entries(ALTERNATIVES)) {
    if (tree.findUnfollowed(`usr/bin/${program}`) === undefined || tree.findUnfollowed(`usr/bin/${name}`) !== undefined)
      continue;
    tree.put(`etc/alternatives/${name}`, makeSymbolicLink(`/usr/bin/${program}`));
    tree.put(`usr/bin/${name}`, makeSymbolicLink(`/etc/alternatives/${name}`));
  }
}

/** Puts init into `directory`, with the names under which it talks to the init that runs. */
export function addInit(tree: Tree, init: Uint8Array, directory: string): void {
  tree.put(`${directory}/init`, makeFile(init, 0o755));
  for (const name of ['halt', 'poweroff', 'reboot', 'shutdown'])
    tree.put(`${directory}/${name}`, makeSymbolicLink('init'));
  // The kernel looks here first: in a root that borrows the host's /usr, /sbin/init is the host's own.
  tree.put('init', makeSymbolicLink(`${directory}/init`));
}

/** What the programs in the host's `/usr` look for in `/etc`: nothing that is about the host's people or network. */
const BORROWED_ETC = [
  'alternatives',
  'debian_version',
  'ethertypes',
  'gai.conf',
  'host.conf',
  'iproute2',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'os-release',
  'protocols',
  'rpc',
  'services',
];

/** Of the host's `/etc`, what its programs need. */
export function borrowEtc(tree: Tree): void {
  for (const name of BORROWED_ETC) {
    if (existsSync(join('/etc', name))) copyIn(tree, join('/etc', name), `etc/${name}`);
  }
}

/** Copies a file or directory of the host, as root's; of permissions only whether it may be run. */
function copyIn(tree: Tree, source: string, path: string): void {
  const status = lstatSync(source);
  if (status.isSymbolicLink()) {
    tree.put(path, makeSymbolicLink(readlinkSync(source)));
  } else if (status.isDirectory()) {
    tree.ensureDirectory(path);
    for (const name of readdirSync(source).sort()) copyIn(tree, join(source, name), `${path}/${name}`);
  } else if (status.isFile()) {
    const isExecutable = (statSync(source).mode & 0o100) !== 0;
    tree.put(path, makeFile(readFileSync(source), isExecutable ? 0o755 : 0o644));
  }
}
