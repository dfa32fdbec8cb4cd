import { PROT_EXEC, PROT_READ, PROT_WRITE } from '../../mm/Vma.ts';
import type { Vma } from '../../mm/Vma.ts';
import type { Process } from '../../process/Process.ts';
import type { Actor } from '../../vfs/Actor.ts';
import { deviceMajor, deviceMinor } from '../../vfs/deviceNumber.ts';
import { describePath } from '../../vfs/pathString.ts';

/** Column in which names begin. */
const NAME_COLUMN = 73;

function headLine(vma: Vma, actor: Actor): string {
  const { protection, file } = vma;
  const permissions =
    ((protection & PROT_READ) !== 0 ? 'r' : '-') +
    ((protection & PROT_WRITE) !== 0 ? 'w' : '-') +
    ((protection & PROT_EXEC) !== 0 ? 'x' : '-') +
    (vma.isShared ? 's' : 'p');
  const device = file?.inode?.fs.device ?? 0;
  const offset = file === null ? 0 : vma.sourcePage * 4096;
  const where = `${hexadecimal(deviceMajor(device), 2)}:${hexadecimal(deviceMinor(device), 2)}`;
  const range = `${hexadecimal(vma.start, 8)}-${hexadecimal(vma.end, 8)}`;
  const head = `${range} ${permissions} ${hexadecimal(offset, 8)} ${where} ${file?.inode?.ino ?? 0} `;
  const name = nameOf(vma, actor);
  return name === '' ? `${head}\n` : `${head.padEnd(NAME_COLUMN)}${name}\n`;
}

function nameOf(vma: Vma, actor: Actor): string {
  if (vma.name !== '') return vma.name;
  const { file } = vma;
  if (file === null) return '';
  const name = file.path === null ? file.describe() : describePath(file.path, actor.fs);
  return name.replaceAll('\n', '\\012');
}

function hexadecimal(value: number, width: number): string {
  return value.toString(16).padStart(width, '0');
}

/** /proc/PID/maps. */
export function mapsText(process: Process, actor: Actor): string {
  return process.memory.vmas.items.map((vma) => headLine(vma, actor)).join('');
}

/** /proc/PID/smaps, as far as the page table tells. */
export function smapsText(process: Process, actor: Actor): string {
  const { vmas, table } = process.memory;
  let text = '';
  for (const vma of vmas.items) {
    let resident = 0;
    table.update(vma.start / 4096, vma.end / 4096, (entry) => {
      resident++;
      return entry;
    });
    const line = (name: string, kilobytes: number): string =>
      `${`${name}:`.padEnd(16)}${String(kilobytes).padStart(8)} kB\n`;
    text += headLine(vma, actor);
    text += line('Size', (vma.end - vma.start) / 1024) + line('KernelPageSize', 4) + line('MMUPageSize', 4);
    text += line('Rss', resident * 4) + line('Swap', 0);
  }
  return text;
}
