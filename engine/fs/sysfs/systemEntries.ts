import type { TextTree } from '../../vfs/TextTree.ts';

/** Processors, and the empty places that programs look into. */
export function addSystemEntries(tree: TextTree, cpus: number): void {
  const all = cpus === 1 ? '0' : `0-${cpus - 1}`;
  const cpu = tree.directory('devices/system/cpu');
  for (const name of ['online', 'possible', 'present']) cpu.addFile(name, () => `${all}\n`);
  cpu.addFile('offline', () => '\n');
  cpu.addFile('kernel_max', () => '63\n');
  for (let index = 0; index < cpus; index++) {
    const topology = cpu.directory(`cpu${index}/topology`);
    topology.addFile('core_id', () => `${index}\n`);
    topology.addFile('physical_package_id', () => '0\n');
    topology.addFile('thread_siblings', () => `${cpuMask(index, 1)}\n`);
    topology.addFile('core_siblings', () => `${cpuMask(0, cpus)}\n`);
    topology.addFile('thread_siblings_list', () => `${index}\n`);
    topology.addFile('core_siblings_list', () => `${all}\n`);
  }
  const mask = cpuMask(0, cpus);
  const node = tree.directory('devices/system/node');
  node.addFile('online', () => '0\n');
  node.addFile('possible', () => '0\n');
  node.addFile('node0/cpulist', () => `${all}\n`);
  node.addFile('node0/cpumap', () => `${mask}\n`);
  for (const path of ['block', 'bus', 'class', 'class/tty', 'dev/block', 'dev/char', 'firmware', 'fs/cgroup']) {
    tree.directory(path);
  }
  tree.directory('kernel/mm');
  tree.directory('module');
}

/** CPUs [first, first + count) as the kernel prints masks: words of eight digits, the highest first. */
function cpuMask(first: number, count: number): string {
  const words: number[] = [];
  for (let cpu = first; cpu < first + count; cpu++) {
    const word = cpu >> 5;
    while (words.length <= word) words.push(0);
    words[word] |= 1 << (cpu & 31);
  }
  return words
    .reverse()
    .map((word) => (word >>> 0).toString(16).padStart(8, '0'))
    .join(',');
}
