import { EINVAL } from '../../abi/errno.ts';
import type { TmpfsOptions } from './Tmpfs.ts';

const suffixes: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** Options of mount(2) for a tmpfs (tmpfs(5)): size, nr_inodes, mode, uid, gid. Null for one that is not known. */
export function parseTmpfsOptions(text: string, memoryBytes: number): TmpfsOptions | number {
  const options: TmpfsOptions = {};
  for (const option of text.split(',')) {
    if (option === '') continue;
    const [name, value = ''] = option.split('=', 2);
    switch (name) {
      case 'size':
      case 'nr_inodes': {
        const count = parseSize(value, memoryBytes);
        if (Number.isNaN(count)) return -EINVAL;
        if (name === 'size') options.size = count;
        else options.inodes = count;
        break;
      }
      case 'mode':
        if (!/^[0-7]{1,5}$/.test(value)) return -EINVAL;
        options.mode = parseInt(value, 8) & 0o7777;
        break;
      case 'uid':
      case 'gid':
        if (!/^\d+$/.test(value)) return -EINVAL;
        options[name] = Number(value);
        break;
      case 'inode32':
      case 'inode64':
        break;
      default:
        return -EINVAL;
    }
  }
  return options;
}

/** A number with k, m, g, or a percentage of the memory. Zero means no limit, but for the memory itself. */
function parseSize(text: string, memoryBytes: number): number {
  const match = /^(\d+)([kmg%]?)$/i.exec(text);
  if (match === null) return NaN;
  if (match[2] === '%') return (Number(match[1]) * memoryBytes) / 100;
  const size = Number(match[1]) * suffixes[match[2].toLowerCase()];
  return size === 0 ? memoryBytes : size;
}
