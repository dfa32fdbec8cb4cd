import type { Credentials } from '../process/Credentials.ts';
import type { FsContext } from './FsContext.ts';

/**
 * On whose behalf the file system works: whose root and working directory a path starts at, whose rights are checked, who
 * "self" is in /proc. Every `Task` is one; the kernel's own (boot, exec of init) has no process.
 */
export interface Actor {
  readonly fs: FsContext;
  readonly credentials: Credentials;
  readonly process: { readonly pid: number } | null;
  readonly tid: number;
}
