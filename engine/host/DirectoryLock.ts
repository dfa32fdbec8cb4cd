import { closeSync, openSync } from 'node:fs';
import { tryLock } from './libc.unsafe.ts';

/**
 * Keeps a machine's directory to one engine at a time: two kernels that write to it without knowing of each other would
 * ruin it. The host lets go of the lock with the process, however that ends.
 */
export class DirectoryLock {
  private readonly fd: number;

  /** Throws a sentence when another engine has the directory. */
  constructor(path: string) {
    this.fd = openSync(path, 'r');
    if (tryLock(this.fd)) return;
    closeSync(this.fd);
    throw new Error(`${path} is in use: the machine runs already, in another window or command`);
  }

  dispose(): void {
    closeSync(this.fd);
  }
}
