/** The host's errors in words that a person can act on. */

const SENTENCES: Readonly<Partial<Record<string, string>>> = {
  ENOENT: 'it is not there',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'you have no permission',
  EPERM: 'you have no permission',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your share of the disk is used up',
  EEXIST: 'something of that name is there already',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open',
  EIO: 'the disk reports an error',
};

/** `the disk is full (ENOSPC)`, or the error's own message where the system gave no code. */
export function describeSystemError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (code === undefined) return error.message;
  const sentence = SENTENCES[code];
  return sentence === undefined ? error.message : `${sentence} (${code})`;
}
