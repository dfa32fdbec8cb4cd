import { appendFileSync, closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import type { AttributeLog } from '../fs/hostfs/HostDirectoryPort.ts';

/** A text file that only grows, and is replaced whole from time to time. */
export class FileLog implements AttributeLog {
  private readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  load(): string {
    try {
      return readFileSync(this.path, 'latin1');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
      throw error;
    }
  }

  append(line: string): void {
    appendFileSync(this.path, line, 'latin1');
  }

  rewrite(text: string): void {
    const temporary = `${this.path}.new`;
    const fd = openSync(temporary, 'w');
    writeSync(fd, text, null, 'latin1');
    fsyncSync(fd);
    closeSync(fd);
    renameSync(temporary, this.path);
  }
}
